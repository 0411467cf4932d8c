import { execFile } from "child_process";
import { promisify } from "util";
import type { Chart, LocatedChart } from "./evaluate";

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

/**
 * Renders a chart with the values that the program passes to Pulumi. As in a deployment, the output contains custom resource definitions
 * and no hooks.
 *
 * @throws Error with the message of Helm.
 */
export async function helmTemplate(chart: LocatedChart, kubeVersion: string): Promise<string> {
    const { source, release, namespace, values } = chart;
    const args = ["template", release, source.chart, "--namespace", namespace, "--kube-version", kubeVersion];
    const options = [
        ...(source.version === undefined ? [] : ["--version", source.version]),
        ...(source.repositoryOpts === undefined ? [] : ["--repo", source.repositoryOpts.repo]),
    ];
    const running = execute("helm", [...args, ...options, "--include-crds", "--no-hooks", "--values", "-"], {
        env: process.env,
        maxBuffer: 64 * 2 ** 20,
    });
    // JSON is also YAML, and has no ambiguous scalars.
    running.child.stdin?.end(JSON.stringify(values));
    try {
        return (await running).stdout;
    } catch (error) {
        throw new Error(helmErrorMessage(chart, error as { stderr?: string; message: string }), { cause: error });
    }
}

function helmErrorMessage(
    { chart, version, repository }: Chart,
    { stderr, message }: { stderr?: string; message: string },
) {
    const reason = (stderr ?? message).trim();
    return [
        `helm could not render ${chart} ${version} from ${repository}:`,
        reason,
        ...(networkError.test(reason)
            ? ["Without a network, use --mirror with a folder of packaged charts (.ci/charts FOLDER downloads them)."]
            : []),
    ].join("\n");
}

// Messages of the network library of Go.
const networkError =
    /dial tcp|lookup .* on|no such host|connection (refused|reset)|i\/o timeout|TLS handshake|proxyconnect|cannot be reached|failed to fetch/;
