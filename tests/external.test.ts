import { evaluateStack, type Evaluation } from "../cli/evaluate";
import { mistakesOf } from "./helpers/mistakes";

const external = {
    loki: { url: "https://loki.example.com", existingSecret: "loki-login" },
    tempo: {
        url: "https://tempo.example.com",
        otlpEndpoint: "https://tempo.example.com:4317",
        scheme: "bearer",
        existingSecret: "tempo-token",
    },
    mimir: {
        url: "https://metrics.example.com/select/0/prometheus",
        remoteWriteUrl: "https://metrics.example.com/insert/0/write",
        otlpUrl: "https://metrics.example.com/insert/0/otlp",
        existingSecret: "metrics-login",
    },
    pyroscope: { url: "https://pyroscope.example.com" },
    alertmanager: { url: "http://alertmanager.alerting.svc.cluster.local:9093" },
};

function valuesOf({ charts }: Evaluation, release: string): Record<string, any> {
    const found = charts.find((chart) => chart.release === release);
    if (found === undefined) {
        throw new Error(`the stack has no release ${release}`);
    }
    return found.values;
}

const evaluate = (settings: object) => evaluateStack("dev", { dapr: { enabled: false }, ...settings });
const alloyConfig = (evaluation: Evaluation, release: string) =>
    valuesOf(evaluation, release)["alloy"].configMap.content as string;

describe("a stack whose stores are all external", () => {
    let stack: Evaluation;
    beforeAll(async () => {
        stack = await evaluate({ external, profiling: { scrape: true }, tenant: "acme" });
    });

    test("deploys the collector, Alloy and Grafana, and no object store", () => {
        expect(stack.charts.map(({ release }) => release).sort()).toEqual([
            "lgtm",
            "lgtm-alloy-logs",
            "lgtm-alloy-metrics",
            "lgtm-alloy-receiver",
            "otel-collector",
        ]);
        expect(stack.endpoints).toMatchObject({
            loki: "https://loki.example.com",
            mimir: "https://metrics.example.com/select/0/prometheus",
            grafana: "http://lgtm-grafana.monitoring.svc.cluster.local",
        });
    });

    test("sends each signal to the URL of its store, with credentials from environment variables", () => {
        const receiver = alloyConfig(stack, "lgtm-alloy-receiver");
        expect([...receiver.matchAll(/endpoint += "([^":][^"]+)"/g)].map(([, url]) => url)).toEqual([
            "tempo.example.com:4317",
            "https://loki.example.com/otlp",
            "https://metrics.example.com/insert/0/otlp",
        ]);
        // TLS: the configuration of the plaintext connection is missing.
        expect(receiver).not.toContain("insecure = true");
        expect([...receiver.matchAll(/auth = (\S+)/g)].map(([, handler]) => handler)).toEqual([
            "otelcol.auth.bearer.tempo.handler",
            "otelcol.auth.basic.loki.handler",
            "otelcol.auth.basic.mimir.handler",
        ]);
        expect(receiver).toContain('token = sys.env("TEMPO_token")');
        expect(valuesOf(stack, "lgtm-alloy-receiver")["alloy"].envFrom).toEqual([
            { prefix: "TEMPO_", secretRef: { name: "tempo-token" } },
            { prefix: "LOKI_", secretRef: { name: "loki-login" } },
            { prefix: "MIMIR_", secretRef: { name: "metrics-login" } },
        ]);
        const logs = alloyConfig(stack, "lgtm-alloy-logs");
        expect(logs).toContain('url       = "https://loki.example.com/loki/api/v1/push"');
        expect(logs).toMatch(/basic_auth \{\n\s+username = sys\.env\("LOKI_username"\)/);
        const metrics = alloyConfig(stack, "lgtm-alloy-metrics");
        expect(metrics).toContain('url     = "https://metrics.example.com/insert/0/write"');
        expect(metrics).toContain('url     = "https://pyroscope.example.com"');
        expect(metrics).toMatch(/password = sys\.env\("MIMIR_password"\)/);
        expect(metrics).not.toContain("PYROSCOPE_");
    });

    test("has data sources with the fixed UIDs, the links between them, and credentials from environment variables", () => {
        const grafana = valuesOf(stack, "lgtm");
        const { datasources } = grafana["datasources"]["datasources.yaml"] as { datasources: Record<string, any>[] };
        expect(datasources.map(({ uid, url }) => [uid, url])).toEqual([
            ["loki", "https://loki.example.com"],
            ["tempo", "https://tempo.example.com"],
            ["mimir", "https://metrics.example.com/select/0/prometheus"],
            ["pyroscope", "https://pyroscope.example.com"],
            ["alertmanager", "http://alertmanager.alerting.svc.cluster.local:9093"],
        ]);
        const [loki, tempo, mimir, pyroscope, alertmanager] = datasources;
        expect(loki).toMatchObject({
            basicAuth: true,
            basicAuthUser: "$LOKI_username",
            jsonData: { httpHeaderName1: "X-Scope-OrgID" },
            secureJsonData: { httpHeaderValue1: "acme", basicAuthPassword: "$LOKI_password" },
        });
        expect(tempo).toMatchObject({
            jsonData: {
                httpHeaderName2: "Authorization",
                tracesToLogsV2: { datasourceUid: "loki" },
                tracesToMetrics: { datasourceUid: "mimir" },
                tracesToProfiles: { datasourceUid: "pyroscope" },
            },
            secureJsonData: { httpHeaderValue1: "acme", httpHeaderValue2: "Bearer $TEMPO_token" },
        });
        expect(mimir).toMatchObject({ basicAuthUser: "$MIMIR_username", jsonData: { prometheusType: "Prometheus" } });
        expect(pyroscope).not.toHaveProperty("basicAuth");
        expect(alertmanager).toMatchObject({ jsonData: { implementation: "prometheus" } });
        expect(grafana["envFromSecrets"]).toEqual([
            { name: "loki-login", prefix: "LOKI_" },
            { name: "tempo-token", prefix: "TEMPO_" },
            { name: "metrics-login", prefix: "MIMIR_" },
        ]);
    });
});

describe("a stack with an external store of metrics", () => {
    test("writes the metrics of Tempo and Loki to it, with credentials, and sends the alerts of Loki to the Alertmanager", async () => {
        const { mimir, alertmanager } = external;
        const stack = await evaluate({ external: { mimir, alertmanager } });
        const basicAuth = { username: "${MIMIR_username}", password: "${MIMIR_password}" };
        const tempo = valuesOf(stack, "tempo")["tempo"];
        expect(tempo.metricsGenerator.storage.remote_write).toEqual([
            { url: mimir.remoteWriteUrl, send_exemplars: true, basic_auth: basicAuth },
        ]);
        expect(tempo.extraArgs).toEqual({ "config.expand-env": true });
        expect(tempo.extraEnvFrom).toContainEqual({ prefix: "MIMIR_", secretRef: { name: "metrics-login" } });
        const loki = valuesOf(stack, "loki");
        expect(loki["loki"].rulerConfig).toMatchObject({
            alertmanager_url: alertmanager.url,
            remote_write: { clients: { mimir: { url: mimir.remoteWriteUrl, basic_auth: basicAuth } } },
        });
        expect(loki["defaults"].extraEnvFrom).toContainEqual({
            prefix: "MIMIR_",
            secretRef: { name: "metrics-login" },
        });
    });
});

test("a stack with an external Alertmanager sends the alerts of Mimir and Loki to it, and runs none", async () => {
    const { alertmanager } = external;
    const stack = await evaluate({ external: { alertmanager } });
    const mimir = valuesOf(stack, "mimir");
    expect(mimir["config"].ruler.alertmanager_url).toBe(alertmanager.url);
    expect(mimir["alertmanager"]?.enabled ?? false).toBe(false);
    expect(valuesOf(stack, "loki")["loki"].rulerConfig.alertmanager_url).toBe(alertmanager.url);
});

test("the rulers and Grafana authenticate at an external Alertmanager with a Secret", async () => {
    const alertmanager = { ...external.alertmanager, existingSecret: "alertmanager-login" };
    const stack = await evaluate({ external: { alertmanager } });
    const client = {
        alertmanager_url: alertmanager.url,
        alertmanager_client: {
            basic_auth_username: "${ALERTMANAGER_username}",
            basic_auth_password: "${ALERTMANAGER_password}",
        },
    };
    const env = { prefix: "ALERTMANAGER_", secretRef: { name: "alertmanager-login" } };
    const mimir = valuesOf(stack, "mimir");
    expect(mimir["config"].ruler).toMatchObject(client);
    expect(mimir["envFrom"]).toContainEqual(env);
    const loki = valuesOf(stack, "loki");
    expect(loki["loki"].rulerConfig).toMatchObject(client);
    expect(loki["defaults"].extraEnvFrom).toContainEqual(env);
    const grafana = valuesOf(stack, "lgtm");
    expect(grafana["envFromSecrets"]).toEqual([{ name: "alertmanager-login", prefix: "ALERTMANAGER_" }]);
    const { datasources } = grafana["datasources"]["datasources.yaml"] as { datasources: { uid: string }[] };
    expect(datasources.filter((source) => "basicAuth" in source)).toEqual([
        expect.objectContaining({
            uid: "alertmanager",
            basicAuth: true,
            basicAuthUser: "$ALERTMANAGER_username",
            secureJsonData: { basicAuthPassword: "$ALERTMANAGER_password" },
        }),
    ]);
});

test.each<[string, object, object, object]>([
    [
        "basic",
        { existingSecret: "otlp-login" },
        { auth: { authenticator: "basicauth/export" } },
        { "basicauth/export": { client_auth: { username: "${env:OTLP_username}", password: "${env:OTLP_password}" } } },
    ],
    [
        "bearer",
        { existingSecret: "otlp-login", scheme: "bearer" },
        { headers: { Authorization: "Bearer ${env:OTLP_token}" } },
        {},
    ],
])("a collector authenticates at an external receiver with the scheme %s", async (_, auth, exporter, extensions) => {
    const otlp = { url: "https://otlp.example.com", ...auth };
    const stack = await evaluate({ external: { otlp }, components: { alloyReceiver: false } });
    const values = valuesOf(stack, "otel-collector");
    const { exporters, extensions: all, service } = values["alternateConfig"];
    expect(exporters.otlp_http).toMatchObject(exporter);
    expect(all).toMatchObject(extensions);
    expect(service.extensions).toEqual(expect.arrayContaining(Object.keys(extensions)));
    expect(values["extraEnvsFrom"]).toEqual([{ prefix: "OTLP_", secretRef: { name: "otlp-login" } }]);
});

test("a stack with an external Grafana gives it ConfigMaps with data sources and dashboards", async () => {
    const grafana = {
        url: "https://grafana.example.com",
        namespace: "grafana",
        dashboardLabels: { dashboards: "observability" },
    };
    const { resources, endpoints, charts } = await evaluate({ external: { grafana } });
    expect(charts.map(({ release }) => release)).not.toContain("lgtm");
    expect(endpoints["grafana"]).toBe("https://grafana.example.com");
    const maps = resources
        .filter(({ type }) => type === "kubernetes:core/v1:ConfigMap")
        .map(({ inputs }) => inputs as { metadata: { name: string; namespace: string; labels: object }; data: object })
        .filter(({ metadata }) => metadata.namespace === "grafana");
    expect(maps.map(({ metadata: { name, namespace } }) => `${namespace}/${name}`)).toEqual([
        "grafana/monitoring-data-sources",
        ...["cost", "dapr", "kubernetes", "platform", "stack", "stores"].map(
            (folder) => `grafana/monitoring-dashboards-${folder}`,
        ),
    ]);
    expect(maps.map(({ metadata }) => metadata.labels)).toEqual([
        { grafana_datasource: "1" },
        ...Array<object>(6).fill({ dashboards: "observability" }),
    ]);
    expect(Object.keys(maps.find(({ metadata }) => metadata.name.endsWith("-stack"))?.data ?? {})).not.toContain(
        "stack-grafana.json",
    );
});

test("a collector with an external receiver exports all signals to it", async () => {
    const otlp = { url: "https://otlp.example.com" };
    const stack = await evaluate({ external: { otlp }, components: { alloyReceiver: false, tempo: false } });
    const { exporters, service } = valuesOf(stack, "otel-collector")["alternateConfig"];
    expect(exporters.otlp_http.endpoint).toBe(otlp.url);
    expect(exporters).not.toHaveProperty("nop");
    expect(service.pipelines.traces.exporters).toEqual(["otlp_http"]);
});

test("a collector drops the signals that have no store", async () => {
    const stack = await evaluate({ components: { tempo: false } });
    const { exporters, service } = valuesOf(stack, "otel-collector")["alternateConfig"];
    expect(exporters.nop).toEqual({});
    expect(service.pipelines.traces.exporters).toEqual(["nop"]);
    expect(service.pipelines.logs.exporters).toEqual(["otlp_http"]);
    const receiver = alloyConfig(stack, "lgtm-alloy-receiver");
    expect(receiver).not.toContain("tempo");
    expect(receiver).not.toMatch(/traces +=/);
});

test.each<[object, string]>([
    [
        { external: { tempo: { url: "https://tempo.example.com", otlpEndpoint: "tempo:4317" } } },
        'external.tempo.otlpEndpoint is "tempo:4317"; it must be a URL with a port and without a path, such as "https://tempo.example.com:4317".',
    ],
    [
        { external: { loki: { url: "https://user:password@loki.example.com" } } },
        'external.loki.url is "https://[secret]@loki.example.com"; it must be a URL such as "https://loki.example.com", without user and password.',
    ],
])("refuses %j", (settings, expected) => {
    expect(mistakesOf(settings)).toEqual([expected]);
});
