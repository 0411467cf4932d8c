import * as fc from "fast-check";
import { evaluateStack, type Evaluation } from "../cli/evaluate";
import { allChecks } from "../cli/verify/checks";
import { makeContext } from "../cli/verify/context";
import { possibleChecks } from "../cli/verify/possible-checks";
import { contract } from "../components/contract";
import { dataSources } from "../components/grafana/datasources";
import { dashboards } from "../dashboards";
import { ruleGroups } from "../rules";
import { absentComponents, deployedComponents, type DeployedComponents } from "../settings/components";
import { resolveSettings } from "../settings/resolve";
import { grafanaArgs, ruleOptions } from "../stack/component-args";
import { optionalComponents, queriedSources, stackComponents } from "../validation/components";
import { mistakesOf, testMistakes } from "./helpers/mistakes";

/** Without the optional components. */
type Subset = Omit<DeployedComponents, "kubeStateMetrics">;
type Name = keyof Subset;
const names = stackComponents.filter((name): name is Name => name !== "minio" && !optionalComponents.includes(name));

/** Every subset of the components. */
const subsets: Subset[] = Array.from(
    { length: 2 ** names.length },
    (_, bits) => Object.fromEntries(names.map((name, index) => [name, (bits & (1 << index)) !== 0])) as Subset,
);

/** Whether every component has what it needs. */
function isComplete(has: Subset): boolean {
    return (
        Object.values(has).includes(true) &&
        (!has.otelCollector || has.alloyReceiver) &&
        (!has.alloyReceiver || has.loki || has.tempo || has.mimir) &&
        (!has.alloyLogs || has.loki) &&
        (!has.alloyMetrics || has.mimir) &&
        (!has.grafana || has.loki || has.tempo || has.mimir || has.pyroscope)
    );
}

const complete = subsets.filter(isComplete);
/** The settings of each complete subset. */
const resolved = complete.map((components) => ({ components, settings: resolveSettings({ components }) }));

test("a subset is refused if and only if a component has nothing to send to, or nothing to show", () => {
    expect(complete.length).toBeGreaterThan(100);
    const wrong = subsets.filter((components) => (mistakesOf({ components }).length === 0) !== isComplete(components));
    expect(wrong).toEqual([]);
});

testMistakes("refuses %s", [
    [
        "a collector without Alloy",
        { components: { alloyReceiver: false } },
        [
            "components.alloyReceiver is false, but the collector exports to it; set external.otlp.url, or set components.otelCollector to false.",
        ],
    ],
    [
        "a log collector without Loki",
        { components: { loki: false } },
        [
            "components.alloyLogs is true, but there is no store of logs; set external.loki.url, or set components.alloyLogs to false.",
        ],
    ],
    [
        "a component and its replacement",
        { components: { loki: true }, external: { loki: { url: "https://loki.example.com" } } },
        ["components.loki is true, and external.loki.url replaces this component; remove one of them."],
    ],
    [
        "a store of metrics without an endpoint for the metrics scraper and the receiver",
        { external: { mimir: { url: "https://metrics.example.com" } } },
        [
            "external.mimir.otlpUrl is missing; Alloy as the OTLP receiver needs it.",
            "external.mimir.remoteWriteUrl is missing; Alloy as the metrics scraper needs it.",
        ],
    ],
    [
        "a scheme without credentials and a Secret without a URL",
        { external: { loki: { url: "https://loki.example.com", scheme: "bearer" }, tempo: { existingSecret: "s" } } },
        [
            "external.loki.scheme has no effect without external.loki.existingSecret.",
            "external.tempo.url is missing; external.tempo.existingSecret is set.",
        ],
    ],
    [
        "tail sampling, scraped profiles, Dapr and SLOs without their components",
        {
            components: { otelCollector: false, alloyReceiver: false, alloyMetrics: false, mimir: false },
            tracing: { samplingMode: "tail" },
            profiling: { scrape: true },
            dapr: { enabled: true, namespaces: ["shop"] },
            slos: [{ service: "cart", kind: "availability", objective: 0.99, window: "7d" }],
        },
        [
            "profiling.scrape is true, but components.alloyMetrics is false; set it to false.",
            'tracing.samplingMode is "tail", but components.otelCollector is false; set it to "head".',
            "dapr.enabled is true, but Dapr sidecars send their spans to the collector, and components.otelCollector is false; set dapr.enabled to false.",
            "slos have no effect, because the stack does not deploy Mimir, which evaluates their rules.",
        ],
    ],
    [
        "Helm values of a component that is not deployed",
        { components: { pyroscope: false }, values: { pyroscope: { pyroscope: { replicaCount: 2 } } } },
        ["values.pyroscope has no effect, because the stack does not deploy this component; remove it."],
    ],
    [
        "no component at all",
        { components: Object.fromEntries(names.map((name) => [name, false])) },
        ["components are all false; a stack deploys at least one component."],
    ],
]);

test("the settings of a stack can be resolved again", () => {
    for (const { components, settings } of resolved.filter((_, index) => index % 10 === 0)) {
        expect(deployedComponents(resolveSettings(settings))).toEqual({
            ...components,
            kubeStateMetrics: false,
            prometheus: false,
            redpanda: false,
        });
    }
});

describe("in every subset", () => {
    test("alerts concern only components that exist", () => {
        for (const { components, settings } of resolved.filter(({ components: { mimir } }) => mimir)) {
            const { mimir: groups } = ruleGroups(ruleOptions(settings));
            const alerts = groups.flatMap(({ rules }) => rules).filter((rule) => "alert" in rule);
            const jobs = (expr: string) => [...expr.matchAll(/absent\(up\{job="([\w-]+)"/g)].map(([, job]) => job);
            const missing = alerts.filter(({ alert }) => alert === "StackComponentMissing");
            const expected = names.filter((name) => components[name]).map(jobOf);
            expect(missing.flatMap(({ expr }) => jobs(expr)).sort()).toEqual(
                components.alloyMetrics ? [...expected, "minio"].sort() : [],
            );
            for (const [prefix, name] of [
                ["Loki", "loki"],
                ["Tempo", "tempo"],
                ["Pyroscope", "pyroscope"],
                ["OtelCollector", "otelCollector"],
                ["Grafana", "grafana"],
            ] as const) {
                const found = alerts.filter(({ alert }) => alert.startsWith(prefix));
                expect(found.length > 0).toBe(components[name] && components.alloyMetrics);
            }
        }
    });

    test("data sources are those of the stores, and their links lead to each other", () => {
        for (const { components, settings } of resolved.filter(({ components: { grafana } }) => grafana)) {
            const urls = (name: Name) => (components[name] ? `http://${name}` : undefined);
            const { datasources } = dataSources(
                grafanaArgs(settings, {
                    lokiUrl: urls("loki"),
                    tempoUrl: urls("tempo"),
                    mimirUrl: urls("mimir"),
                    pyroscopeUrl: urls("pyroscope"),
                    alertmanagerUrl: urls("mimir"),
                }),
            );
            const uids = datasources.map(({ uid }) => uid);
            expect(uids).toEqual([
                ...queriedSources.filter((name) => components[name]),
                ...(components.mimir ? ["alertmanager"] : []),
            ]);
            const linked = JSON.stringify(datasources).matchAll(
                /"(?:datasourceUid|targetUID|alertmanagerUid)":"([^"]+)"/g,
            );
            expect([...linked].map(([, uid = ""]) => uid).filter((uid) => !uids.includes(uid))).toEqual([]);
        }
    });
});

describe("dashboards", () => {
    const sources = Array.from({ length: 2 ** queriedSources.length }, (_, bits) =>
        queriedSources.filter((_source, index) => (bits & (1 << index)) !== 0),
    );

    test.each(sources.map((absent) => [absent.join(", ") || "nothing", absent] as const))(
        "without %s query and link only what exists",
        (_, absent) => {
            const all = dashboards({
                namespace: "monitoring",
                absentSources: absent,
                absentComponents: absent,
            });
            const uids = all.map(({ uid }) => uid);
            expect(uids.length).toBeGreaterThanOrEqual(absent.includes("mimir") ? 0 : 15);
            for (const { uid, json } of all) {
                const used = [...json.matchAll(/"uid": ?"(loki|tempo|mimir|pyroscope)"/g)].map(([, source]) => source);
                const explored = [
                    ...decodeURIComponent(json.replace(/%(?![0-9A-F]{2})/g, "")).matchAll(
                        /"datasource\\?":\\?"(\w+)\\?"/g,
                    ),
                ];
                const wrong = [...used, ...explored.map(([, source]) => source)].filter((source) =>
                    absent.some((name) => name === source),
                );
                expect([uid, wrong]).toEqual([uid, []]);
                const links = [...json.matchAll(/"\/d\/([\w-]+)/g)].map(([, target = ""]) => target);
                expect([uid, links.filter((target) => !uids.includes(target))]).toEqual([uid, []]);
            }
        },
    );
});

describe("verify", () => {
    const facts = {
        namespace: "monitoring",
        cluster: "dev",
        grafanaSecret: "grafana-admin",
        samplingMode: "head" as const,
        samplingRatio: 1,
        ruleGroups: { mimir: [], loki: [] },
    };
    const connections = {
        has: () => true,
        url: () => Promise.resolve("http://127.0.0.1:1"),
        close: () => Promise.resolve(),
    };
    const all = allChecks(makeContext(facts, connections, { user: "u", password: "p" }), { sending: true });
    const idsFor = (settings: object) => possibleChecks(all, resolveSettings(settings)).map(({ id }) => id);

    test("runs all checks of a complete stack", () => {
        const optional = {
            components: { kubeStateMetrics: true, prometheus: true, redpanda: true },
            logs: { kubernetesEvents: true },
            probes: [{ name: "shop", url: "https://shop.example.com" }],
            ingestion: { external: { enabled: true, otherClusters: true, clients: ["edge"] } },
            metrics: { prometheusOperator: true, prometheusRules: true, controlPlane: ["apiServer"] },
            databases: [{ name: "cache", kind: "redis", address: "cache.shop.svc:6379" }],
            autoInstrumentation: { enabled: true },
            profiling: { ebpf: true },
        };
        // Only a stack without stores has it.
        const ids = all.map(({ id }) => id).filter((id) => id !== "collector-central");
        expect(idsFor(optional)).toEqual(ids);
        expect(ids.filter((id) => !idsFor({}).includes(id))).toEqual([
            "up-kubeStateMetrics",
            "up-prometheus",
            "source-prometheus",
            "up-alloySingleton",
            "auto-instrumentation",
            "ebpf-profiles",
            "kubernetes-events",
            "probes",
            "other-clusters",
            "databases",
            "monitors",
            "prometheus-rules",
            "control-plane",
            "kafka",
            "redpanda",
        ]);
    });

    test("runs no check of an absent component, and none that depends on it", () => {
        const ids = idsFor({ components: { tempo: false } });
        expect(
            ids.filter((id) => /tempo|trace|exemplar|service-graph|sampling|stored-(zipkin|grpc|http)/.test(id)),
        ).toEqual(["stored-exemplar"]);
        expect(ids).toEqual(expect.arrayContaining(["send-http", "read-loki", "stored-metric", "rules-loki", "up"]));
    });

    test("checks only the Alloy receiver, if the stores and Grafana are external", () => {
        const url = "https://example.com";
        const mimir = { url, remoteWriteUrl: url, otlpUrl: url };
        const external = {
            loki: { url },
            tempo: { url, otlpEndpoint: `${url}:4317` },
            mimir,
            pyroscope: { url },
            grafana: { url },
        };
        expect(idsFor({ external, components: { otelCollector: false } })).toEqual(["reach-alloyReceiver"]);
    });

    test("depends on the remaining checks only, in every subset", () => {
        for (const { settings } of resolved) {
            const remaining = possibleChecks(all, settings);
            const ids = remaining.map(({ id }) => id);
            const required = remaining.flatMap(({ dependsOn = [], dependsOnAny = [] }) => [
                ...dependsOn,
                ...dependsOnAny,
            ]);
            expect(required.filter((id) => !ids.includes(id))).toEqual([]);
        }
    });
});

describe("a deployed subset", () => {
    /** Host names of Services in all Helm values. */
    function services({ charts }: Evaluation): string[] {
        const text = JSON.stringify(charts.map(({ values }) => values));
        return [
            ...new Set([...text.matchAll(/([\w-]+)\.monitoring\.svc\.cluster\.local/g)].map(([, name = ""]) => name)),
        ];
    }

    const check = async (components: Subset) => {
        const evaluation = await evaluateStack("dev", { components, dapr: { enabled: false } });
        const absent = absentComponents(evaluation.settings);
        const expected: string[] = names.filter((name) => components[name]).map((name) => contract[name].release);
        expect(evaluation.charts.map(({ release }) => release).sort()).toEqual(
            [...expected, ...(absent.includes("minio") ? [] : ["minio"])].sort(),
        );
        const gone = absent
            .map((name) => contract[name])
            .flatMap((part): string[] => ("service" in part ? [part.service] : []));
        expect(services(evaluation).filter((service) => gone.includes(service))).toEqual([]);
        const { endpoints } = evaluation;
        expect("otlpHttp" in endpoints).toBe(components.otelCollector);
        expect("loki" in endpoints).toBe(components.loki);
    };

    const without = (...absent: Name[]): [string, Subset] => [
        absent.join(", "),
        Object.fromEntries(names.map((name) => [name, !absent.includes(name)])) as Subset,
    ];

    test.each([
        without("otelCollector", "alloyReceiver"),
        without("alloyLogs"),
        without("alloyMetrics"),
        without("loki", "alloyLogs"),
        without("tempo"),
        without("mimir", "alloyMetrics"),
        without("pyroscope"),
        without("grafana"),
    ])("without %s has no address of an absent component", async (_, components) => {
        await check(components);
    });

    test("has no address of an absent component, for random subsets", async () => {
        await fc.assert(fc.asyncProperty(fc.constantFrom(...complete), check), { numRuns: 8 });
    });
});

function jobOf(name: Name): string {
    return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
