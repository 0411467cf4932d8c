import * as components from "../../exports";
import { chartOf, record, errorMessage } from "../helpers/record";

const backends = {
    lokiUrl: "http://loki:3100",
    tempoUrl: "http://tempo:3200",
    mimirUrl: "http://mimir:9009",
    pyroscopeUrl: "http://pyroscope:4040",
};

async function dataSources(args: object): Promise<Record<string, any>> {
    const { resources } = await record((opts) => new components.Grafana("g", { namespace: "watch", ...args }, opts));
    const { datasources } = chartOf(resources, "lgtm")["values"].datasources["datasources.yaml"];
    return Object.fromEntries(datasources.map((source: { uid: string }) => [source.uid, source]));
}

describe("Grafana's dashboards", () => {
    async function deploy(dashboards?: { disabledFolders?: string[] }) {
        const args = { namespace: "watch", ...backends, dashboards };
        const { resources } = await record((opts) => new components.Grafana("g", args, opts));
        const configMaps = resources.filter(({ type }) => type === "kubernetes:core/v1:ConfigMap");
        return { configMaps: configMaps.map(({ inputs }) => inputs), values: chartOf(resources, "lgtm")["values"] };
    }

    test("have one ConfigMap and one provider for each folder", async () => {
        const { configMaps, values } = await deploy({});
        const folders = ["cost", "dapr", "kubernetes", "platform", "stack", "stores"];
        expect(configMaps.map(({ metadata }) => metadata)).toEqual(
            folders.map((folder) => ({ name: `grafana-dashboards-${folder}`, namespace: "watch" })),
        );
        expect(values.dashboardsConfigMaps).toEqual(
            Object.fromEntries(folders.map((folder) => [folder, `grafana-dashboards-${folder}`])),
        );
        const { providers } = values.dashboardProviders["dashboardproviders.yaml"];
        expect(providers[2]).toEqual({
            name: "kubernetes",
            folder: "Kubernetes",
            folderUid: "kubernetes",
            type: "file",
            disableDeletion: false,
            allowUiUpdates: false,
            updateIntervalSeconds: 30,
            options: { path: "/var/lib/grafana/dashboards/kubernetes" },
        });
    });

    test("are files named by UID, with queries for the namespace of Grafana", async () => {
        const { configMaps } = await deploy({});
        const files = (configMaps[5] as { data: Record<string, string> }).data;
        expect(Object.keys(files)).toContain("stores-loki.json");
        expect(JSON.parse(files["stores-loki.json"] as string)).toMatchObject({ uid: "stores-loki", title: "Loki" });
        expect(files["stores-loki.json"]).toContain('namespace=\\"watch\\"');
    });

    test("have the overview as the home dashboard, unless its folder is disabled", async () => {
        const home = (values: any) => values["grafana.ini"].dashboards?.default_home_dashboard_path;
        expect(home((await deploy({})).values)).toBe("/var/lib/grafana/dashboards/platform/platform-overview.json");
        expect(home((await deploy({ disabledFolders: ["platform"] })).values)).toBeUndefined();
    });

    test("can be disabled by folder, and are off by default", async () => {
        const { configMaps, values } = await deploy({ disabledFolders: ["dapr", "cost"] });
        expect(configMaps).toHaveLength(4);
        expect(Object.keys(values.dashboardsConfigMaps)).toEqual(["kubernetes", "platform", "stack", "stores"]);
        const without = await deploy();
        expect(without.configMaps).toEqual([]);
        expect(without.values.dashboardProviders).toBeUndefined();
    });

    test("are rejected with an unknown disabled folder", async () => {
        const args = { namespace: "watch", dashboards: { disabledFolders: ["slo"] } };
        expect(await errorMessage((opts) => new components.Grafana("g", args, opts))).toContain(
            'dashboards.disabledFolders is "slo"; it must be one of "cost", "dapr", "kubernetes", "platform", "stack", "stores"',
        );
    });
});

describe("Grafana's data sources", () => {
    test("exist for each configured backend, with a fixed UID", async () => {
        const all = await dataSources(backends);
        expect(Object.values(all).map(({ uid, type, url }) => [uid, type, url])).toEqual([
            ["loki", "loki", "http://loki:3100"],
            ["tempo", "tempo", "http://tempo:3200"],
            ["mimir", "prometheus", "http://mimir:9009/prometheus"],
            ["pyroscope", "grafana-pyroscope-datasource", "http://pyroscope:4040"],
        ]);
        expect(Object.keys(await dataSources({}))).toEqual([]);
    });

    test("have no links to a backend without a URL", async () => {
        for (const [url, uid] of Object.entries({
            lokiUrl: "loki",
            tempoUrl: "tempo",
            mimirUrl: "mimir",
            pyroscopeUrl: "pyroscope",
        })) {
            const others = await dataSources({ ...backends, [url]: undefined });
            expect(Object.keys(others)).toHaveLength(3);
            expect(JSON.stringify(others)).not.toContain(`"datasourceUid":"${uid}"`);
            expect(JSON.stringify(others)).not.toContain(`"targetUID":"${uid}"`);
        }
    });

    test("link a span to the logs, metrics and profiles of its service, and to the service graph", async () => {
        const { jsonData } = (await dataSources(backends))["tempo"];
        expect(jsonData.tracesToLogsV2).toEqual({
            datasourceUid: "loki",
            spanStartTimeShift: "-5m",
            spanEndTimeShift: "5m",
            tags: [
                { key: "namespace", value: "namespace" },
                { key: "cluster", value: "cluster" },
            ],
            customQuery: true,
            query: '{$${__tags}} | trace_id = "$${__trace.traceId}"',
        });
        expect(jsonData.tracesToMetrics).toMatchObject({
            datasourceUid: "mimir",
            tags: [
                { key: "service.name", value: "service" },
                { key: "namespace", value: "namespace" },
                { key: "cluster", value: "cluster" },
            ],
        });
        expect(jsonData.tracesToMetrics.queries[0]).toEqual({
            name: "Request rate",
            query: 'sum(rate(traces_spanmetrics_calls_total{$$__tags, span_name="$${__span.name}"}[$$__rate_interval]))',
        });
        expect(jsonData.tracesToProfiles).toMatchObject({
            datasourceUid: "pyroscope",
            tags: [{ key: "service.name", value: "service_name" }],
            profileTypeId: "process_cpu:cpu:nanoseconds:cpu:nanoseconds",
        });
        expect(jsonData.serviceMap).toEqual({ datasourceUid: "mimir" });
    });

    test("link an exemplar to its trace, for both label names of the trace ID", async () => {
        const { jsonData } = (await dataSources(backends))["mimir"];
        expect(jsonData.exemplarTraceIdDestinations).toEqual([
            { name: "traceID", datasourceUid: "tempo", urlDisplayLabel: "Trace" },
            { name: "trace_id", datasourceUid: "tempo", urlDisplayLabel: "Trace" },
        ]);
    });

    test("link a profile to the trace of its span", async () => {
        const { correlations } = (await dataSources(backends))["pyroscope"];
        expect(correlations[0]).toMatchObject({
            targetUID: "tempo",
            config: { field: "Id", target: { query: '{ span:id = "$${__value.raw}" }' } },
        });
    });

    const id = "0af7651916cd43dd8448eb211c80319c";
    test.each([
        [`level=info trace_id=${id} msg="paid"`, id],
        [`{"level":"info","traceId":"${id}","msg":"paid"}`, id],
        [`{"trace_id": "${id}"}`, id],
        [`traceID=${id}`, id],
        ["trace.id: 8448eb211c80319c", "8448eb211c80319c"],
        ["retraced ids=12", undefined],
        ["trace_id=none", undefined],
    ])("find the trace ID in the log line %s, if it has one", async (line, expected) => {
        const { jsonData } = (await dataSources(backends))["loki"];
        const [byLabel, byLine] = jsonData.derivedFields;
        expect(byLabel).toMatchObject({ matcherType: "label", matcherRegex: "trace_id", datasourceUid: "tempo" });
        expect(byLine).toMatchObject({ datasourceUid: "tempo", url: "$${__value.raw}" });
        expect(new RegExp(byLine.matcherRegex).exec(line)?.[1]).toBe(expected);
    });

    test("send the tenant, if it is set", async () => {
        for (const { jsonData, secureJsonData } of Object.values(await dataSources({ ...backends, tenant: "acme" }))) {
            expect(jsonData.httpHeaderName1).toBe("X-Scope-OrgID");
            expect(secureJsonData).toEqual({ httpHeaderValue1: "acme" });
        }
        expect(JSON.stringify(await dataSources(backends))).not.toContain("X-Scope-OrgID");
    });
});

test.each<[string, string | undefined, object | undefined]>([
    [
        "does not download plugins if the images come from another registry",
        "registry.example.com",
        { preinstall_disabled: true, public_key_retrieval_disabled: true },
    ],
    ["downloads its own apps by default", undefined, undefined],
])("Grafana %s", async (_, imageRegistry, expected) => {
    const args = { namespace: "watch", ...backends, imageRegistry };
    const { resources } = await record((opts) => new components.Grafana("g", args, opts));
    const { plugins } = chartOf(resources, "lgtm")["values"]["grafana.ini"];
    expect(plugins).toEqual(expected);
});
