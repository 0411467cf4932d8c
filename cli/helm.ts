import { execFile } from "child_process";
import { promisify } from "util";
import type { ChartSource } from "../components/helm/source";
import type { Chart, LocatedChart } from "./evaluate";
import { type KubernetesObject, parseManifests } from "./manifests";

const execute = promisify(execFile);

/** The default Kubernetes version for rendering charts. */
export const defaultKubeVersion = "1.33.0";

/** @throws Error if helm is not on the PATH. */
export async function requireHelm(): Promise<void> {
    try {
        await execute("helm", ["version", "--short"], { env: process.env });
    } catch (error) {
        throw new Error(
            "helm is not on the PATH, but it is required to render charts; install version 3.14 or later from https://helm.sh/docs/intro/install",
            { cause: error },
        );
    }
}

/** Renders the objects of a chart, as {@link helmTemplate} does. */
export async function renderChart(
    chart: LocatedChart,
    kubeVersion: string,
    warn?: (warning: string) => void,
): Promise<KubernetesObject[]> {
    return parseManifests(await helmTemplate(chart, kubeVersion, warn), chart.namespace);
}

/**
 * Renders a chart with the values that the program passes to Pulumi. As in a deployment, the output contains custom resource definitions
 * and no hooks.
 *
 * @param warn receives each warning of Helm, such as a value that is ignored because it has the wrong type.
 * @throws Error with the message of Helm.
 */
export async function helmTemplate(
    chart: LocatedChart,
    kubeVersion: string,
    warn: (warning: string) => void = () => undefined,
): Promise<string> {
    const { source, release, namespace, values } = chart;
    const args = ["template", release, source.chart, "--namespace", namespace, "--kube-version", kubeVersion];
    const running = execute(
        "helm",
        [...args, ...sourceOptions(source), "--include-crds", "--no-hooks", "--values", "-"],
        {
            env: process.env,
            maxBuffer: 64 * 2 ** 20,
        },
    );
    // JSON is also YAML, and has no ambiguous scalars.
    running.child.stdin?.end(JSON.stringify(values));
    try {
        const { stdout, stderr } = await running;
        warningsOf(stderr).forEach(warn);
        return stdout;
    } catch (error) {
        throw new Error(helmErrorMessage(chart, "render", error as HelmError), { cause: error });
    }
}

/**
 * Downloads the package of a chart to a folder.
 *
 * @throws Error with the message of Helm.
 */
export async function helmPull(
    chart: Pick<LocatedChart, "chart" | "version" | "repository" | "source">,
    folder: string,
): Promise<void> {
    try {
        await execute("helm", ["pull", chart.source.chart, ...sourceOptions(chart.source), "--destination", folder], {
            env: process.env,
        });
    } catch (error) {
        throw new Error(helmErrorMessage(chart, "download", error as HelmError), { cause: error });
    }
}

function sourceOptions({ version, repositoryOpts }: ChartSource): string[] {
    return [
        ...(version === undefined ? [] : ["--version", version]),
        ...(repositoryOpts === undefined ? [] : ["--repo", repositoryOpts.repo]),
    ];
}

/** The warnings in the log of Helm. The time at the beginning of a line is removed. */
export function warningsOf(stderr: string): string[] {
    return stderr
        .split("\n")
        .filter((line) => /warning/i.test(line))
        .map((line) => line.replace(/^\d{4}\/\d\d\/\d\d \d\d:\d\d:\d\d /, "").trim());
}

interface HelmError {
    stderr?: string;
    message: string;
}

function helmErrorMessage(
    { chart, version, repository }: Pick<Chart, "chart" | "version" | "repository">,
    action: "render" | "download",
    { stderr, message }: HelmError,
) {
    const reason = (stderr ?? message).trim();
    return [
        `helm could not ${action} ${chart} ${version} from ${repository}:`,
        reason,
        ...(networkError.test(reason)
            ? ["Without a network, use --mirror with a folder of packaged charts (.ci/charts FOLDER downloads them)."]
            : []),
    ].join("\n");
}

// Messages of the network library of Go.
const networkError =
    /dial tcp|lookup .* on|no such host|connection (refused|reset)|i\/o timeout|TLS handshake|proxyconnect|cannot be reached|failed to fetch/;
