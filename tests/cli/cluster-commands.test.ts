import * as fs from "fs";
import * as path from "path";
import { projectFolder, runCommand, runProcess } from "../helpers/command";
import { type KubernetesApi, kubeconfigOf, serveKubernetesApi } from "../helpers/kubernetes-api";

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
    ["up", "no cluster", ["test"], undefined, {}, "there is no cluster: there is no kubeconfig", 1],
    [
        "up",
        "another context than the stack's own",
        ["test", "--context", "work"],
        kubeconfigOf(both, "work"),
        { "observability:kubeContext": "home" },
        '--context is "work", but stack test belongs to "home"; leave --context out',
        1,
    ],
    [
        "down",
        "a stack without file",
        ["staging"],
        kubeconfigOf(home, "home"),
        {},
        'there is no Pulumi.staging.yaml for a stack "staging"; the stacks here are test',
        1,
    ],
    [
        "down",
        "a context that is not there",
        ["test", "--context", "work"],
        kubeconfigOf(home, "home"),
        {},
        'there is no context "work"; the contexts of',
        1,
    ],
    [
        "health",
        "several contexts of which none is current",
        ["test"],
        kubeconfigOf(both),
        {},
        "no context of the kubeconfig is current; name one with --context: ",
        2,
    ],
    [
        "health",
        "a cluster that is down",
        ["test"],
        kubeconfigOf(home, "home"),
        {},
        'cannot reach the cluster of context "home" (http://127.0.0.1:1): nothing listens there; start it, or name another with --context',
        2,
    ],
    [
        "open",
        "a page that is not there",
        ["graphana"],
        undefined,
        {},
        'there is no page "graphana"; there are grafana',
        1,
    ],
    [
        "open",
        "a port that is none",
        ["grafana", "--port", "http"],
        undefined,
        {},
        '--port is "http"; it must be a whole number from 1 to 65535',
        1,
    ],
])("%s refuses %s with a sentence", async (command, _, args, kubeconfig, config, message, code) => {
    if (kubeconfig) {
        fs.writeFileSync(path.join(folder, "kubeconfig"), JSON.stringify(kubeconfig));
    }
    const { status, stdout, stderr } = await runCommand(folder, command, args, config);
    expect(stderr).toContain(`error: ${message}`);
    expect(stderr).not.toMatch(/^\s+at /m);
    expect({ status, stdout }).toEqual({ status: code, stdout: "" });
});

test("up makes a local cluster where there is none, with Dapr's CRD", async () => {
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
    // What kind does with its own cluster: it becomes the current context.
    const made = JSON.stringify(kubeconfigOf({ "kind-observability": api.url }, "kind-observability"));
    fs.writeFileSync(
        path.join(folder, "kind"),
        `#!/bin/sh\necho "kind $*"\n[ "$1" = version ] || echo '${made}' > "$KUBECONFIG"\n`,
        { mode: 0o755 },
    );
    process.env["PATH"] = `${folder}:/usr/bin:/bin`;
    // Far enough: without Pulumi nothing else happens.
    process.env["PULUMI_RELEASES_URL"] = `${api.url}/releases`;
    // kind prints to the output of the process.
    const { stdout, stderr } = await runProcess(folder, "up", ["test", "--kind"]);
    expect(stdout).toContain("kind create cluster --name observability --wait 5m\n");
    expect(api.asked).toContain(`${crds}/customresourcedefinitions`);
    expect(stderr).toMatch(/^error: there is no Pulumi CLI .*checksums\.txt answers 404/);
});
