import { execFile } from "child_process";
import { promisify } from "util";
import type { Chart, LocatedChart } from "./evaluate";

const execute = promisify(execFile);

/** The Kubernetes version that charts are rendered for where none is named. */
export const defaultKubeVersion = "1.33.0";

/** @throws Error when there is no helm. */
export async function requireHelm(): Promise<void> {
    try {
        await execute("helm", ["version", "--short"]);
    } catch (error) {
        throw new Error(
            "helm is needed to render charts and is not on the PATH; get version 3.14 or later from https://helm.sh/docs/intro/install",
            { cause: error },
        );
    }
}

/**
 * What Helm makes of a chart with exactly the values that the program passes. As at deployment, hooks are left out and
 * custom resource definitions are in.
 *
 * @throws Error with Helm's message.
 */
export async function helmTemplate(chart: LocatedChart, kubeVersion: string): Promise<string> {
    const { source, release, namespace, values } = chart;
    const args = ["template", release, source.chart, "--namespace", namespace, "--kube-version", kubeVersion];
    const options = [
        ...(source.version === undefined ? [] : ["--version", source.version]),
        ...(source.repositoryOpts === undefined ? [] : ["--repo", source.repositoryOpts.repo]),
    ];
    const running = execute("helm", [...args, ...options, "--include-crds", "--no-hooks", "--values", "-"], {
        maxBuffer: 64 * 2 ** 20,
    });
    // JSON is YAML that nothing can misread.
    running.child.stdin?.end(JSON.stringify(values));
    try {
        return (await running).stdout;
    } catch (error) {
        throw new Error(helmFailure(chart, error as { stderr?: string; message: string }), { cause: error });
    }
}

function helmFailure({ chart, version, repository }: Chart, { stderr, message }: { stderr?: string; message: string }) {
    const reason = (stderr ?? message).trim();
    return [
        `helm could not render ${chart} ${version} from ${repository}:`,
        reason,
        ...(networkFailure.test(reason) ? ["Without a network, pass --mirror with a folder of packaged charts."] : []),
    ].join("\n");
}

// What Go's network stack says, through Helm.
const networkFailure =
    /dial tcp|lookup .* on|no such host|connection (refused|reset)|i\/o timeout|TLS handshake|proxyconnect|cannot be reached|failed to fetch/;
