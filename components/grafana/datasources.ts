import { dataSourceUids } from "../../dashboards/lib/data-sources";
import { AuthScheme, authVariable, type BackendsAuthArgs } from "../backend-auth";
import { AlertmanagerKind } from "./args";

/** Arguments of the data sources. A backend without a URL has no data source, and other data sources have no links to it. */
export interface DataSourceArgs {
    /** URL of Loki. Default: none. */
    lokiUrl?: string;
    /** URL of Tempo. Default: none. */
    tempoUrl?: string;
    /** URL of Mimir. Default: none. */
    mimirUrl?: string;
    /** URL of Pyroscope. Default: none. */
    pyroscopeUrl?: string;
    /** URL of an Alertmanager, or of Mimir if it runs one. Default: none. */
    alertmanagerUrl?: string;
    /** Software of the Alertmanager. Default: "mimir". */
    alertmanagerKind?: AlertmanagerKind;
    /** URL of a Prometheus API, if the store of metrics is not Mimir. Default: the path /prometheus of `mimirUrl`. */
    prometheusUrl?: string;
    /** URL of a Prometheus with a short retention, as a further data source. Default: none. */
    localPrometheusUrl?: string;
    /** URL of another ruler of Mimir with a querier, as a further data source. Default: none. */
    rulerUrl?: string;
    /** Authentication at the backends. Grafana needs the environment variables of the Secrets, such as LOKI_password. Default: none. */
    auth?: BackendsAuthArgs;
    /** Tenant of all queries, for backends with multi-tenancy. Default: none. */
    tenant?: string;
}

/** A provisioning file of Grafana for data sources. */
export interface DataSourceFile {
    apiVersion: number;
    datasources: DataSource[];
}

/** A data source in a provisioning file. */
export interface DataSource {
    name: string;
    uid: string;
    type: string;
    url: string | undefined;
    isDefault?: boolean;
    jsonData?: object;
    correlations?: object[];
}

/**
 * The provisioning file with the data sources and the links between them. Grafana replaces `$NAME` with environment variables when
 * it reads the file. `$$` is the escape for a `$` that a link needs.
 */
export function dataSources(args: DataSourceArgs): DataSourceFile {
    const present = [
        ...[loki(args), tempo(args), mimir(args), prometheus(args), prometheusRules(args)],
        ...[pyroscope(args), alertmanager(args)],
    ].filter(({ url }) => url !== undefined);
    return {
        apiVersion: 1,
        datasources: present.map(({ jsonData, ...source }) => ({
            access: "proxy",
            editable: false,
            ...source,
            ...credentials(source.uid, args, jsonData),
        })),
    };
}

/** The headers and the basic authentication of a data source. */
function credentials(uid: string, { tenant, auth = {} }: DataSourceArgs, jsonData: object = {}): object {
    const backend = (Object.keys(auth) as (keyof BackendsAuthArgs)[]).find((name) => dataSourceUids[name] === uid);
    const scheme = backend && auth[backend] && (auth[backend].scheme ?? AuthScheme.Basic);
    const variable = (key: "username" | "password" | "token") => (backend ? `$${authVariable(backend, key)}` : "");
    const headers: [string, string][] = [
        ...(tenant === undefined ? [] : [["X-Scope-OrgID", tenant] as [string, string]]),
        ...(scheme === AuthScheme.Bearer ? [["Authorization", `Bearer ${variable("token")}`] as [string, string]] : []),
    ];
    const numbered = (key: string, values: string[]) =>
        Object.fromEntries(values.map((value, index) => [`${key}${index + 1}`, value]));
    const secureJsonData = {
        ...numbered(
            "httpHeaderValue",
            headers.map(([, value]) => value),
        ),
        ...(scheme === AuthScheme.Basic && { basicAuthPassword: variable("password") }),
    };
    return {
        ...(scheme === AuthScheme.Basic && { basicAuth: true, basicAuthUser: variable("username") }),
        jsonData: {
            ...jsonData,
            ...numbered(
                "httpHeaderName",
                headers.map(([name]) => name),
            ),
        },
        ...(Object.keys(secureJsonData).length > 0 && { secureJsonData }),
    };
}

// Grafana's default is 30 seconds. Mimir's limit is 120 seconds; those of Tempo and Pyroscope are longer.
const queryTimeoutSeconds = 120;

// JavaScript has no (?i). The link uses the first group.
const traceIdInLine = `[tT]race[._-]?[iI][dD]["']?\\s*[=:]\\s*["']?([0-9a-fA-F]{16,32})`;

function loki({ lokiUrl, tempoUrl }: DataSourceArgs): DataSource {
    const toTrace = { datasourceUid: dataSourceUids.tempo, url: "$${__value.raw}", urlDisplayLabel: "Trace" };
    return {
        name: "Loki",
        uid: dataSourceUids.loki,
        type: "loki",
        url: lokiUrl,
        jsonData: {
            maxLines: 1000,
            // Loki's query timeout is 5 minutes.
            timeout: 300,
            ...(tempoUrl && {
                derivedFields: [
                    // OTLP logs and pod logs have the trace ID as structured metadata.
                    { name: "trace_id", matcherType: "label", matcherRegex: "trace_id", ...toTrace },
                    { name: "trace id in line", matcherRegex: traceIdInLine, ...toTrace },
                ],
            }),
        },
    };
}

function tempo({ tempoUrl, lokiUrl, pyroscopeUrl, ...args }: DataSourceArgs): DataSource {
    return {
        name: "Tempo",
        uid: dataSourceUids.tempo,
        type: "tempo",
        url: tempoUrl,
        jsonData: {
            nodeGraph: { enabled: true },
            streamingEnabled: { search: true, metrics: true },
            timeout: queryTimeoutSeconds,
            ...(lokiUrl && { tracesToLogsV2: traceToLogs }),
            ...(metricsUrl(args) && {
                tracesToMetrics: traceToMetrics,
                serviceMap: { datasourceUid: dataSourceUids.mimir },
            }),
            ...(pyroscopeUrl && { tracesToProfiles: traceToProfiles }),
        },
    };
}

const locationTags = ["namespace", "cluster"].map((label) => ({ key: label, value: label }));

const traceToLogs = {
    datasourceUid: dataSourceUids.loki,
    // Clocks of nodes differ, and an application may write a log line after its span has ended.
    spanStartTimeShift: "-5m",
    spanEndTimeShift: "5m",
    // Not the service: pod logs may have another service name than spans, and Dapr sidecars write logs of the same trace.
    tags: locationTags,
    customQuery: true,
    query: '{$${__tags}} | trace_id = "$${__trace.traceId}"',
};

const calls = (more = "") => `traces_spanmetrics_calls_total{$$__tags, span_name="$\${__span.name}"${more}}`;
const rate = (metric: string) => `sum(rate(${metric}[$$__rate_interval]))`;
// 0, not empty, if no call fails.
const errorRatio = `(${rate(calls(', status_code="STATUS_CODE_ERROR"'))} or 0 * ${rate(calls())}) / ${rate(calls())}`;
const quantile = (share: number) =>
    `histogram_quantile(${share}, sum by (le) (rate(traces_spanmetrics_latency_bucket{$$__tags, span_name="$\${__span.name}"}[$$__rate_interval])))`;

const traceToMetrics = {
    datasourceUid: dataSourceUids.mimir,
    // Shows the usual values before and after the span.
    spanStartTimeShift: "-30m",
    spanEndTimeShift: "30m",
    // Span metrics of Tempo and of the collector have the label "service".
    tags: [{ key: "service.name", value: "service" }, ...locationTags],
    queries: [
        { name: "Request rate", query: rate(calls()) },
        { name: "Error ratio", query: errorRatio },
        { name: "p50 latency", query: quantile(0.5) },
        { name: "p95 latency", query: quantile(0.95) },
    ],
};

const traceToProfiles = {
    datasourceUid: dataSourceUids.pyroscope,
    // Profiles of SDKs have the service name. Other labels depend on the application.
    tags: [{ key: "service.name", value: "service_name" }],
    profileTypeId: "process_cpu:cpu:nanoseconds:cpu:nanoseconds",
    customQuery: true,
    query: "{$${__tags}}",
};

/** URL of the Prometheus API of the store of metrics. */
function metricsUrl({ prometheusUrl, mimirUrl }: DataSourceArgs): string | undefined {
    return prometheusUrl ?? (mimirUrl && `${mimirUrl}/prometheus`);
}

/** The local Prometheus. Alerts and dashboards query Mimir, which keeps metrics longer. */
function prometheus({ localPrometheusUrl, tempoUrl }: DataSourceArgs): DataSource {
    return {
        name: "Prometheus",
        uid: dataSourceUids.prometheus,
        type: "prometheus",
        url: localPrometheusUrl,
        jsonData: {
            prometheusType: "Prometheus",
            httpMethod: "POST",
            timeInterval: "30s",
            ...(tempoUrl && { exemplarTraceIdDestinations: traceOfExemplars }),
        },
    };
}

// Exemplars of Tempo's span metrics have the label traceID, those of applications trace_id.
const traceOfExemplars = ["traceID", "trace_id"].map((name) => ({
    name,
    datasourceUid: dataSourceUids.tempo,
    urlDisplayLabel: "Trace",
}));

/** Grafana lists the rules of each data source, and evaluates their expressions in it. */
function prometheusRules({ rulerUrl, alertmanagerUrl }: DataSourceArgs): DataSource {
    return {
        name: "PrometheusRules",
        uid: dataSourceUids.prometheusRules,
        type: "prometheus",
        url: rulerUrl && `${rulerUrl}/prometheus`,
        jsonData: {
            prometheusType: "Mimir",
            httpMethod: "POST",
            timeInterval: "30s",
            ...(alertmanagerUrl && { alertmanagerUid: dataSourceUids.alertmanager }),
        },
    };
}

function mimir({ tempoUrl, alertmanagerUrl, ...args }: DataSourceArgs): DataSource {
    return {
        name: "Mimir",
        uid: dataSourceUids.mimir,
        type: "prometheus",
        url: metricsUrl(args),
        isDefault: true,
        jsonData: {
            prometheusType: args.prometheusUrl === undefined ? "Mimir" : "Prometheus",
            httpMethod: "POST",
            // The scrape interval of Alloy. Grafana calculates $__rate_interval from it.
            timeInterval: "30s",
            queryTimeout: `${queryTimeoutSeconds}s`,
            timeout: queryTimeoutSeconds,
            // Grafana manages silences in this Alertmanager.
            ...(alertmanagerUrl && { alertmanagerUid: dataSourceUids.alertmanager }),
            ...(tempoUrl && { exemplarTraceIdDestinations: traceOfExemplars }),
        },
    };
}

function pyroscope({ pyroscopeUrl, tempoUrl }: DataSourceArgs): DataSource {
    return {
        name: "Pyroscope",
        uid: dataSourceUids.pyroscope,
        type: "grafana-pyroscope-datasource",
        url: pyroscopeUrl,
        jsonData: { timeout: queryTimeoutSeconds },
        // SDKs with span support add the ID of the local root span to profiles. Exemplars in the heatmap of spans have this ID.
        ...(tempoUrl && {
            correlations: [
                {
                    targetUID: dataSourceUids.tempo,
                    label: "Trace",
                    description: "The trace whose span a profile belongs to",
                    type: "query",
                    config: {
                        type: "query",
                        field: "Id",
                        target: { queryType: "traceql", query: '{ span:id = "$${__value.raw}" }' },
                    },
                },
            ],
        }),
    };
}

function alertmanager({ alertmanagerUrl, alertmanagerKind = AlertmanagerKind.Mimir }: DataSourceArgs): DataSource {
    return {
        name: "Alertmanager",
        uid: dataSourceUids.alertmanager,
        type: "alertmanager",
        url: alertmanagerUrl,
        // Grafana's own alerts do not use this Alertmanager.
        jsonData: { implementation: alertmanagerKind, handleGrafanaManagedAlerts: false },
    };
}
