import { load } from "js-yaml";
import { evaluateStack, type LocatedChart } from "../cli/evaluate";
import { contract } from "../components/contract";
import { describeWith } from "./helpers/prerequisites";
import { objectOf, renderStack } from "./helpers/rendered";

// Checks that the addresses, labels and settings of all components fit together.

const variants: [string, string, object][] = [
    ["dev", "dev", {}],
    ["prod", "prod", {}],
    ["prod with tail sampling", "prod", { tracing: { samplingMode: "tail", samplingRatio: 0.1 } }],
    ["dev with a tenant and scraped profiles", "dev", { tenant: "acme", profiling: { scrape: true } }],
    ["prod in another namespace", "prod", { namespace: "watch" }],
];

interface Stack {
    values: Record<string, any>;
    alloy: Record<string, string>;
    collector: Record<string, any>;
    dataSources: Record<string, any>[];
    charts: LocatedChart[];
}

async function evaluate(stack: string, settings: object): Promise<Stack> {
    const { charts } = await evaluateStack(stack, settings);
    const values: Record<string, any> = Object.fromEntries(charts.map((chart) => [chart.release, chart.values]));
    const alloy = (release: string) => values[release].alloy.configMap.content as string;
    return {
        charts,
        values,
        alloy: {
            receiver: alloy("lgtm-alloy-receiver"),
            logs: alloy("lgtm-alloy-logs"),
            metrics: alloy("lgtm-alloy-metrics"),
        },
        collector: values["otel-collector"].alternateConfig,
        dataSources: values["lgtm"].datasources["datasources.yaml"].datasources,
    };
}

/** Every `SERVICE.NAMESPACE.svc.cluster.local:PORT` in a text. */
function addresses(text: string): string[] {
    return [...text.matchAll(/[\w-]+\.[\w-]+\.svc\.cluster\.local(:\d+)?/g)].map(([address]) => address);
}

describe.each(variants)("in %s", (_, stack, settings) => {
    let parts: Stack;
    beforeAll(async () => {
        parts = await evaluate(stack, settings);
    });

    test("all addresses in the values are Services and ports of the contract", () => {
        const namespace = (settings as { namespace?: string }).namespace ?? "monitoring";
        const known = Object.values(contract)
            .flatMap((part) => ("service" in part ? Object.values(part.ports).map((port) => [part.service, port]) : []))
            .map(([service, port]) => `${service}.${namespace}.svc.cluster.local${port === 80 ? "" : `:${port}`}`);
        const peers = `otel-collector-peers.${namespace}.svc.cluster.local`;
        const used = new Set(addresses(JSON.stringify(parts.values)));
        expect(used.size).toBeGreaterThan(5);
        expect([...used].filter((address) => ![...known, peers].includes(address))).toEqual([]);
    });

    test("the collector exports to Alloy's receiver, and the receiver to all backends", () => {
        const { receiver } = parts.alloy;
        const { endpoint } = parts.collector["exporters"].otlp_http;
        const [, port] = /^http:\/\/lgtm-alloy-receiver\.[\w-]+\.svc\.cluster\.local:(\d+)$/.exec(endpoint) ?? [];
        expect(receiver).toContain(`endpoint = ":${port}"`);
        expect(parts.values["lgtm-alloy-receiver"].alloy.extraPorts).toContainEqual({
            name: "otlp-http",
            port: Number(port),
            targetPort: Number(port),
            protocol: "TCP",
        });
        expect(endpoints(receiver ?? "")).toEqual([
            expect.stringMatching(/^tempo\..*:4317$/),
            expect.stringMatching(/^http:\/\/loki\..*:3100\/otlp$/),
            expect.stringMatching(/^http:\/\/mimir\..*:9009\/otlp$/),
        ]);
        expect(parts.alloy["logs"]).toMatch(/url +"?= "http:\/\/loki\.[^"]*:3100\/loki\/api\/v1\/push"/);
        expect(parts.alloy["metrics"]).toMatch(/url += "http:\/\/mimir\.[^"]*:9009\/api\/v1\/push"/);
    });

    test("all links of data sources refer to a data source", () => {
        const uids = parts.dataSources.map(({ uid }) => uid as string);
        const links = [
            ...JSON.stringify(parts.dataSources).matchAll(/"(?:datasourceUid|targetUID|alertmanagerUid)":"([^"]+)"/g),
        ];
        expect(uids).toEqual(["loki", "tempo", "mimir", "pyroscope", "alertmanager"]);
        expect(new Set(links.map(([, uid]) => uid))).toEqual(new Set(uids));
    });

    test("the links to logs use labels that Loki has for OTLP logs and for pod logs", () => {
        const { tags } = tempoLinks(parts).tracesToLogsV2;
        const labels = tags.map(({ value }: { value: string }) => value).sort();
        const [{ attributes }] =
            parts.values["loki"].loki.limits_config.otlp_config.resource_attributes.attributes_config;
        const indexed = attributes.map((name: string) => name.replace(/\./g, "_"));
        expect(labels).toEqual(["cluster", "namespace"]);
        expect(indexed.sort()).toEqual([...labels, "service_name"]);
        for (const label of indexed) {
            expect(parts.alloy["logs"]).toMatch(new RegExp(`target_label +"?= "${label}"`));
        }
    });

    test("the links to metrics use labels and names of the span metrics", () => {
        const { tags, queries } = tempoLinks(parts).tracesToMetrics;
        const labels = tags.map(({ value }: { value: string }) => value).filter((label: string) => label !== "service");
        const generator = parts.values["tempo"].tempo.metricsGenerator;
        const spanMetrics = generator.enabled
            ? { dimensions: generator.processor.span_metrics.dimensions, names: tempoMetrics }
            : {
                  dimensions: parts.collector["connectors"].span_metrics.dimensions.map(({ name }: any) => name),
                  names: spanMetricNames(parts.collector),
              };
        expect([...spanMetrics.dimensions].sort()).toEqual(labels.sort());
        for (const [name] of JSON.stringify(queries).matchAll(/traces_\w+/g)) {
            expect(spanMetrics.names).toContain(name.replace(/_bucket$/, ""));
        }
    });

    test("either Tempo or the collector generates span metrics", () => {
        const byTempo = parts.values["tempo"].tempo.metricsGenerator.enabled as boolean;
        const byCollector = "span_metrics" in parts.collector["connectors"];
        expect([byTempo, byCollector].filter(Boolean)).toHaveLength(1);
    });

    test("only one component samples, and Tempo uses the sampling ratio of the spans", () => {
        const tail = JSON.stringify(settings).includes("tail");
        expect("tail_sampling" in parts.collector["processors"]).toBe(tail);
        const ratioProcessor = parts.collector["processors"]["resource/sampling"];
        const ratio = stack === "prod" && !tail ? 0.1 : undefined;
        expect(ratioProcessor?.attributes[0].value).toBe(ratio);
        if (ratioProcessor !== undefined) {
            const { processor } = parts.values["tempo"].tempo.metricsGenerator;
            expect(processor.span_metrics.span_multiplier_key).toBe(ratioProcessor.attributes[0].key);
            expect(processor.service_graphs.span_multiplier_key).toBe(ratioProcessor.attributes[0].key);
        }
    });

    test("all writers and readers send the tenant, and all backends have multi-tenancy, if a tenant is set", () => {
        const { tenant } = settings as { tenant?: string };
        const { loki, tempo, mimir, pyroscope } = parts.values;
        expect({
            loki: loki.loki.auth_enabled,
            tempo: tempo.tempo.multitenancyEnabled,
            mimir: mimir.config.multitenancy_enabled,
            pyroscope: pyroscope.pyroscope.extraArgs["auth.multitenancy-enabled"],
        }).toEqual(
            Object.fromEntries(["loki", "tempo", "mimir", "pyroscope"].map((store) => [store, tenant !== undefined])),
        );
        for (const text of Object.values(parts.alloy)) {
            const writers = [
                ...text.matchAll(/^(?:otelcol\.exporter|loki\.write|prometheus\.remote_write|pyroscope\.write)\b/gm),
            ];
            const headers = [...text.matchAll(/"X-Scope-OrgID" = "([^"]*)"|tenant_id = "([^"]*)"/g)];
            // Backends without multi-tenancy ignore the tenant.
            expect(headers.map(([, header, id]) => header ?? id)).toEqual(
                Array(writers.length).fill(tenant ?? "anonymous"),
            );
        }
        expect(parts.dataSources.map(({ secureJsonData }) => secureJsonData?.httpHeaderValue1 as unknown)).toEqual(
            Array(5).fill(tenant),
        );
    });

    test("all backends enforce their retention", () => {
        const { loki, tempo, mimir, pyroscope } = parts.values;
        const kept = stack === "prod" ? ["720h", "336h", "720h", "168h"] : ["48h", "48h", "168h", "48h"];
        expect(loki.loki.compactor).toMatchObject({ retention_enabled: true, delete_request_store: "s3" });
        expect([
            loki.loki.limits_config.retention_period,
            tempo.tempo.retention,
            mimir.config.limits.compactor_blocks_retention_period,
            pyroscope.pyroscope.extraArgs["retention-period"],
        ]).toEqual(kept);
    });
});

describeWith({ programs: ["helm"], mirror: true }, "the rendered charts", () => {
    test.each(variants)("in %s contain only addresses of Services and ports that exist", async (_, stack, settings) => {
        const { objects } = await renderStack(stack, settings);
        const services = objects.filter(({ kind }) => kind === "Service") as Record<string, any>[];
        const existing = services.flatMap(({ metadata, spec }) => [
            `${metadata.name}.${metadata.namespace}.svc.cluster.local`,
            ...spec.ports.map(
                ({ port }: { port: number }) => `${metadata.name}.${metadata.namespace}.svc.cluster.local:${port}`,
            ),
        ]);
        const used = new Set(
            objects.flatMap((object) => addresses(JSON.stringify(object)).map((address) => address.replace(/\.$/, ""))),
        );
        expect(used.size).toBeGreaterThan(8);
        expect([...used].filter((address) => !existing.includes(address))).toEqual([]);
    });

    test.each(["dev", "prod"])(
        "in %s let a replica of Loki and Mimir write its data to the bucket and leave the ring when it ends",
        async (stack) => {
            const { objects } = await renderStack(stack);
            const config = (name: string, key: string) =>
                load(objectOf(objects, "ConfigMap", name)["data"][key]) as Record<string, any>;
            expect(config("loki", "config.yaml")["ingester"]).toMatchObject({
                wal: { flush_on_shutdown: true },
                lifecycler: { unregister_on_shutdown: true },
            });
            const { blocks_storage, ingester } = config("mimir", "mimir.yaml");
            expect(blocks_storage.tsdb.flush_blocks_on_shutdown).toBe(true);
            expect(ingester.ring.unregister_on_shutdown).toBe(true);
            const seconds = ["loki", "mimir"].map(
                (name) => objectOf(objects, "StatefulSet", name)["spec"].template.spec.terminationGracePeriodSeconds,
            );
            expect(seconds).toEqual([300, 300]);
        },
    );

    test.each(variants)(
        "in %s contain the retention in the configuration of each backend",
        async (_, stack, settings) => {
            const { objects } = await renderStack(stack, settings);
            const config = (name: string, key: string) =>
                load(
                    (objects.find(({ kind, metadata }) => kind === "ConfigMap" && metadata.name === name) as any).data[
                        key
                    ],
                ) as Record<string, any>;
            const kept = stack === "prod" ? ["720h", "336h", "720h", "168h"] : ["48h", "48h", "168h", "48h"];
            const loki = config("loki", "config.yaml");
            expect(loki["compactor"]).toMatchObject({ retention_enabled: true, delete_request_store: "s3" });
            const pyroscope = JSON.stringify(
                objects.find(({ kind, metadata }) => kind === "StatefulSet" && metadata.name === "pyroscope"),
            );
            expect([
                loki["limits_config"].retention_period,
                config("tempo", "tempo.yaml")["compactor"].compaction.block_retention,
                config("mimir", "mimir.yaml")["limits"].compactor_blocks_retention_period,
                /-retention-period=(\w+)/.exec(pyroscope)?.[1],
            ]).toEqual(kept);
        },
    );
});

// Names of the metrics of Tempo's metrics generator, observed in a test run.
const tempoMetrics = [
    "traces_spanmetrics_calls_total",
    "traces_spanmetrics_latency",
    "traces_service_graph_request_total",
    "traces_service_graph_request_server_seconds",
];

function tempoLinks({ dataSources }: Stack): Record<string, any> {
    return dataSources.find(({ uid }) => uid === "tempo")?.["jsonData"] as Record<string, any>;
}

/** Endpoints of Alloy's exporters. */
function endpoints(config: string): string[] {
    return [...config.matchAll(/client \{\s+endpoint += "([^"]+)"/g)].map(([, endpoint]) => endpoint as string);
}

/** Names of the collector's span metrics, after it has renamed them. */
function spanMetricNames(collector: Record<string, any>): string[] {
    return [
        ...JSON.stringify(collector["processors"]["transform/tempo"]).matchAll(/set\(metric\.name, \\"(\w+)\\"\)/g),
    ].map(([, name]) => name as string);
}
