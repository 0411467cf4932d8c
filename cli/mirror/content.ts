import { containers, type KubernetesObject, parseImage } from "../../policy/objects";
import { evaluateStack, type Evaluation, type LocatedChart } from "../evaluate";
import { defaultKubeVersion, renderChart } from "../helm";
import { minioImage } from "../store/image";

/** The file of a packaged chart. */
export function chartFile({ chart, version }: LocatedChart): string {
    return `${chart}-${version}.tgz`;
}

/**
 * Evaluates a stack with the images of the charts, as if no registry were configured.
 *
 * @param mirror source of the charts. Default: that of the stack.
 */
export function evaluateUpstream(stack: string, mirror: string | undefined): Promise<Evaluation> {
    // Without the registry, allowed registries would not hold the images.
    return evaluateStack(stack, { images: {}, policy: {}, ...(mirror !== undefined && { charts: { mirror } }) });
}

/** The charts of stacks that are not in this repository, without duplicates, by file name. */
export function remoteCharts(evaluations: Evaluation[]): Map<string, LocatedChart> {
    const charts = evaluations.flatMap((evaluation) => evaluation.charts);
    return new Map(
        charts.filter(({ digest }) => digest === undefined).map((chart) => [chartFile(chart), chart] as const),
    );
}

/** All images of a stack: of its objects, with init containers, sidecars and Jobs, and of the Jobs that commands create. */
export async function imagesOf({ charts, resources, settings }: Evaluation): Promise<string[]> {
    const rendered = await Promise.all(charts.map((chart) => renderChart(chart, defaultKubeVersion)));
    const direct = resources.filter(({ inputs }) => "kind" in inputs).map(({ inputs }) => inputs);
    const images = [...rendered.flat(), ...(direct as unknown as KubernetesObject[])].flatMap((object) =>
        containers(object as KubernetesObject).map(({ image = "" }) => image),
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
