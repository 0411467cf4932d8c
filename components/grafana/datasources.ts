import { dataSourceUids } from "../../dashboards/lib/data-sources";
/** What data sources depend on. A store without an address gets no data source, and no link leads to it. */
export interface DataSourceArgs {
    lokiUrl?: string;
    tempoUrl?: string;
    mimirUrl?: string;
    pyroscopeUrl?: string;
    /** Where Mimir answers, if it runs an Alertmanager. */
    alertmanagerUrl?: string;
    tenant?: string;
}

/** Grafana's provisioning file for data sources. */
export interface DataSourceFile {
    apiVersion: number;
    datasources: DataSource[];
}

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
 * Grafana's provisioning file for data sources, with the links between them. `$` is doubled where Grafana, which would put
 * environment variables in, is to leave it to the link.
 */
export function dataSources(args: DataSourceArgs): DataSourceFile {
    const present = [loki(args), tempo(args), mimir(args), pyroscope(args), alertmanager(args)].filter(
        ({ url }) => url !== undefined,
    );
    return {
        apiVersion: 1,
        datasources: present.map(({ jsonData, ...source }) => ({
            access: "proxy",
            editable: false,
            ...source,
            ...tenantHeader(args.tenant, jsonData),
        })),
    };
}

function tenantHeader(tenant: string | undefined, jsonData: object = {}): object {
    return tenant === undefined
        ? { jsonData }
        : {
              jsonData: { ...jsonData, httpHeaderName1: "X-Scope-OrgID" },
              secureJsonData: { httpHeaderValue1: tenant },
          };
}

// Grafana gives up after 30 seconds. Mimir's own limit is this; Tempo's and Pyroscope's are longer.
const queryTimeoutSeconds = 120;

// JavaScript knows no (?i). One group, which is what the link gets.
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
            // Beyond Loki's own limit of 5 minutes nothing comes.
            timeout: 300,
            ...(tempoUrl && {
                derivedFields: [
                    // OTLP logs and pod logs have it as structured metadata.
                    { name: "trace_id", matcherType: "label", matcherRegex: "trace_id", ...toTrace },
                    { name: "trace id in line", matcherRegex: traceIdInLine, ...toTrace },
                ],
            }),
        },
    };
}

function tempo({ tempoUrl, lokiUrl, mimirUrl, pyroscopeUrl }: DataSourceArgs): DataSource {
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
            ...(mimirUrl && { tracesToMetrics: traceToMetrics, serviceMap: { datasourceUid: dataSourceUids.mimir } }),
            ...(pyroscopeUrl && { tracesToProfiles: traceToProfiles }),
        },
    };
}

const placeTags = ["namespace", "cluster"].map((label) => ({ key: label, value: label }));

const traceToLogs = {
    datasourceUid: dataSourceUids.loki,
    // Clocks of nodes differ, and a log may come after its span.
    spanStartTimeShift: "-5m",
    spanEndTimeShift: "5m",
    // Not the service: a pod's log may know it by another name, and Dapr's sidecars log to the same trace.
    tags: placeTags,
    customQuery: true,
    query: '{$${__tags}} | trace_id = "$${__trace.traceId}"',
};

const calls = (more = "") => `traces_spanmetrics_calls_total{$$__tags, span_name="$\${__span.name}"${more}}`;
const rate = (metric: string) => `sum(rate(${metric}[$$__rate_interval]))`;
const quantile = (share: number) =>
    `histogram_quantile(${share}, sum by (le) (rate(traces_spanmetrics_latency_bucket{$$__tags, span_name="$\${__span.name}"}[$$__rate_interval])))`;

const traceToMetrics = {
    datasourceUid: dataSourceUids.mimir,
    // Enough around a span to see what was usual.
    spanStartTimeShift: "-30m",
    spanEndTimeShift: "30m",
    // Both Tempo and the collector call a service so in what they count from spans.
    tags: [{ key: "service.name", value: "service" }, ...placeTags],
    queries: [
        { name: "Request rate", query: rate(calls()) },
        { name: "Share of errors", query: `${rate(calls(', status_code="STATUS_CODE_ERROR"'))} / ${rate(calls())}` },
        { name: "Duration, median", query: quantile(0.5) },
        { name: "Duration, 95th percentile", query: quantile(0.95) },
    ],
};

const traceToProfiles = {
    datasourceUid: dataSourceUids.pyroscope,
    // What an SDK pushes has the name of its service, and further labels only if the application gives them.
    tags: [{ key: "service.name", value: "service_name" }],
    profileTypeId: "process_cpu:cpu:nanoseconds:cpu:nanoseconds",
    customQuery: true,
    query: "{$${__tags}}",
};

function mimir({ mimirUrl, tempoUrl, alertmanagerUrl }: DataSourceArgs): DataSource {
    return {
        name: "Mimir",
        uid: dataSourceUids.mimir,
        type: "prometheus",
        url: mimirUrl && `${mimirUrl}/prometheus`,
        isDefault: true,
        jsonData: {
            prometheusType: "Mimir",
            httpMethod: "POST",
            // What Alloy scrapes at; $__rate_interval follows from it.
            timeInterval: "30s",
            queryTimeout: `${queryTimeoutSeconds}s`,
            timeout: queryTimeoutSeconds,
            // Where the silences of its alerts are.
            ...(alertmanagerUrl && { alertmanagerUid: dataSourceUids.alertmanager }),
            ...(tempoUrl && {
                // Tempo's own metrics have the first, those of applications the second.
                exemplarTraceIdDestinations: ["traceID", "trace_id"].map((name) => ({
                    name,
                    datasourceUid: dataSourceUids.tempo,
                    urlDisplayLabel: "Trace",
                })),
            }),
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
        // SDKs that know spans stamp profiles with the id of the local root span. Exemplars of a heatmap of spans have it.
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

function alertmanager({ alertmanagerUrl }: DataSourceArgs): DataSource {
    return {
        name: "Alertmanager",
        uid: dataSourceUids.alertmanager,
        type: "alertmanager",
        url: alertmanagerUrl,
        // Grafana's own alerts stay with Grafana.
        jsonData: { implementation: "mimir", handleGrafanaManagedAlerts: false },
    };
}
