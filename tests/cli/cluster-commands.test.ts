import * as fs from "fs";
import * as path from "path";
import { kind } from "../../cli/up/kind-cli";
import { projectFolder, runCommand, runProcess } from "../helpers/command";
import { type KubernetesApi, kubeconfigOf, serveKubernetesApi } from "../helpers/kubernetes-api";
import { writeProgram } from "../helpers/programs";

const environment = { ...process.env };
let folder: string;
let api: KubernetesApi | undefined;
beforeEach(() => {
    folder = projectFolder();
    process.env["KUBECONFIG"] = path.join(folder, "kubeconfig");
    delete process.env["PULUMI_AUTOMATION_API_SKIP_VERSION_CHECK"];
});
afterEach(async () => {
    process.env = { ...environment };
    await api?.close();
    api = undefined;
    fs.rmSync(folder, { recursive: true });
});

const home = { home: "http://127.0.0.1:1" };
const both = { ...home, work: "http://127.0.0.1:2" };

test.each<[string, string, string[], object | undefined, object, string, number]>([
    ["up", "a missing kubeconfig", ["test"], undefined, {}, "there is no kubeconfig: KUBECONFIG is ", 1],
    [
        "up",
        "a context that differs from kubeContext of the stack",
        ["test", "--context", "work"],
        kubeconfigOf(both, "work"),
        { "observability:kubeContext": "home" },
        '--context is "work", but stack test is bound to the context "home"; omit --context',
        1,
    ],
    [
        "down",
        "a stack without a stack file",
        ["staging"],
        kubeconfigOf(home, "home"),
        {},
        'stack "staging" does not exist: there is no file Pulumi.staging.yaml; the stacks are test',
        1,
    ],
    [
        "down",
        "a context that does not exist",
        ["test", "--context", "work"],
        kubeconfigOf(home, "home"),
        {},
        'the context "work" does not exist; the contexts in',
        1,
    ],
    [
        "health",
        "a kubeconfig without a current context",
        ["test"],
        kubeconfigOf(both),
        {},
        "the kubeconfig has no current context; select one with --context: ",
        2,
    ],
    [
        "health",
        "a cluster that does not respond",
        ["test"],
        kubeconfigOf(home, "home"),
        {},
        'cannot connect to the cluster of context "home" (http://127.0.0.1:1): the connection was refused; start the cluster, or select another context with --context',
        2,
    ],
    [
        "open",
        "a page that does not exist",
        ["graphana"],
        undefined,
        {},
        'page "graphana" does not exist; the pages are grafana and pyroscope',
        1,
    ],
    [
        "open",
        "an invalid port",
        ["grafana", "--port", "http"],
        undefined,
        {},
        '--port is "http"; it must be a whole number from 1 to 65535',
        1,
    ],
])("%s reports an error for %s", async (command, _, args, kubeconfig, config, message, code) => {
    if (kubeconfig) {
        fs.writeFileSync(path.join(folder, "kubeconfig"), JSON.stringify(kubeconfig));
    }
    const { status, stdout, stderr } = await runCommand(folder, command, args, config);
    expect(stderr).toContain(`error: ${message}`);
    expect(stderr).not.toMatch(/^\s+at /m);
    expect({ status, stdout }).toEqual({ status: code, stdout: "" });
});

describe("without a cluster in the kubeconfig, up", () => {
    let bin: string;
    beforeEach(() => {
        bin = path.join(folder, "bin");
        writeProgram(path.join(bin, "docker"), "exit 0");
        process.env["PATH"] = bin;
    });

    test("creates a local cluster with the CRD of Dapr, with kind of an earlier download", async () => {
        const crds = "/apis/apiextensions.k8s.io/v1";
        const crd = {
            name: "customresourcedefinitions",
            kind: "CustomResourceDefinition",
            namespaced: false,
            verbs: [],
        };
        api = await serveKubernetesApi({
            [crds]: { kind: "APIResourceList", groupVersion: "apiextensions.k8s.io/v1", resources: [crd] },
            [`${crds}/customresourcedefinitions`]: {},
        });
        // kind makes the new cluster the current context.
        const kubeconfig = JSON.stringify(kubeconfigOf({ "kind-observability": api.url }, "kind-observability"));
        const command = `${kind.folder}/bin/kind`;
        writeProgram(
            path.join(folder, command),
            `echo "kind $*"\n[ "$1" = version ] || echo '${kubeconfig}' > "$KUBECONFIG"`,
        );
        // Without the Pulumi CLI the command ends after this step.
        process.env["PULUMI_RELEASES_URL"] = `${api.url}/releases`;
        // kind writes directly to the output of the process.
        const { stdout, stderr } = await runProcess(folder, "up", ["test", "--kind"]);
        expect(stdout).toBe(
            `kind create cluster --name observability --wait 5m\nTo delete the local cluster, run:\n  ${command} delete cluster --name observability\n\n`,
        );
        expect(api.asked).toContain(`${crds}/customresourcedefinitions`);
        expect(stderr).toMatch(/^error: the Pulumi CLI .* is missing: .*checksums\.txt returns status 404/);
    });

    test.each<[string, string[], RegExp]>([
        [
            "nothing confirms a local cluster",
            ["--yes"],
            /^error: there is no kubeconfig: .*, or use --kind --yes to create a local cluster\n$/,
        ],
        [
            "nothing confirms the download of kind",
            ["--kind"],
            /^error: kind is not installed\. Download kind [\d.]+ to \.kind\/[\d.]+\? .* use --yes to confirm\n$/,
        ],
        [
            "kind cannot be downloaded",
            ["--kind", "--yes"],
            /^error: kind [\d.]+ is missing: it is not on the PATH, and the download failed: cannot connect to http:\/\/127\.0\.0\.1:1\/v[\d.]+\/kind-/,
        ],
    ])("creates no cluster if %s", async (_, args, message) => {
        process.env["KIND_RELEASES_URL"] = "http://127.0.0.1:1";
        const { status, stderr } = await runCommand(folder, "up", ["test", ...args]);
        expect(stderr).toMatch(message);
        expect(status).toBe(1);
    });
});
