import { resolveSettings } from "../../settings/resolve";
import { checkCluster, clusterWarnings } from "../../stack/cluster-check";
import { collectorsPath } from "../../stack/collectors";
import { both, enabled } from "./ebpf-settings";

describe("a preview with access to the cluster", () => {
    const node = (name: string, kernelVersion: string, labels: object = {}) => ({
        metadata: { name, labels: { "kubernetes.io/os": "linux", ...labels } },
        status: { nodeInfo: { kernelVersion } },
    });
    const find = async (settings: object, objects: { nodes?: object[]; level?: string } = {}) => {
        const read = (file: string) =>
            Promise.resolve(
                file === "/api/v1/nodes"
                    ? { items: objects.nodes ?? [] }
                    : file === "/api/v1/namespaces/monitoring" && objects.level !== undefined
                      ? {
                            metadata: {
                                name: "monitoring",
                                labels: { "pod-security.kubernetes.io/enforce": objects.level },
                            },
                        }
                      : undefined,
            );
        const own = { identity: "o/p/s", namespace: "monitoring" };
        return (await checkCluster({ read } as never, resolveSettings(settings), own)).mistakes;
    };

    test.each(["baseline", "restricted"])("refuses eBPF in a namespace of others with the level %s", async (level) => {
        const existing = { ...both, createNamespace: false };
        const sentence = (setting: string) =>
            `${setting} is true, but the namespace monitoring enforces the Pod Security level "${level}", which forbids pods in the process namespace of the node. Set the label pod-security.kubernetes.io/enforce of the namespace to "privileged", or set ${setting} to false`;
        expect(await find(existing, { level })).toEqual([
            sentence("autoInstrumentation.enabled"),
            sentence("profiling.ebpf"),
        ]);
        expect(await find({ createNamespace: false }, { level })).toEqual([]);
        expect(await find(both, { level })).toEqual([]);
        expect(await find(existing, { level: "privileged" })).toEqual([]);
    });

    test("warns that the kernels are not checked without permission to list nodes", async () => {
        const settings = resolveSettings({ namespace: "watch", autoInstrumentation: { enabled: true } });
        const own = { identity: "organization/p/dev", namespace: undefined };
        const read = (file: string) => Promise.resolve(file.startsWith("/apis/apps/v1/") ? { items: [] } : undefined);
        const { mistakes, warnings } = await checkCluster({ read } as never, settings, own);
        expect([mistakes, warnings]).toEqual([
            [],
            [
                "autoInstrumentation.enabled is true, and the kernels of the nodes were not checked, because you have no permission to list nodes, or the cluster does not respond. eBPF needs Linux 5.8 or later or Linux 4.18 of RHEL 8",
            ],
        ]);
    });

    test("refuses nodes whose kernel is too old, unless the pods do not run on them", async () => {
        const nodes = [
            node("a", "5.7.19"),
            node("b", "5.8.0-63-generic", { pool: "new" }),
            node("c", "6.1.0", { pool: "new" }),
            node("d", "4.18.0-553.el8_10.x86_64"),
            node("w", "10.0.20348", { "kubernetes.io/os": "windows" }),
            node("u", "unknown"),
            node("s", "5.4.0", { "kubernetes.io/arch": "s390x" }),
        ];
        expect(await find(enabled, { nodes })).toEqual([
            "autoInstrumentation.enabled is true, but eBPF needs Linux 5.8 or later or Linux 4.18 of RHEL 8, which these nodes do not have: a (Linux 5.7.19). Update them, select other nodes with values.autoInstrumentation.nodeSelector, or set autoInstrumentation.enabled to false",
        ]);
        expect(await find({ profiling: { ebpf: true } }, { nodes })).toEqual([
            "profiling.ebpf is true, but eBPF needs Linux 5.9 or later, which these nodes do not have: a (Linux 5.7.19), b (Linux 5.8.0-63-generic), d (Linux 4.18.0-553.el8_10.x86_64). Update them, select other nodes with values.alloyProfiles.controller.nodeSelector, or set profiling.ebpf to false",
        ]);
        const selecting = { ...enabled, values: { autoInstrumentation: { nodeSelector: { pool: "new" } } } };
        expect(await find(selecting, { nodes })).toEqual([]);
        const withoutLabel = { controller: { nodeSelector: { "kubernetes.io/os": null, pool: "new" } } };
        const unlabelled = [{ ...node("n", "5.4.0"), metadata: { name: "n", labels: { pool: "new" } } }];
        expect(
            await find({ profiling: { ebpf: true }, values: { alloyProfiles: withoutLabel } }, { nodes: unlabelled }),
        ).toEqual([expect.stringContaining("do not have: n (Linux 5.4.0).")]);
        expect(await find({}, { nodes })).toEqual([]);
    });

    test("warns about CPU profiles that exist twice", async () => {
        const workload = (name: string, annotations: object, env: object[], namespace = "shop") => ({
            metadata: { name, namespace },
            spec: { template: { metadata: { annotations }, spec: { containers: [{ name: "app", env }] } } },
        });
        const sdk = [{ name: "PYROSCOPE_SERVER_ADDRESS", value: "http://pyroscope:4040" }];
        const scraped = { "profiles.grafana.com/cpu.scrape": "true" };
        const items = [
            workload("scraped", scraped, sdk),
            workload("pushed", {}, sdk),
            workload("exempt", { "observability.mathtrail/ebpf-profiles": "false" }, sdk),
            workload("plain", scraped, []),
            workload("elsewhere", {}, sdk, "dev"),
        ];
        const warningsOf = (settings: object) => {
            const read = (file: string) =>
                Promise.resolve({ items: file === "/apis/apps/v1/deployments" ? items : [] });
            return clusterWarnings({ read } as never, resolveSettings(settings));
        };
        const collectFrom = { excludeNamespaces: ["dev"] };
        const twice = (name: string) =>
            `profiling.ebpf is true, and Deployment shop/${name} has a Pyroscope SDK: its CPU profiles exist twice. Add the annotation observability.mathtrail/ebpf-profiles: "false" to its pods`;
        const both =
            "profiling.scrape is true, and Deployment shop/scraped has both a Pyroscope SDK and the annotation profiles.grafana.com/cpu.scrape: its CPU profiles exist twice. Remove the annotation, or the SDK";
        expect(await warningsOf({ collectFrom, profiling: { scrape: true } })).toEqual([both]);
        expect(await warningsOf({ collectFrom, profiling: { ebpf: true } })).toEqual([
            twice("scraped"),
            twice("pushed"),
        ]);
        expect(await warningsOf({ collectFrom, profiling: { scrape: true, ebpf: true } })).toEqual([
            both,
            twice("pushed"),
        ]);
        expect(await warningsOf({ collectFrom })).toEqual([]);
    });

    test("warns that workloads are not searched for SDKs without permission to list them", async () => {
        const warningsOf = (readable: string[], settings: object) => {
            const read = (file: string) => Promise.resolve(readable.includes(file) ? { items: [] } : undefined);
            return clusterWarnings({ read } as never, resolveSettings(settings));
        };
        const unchecked = (kinds: string) =>
            `profiling.ebpf is true, and the workloads of the cluster were not searched for Pyroscope SDKs (${kinds}), because you have no permission to list them in all namespaces, or the cluster does not respond. The CPU profiles of a workload with an SDK exist twice, unless its pods have the annotation observability.mathtrail/ebpf-profiles: "false"`;
        const ebpf = { profiling: { ebpf: true } };
        const paths = ["deployments", "statefulsets", "daemonsets"].map((kind) => `/apis/apps/v1/${kind}`);
        expect(await warningsOf([], ebpf)).toEqual([unchecked("Deployment, StatefulSet, DaemonSet")]);
        expect(await warningsOf(paths.slice(0, 2), ebpf)).toEqual([unchecked("DaemonSet")]);
        expect(await warningsOf(paths, ebpf)).toEqual([]);
        // A scraped pod has an annotation of its own for CPU profiles.
        expect(await warningsOf([], { profiling: { scrape: true } })).toEqual([]);
    });

    test("warns about another Beyla or OpenTelemetry eBPF Instrumentation, and if it cannot see them", async () => {
        const items = [{ metadata: { namespace: "tools", name: "beyla" } }];
        const warningsOf = (found: object | undefined, settings: object) => {
            const read = (file: string) =>
                Promise.resolve(
                    decodeURIComponent(file) ===
                        "/apis/apps/v1/daemonsets?labelSelector=app.kubernetes.io/name in (beyla,opentelemetry-ebpf-instrumentation)"
                        ? found
                        : { items: [] },
                );
            return clusterWarnings({ read } as never, resolveSettings(settings));
        };
        expect(await warningsOf({ items }, enabled)).toEqual([
            "autoInstrumentation.enabled is true, and DaemonSet tools/beyla can also instrument processes with eBPF. The requests of a process that both instrument exist twice. Remove it, or select different namespaces in both, here with autoInstrumentation.namespaces",
        ]);
        expect(await warningsOf(undefined, enabled)).toEqual([
            "autoInstrumentation.enabled is true, and the DaemonSets of the cluster were not searched for another Beyla or OpenTelemetry eBPF Instrumentation, because you have no permission to list them in all namespaces, or the cluster does not respond. Two of them count each request twice",
        ]);
        expect(await warningsOf({ items: [] }, enabled)).toEqual([]);
        expect(await warningsOf({ items }, { profiling: { ebpf: true } })).toEqual([]);
    });

    test("warns about another stack that instruments or profiles the same pods", async () => {
        const daemonSet = (name: string, namespaces: string[]) => ({
            metadata: {
                name,
                namespace: "other",
                annotations: { "observability.mathtrail/collects": JSON.stringify({ namespaces }) },
            },
        });
        const items = [daemonSet("auto-instrumentation", ["shop"]), daemonSet("lgtm-alloy-profiles", ["pay", "shop"])];
        const warningsOf = (settings: object) => {
            const read = (file: string) => Promise.resolve({ items: file === collectorsPath ? items : [] });
            return clusterWarnings({ read } as never, resolveSettings(settings));
        };
        expect(await warningsOf(both)).toEqual([
            "collectFrom: this stack and the one in namespace other both collect the eBPF profiles of the pods in pay, shop. Set collectFrom in both stacks, so that each collects from its own namespaces and only one of them from the nodes",
            "autoInstrumentation.enabled is true, and the stack in namespace other also instruments the pods in shop, so that their requests exist twice. Set autoInstrumentation.namespaces in both stacks, so that each instruments its own namespaces",
        ]);
        expect(await warningsOf({ autoInstrumentation: { enabled: true, namespaces: ["pay"] } })).toEqual([]);
        // No stack instruments its own namespace.
        items[0] = daemonSet("auto-instrumentation", ["monitoring"]);
        expect(await warningsOf({ autoInstrumentation: { enabled: true } })).toEqual([]);
        items[0] = daemonSet("auto-instrumentation", ["shop"]);
        expect(await warningsOf({ ...both, collectFrom: { namespaces: ["mathtrail"] } })).toEqual([]);
        expect(await warningsOf({})).toEqual([]);
    });
});
