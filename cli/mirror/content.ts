import { type ChartPin, pins } from "../../components/helm/pins";
import { type ChartSource, chartSource, describeSource } from "../../components/helm/source";
import { containers, type KubernetesObject, parseImage } from "../../policy/objects";
import { evaluateStack } from "../evaluate";
import { defaultKubeVersion, renderChart } from "../helm";
import { minioImage } from "../store/image";

/** A chart that is not in this repository. */
export interface RemoteChart {
    chart: string;
    version: string;
    repository: string;
    source: ChartSource;
}

/** The file of a packaged chart. */
export function chartFile({ chart, version }: Pick<RemoteChart, "chart" | "version">): string {
    return `${chart}-${version}.tgz`;
}

/**
 * All charts that are not in this repository, by file name. A stack that uses only some of them also needs the others, because the program refuses a
 * mirror folder that lacks the chart of a component, except of an optional one that the stack does not deploy.
 *
 * @param mirror source of the charts. Default: their repositories, also if a stack has a mirror, which may be the target.
 */
export function remoteCharts(mirror: string | undefined): Map<string, RemoteChart> {
    const remote = Object.values<ChartPin>(pins).filter(({ repository }) => repository !== undefined);
    return new Map(
        remote.map((pin) => {
            const source = chartSource(pin, mirror);
            const { chart, version, repository } = describeSource(source);
            return [chartFile({ chart, version }), { chart, version, repository, source }] as const;
        }),
    );
}

/**
 * All images of a stack, as if no registry were configured: of its objects, with init containers, sidecars and Jobs, and of the Jobs that commands
 * create.
 *
 * @param chartsFolder folder with the packages of all charts.
 */
export async function imagesOf(stack: string, chartsFolder: string): Promise<string[]> {
    // Without the registry, allowed registries would not hold the images.
    const overrides = { images: {}, policy: {}, charts: { mirror: chartsFolder } };
    const { charts, resources, settings } = await evaluateStack(stack, overrides);
    const rendered = await Promise.all(charts.map((chart) => renderChart(chart, defaultKubeVersion)));
    const direct = resources.filter(({ inputs }) => "kind" in inputs).map(({ inputs }) => inputs);
    const images = [...rendered.flat(), ...(direct as unknown as KubernetesObject[])].flatMap((object) =>
        containers(object).map(({ image = "" }) => image),
    );
    return [...new Set([...images, minioImage(settings).image].map(fullReference))].sort();
}

/** A reference with its registry. */
export function fullReference(image: string): string {
    const { registry, repository, tag, digest } = parseImage(image);
    return `${registry}/${repository}${tag === undefined ? "" : `:${tag}`}${digest === undefined ? "" : `@${digest}`}`;
}

/** The name of an image in a registry. Charts use this name if images.registry is set. */
export function mirroredName(image: string, registry: string): string {
    return `${registry}/${image.split("/").slice(1).join("/")}`;
}

/** @throws Error if two images of different registries would have the same name in a registry. */
export function checkNames(images: string[]): void {
    const byName = new Map<string, string>();
    for (const image of images) {
        const name = mirroredName(image, "");
        const other = byName.get(name);
        if (other !== undefined) {
            throw new Error(
                `the images ${other} and ${image} would have the same name in a registry; change the Helm values of a stack so that only one of them is used`,
            );
        }
        byName.set(name, image);
    }
}
