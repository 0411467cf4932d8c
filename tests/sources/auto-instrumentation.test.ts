import { spawn, spawnSync } from "child_process";
import * as fs from "fs";
import { load } from "js-yaml";
import * as os from "os";
import * as path from "path";
import { evaluateStack } from "../../cli/evaluate";
import { openTelemetryEbpfImage } from "../../components/helm/images";
import { alloyProfilerValues } from "../../components/alloy/values";
import { instrumentationConfig } from "../../components/auto-instrumentation/config";
import { autoInstrumentationValues } from "../../components/auto-instrumentation/values";
import { mirrorMistakes } from "../../components/helm/source";
import { policies } from "../../components/network-policies/values";
import { Alloy, AutoInstrumentation } from "../../exports";
import { checkObjects } from "../../policy/check";
import { existingSources } from "../../settings/components";
import { resolveSettings } from "../../settings/resolve";
import { warnings } from "../../settings/warnings";
import { checkCluster, clusterWarnings } from "../../stack/cluster-check";
import { collectorsPath } from "../../stack/collectors";
import { autoInstrumentationArgs } from "../../stack/component-args";
import { networkPoliciesArgs } from "../../stack/network-policies-args";
import { objectNames } from "../../stack/object-names";
import { requiredCharts } from "../../stack/required-charts";
import { mistakesOf } from "../helpers/mistakes";
import { describeWith, onPath } from "../helpers/prerequisites";
import { chartOf, errorMessage, record } from "../helpers/record";
import { objectOf, renderStack } from "../helpers/rendered";
import { stackObjects } from "../policy/objects";

const enabled = { autoInstrumentation: { enabled: true } };
const both = { ...enabled, profiling: { ebpf: true } };
const otlp = { namespace: "obs", cluster: "c", otlpEndpoint: "http://collector:4318" };
const kinds = ["beyla", "opentelemetry"] as const;

test("a stack without the settings deploys neither, and needs no charts of them", async () => {
    const { charts, settings } = await evaluateStack("dev");
    expect(charts.map(({ release }) => release).filter((name) => /instrumentation|profiles/.test(name))).toEqual([]);
    expect(existingSources(settings)).toEqual([]);
    expect(requiredCharts(settings).filter(({ name }) => /beyla|ebpf/.test(name))).toEqual([]);
    expect(objectNames(settings).filter((name) => /instrumentation|profiles/.test(name))).toEqual([]);
});

test.each([
    ["beyla", "beyla-1.16.11.tgz"],
    ["opentelemetry", "opentelemetry-ebpf-instrumentation-0.12.0.tgz"],
])("the kind %s needs only the chart %s in a mirror folder", (kind, file) => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "mirror-"));
    for (const { name, version } of requiredCharts(resolveSettings({}))) {
        fs.writeFileSync(path.join(folder, `${name}-${version}.tgz`), "");
    }
    const settings = resolveSettings({ autoInstrumentation: { enabled: true, kind } });
    expect(mirrorMistakes(folder, requiredCharts(settings))).toEqual([expect.stringContaining(`has no ${file}`)]);
    fs.rmSync(folder, { recursive: true });
});

test.each<[string, object, string[]]>([
    [
        "a key of a disabled auto-instrumentation",
        { autoInstrumentation: { kind: "opentelemetry", namespaces: ["shop"] } },
        [
            "autoInstrumentation.kind has no effect without autoInstrumentation.enabled: true.",
            "autoInstrumentation.namespaces has no effect without autoInstrumentation.enabled: true.",
        ],
    ],
    [
        "the namespace of the stack",
        { autoInstrumentation: { enabled: true, namespaces: ["shop", "monitoring"] } },
        [
            'autoInstrumentation.namespaces contains "monitoring", the namespace of the stack; remove it, because each span that the stack stores would create further spans.',
        ],
    ],
    [
        "a namespace that is selected and excluded",
        { autoInstrumentation: { enabled: true, namespaces: ["shop", "pay"], excludeNamespaces: ["pay"] } },
        [
            'autoInstrumentation.excludeNamespaces contains "pay", which namespaces also contains; remove it from one of them.',
        ],
    ],
    [
        "a namespace from which nothing is collected",
        {
            autoInstrumentation: { enabled: true, namespaces: ["shop", "pay"] },
            collectFrom: { excludeNamespaces: ["shop"] },
        },
        [
            'autoInstrumentation.namespaces contains "shop", which collectFrom.excludeNamespaces also contains; remove it from one of them.',
        ],
    ],
    [
        "collection from only the namespace of the stack",
        { ...enabled, collectFrom: { namespaces: ["monitoring"] } },
        [
            "autoInstrumentation.enabled is true, but collectFrom.namespaces has no namespace other than that of the stack; set autoInstrumentation.namespaces.",
        ],
    ],
    [
        "the exclusion of all collected namespaces",
        { autoInstrumentation: { enabled: true, excludeNamespaces: ["shop"] }, collectFrom: { namespaces: ["shop"] } },
        [
            "autoInstrumentation.enabled is true, but autoInstrumentation.excludeNamespaces excludes all namespaces in collectFrom.namespaces; set autoInstrumentation.namespaces.",
        ],
    ],
    [
        "no collector",
        { ...enabled, components: { otelCollector: false } },
        [
            "autoInstrumentation.enabled is true, but it sends its data to the collector, and components.otelCollector is false; set it to false.",
        ],
    ],
    [
        "no store of traces and metrics",
        { ...enabled, components: { tempo: false, mimir: false, alloyMetrics: false } },
        ["autoInstrumentation.enabled is true, but there is no store of traces or metrics; set it to false."],
    ],
    [
        "no store of profiles",
        { profiling: { ebpf: true }, components: { pyroscope: false } },
        ["profiling.ebpf is true, but there is no store of profiles; set it to false."],
    ],
    [
        "an unknown kind",
        { autoInstrumentation: { enabled: true, kind: "otel" } },
        ['autoInstrumentation.kind is "otel"; it must be one of "beyla", "opentelemetry".'],
    ],
    [
        "values without the component",
        { values: { autoInstrumentation: { priorityClassName: "a" }, alloyProfiles: { crds: { create: false } } } },
        [
            "values.alloyProfiles has no effect, because the stack does not deploy this component; remove it.",
            "values.autoInstrumentation has no effect, because the stack does not deploy this component; remove it.",
        ],
    ],
    [
        "a value that only the chart of the other kind has",
        {
            autoInstrumentation: { enabled: true, kind: "opentelemetry" },
            values: { autoInstrumentation: { injector: { enabled: true } } },
        },
        [
            "values.autoInstrumentation.injector does not exist in chart opentelemetry-ebpf-instrumentation 0.12.0. To pass it anyway, set valuesUnchecked.autoInstrumentation: true.",
        ],
    ],
    [
        "an image of a registry that is not allowed",
        {
            autoInstrumentation: { enabled: true, kind: "opentelemetry" },
            policy: {
                allowedRegistries: ["docker.io", "quay.io", "ghcr.io/open-telemetry/opentelemetry-collector-releases"],
            },
        },
        [expect.stringContaining(`does not hold ${openTelemetryEbpfImage}`)],
    ],
])("is refused: %s", (_, settings, expected) => {
    expect(mistakesOf(settings)).toEqual(expected);
});

test("the rights of the pods, the kernel of the nodes and an open port are announced", () => {
    const found = (settings: object) =>
        warnings(resolveSettings(settings)).filter((warning) => /ebpf|nstrumentation/i.test(warning));
    expect(found({})).toEqual([]);
    expect(found(both)).toEqual([
        "autoInstrumentation.enabled is true: its pods run as root with the capability SYS_ADMIN in the process namespace of each node, which needs Linux 5.8 or later or Linux 4.18 of RHEL 8, with BTF (/sys/kernel/btf/vmlinux)",
        "profiling.ebpf is true: its pods run as root with capabilities for eBPF in the process namespace of each node, which needs Linux 5.9 or later",
    ]);
    const propagating = { autoInstrumentation: { enabled: true, contextPropagation: true } };
    const open = (networkPolicies: object) => found({ ...propagating, networkPolicies }).slice(1);
    expect(open({ enabled: false })).toEqual([]);
    expect(open({ enabled: true, nodeCidrs: ["10.0.0.0/16"] })).toEqual([]);
    expect(open({ enabled: true })).toEqual([
        "networkPolicies.nodeCidrs is not set: autoInstrumentation.contextPropagation sends from the network of the nodes, so every address can connect to port 4318 of the collector",
    ]);
});

describe("the configuration of the auto-instrumentation", () => {
    test("sends traces and metrics to the collector, without span metrics of its own", () => {
        const { otel_traces_export, otel_metrics_export, metrics } = instrumentationConfig(otlp);
        expect(otel_traces_export).toEqual({
            endpoint: "http://collector:4318/v1/traces",
            protocol: "http/protobuf",
            sampler: { name: "parentbased_always_on" },
        });
        expect(otel_metrics_export).toEqual({
            endpoint: "http://collector:4318/v1/metrics",
            protocol: "http/protobuf",
            interval: "30s",
        });
        expect(metrics).toEqual({ features: ["application"] });
    });

    test("samples with the ratio of head sampling, and not at all with tail sampling", () => {
        const samplerOf = (tracing: object) => {
            const settings = resolveSettings({ ...enabled, tracing });
            const args = autoInstrumentationArgs(settings, { otlpHttpUrl: "http://collector:4318" });
            return args && (instrumentationConfig(args)["otel_traces_export"] as { sampler: object }).sampler;
        };
        expect(samplerOf({ samplingMode: "head", samplingRatio: 0.25 })).toEqual({
            name: "parentbased_traceidratio",
            arg: "0.25",
        });
        expect(samplerOf({ samplingMode: "tail", samplingRatio: 0.25 })).toEqual({ name: "parentbased_always_on" });
    });

    test("leaves out what already sends traces, and the own namespace", () => {
        expect(instrumentationConfig(otlp)["discovery"]).toEqual({
            instrument: [{ k8s_namespace: "*" }],
            exclude_instrument: [
                { k8s_namespace: "obs" },
                { k8s_container_name: "daprd" },
                { k8s_pod_annotations: { "dapr.io/enabled": "true" } },
                { k8s_pod_annotations: { "observability.mathtrail/auto-instrumentation": "false" } },
            ],
            exclude_otel_instrumented_services: true,
        });
    });

    test("selects pods by namespace and label, by default in the namespaces of collectFrom", () => {
        const discoveryOf = (settings: object) => {
            const args = autoInstrumentationArgs(resolveSettings(settings), { otlpHttpUrl: "http://collector:4318" });
            const { instrument, exclude_instrument } = instrumentationConfig(args ?? otlp)["discovery"] as Record<
                string,
                { k8s_namespace?: string }[]
            >;
            const excluded = exclude_instrument?.flatMap(({ k8s_namespace: name }) => name ?? []);
            return { instrument, excluded };
        };
        const podLabels = { "example.com/instrument": "yes" };
        expect(discoveryOf({ autoInstrumentation: { enabled: true, namespaces: ["shop", "pay"], podLabels } })).toEqual(
            {
                instrument: [
                    { k8s_namespace: "shop", k8s_pod_labels: podLabels },
                    { k8s_namespace: "pay", k8s_pod_labels: podLabels },
                ],
                excluded: ["monitoring"],
            },
        );
        const collected = { ...enabled, collectFrom: { namespaces: ["monitoring", "shop"] } };
        expect(discoveryOf(collected).instrument).toEqual([{ k8s_namespace: "shop" }]);
        const without = {
            autoInstrumentation: { enabled: true, excludeNamespaces: ["pay"] },
            collectFrom: { namespaces: ["shop", "pay"] },
        };
        expect(discoveryOf(without)).toEqual({
            instrument: [{ k8s_namespace: "shop" }],
            excluded: ["monitoring", "pay"],
        });
        const excluding = {
            autoInstrumentation: { enabled: true, excludeNamespaces: ["legacy"] },
            collectFrom: { excludeNamespaces: ["other"] },
        };
        expect(discoveryOf(excluding)).toEqual({
            instrument: [{ k8s_namespace: "*" }],
            excluded: ["legacy", "monitoring", "other"],
        });
    });

    test("names services like Alloy does in logs and metrics", () => {
        const { kubernetes } = instrumentationConfig(otlp)["attributes"] as { kubernetes: object };
        expect(kubernetes).toEqual({
            enable: true,
            cluster_name: "c",
            resource_labels: { "service.name": ["app.kubernetes.io/name", "app"] },
        });
    });

    test.each(kinds)("of %s uses the network of the node only with context propagation", (kind) => {
        const values = (contextPropagation?: boolean) =>
            autoInstrumentationValues({ ...otlp, kind, ...(contextPropagation && { contextPropagation }) });
        const without = values();
        expect(without["contextPropagation"]).toEqual({ enabled: false });
        expect(without["config"].data.ebpf).toEqual({ context_propagation: "disabled" });
        expect(without["securityContext"].capabilities.add).not.toContain("NET_ADMIN");
        const propagating = values(true);
        expect(propagating["contextPropagation"]).toEqual({ enabled: true });
        expect(propagating["config"].data.ebpf).toEqual({ context_propagation: "headers" });
        expect(propagating["securityContext"].capabilities.add).toContain("NET_ADMIN");
    });
});

test("the component accepts the namespaces of collectFrom without the excluded ones", async () => {
    const settings = resolveSettings({
        autoInstrumentation: { enabled: true, excludeNamespaces: ["pay"] },
        collectFrom: { namespaces: ["shop", "pay"] },
    });
    const args = autoInstrumentationArgs(settings, { otlpHttpUrl: "http://collector:4318" }) ?? otlp;
    const { resources } = await record((opts) => new AutoInstrumentation("a", args, opts));
    const { values } = chartOf(resources, "auto-instrumentation");
    expect(values.config.data.discovery.instrument).toEqual([{ k8s_namespace: "shop" }]);
});

test("the component refuses wrong arguments", async () => {
    const message = (args: object) => errorMessage(() => new AutoInstrumentation("a", { ...otlp, ...args }));
    expect(await message({ kind: "otel" })).toBe('kind is "otel"; it must be one of "beyla", "opentelemetry"');
    expect(await message({ otlpEndpoint: "http://collector:4318/v1/traces" })).toBe(
        'otlpEndpoint is "http://collector:4318/v1/traces"; it must be a URL without a path, such as "http://otel-collector-opentelemetry-collector:4318"',
    );
    expect(await message({ samplingRatio: 2 })).toBe("samplingRatio is 2; it must be a number from 0 to 1");
    expect(await message({ namespaces: [] })).toBe(
        "namespaces is empty; remove it to instrument all namespaces, or list at least one",
    );
    expect(await message({ namespaces: ["obs"] })).toContain('namespaces contains "obs", the namespace of the stack');
    const off = { enabled: false };
    const withoutPyroscope = { namespace: "obs", cluster: "c", receiver: off, logs: off, metrics: off };
    expect(await errorMessage(() => new Alloy("b", { ...withoutPyroscope, profiler: { enabled: true } }))).toBe(
        "pyroscopeUrl is missing; the profiler needs it. Set it, or set profiler.enabled to false",
    );
});

describe("the profiler", () => {
    const configOf = (args: object = {}) =>
        alloyProfilerValues({ namespace: "obs", cluster: "c", pyroscopeUrl: "http://pyroscope:4040", ...args })["alloy"]
            .configMap.content as string;
    const scraped = "__meta_kubernetes_pod_annotation_profiles_grafana_com_cpu_scrape";

    test("leaves out pods with the annotation, and pods whose CPU profiles are scraped, if they are", () => {
        expect(configOf()).toContain(scraped);
        expect(configOf({ metrics: { profiles: false } })).not.toContain(scraped);
        expect(configOf({ metrics: { enabled: false } })).not.toContain(scraped);
        expect(configOf()).toContain("__meta_kubernetes_pod_annotation_observability_mathtrail_ebpf_profiles");
    });

    test("profiles the pods of collectFrom, and sets the labels of the other signals", () => {
        const config = configOf({ collectFrom: { namespaces: ["shop"] } });
        expect(config).toContain('regex         = "obs|shop"');
        const labels = ["cluster", "namespace", "pod", "container", "service_name"];
        expect(labels.filter((label) => new RegExp(`target_label +=\\s*"${label}"`).test(config))).toEqual(labels);
    });

    test("does not make the metrics scraper scrape profiles", async () => {
        const { charts } = await evaluateStack("dev", { profiling: { ebpf: true } });
        const configs = Object.fromEntries(
            charts.flatMap(({ release, values }) =>
                /alloy/.test(release) ? [[release, values["alloy"].configMap.content as string]] : [],
            ),
        );
        expect(configs["lgtm-alloy-metrics"]).not.toContain("pyroscope");
        expect(configs["lgtm-alloy-profiles"]).not.toContain(scraped);
    });
});

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

describe("NetworkPolicies", () => {
    const specOf = (settings: object, name: string) =>
        policies(networkPoliciesArgs(resolveSettings({ ...settings, networkPolicies: { enabled: true } }))).find(
            (policy) => policy.name === `observability-${name}`,
        )?.spec;
    const podsOf = (name: string, instance: string) => [
        { podSelector: { matchLabels: { "app.kubernetes.io/name": name, "app.kubernetes.io/instance": instance } } },
    ];
    const ports = (...numbers: number[]) => numbers.map((port) => ({ protocol: "TCP", port }));
    const anywhere = [{ ipBlock: { cidr: "0.0.0.0/0" } }, { ipBlock: { cidr: "::/0" } }];
    const scraper = podsOf("alloy", "lgtm-alloy-metrics");
    const instrumentation = podsOf("auto-instrumentation", "auto-instrumentation");
    const propagating = { autoInstrumentation: { enabled: true, contextPropagation: true } };
    const fromNodes = { from: anywhere, ports: ports(4318) };

    test("let the auto-instrumentation send to the collector, and read from the API server", () => {
        expect(specOf(enabled, "auto-instrumentation")).toMatchObject({
            ingress: [{ from: scraper, ports: ports(12346) }],
            egress: [
                { to: podsOf("opentelemetry-collector", "otel-collector"), ports: ports(4318) },
                { to: anywhere, ports: ports(443, 6443) },
            ],
        });
        expect(specOf(enabled, "otel-collector")?.ingress).toContainEqual({
            from: instrumentation,
            ports: ports(4318),
        });
        expect(specOf(enabled, "otel-collector")?.ingress).not.toContainEqual(fromNodes);
    });

    test("let nodes send to the collector with context propagation, and the scraper connect to them", () => {
        expect(specOf(propagating, "otel-collector")?.ingress).toContainEqual(fromNodes);
        const toNodes = { to: anywhere, ports: ports(12346) };
        expect(specOf(propagating, "alloy-metrics")?.egress).toContainEqual(toNodes);
        const withPrometheus = { ...propagating, components: { prometheus: true } };
        expect(specOf(withPrometheus, "prometheus")?.egress).toContainEqual(toNodes);
        expect(specOf(withPrometheus, "alloy-metrics")?.egress).not.toContainEqual(toNodes);
        expect(specOf({}, "otel-collector")?.ingress).not.toContainEqual(fromNodes);
    });

    test("let the profiler send to Pyroscope, also to an external one", () => {
        const ebpf = { profiling: { ebpf: true } };
        expect(specOf(ebpf, "alloy-profiles")).toMatchObject({
            ingress: [{ from: scraper, ports: ports(12345) }],
            egress: [
                { to: podsOf("pyroscope", "pyroscope"), ports: ports(4040) },
                { to: anywhere, ports: ports(443, 6443) },
            ],
        });
        expect(specOf(ebpf, "pyroscope")?.ingress).toContainEqual({
            from: podsOf("alloy", "lgtm-alloy-profiles"),
            ports: ports(4040),
        });
        const external = { ...ebpf, external: { pyroscope: { url: "https://pyroscope.example.com" } } };
        expect(specOf(external, "alloy-profiles")?.egress).toContainEqual({ to: anywhere, ports: ports(443) });
    });

    test("have none for what does not exist", () => {
        expect([specOf({}, "auto-instrumentation"), specOf({}, "alloy-profiles")]).toEqual([undefined, undefined]);
    });
});

describeWith({ programs: ["helm"], mirror: true }, "the rendered objects", () => {
    test.each(kinds.flatMap((kind) => ["dev", "prod"].map((stack) => [kind, stack])))(
        "of %s follow all policies in %s",
        async (kind, stack) => {
            const settings = { ...both, autoInstrumentation: { enabled: true, kind, contextPropagation: true } };
            const { objects, context } = await stackObjects(stack, settings);
            const found = checkObjects(objects, context).violations.map(
                ({ rule, object, message }) => `${rule} ${object.kind}/${object.metadata.name}: ${message}`,
            );
            expect(found).toEqual([]);
        },
    );

    test.each(kinds)(
        "of %s have the same names and selectors, so that another kind changes them in place",
        async (kind) => {
            const { byRelease } = await renderStack("prod", { autoInstrumentation: { enabled: true, kind } });
            const objects = byRelease.get("auto-instrumentation") ?? [];
            expect(objects.map(({ kind: type, metadata }) => `${type}/${metadata.name}`)).toEqual([
                "ServiceAccount/auto-instrumentation",
                "ConfigMap/auto-instrumentation",
                "DaemonSet/auto-instrumentation",
            ]);
            const { spec } = objectOf(objects, "DaemonSet", "auto-instrumentation");
            expect(spec.selector.matchLabels).toEqual({
                "app.kubernetes.io/name": "auto-instrumentation",
                "app.kubernetes.io/instance": "auto-instrumentation",
            });
            const pod = spec.template.spec;
            expect([pod.hostPID, pod.hostNetwork, pod.containers[0].securityContext.privileged]).toEqual([
                true,
                undefined,
                false,
            ]);
            expect(pod.containers[0].ports ?? []).toEqual([]);
        },
    );

    test.each([
        ["beyla", "registry.example.com/mirror/grafana/beyla:3.32.0"],
        [
            "opentelemetry",
            "registry.example.com/mirror/open-telemetry/opentelemetry-ebpf-instrumentation/ebpf-instrument:v0.11.0",
        ],
    ])("of %s have the image of images.registry", async (kind, image) => {
        const images = { registry: "registry.example.com/mirror", pullSecrets: ["pull"] };
        const { objects } = await renderStack("dev", { autoInstrumentation: { enabled: true, kind }, images });
        const { spec } = objectOf(objects, "DaemonSet", "auto-instrumentation")["spec"].template;
        expect([spec.containers[0].image, spec.imagePullSecrets]).toEqual([image, [{ name: "pull" }]]);
    });

    test("of the permissions have the namespace in their names, and allow only to read", async () => {
        const { objects } = await stackObjects("prod", both);
        const role = objectOf(objects, "ClusterRole", "auto-instrumentation-monitoring");
        expect(role["rules"]).toEqual([
            { apiGroups: [""], resources: ["nodes", "pods", "services"], verbs: ["get", "list", "watch"] },
            { apiGroups: ["apps"], resources: ["replicasets"], verbs: ["list", "watch"] },
        ]);
        const binding = objectOf(objects, "ClusterRoleBinding", "auto-instrumentation-monitoring");
        expect(binding["subjects"]).toEqual([
            { kind: "ServiceAccount", name: "auto-instrumentation", namespace: "monitoring" },
        ]);
    });

    test("of the profiler run as root with capabilities, and are not privileged", async () => {
        const { objects } = await renderStack("prod", both);
        const { spec } = objectOf(objects, "DaemonSet", "lgtm-alloy-profiles")["spec"].template;
        expect(spec.hostPID).toBe(true);
        expect(spec.containers[0].securityContext).toEqual({
            runAsUser: 0,
            runAsGroup: 0,
            allowPrivilegeEscalation: false,
            readOnlyRootFilesystem: true,
            capabilities: {
                drop: ["ALL"],
                add: [
                    "BPF",
                    "PERFMON",
                    "SYS_PTRACE",
                    "CHECKPOINT_RESTORE",
                    "SYS_RESOURCE",
                    "DAC_READ_SEARCH",
                    "SYSLOG",
                ],
            },
            seccompProfile: { type: "Unconfined" },
        });
    });
});

/** The keys of a configuration that another one lacks, or has with another value. */
function missingKeys(wanted: unknown, found: unknown, place = ""): string[] {
    return typeof wanted === "object" && wanted !== null
        ? Object.entries(wanted).flatMap(([key, value]) =>
              missingKeys(value, (found as Record<string, unknown> | undefined)?.[key], `${place}.${key}`),
          )
        : // Beyla hides addresses.
          String(wanted) === String(found) || found === "***"
          ? []
          : [place];
}

describeWith({ programs: ["helm", "beyla"], mirror: true }, "Beyla", () => {
    /** Starts Beyla until it has printed its configuration or ends. It instruments nothing without a cluster. */
    const start = (file: string) =>
        new Promise<string>((resolve, reject) => {
            const env = {
                ...process.env,
                BEYLA_CONFIG_PATH: file,
                BEYLA_LOG_CONFIG: "yaml",
                BEYLA_ENFORCE_SYS_CAPS: "false",
            };
            const beyla = spawn("beyla", [], { env });
            let text = "";
            const timer = setTimeout(() => beyla.kill("SIGKILL"), 20_000);
            beyla.stdout.on("data", (chunk: Buffer) => {
                text += chunk.toString();
                // The last key of the configuration.
                if (/^jvm_runtime_metrics:[\s\S]*\ntime=/m.test(text)) {
                    beyla.kill("SIGKILL");
                }
            });
            beyla.on("error", reject);
            beyla.on("close", () => {
                clearTimeout(timer);
                resolve(text);
            });
        });

    test.each([
        ["dev", { enabled: true }],
        [
            "prod",
            {
                enabled: true,
                contextPropagation: true,
                namespaces: ["shop", "pay"],
                podLabels: { "example.com/instrument": "yes-*" },
            },
        ],
    ])("accepts the configuration of %s, and knows each of its keys", async (stack, autoInstrumentation) => {
        const { objects } = await renderStack(stack, { autoInstrumentation });
        const text = objectOf(objects, "ConfigMap", "auto-instrumentation")["data"]["beyla-config.yml"] as string;
        const folder = fs.mkdtempSync(path.join(os.tmpdir(), "beyla-"));
        const file = path.join(folder, "config.yml");
        fs.writeFileSync(file, text);
        const output = await start(file);
        fs.rmSync(folder, { recursive: true });
        const [, printed = ""] = /with configuration"?\n([\s\S]*?)\ntime=/.exec(output) ?? [];
        const { metrics, enforce_sys_caps, ...wanted } = load(text) as Record<string, unknown>;
        const { metrics: features, ...found } = load(printed) as Record<string, unknown>;
        expect(missingKeys(wanted, found)).toEqual([]);
        // Beyla prints features as a bit mask, in which this bit is "application". The variable above replaces the other value.
        expect([metrics, features, enforce_sys_caps]).toEqual([
            { features: ["application"] },
            { features: 1 << 8 },
            true,
        ]);
    });
});

/** Whether the build of Alloy has a component. */
function alloyHas(component: string): boolean {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "alloy-"));
    const file = path.join(folder, "config.alloy");
    fs.writeFileSync(file, `${component} "a" { }\n`);
    const { stderr } = spawnSync("alloy", ["validate", file], { encoding: "utf8" });
    fs.rmSync(folder, { recursive: true });
    return stderr !== null && !stderr.includes("cannot find the definition of component name");
}

describeWith({ programs: ["helm", "alloy"], mirror: true }, "Alloy", () => {
    const alloy = async (...args: string[]) => {
        const { objects } = await renderStack("prod", { profiling: { ebpf: true, scrape: true } });
        const text = objectOf(objects, "ConfigMap", "lgtm-alloy-profiles")["data"]["config.alloy"] as string;
        const folder = fs.mkdtempSync(path.join(os.tmpdir(), "alloy-"));
        const file = path.join(folder, "config.alloy");
        fs.writeFileSync(file, `${text.trimEnd()}\n`);
        const { status, stderr } = spawnSync("alloy", [...args, file], { encoding: "utf8" });
        fs.rmSync(folder, { recursive: true });
        return { status, stderr };
    };

    test("finds the configuration of the profiler formatted", async () => {
        expect(await alloy("fmt", "--test")).toEqual({ status: 0, stderr: "" });
    });

    const others = onPath("alloy") && !alloyHas("pyroscope.ebpf") ? ["an Alloy with pyroscope.ebpf"] : [];
    describeWith({ others }, "with eBPF", () => {
        test("accepts the configuration of the profiler", async () => {
            expect(await alloy("validate")).toMatchObject({ status: 0 });
        });
    });
});
