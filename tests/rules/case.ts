/** Series for which an alert fires, with its labels and summary, and series for which it is silent, in the notation of promtool. */
export interface Case {
    /** Time at which the alert is checked, after the first sample. */
    after: string;
    /** Time between samples and between evaluations. Default: 1m. Cases that simulate hours use a longer one, to save time. */
    interval?: string;
    fires: Series;
    /** Other series for which it fires, with the summary that they give. Default: none. */
    alsoFires?: { series: Series; summary: string };
    /** Labels of the alert other than its name and severity. */
    labels: Record<string, string>;
    summary: string;
    /** Series that are similar but healthy, or undefined for an alert that always fires. */
    silent: Series | undefined;
}
type Series = Record<string, string>;

const stackLabels = { cluster: "c", namespace: "monitoring" };

/** A series in the notation of promtool. */
function series(metric: string, labels: Record<string, string>): string {
    const matchers = Object.entries(labels).map(([name, labelValue]) => `${name}="${labelValue}"`);
    return `${metric}{${matchers.join(", ")}}`;
}

/** A series of a component of the stack. */
function seriesOf(metric: string, labels: Record<string, string>): string {
    return series(metric, { ...stackLabels, ...labels });
}

/** The series of a tenant in an ingester: how many were created and removed, and the limit of the tenant. */
function tenantSeries(user: string, created: number, removed: number, limit: number): Record<string, string> {
    const ingester = { job: "mimir", pod: "mimir-0", user };
    return {
        [seriesOf("cortex_ingester_memory_series_created_total", ingester)]: value(created),
        [seriesOf("cortex_ingester_memory_series_removed_total", ingester)]: value(removed),
        [seriesOf("cortex_ingester_local_limits", { ...ingester, limit: "max_global_series_per_user" })]: value(limit),
    };
}

/** A counter that increases by `rate` per second. */
const perSecond = (rate: number, minutes = 300) => `0+${rate * 60}x${minutes}`;
const constant = "5+0x300";
const tempoRateLimit = seriesOf("tempo_limits_overrides", {
    ...{ job: "tempo", pod: "tempo-0", limit_name: "ingestion_rate_limit_bytes", user: "*" },
});
const value = (number: number | string) => `${number}x300`;

const overflowing = { cluster: "c", namespace: "shop", service_name: "cart" };
const collector = { job: "otel-collector", pod: "otel-0" };
const toAlloy = { ...collector, exporter: "otlp_http" };
const alloy = { job: "alloy-receiver", pod: "alloy-0" };

const probed = { cluster: "c", probe: "shop", instance: "https://shop.example.com" };

/** A series of a probe. */
function probe(metric: string, values: string): Series {
    return { [series(`probe_${metric}`, { ...probed, job: "blackbox", module: "http_2xx" })]: values };
}

/** The results of a comparison of the load monitor. */
function compared(comparison: string, deviation: string, failed: string): Series {
    const of = (metric: string) => series(metric, { cluster: "dev", namespace: "load-monitor", comparison });
    return { [of("k6_comparison_deviation")]: deviation, [of("k6_comparison_failed")]: failed };
}

/** Pushes to Loki through the proxy: failed and successful ones per second. */
function proxied(failed: number, successful: number): Series {
    const of = (code: string) =>
        seriesOf("haproxy_backend_http_responses_total", { job: "ingestion-proxy", pod: "a", proxy: "loki", code });
    return { [of("5xx")]: perSecond(failed), [of("2xx")]: perSecond(successful) };
}

const shopDatabase = { cluster: "c", namespace: "shop", service_name: "shop-db", instance: "db.shop.svc:1" };
const member = { set: "rs0", name: "db-1:27017" };

/** A series of the exporter of a database. */
function database(job: string, metric: string, labels: Record<string, string> = {}): string {
    return series(metric, { ...shopDatabase, job, ...labels });
}

function serverDown(job: string, title: string, up: string): Case {
    return {
        after: "10m",
        fires: { [database(job, up)]: value(0), [database(job, "up")]: value(1) },
        labels: shopDatabase,
        summary: `shop-db: Alloy cannot connect to the ${title} server db.shop.svc:1`,
        // A restart.
        silent: { [database(job, up)]: "1x5 0 0 1x20", [database(job, "up")]: value(1) },
    };
}

const orders = { cluster: "c", namespace: "shop", service_name: "orders" };

/** A series of the exporter of Kafka. */
function kafka(metric: string, labels: Record<string, string> = {}): string {
    return series(metric, { ...orders, job: "kafka", instance: "orders", ...labels });
}

const group = { consumergroup: "mailer", topic: "created" };
const broker = { job: "redpanda", pod: "redpanda-0" };

const localPrometheus = { job: "prometheus", pod: "prometheus-0" };
const toMimir = { ...localPrometheus, remote_name: "mimir", url: "http://mimir:9009/api/v1/push" };
const apiServer = { cluster: "c", job: "apiserver", instance: "10.0.0.1:6443" };
const coreDns = { cluster: "c", namespace: "kube-system", job: "coredns", pod: "coredns-0" };
const etcd = (index: number) => ({ cluster: "c", job: "etcd", instance: `10.0.0.${index}:2381` });

/** Requests of the API server: those that are answered, and those with a server error, per second. */
function apiRequests(answered: number, failed: number): Series {
    const of = (code: string) => series("apiserver_request_total", { ...apiServer, verb: "GET", code });
    return { [of("200")]: perSecond(answered), [of("500")]: perSecond(failed) };
}

/** The buckets of a histogram: requests per second that take less than the bounds. */
function buckets(metric: string, labels: Record<string, string>, rates: Record<string, number>): Series {
    return Object.fromEntries(
        Object.entries(rates).map(([le, rate]) => [series(`${metric}_bucket`, { ...labels, le }), perSecond(rate)]),
    );
}

/** A part of the control plane of which no target can be scraped. */
function partDown(title: string, job: string): Case {
    const up = series("up", { cluster: "c", job, instance: "10.0.0.1:1" });
    return {
        after: "30m",
        fires: { [up]: value(0) },
        labels: { cluster: "c", job },
        summary: `c: no ${title} can be scraped`,
        // One of two.
        silent: { [up]: value(0), [series("up", { cluster: "c", job, instance: "10.0.0.2:1" })]: value(1) },
    };
}

const inShop = { cluster: "c", namespace: "shop" };
const waiting = { pod: "web-0", container: "app" };

/** Requests of a backend, of which the share `failed` fails. */
function requests(prefix: string, job: string, failed: number): Series {
    const metric = `${prefix}_request_duration_seconds_count`;
    return {
        [seriesOf(metric, { job, route: "push", status_code: "200" })]: perSecond(1 - failed),
        [seriesOf(metric, { job, route: "push", status_code: "500" })]: perSecond(failed),
        // The readiness route answers 503 at every start, which is not an error.
        [seriesOf(metric, { job, route: "ready", status_code: "503" })]: perSecond(10),
    };
}

function requestErrors(prefix: string, job: string, name: string): Case {
    return {
        after: "30m",
        fires: requests(prefix, job, 0.25),
        labels: { ...stackLabels, job, route: "push" },
        summary: `${name}: 25% of the requests to push fail with a server error`,
        silent: requests(prefix, job, 0.01),
    };
}

/** An unhealthy member of the ingester ring. `silent` are series of other rings for which the alert is silent. */
function ringUnhealthy(prefix: string, job: string, summary: string, silent: Series = {}): Case {
    const ring = (state: string) => seriesOf(`${prefix}_ring_members`, { job, name: "ingester", state });
    return {
        after: "30m",
        fires: { [ring("Unhealthy")]: value(1), [ring("ACTIVE")]: value(2) },
        labels: { ...stackLabels, job, name: "ingester" },
        summary,
        // A member that was unhealthy for ten minutes, as during a restart.
        silent: { [ring("Unhealthy")]: "1x9 0x50", [ring("ACTIVE")]: "2x9 3x50", ...silent },
    };
}

/** As ringUnhealthy, for a backend whose other rings remove lost members. */
function ingesterUnhealthy(prefix: string, job: string, name: string): Case {
    const lostMember = seriesOf(`${prefix}_ring_members`, { job, name: "compactor", state: "Unhealthy" });
    return ringUnhealthy(prefix, job, `${name}: 1 ingesters are unhealthy in the ring`, { [lostMember]: value(1) });
}

/** Data that a backend discards because of a rate limit. */
function discardedData(metric: string, labels: Record<string, string>, summary: string): Case {
    return {
        after: "30m",
        fires: { [seriesOf(metric, { ...labels, reason: "rate_limited", pod: "p" })]: perSecond(4) },
        labels: { ...stackLabels, ...labels, reason: "rate_limited" },
        summary,
        silent: { [seriesOf(metric, { ...labels, reason: "rate_limited", pod: "p" })]: constant },
    };
}

/** The timestamp of the last success does not change. The clock of promtool starts at 0. */
function outdatedSuccess(metric: string, job: string, hours: number, summary: string): Case {
    const labels = { job, pod: `${job}-0` };
    return {
        after: `${hours + 1}h`,
        interval: "5m",
        fires: {
            [seriesOf(metric, labels)]: "60x600",
            [seriesOf("process_start_time_seconds", labels)]: "30x600",
            // A part that does not run the task, and restarts often.
            [seriesOf("process_start_time_seconds", { job, pod: `${job}-querier-0` })]: "0+300x600",
        },
        labels: { ...stackLabels, job },
        summary,
        // Two replicas: one runs the task, the other never did.
        silent: {
            [seriesOf(metric, labels)]: "0+300x600",
            [seriesOf(metric, { job, pod: `${job}-1` })]: "0x600",
            [seriesOf("process_start_time_seconds", labels)]: "30x600",
        },
    };
}

/** A counter of failures that increases. `byLabels` are the labels of the alert. */
function increasingCounter(
    metric: string,
    labels: Record<string, string>,
    byLabels: string[],
    summary: string,
    silent = constant,
): Case {
    const counter = seriesOf(metric, labels);
    const alertLabels = Object.fromEntries(Object.entries(labels).filter(([name]) => byLabels.includes(name)));
    return {
        after: "1h30m",
        fires: { [counter]: perSecond(0.1) },
        labels: { ...stackLabels, ...alertLabels },
        summary,
        silent: { [counter]: silent },
    };
}

/** Three failures within minutes, 15 minutes before the check, such as during a restart of a dependency. */
const shortBurst = "0x70 0+1x3 3x60";

/** A ratio of two gauges, each with its name and value. `healthyNumerator` is a value for which the alert is silent. */
function ratio(
    [numerator, numeratorValue]: [metric: string, value: number],
    [denominator, denominatorValue]: [metric: string, value: number],
    labels: Record<string, string>,
    alertLabels: Record<string, string>,
    summary: string,
    healthyNumerator: number,
): Case {
    const total = { [series(denominator, labels)]: value(denominatorValue) };
    return {
        after: "1h",
        fires: { [series(numerator, labels)]: value(numeratorValue), ...total },
        labels: alertLabels,
        summary,
        silent: { [series(numerator, labels)]: value(healthyNumerator), ...total },
    };
}

/** Operations of Dapr. A quarter of them fails, or none. */
function daprErrors(
    metric: string,
    labels: Record<string, string>,
    successLabels: Record<string, string>,
    failureLabels: Record<string, string>,
    summary: string,
): Case {
    const base = { job: "dapr", ...labels };
    return {
        after: "30m",
        fires: {
            [seriesOf(metric, { ...base, ...successLabels })]: perSecond(3),
            [seriesOf(metric, { ...base, ...failureLabels })]: perSecond(1),
        },
        labels: { ...stackLabels, ...labels },
        summary,
        silent: {
            [seriesOf(metric, { ...base, ...successLabels })]: perSecond(3),
            [seriesOf(metric, { ...base, ...failureLabels })]: constant,
        },
    };
}

/** Counters of the successful and of the failed requests to a service with an SLO. */
function sloRequests(successes: string, failures: string, namespace = "mathtrail"): Series {
    const calls = (status: string) =>
        `traces_spanmetrics_calls_total{cluster="c", namespace="${namespace}", service="mentor-api", span_kind="SPAN_KIND_SERVER", status_code="${status}"}`;
    return { [calls("STATUS_CODE_UNSET")]: successes, [calls("STATUS_CODE_ERROR")]: failures };
}
const sloLabels = { slo: "mentor-api-availability", service: "mentor-api", sli: "availability" };

const disk = { cluster: "c", node: "n", device: "/dev/sda", mountpoint: "/", fstype: "ext4", job: "node" };
const diskAlertLabels = { cluster: "c", node: "n", device: "/dev/sda", mountpoint: "/" };
const claim = { cluster: "c", namespace: "monitoring", persistentvolumeclaim: "data-loki-0" };
const container = { cluster: "c", namespace: "mathtrail", pod: "mentor-0", container: "app" };
const node = { cluster: "c", node: "n" };

const allJobs = [
    "otel-collector",
    "alloy-receiver",
    "alloy-logs",
    "alloy-metrics",
    "alloy-singleton",
    "alloy-profiles",
    "loki",
    "tempo",
    "mimir",
    "pyroscope",
    "grafana",
    "kube-state-metrics",
    "prometheus",
    "alloy-kafka",
    "redpanda",
    "auto-instrumentation",
    "ingestion-proxy",
    "minio",
];
const instrumentation = { job: "auto-instrumentation", pod: "a" };
const profiler = { job: "alloy-profiles", pod: "a" };
/** Two nodes, on one of which a DaemonSet restarts. */
function notRunning(job: string, title: string): Case {
    const up = (of: string, pod: string, number: number) => ({ [seriesOf("up", { job: of, pod })]: value(number) });
    const scrapers = { ...up("alloy-metrics", "c", 1), ...up("alloy-metrics", "d", 1) };
    return {
        after: "30m",
        fires: { ...scrapers, ...up(job, "a", 1), ...up(job, "b", 0) },
        labels: stackLabels,
        summary: `${title}: it does not run on 1 nodes`,
        // A DaemonSet without any pod, such as one that the API server refuses.
        alsoFires: { series: scrapers, summary: `${title}: it does not run on 2 nodes` },
        silent: { ...scrapers, ...up(job, "a", 1), ...up(job, "b", 1) },
    };
}
const upSeries = (jobs: string[]) =>
    Object.fromEntries(jobs.map((job) => [seriesOf("up", { job, pod: `${job}-0` }), value(1)]));

/** SLOs of the cases of the group slos. */
export const slos = [
    { service: "mentor-api", kind: "availability", objective: 0.99, window: "30d" },
    { service: "mentor-api", namespace: "mathtrail", kind: "latency", objective: 0.9, window: "7d", thresholdMs: 500 },
] as const;

/** Cases by group and alert. */
export const cases: Record<string, Record<string, Case>> = {
    watchdog: {
        Watchdog: {
            after: "0m",
            fires: {},
            labels: {},
            summary: "Watchdog: this alert always fires, so that its absence shows that alerts are not delivered",
            silent: undefined,
        },
    },
    targets: {
        TargetDown: {
            after: "30m",
            fires: {
                [seriesOf("up", { job: "shop", pod: "a" })]: value(0),
                [seriesOf("up", { job: "shop", pod: "b" })]: value(1),
            },
            labels: { ...stackLabels, job: "shop" },
            summary: "monitoring/shop: 50% of the targets are down",
            silent: { [seriesOf("up", { job: "shop", pod: "a" })]: "1x10 0x8 1x100" },
        },
        StackComponentMissing: {
            after: "30m",
            fires: upSeries(allJobs.filter((job) => job !== "tempo")),
            labels: { job: "tempo" },
            summary: "tempo: no target exists, because the component or the metrics scraper is missing",
            silent: upSeries(allJobs),
        },
        NodeTargetDown: {
            after: "30m",
            fires: { [series("up", { ...node, job: "kubelet", instance: "i" })]: value(0) },
            labels: { ...node, job: "kubelet", instance: "i" },
            summary: "n: the kubelet target is down",
            silent: { [series("up", { ...node, job: "kubelet", instance: "i" })]: "1x5 0x10 1x100" },
        },
        AlloyDaemonSetPodsMissing: {
            after: "30m",
            fires: {
                [seriesOf("up", { job: "alloy-logs", pod: "a" })]: value(1),
                [seriesOf("up", { job: "alloy-logs", pod: "b" })]: value(1),
                [seriesOf("up", { job: "alloy-metrics", pod: "c" })]: value(1),
            },
            labels: stackLabels,
            summary: "Alloy: the number of log collectors differs from the number of metrics scrapers by 1",
            silent: {
                [seriesOf("up", { job: "alloy-logs", pod: "a" })]: value(1),
                [seriesOf("up", { job: "alloy-metrics", pod: "c" })]: value(1),
            },
        },
    },
    signals: {
        OtelCollectorNoDataReceived: {
            after: "2h30m",
            fires: { [seriesOf("otelcol_receiver_accepted_spans", collector)]: "0+60x120 7200x180" },
            labels: { ...stackLabels, signal: "traces" },
            summary: "Collector (traces): no data is received; the rate an hour ago was 1 items per second",
            silent: { [seriesOf("otelcol_receiver_accepted_spans", collector)]: perSecond(2) },
        },
        OtelCollectorNoDataExported: {
            after: "1h",
            fires: {
                [seriesOf("otelcol_exporter_queue_size", { ...toAlloy, data_type: "logs" })]: value(2048),
                [seriesOf("otelcol_exporter_sent_log_records", toAlloy)]: constant,
            },
            labels: { ...stackLabels, signal: "logs" },
            summary: "Collector (logs): 2kiB are queued and no data is exported",
            silent: {
                [seriesOf("otelcol_exporter_queue_size", { ...toAlloy, data_type: "logs" })]: value(2048),
                [seriesOf("otelcol_exporter_sent_log_records", toAlloy)]: perSecond(1),
                // Tail sampling can drop all traces, so that none are sent.
                [seriesOf("otelcol_exporter_queue_size", { ...toAlloy, data_type: "traces" })]: value(0),
            },
        },
        AlloyNoDataReceived: {
            after: "1h",
            fires: {
                [seriesOf("otelcol_exporter_sent_metric_points", toAlloy)]: perSecond(3),
                [seriesOf("otelcol_receiver_accepted_metric_points_total", alloy)]: constant,
            },
            labels: { ...stackLabels, signal: "metrics" },
            summary: "Alloy (metrics): no data is received, but the collector exports 3 items per second",
            silent: {
                [seriesOf("otelcol_exporter_sent_metric_points", toAlloy)]: perSecond(3),
                [seriesOf("otelcol_receiver_accepted_metric_points_total", alloy)]: perSecond(3),
                // Spans that replicas send to each other do not go to Alloy.
                [seriesOf("otelcol_exporter_sent_spans", { ...collector, exporter: "load_balancing" })]: perSecond(3),
            },
        },
        BackendNoDataReceived: {
            after: "1h",
            fires: { [seriesOf("otelcol_exporter_sent_spans_total", alloy)]: perSecond(3) },
            labels: { ...stackLabels, signal: "traces" },
            summary: "Backend (traces): no data is received, but Alloy exports 3 items per second",
            silent: {
                [seriesOf("otelcol_exporter_sent_spans_total", alloy)]: perSecond(3),
                [seriesOf("tempo_distributor_spans_received_total", { job: "tempo", pod: "tempo-0" })]: perSecond(3),
            },
        },
        PyroscopeNoProfilesReceived: {
            after: "2h30m",
            fires: {
                [seriesOf("pyroscope_distributor_received_decompressed_bytes_count", { job: "pyroscope" })]:
                    "0+60x120 7200x180",
            },
            labels: stackLabels,
            summary: "Pyroscope: no profiles are received; the rate an hour ago was 1 per second",
            silent: {
                [seriesOf("pyroscope_distributor_received_decompressed_bytes_count", { job: "pyroscope" })]:
                    perSecond(1),
            },
        },
        AlloyNoPodLogsSent: {
            after: "2h",
            fires: {
                [seriesOf("loki_source_file_files_active_total", { job: "alloy-logs", pod: "logs-a" })]: value(12),
                [seriesOf("loki_write_sent_entries_total", { job: "alloy-logs", pod: "logs-a" })]: constant,
            },
            labels: { ...stackLabels, pod: "logs-a" },
            summary: "logs-a: 12 log files are open, but no log lines are sent",
            silent: {
                [seriesOf("loki_source_file_files_active_total", { job: "alloy-logs", pod: "logs-a" })]: value(12),
                [seriesOf("loki_write_sent_entries_total", { job: "alloy-logs", pod: "logs-a" })]: perSecond(1),
            },
        },
    },
    "otel-collector": {
        OtelCollectorExporterQueueAlmostFull: ratio(
            ["otelcol_exporter_queue_size", 600],
            ["otelcol_exporter_queue_capacity", 1000],
            { ...stackLabels, ...collector, data_type: "logs" },
            { ...stackLabels, ...collector, data_type: "logs" },
            "otel-0: 60% of the logs queue is used, because the destination is slow or down",
            400,
        ),
        OtelCollectorReceiverRefusedData: {
            after: "30m",
            fires: { [seriesOf("otelcol_receiver_refused_spans", collector)]: perSecond(2) },
            labels: { ...stackLabels, ...collector, signal: "traces" },
            summary:
                "otel-0 (traces): 2 items per second are refused, because the memory limit is reached or the queue is full",
            silent: { [seriesOf("otelcol_receiver_refused_spans", collector)]: "0x5 600x200" },
        },
        OtelCollectorExporterDroppedData: {
            after: "30m",
            // A full queue drops data although no request failed recently.
            fires: {
                [seriesOf("otelcol_exporter_send_failed_log_records", collector)]: constant,
                [seriesOf("otelcol_exporter_enqueue_failed_log_records", collector)]: perSecond(2),
            },
            labels: { ...stackLabels, ...collector, signal: "logs" },
            summary: "otel-0 (logs): 2 items per second are dropped",
            silent: { [seriesOf("otelcol_exporter_send_failed_log_records", collector)]: constant },
        },
        OtelCollectorSpanMetricsOverflow: {
            after: "30m",
            fires: {
                [series("traces_spanmetrics_calls_total", { ...overflowing, otel_metric_overflow: "true" })]:
                    perSecond(3),
            },
            labels: overflowing,
            summary:
                "shop/cart: 3 spans per second are counted without their names, because the service has too many span names",
            silent: { [series("traces_spanmetrics_calls_total", { ...overflowing, span_name: "GET" })]: perSecond(3) },
        },
        OtelCollectorRestarts: {
            after: "1h",
            fires: { [seriesOf("otelcol_process_uptime", collector)]: "0+60x10 0+60x10 0+60x10 0+60x40" },
            labels: { ...stackLabels, ...collector },
            summary: "otel-0: the collector restarted 3 times in an hour",
            silent: { [seriesOf("otelcol_process_uptime", collector)]: "0+60x30 0+60x30" },
        },
    },
    alloy: {
        AlloyReceiverRefusedData: {
            after: "30m",
            fires: { [seriesOf("otelcol_receiver_refused_metric_points_total", alloy)]: perSecond(2) },
            labels: { ...stackLabels, ...alloy, signal: "metrics" },
            summary:
                "alloy-0 (metrics): 2 items per second are refused, because the memory limit is reached or the backend does not accept them",
            silent: { [seriesOf("otelcol_receiver_refused_metric_points_total", alloy)]: constant },
        },
        AlloyExporterDroppedData: {
            after: "30m",
            fires: {
                [seriesOf("loki_write_dropped_entries_total", { job: "alloy-logs", pod: "logs-a" })]: perSecond(2),
            },
            labels: { ...stackLabels, job: "alloy-logs", pod: "logs-a", signal: "logs" },
            summary: "logs-a (logs): 2 items per second are dropped",
            silent: { [seriesOf("loki_write_dropped_entries_total", { job: "alloy-logs", pod: "logs-a" })]: constant },
        },
        AlloyRemoteWriteBehind: remoteWriteBehind("alloy-metrics", "p: remote write is 5m 0s behind the scrapes"),
        AlloyFailedReload: {
            after: "30m",
            fires: { [seriesOf("alloy_config_last_load_successful", alloy)]: value(0) },
            labels: { ...stackLabels, ...alloy },
            summary: "alloy-0: Alloy could not load its configuration",
            silent: { [seriesOf("alloy_config_last_load_successful", alloy)]: value(1) },
        },
        AlloyComponentUnhealthy: {
            after: "30m",
            fires: {
                [seriesOf("alloy_component_controller_running_components", { ...alloy, health_type: "exited" })]:
                    value(1),
            },
            labels: { ...stackLabels, ...alloy, health_type: "exited" },
            summary: "alloy-0: 1 Alloy components are exited",
            silent: {
                [seriesOf("alloy_component_controller_running_components", { ...alloy, health_type: "healthy" })]:
                    value(6),
            },
        },
    },
    loki: {
        LokiIngesterUnhealthy: ingesterUnhealthy("loki", "loki", "Loki"),
        LokiRequestErrors: requestErrors("loki", "loki", "Loki"),
        LokiLogLinesDiscarded: discardedData(
            "loki_discarded_samples_total",
            { job: "loki", tenant: "fake" },
            "Loki: 4 log lines per second are discarded (rate_limited)",
        ),
        LokiIngesterFlushesFailing: increasingCounter(
            "loki_ingester_chunks_flush_failures_total",
            { job: "loki", pod: "loki-0" },
            ["job", "pod"],
            "loki-0: 100m chunk flushes per second to the object store fail",
        ),
        LokiIngesterWALDiskFull: increasingCounter(
            "loki_ingester_wal_disk_full_failures_total",
            { job: "loki", pod: "loki-0" },
            ["job", "pod"],
            "loki-0: the volume is full, and new log lines are not written to the WAL",
        ),
        LokiCompactorHasNotSuccessfullyRunCompaction: outdatedSuccess(
            "loki_boltdb_shipper_compact_tables_operation_last_successful_run_timestamp_seconds",
            "loki",
            3,
            "Loki: the last successful compaction was 3h 59m 0s ago",
        ),
        LokiCompactorHasNotAppliedRetention: outdatedSuccess(
            "loki_compactor_apply_retention_last_successful_run_timestamp_seconds",
            "loki",
            24,
            "Loki: retention was last applied 1d 0h 59m 0s ago",
        ),
    },
    tempo: {
        TempoRingMemberUnhealthy: ringUnhealthy(
            "tempo",
            "tempo",
            "Tempo: 1 members of the ingester ring are unhealthy",
        ),
        TempoRequestErrors: requestErrors("tempo", "tempo", "Tempo"),
        TempoSpansDiscarded: discardedData(
            "tempo_discarded_spans_total",
            { job: "tempo", tenant: "single-tenant" },
            "Tempo: 4 spans per second are discarded (rate_limited)",
        ),
        TempoVolumeAlmostFull: {
            after: "5m",
            fires: { [tempoRateLimit]: value(1) },
            labels: { ...stackLabels, job: "tempo" },
            summary: "Tempo refuses all spans, because a volume is almost full",
            silent: { [tempoRateLimit]: value(15_000_000) },
        },
        TempoIngesterFlushesFailing: increasingCounter(
            "tempo_ingester_failed_flushes_total",
            { job: "tempo", pod: "tempo-0" },
            ["job"],
            "Tempo: 60 block flushes to the object store failed in 10 minutes",
            shortBurst,
        ),
        TempoCompactionsFailing: increasingCounter(
            "tempodb_compaction_errors_total",
            { job: "tempo", pod: "tempo-0" },
            ["job"],
            "Tempo: 360 compactions failed in an hour",
        ),
        TempoRetentionFailing: increasingCounter(
            "tempodb_retention_errors_total",
            { job: "tempo", pod: "tempo-0" },
            ["job"],
            "Tempo: 360 deletions of expired traces failed in an hour",
        ),
        TempoMetricsGeneratorRemoteWriteBehind: remoteWriteBehind(
            "tempo",
            "Tempo: remote write of the metrics-generator is 5m 0s behind",
        ),
        TempoMetricsGeneratorSeriesLimited: increasingCounter(
            "tempo_metrics_generator_registry_series_limited_total",
            { job: "tempo", pod: "tempo-0" },
            ["job"],
            "Tempo: the metrics-generator drops 100m series per second, because the series limit is reached",
        ),
    },
    mimir: {
        MimirIngesterUnhealthy: ingesterUnhealthy("cortex", "mimir", "Mimir"),
        MimirRequestErrors: requestErrors("cortex", "mimir", "Mimir"),
        MimirSamplesDiscarded: discardedData(
            "cortex_discarded_samples_total",
            { job: "mimir", user: "anonymous" },
            "Mimir: 4 samples per second are discarded (rate_limited)",
        ),
        MimirIngesterHasNotShippedBlocks: increasingCounter(
            "cortex_ingester_shipper_upload_failures_total",
            { job: "mimir", pod: "mimir-0" },
            ["job", "pod"],
            "mimir-0: 30 block uploads to the object store failed in 5 minutes",
            shortBurst,
        ),
        MimirCompactorHasNotSuccessfullyRunCompaction: outdatedSuccess(
            "cortex_compactor_last_successful_run_timestamp_seconds",
            "mimir",
            24,
            "Mimir: the last successful compaction was 1d 0h 59m 0s ago",
        ),
        MimirCompactorHasNotSuccessfullyCleanedUpBlocks: outdatedSuccess(
            "cortex_compactor_block_cleanup_last_successful_run_timestamp_seconds",
            "mimir",
            6,
            "Mimir: the last successful cleanup of expired blocks was 6h 59m 0s ago",
        ),
    },
    pyroscope: {
        PyroscopeRingMemberUnhealthy: ringUnhealthy(
            "pyroscope",
            "pyroscope",
            "Pyroscope: 1 members of the ingester ring are unhealthy",
        ),
        PyroscopeRequestErrors: requestErrors("pyroscope", "pyroscope", "Pyroscope"),
        PyroscopeProfilesDiscarded: discardedData(
            "pyroscope_discarded_bytes_total",
            { job: "pyroscope", tenant: "anonymous" },
            "Pyroscope: 4B of profiles per second are discarded (rate_limited)",
        ),
        PyroscopeMetastoreNoLeader: {
            after: "30m",
            fires: { [seriesOf("pyroscope_metastore_raft_state", { job: "pyroscope", state: "Candidate" })]: value(1) },
            labels: { ...stackLabels, job: "pyroscope" },
            summary: "Pyroscope: the metastore has no leader and accepts no writes",
            silent: {
                [seriesOf("pyroscope_metastore_raft_state", { job: "pyroscope", state: "Candidate" })]: "1x4 _x100",
                [seriesOf("pyroscope_metastore_raft_state", { job: "pyroscope", state: "Leader" })]: "_x5 1x100",
            },
        },
    },
    "object-store": {
        ObjectStoreRequestErrors: {
            after: "1h",
            fires: {
                [seriesOf("thanos_objstore_bucket_operation_failures_total", { job: "mimir", operation: "upload" })]:
                    perSecond(1),
                [seriesOf("thanos_objstore_bucket_operations_total", { job: "mimir", operation: "upload" })]:
                    perSecond(4),
            },
            labels: { ...stackLabels, job: "mimir" },
            summary: "mimir: 25% of the requests to the object store fail",
            silent: {
                // Reads of a chunk that does not exist yet.
                [seriesOf("loki_s3_request_duration_seconds_count", {
                    job: "loki",
                    operation: "S3.GetObject",
                    status_code: "500",
                })]: perSecond(4),
                [seriesOf("loki_s3_request_duration_seconds_count", {
                    job: "loki",
                    operation: "S3.PutObject",
                    status_code: "200",
                })]: perSecond(4),
                [seriesOf("loki_s3_request_duration_seconds_count", {
                    job: "loki",
                    operation: "S3.PutObject",
                    status_code: "500",
                })]: constant,
            },
        },
        ObjectStoreRequestLatency: {
            after: "1h",
            fires: {
                [seriesOf("tempodb_backend_request_duration_seconds_bucket", { job: "tempo", le: "1" })]: constant,
                [seriesOf("tempodb_backend_request_duration_seconds_bucket", { job: "tempo", le: "5" })]: perSecond(1),
                [seriesOf("tempodb_backend_request_duration_seconds_bucket", { job: "tempo", le: "+Inf" })]:
                    perSecond(1),
            },
            labels: { ...stackLabels, job: "tempo" },
            summary: "tempo: requests to the object store take 4.96s (99th percentile)",
            silent: {
                [seriesOf("tempodb_backend_request_duration_seconds_bucket", { job: "tempo", le: "1" })]: perSecond(1),
                [seriesOf("tempodb_backend_request_duration_seconds_bucket", { job: "tempo", le: "5" })]: perSecond(1),
                [seriesOf("tempodb_backend_request_duration_seconds_bucket", { job: "tempo", le: "+Inf" })]:
                    perSecond(1),
            },
        },
        MinioClusterAlmostOutOfSpace: ratio(
            ["minio_cluster_capacity_usable_free_bytes", 100],
            ["minio_cluster_capacity_usable_total_bytes", 1000],
            { ...stackLabels, job: "minio" },
            { ...stackLabels, job: "minio" },
            "MinIO: 10% of the usable capacity is free",
            300,
        ),
        MinioClusterOutOfSpace: ratio(
            ["minio_cluster_capacity_usable_free_bytes", 20],
            ["minio_cluster_capacity_usable_total_bytes", 1000],
            { ...stackLabels, job: "minio" },
            { ...stackLabels, job: "minio" },
            "MinIO: only 2% of the usable capacity is free, and writes will soon fail",
            100,
        ),
        MinioClusterDriveOffline: {
            after: "30m",
            fires: { [seriesOf("minio_cluster_drive_offline_total", { job: "minio" })]: value(1) },
            labels: { ...stackLabels, job: "minio" },
            summary: "MinIO: 1 drives are offline",
            silent: { [seriesOf("minio_cluster_drive_offline_total", { job: "minio" })]: "0x10 1x10 0x100" },
        },
        MinioClusterUnhealthy: {
            after: "30m",
            fires: { [seriesOf("minio_cluster_health_status", { job: "minio" })]: value(0) },
            labels: { ...stackLabels, job: "minio" },
            summary: "MinIO: too few drives are online for writes",
            silent: { [seriesOf("minio_cluster_health_status", { job: "minio" })]: value(1) },
        },
    },
    grafana: {
        GrafanaRequestsFailing: {
            after: "30m",
            fires: {
                [seriesOf("grafana_http_request_duration_seconds_count", { job: "grafana", status_code: "200" })]:
                    perSecond(3),
                [seriesOf("grafana_http_request_duration_seconds_count", { job: "grafana", status_code: "502" })]:
                    perSecond(1),
            },
            labels: { ...stackLabels, job: "grafana" },
            summary: "Grafana: 25% of the HTTP responses are server errors",
            silent: {
                [seriesOf("grafana_http_request_duration_seconds_count", { job: "grafana", status_code: "200" })]:
                    perSecond(3),
                [seriesOf("grafana_http_request_duration_seconds_count", { job: "grafana", status_code: "404" })]:
                    perSecond(1),
                [seriesOf("grafana_http_request_duration_seconds_count", { job: "grafana", status_code: "502" })]:
                    constant,
            },
        },
    },
    alerting: {
        RulerRuleFailures: increasingCounter(
            "loki_prometheus_rule_evaluation_failures_total",
            { job: "loki", rule_group: "logs", reason: "user" },
            ["job", "rule_group"],
            "logs of loki: 6 rule evaluations per minute fail",
        ),
        RulerMissedEvaluations: increasingCounter(
            "cortex_prometheus_rule_group_iterations_missed_total",
            { job: "mimir", rule_group: "slos" },
            ["job", "rule_group"],
            "slos of mimir: evaluations are missed, because an evaluation takes longer than the interval",
        ),
        RulerFailedReload: {
            after: "30m",
            fires: {
                [seriesOf("cortex_ruler_config_last_reload_successful", { job: "mimir", pod: "mimir-0" })]: value(0),
            },
            labels: { ...stackLabels, job: "mimir", pod: "mimir-0" },
            summary: "mimir-0: the ruler could not load its rules and uses the previous ones",
            silent: {
                [seriesOf("cortex_ruler_config_last_reload_successful", { job: "mimir", pod: "mimir-0" })]: value(1),
                [seriesOf("loki_ruler_config_last_reload_successful", { job: "loki", pod: "loki-0" })]: "0x5 1x100",
            },
        },
        RulerErrorSendingAlerts: increasingCounter(
            "cortex_prometheus_notifications_errors_total",
            { job: "mimir", pod: "mimir-0" },
            ["job"],
            "mimir: 100m alerts per second do not reach the Alertmanager",
        ),
        AlertmanagerFailedReload: {
            after: "30m",
            fires: {
                [seriesOf("cortex_alertmanager_config_last_reload_successful", { job: "mimir", pod: "mimir-0" })]:
                    value(0),
            },
            labels: { ...stackLabels, job: "mimir", pod: "mimir-0" },
            summary: "mimir-0: the Alertmanager could not load its configuration",
            silent: {
                [seriesOf("cortex_alertmanager_config_last_reload_successful", { job: "mimir", pod: "mimir-0" })]:
                    value(1),
            },
        },
        AlertmanagerFailedToSendAlerts: {
            after: "1h",
            fires: {
                [seriesOf("cortex_alertmanager_notifications_failed_total", { job: "mimir", integration: "slack" })]:
                    perSecond(0.1),
                [seriesOf("cortex_alertmanager_notifications_total", { job: "mimir", integration: "slack" })]:
                    perSecond(0.2),
            },
            labels: { ...stackLabels, job: "mimir", integration: "slack" },
            summary: "slack: 50% of the notifications fail",
            silent: {
                [seriesOf("cortex_alertmanager_notifications_failed_total", { job: "mimir", integration: "slack" })]:
                    constant,
                [seriesOf("cortex_alertmanager_notifications_total", { job: "mimir", integration: "slack" })]:
                    perSecond(0.2),
            },
        },
    },
    nodes: {
        NodeFilesystemAlmostOutOfSpace: ratio(
            ["node_filesystem_avail_bytes", 80],
            ["node_filesystem_size_bytes", 1000],
            disk,
            diskAlertLabels,
            "n (/): 8% of the filesystem is free",
            200,
        ),
        NodeFilesystemSpaceFillingUp: {
            after: "8h",
            interval: "5m",
            fires: {
                [series("node_filesystem_avail_bytes", disk)]: "380-2x120",
                [series("node_filesystem_size_bytes", disk)]: "1000x120",
            },
            labels: diskAlertLabels,
            summary: "n (/): 18.8% of the filesystem is free, and at the current rate it will soon be full",
            silent: {
                [series("node_filesystem_avail_bytes", disk)]: "380-0.05x120",
                [series("node_filesystem_size_bytes", disk)]: "1000x120",
            },
        },
        NodeFilesystemAlmostOutOfFiles: ratio(
            ["node_filesystem_files_free", 30],
            ["node_filesystem_files", 1000],
            disk,
            diskAlertLabels,
            "n (/): 3% of the inodes are free",
            200,
        ),
        NodeFilesystemReadOnly: {
            after: "1h",
            fires: { [series("node_filesystem_readonly", disk)]: "0x30 1x100" },
            labels: diskAlertLabels,
            summary: "n (/): the filesystem became read-only",
            // A filesystem that was always read-only.
            silent: { [series("node_filesystem_readonly", disk)]: value(1) },
        },
        NodeMemoryHighUtilization: ratio(
            ["node_memory_MemAvailable_bytes", 30],
            ["node_memory_MemTotal_bytes", 1000],
            { ...node, job: "node" },
            node,
            "n: 3% of the memory is available",
            200,
        ),
        NodeCPUHighUsage: {
            after: "1h",
            fires: {
                [series("node_cpu_seconds_total", { ...node, job: "node", cpu: "0", mode: "idle" })]: perSecond(0.02),
            },
            labels: node,
            summary: "n: 98% of the CPU is used",
            silent: {
                [series("node_cpu_seconds_total", { ...node, job: "node", cpu: "0", mode: "idle" })]: perSecond(0.02),
                [series("node_cpu_seconds_total", { ...node, job: "node", cpu: "1", mode: "idle" })]: perSecond(0.9),
            },
        },
        NodeOOMKillDetected: {
            after: "15m",
            fires: { [series("node_vmstat_oom_kill", { ...node, job: "node" })]: "3x9 5x10" },
            labels: node,
            summary: "n: 2 processes were OOM killed in 10 minutes",
            silent: { [series("node_vmstat_oom_kill", { ...node, job: "node" })]: "3x100" },
        },
        NodeClockSkewDetected: {
            after: "30m",
            fires: { [series("node_timex_offset_seconds", { ...node, job: "node" })]: value(-0.2) },
            labels: node,
            summary: "n: the clock differs from NTP time by 200ms",
            silent: { [series("node_timex_offset_seconds", { ...node, job: "node" })]: value(0.001) },
        },
    },
    kubernetes: {
        KubePersistentVolumeAlmostOutOfSpace: ratio(
            ["kubelet_volume_stats_available_bytes", 100],
            ["kubelet_volume_stats_capacity_bytes", 1000],
            { ...claim, job: "kubelet" },
            claim,
            "monitoring/data-loki-0: 10% of the volume is free",
            300,
        ),
        KubePersistentVolumeOutOfSpace: ratio(
            ["kubelet_volume_stats_available_bytes", 10],
            ["kubelet_volume_stats_capacity_bytes", 1000],
            { ...claim, job: "kubelet" },
            claim,
            "monitoring/data-loki-0: only 1% of the volume is free",
            100,
        ),
        KubePersistentVolumeFillingUp: {
            after: "8h",
            interval: "5m",
            fires: {
                [series("kubelet_volume_stats_available_bytes", claim)]: "380-1x120",
                [series("kubelet_volume_stats_capacity_bytes", claim)]: "1000x120",
            },
            labels: claim,
            summary:
                "monitoring/data-loki-0: 28.4% of the volume is free, and at the current rate it will soon be full",
            silent: {
                [series("kubelet_volume_stats_available_bytes", claim)]: "380-0.05x120",
                [series("kubelet_volume_stats_capacity_bytes", claim)]: "1000x120",
            },
        },
        KubePersistentVolumeInodesFillingUp: ratio(
            ["kubelet_volume_stats_inodes_free", 30],
            ["kubelet_volume_stats_inodes", 1000],
            { ...claim, job: "kubelet" },
            claim,
            "monitoring/data-loki-0: 3% of the inodes of the volume are free",
            200,
        ),
        KubePodCrashLooping: {
            after: "30m",
            fires: Object.fromEntries(
                ["a", "b", "c", "d"].map((id, index) => [
                    series("container_start_time_seconds", { ...container, id, job: "cadvisor" }),
                    `_x${index * 6 + 1} ${index * 360}x6`,
                ]),
            ),
            labels: container,
            summary: "mathtrail/mentor-0 (app): the container restarted 3 times in 30 minutes",
            silent: Object.fromEntries(
                ["a", "b"].map((id, index) => [
                    series("container_start_time_seconds", { ...container, id, job: "cadvisor" }),
                    `_x${index * 6 + 1} ${index * 360}x6`,
                ]),
            ),
        },
        KubeContainerOOMKilled: {
            after: "15m",
            fires: { [series("container_oom_events_total", { ...container, job: "cadvisor" })]: "0x9 1x10" },
            labels: container,
            summary: "mathtrail/mentor-0 (app): the container was OOM killed 1 times in 10 minutes",
            silent: { [series("container_oom_events_total", { ...container, job: "cadvisor" })]: "1x100" },
        },
        KubeContainerMemoryNearLimit: {
            after: "30m",
            fires: {
                [series("container_memory_working_set_bytes", { ...container, job: "cadvisor" })]: value(98),
                [series("container_spec_memory_limit_bytes", { ...container, job: "cadvisor" })]: value(100),
            },
            labels: container,
            summary: "mathtrail/mentor-0 (app): 98% of the memory limit is used",
            // 0 means no limit.
            silent: {
                [series("container_memory_working_set_bytes", { ...container, job: "cadvisor" })]: value(98),
                [series("container_spec_memory_limit_bytes", { ...container, job: "cadvisor" })]: value(0),
            },
        },
        CPUThrottlingHigh: {
            after: "1h",
            fires: {
                [series("container_cpu_cfs_throttled_periods_total", { ...container, job: "cadvisor" })]: perSecond(6),
                [series("container_cpu_cfs_periods_total", { ...container, job: "cadvisor" })]: perSecond(10),
            },
            labels: container,
            summary: "mathtrail/mentor-0 (app): 60% of the CPU periods are throttled",
            silent: {
                [series("container_cpu_cfs_throttled_periods_total", { ...container, job: "cadvisor" })]: perSecond(2),
                [series("container_cpu_cfs_periods_total", { ...container, job: "cadvisor" })]: perSecond(10),
            },
        },
        KubeletPlegDurationHigh: {
            after: "30m",
            fires: {
                [series("kubelet_pleg_relist_duration_seconds_bucket", { ...node, job: "kubelet", le: "1" })]: constant,
                [series("kubelet_pleg_relist_duration_seconds_bucket", { ...node, job: "kubelet", le: "5" })]:
                    perSecond(1),
                [series("kubelet_pleg_relist_duration_seconds_bucket", { ...node, job: "kubelet", le: "+Inf" })]:
                    perSecond(1),
            },
            labels: node,
            summary: "n: the PLEG relist of the kubelet takes 4.96s (99th percentile)",
            silent: {
                [series("kubelet_pleg_relist_duration_seconds_bucket", { ...node, job: "kubelet", le: "1" })]:
                    perSecond(1),
                [series("kubelet_pleg_relist_duration_seconds_bucket", { ...node, job: "kubelet", le: "+Inf" })]:
                    perSecond(1),
            },
        },
        KubeletCertificateExpiration: {
            after: "2h",
            fires: {
                // The client certificate is valid for much longer.
                [series("kubelet_certificate_manager_client_ttl_seconds", { ...node, job: "kubelet" })]: value(8640000),
                [series("kubelet_certificate_manager_server_ttl_seconds", { ...node, job: "kubelet" })]: value(86400),
            },
            labels: node,
            summary: "n: a certificate of the kubelet expires in 1d 0h 0m 0s",
            silent: {
                [series("kubelet_certificate_manager_client_ttl_seconds", { ...node, job: "kubelet" })]: value(8640000),
            },
        },
    },
    cardinality: {
        MimirTenantReachingSeriesLimit: {
            after: "30m",
            // Only one of two tenants is close to its limit.
            fires: {
                ...tenantSeries("shop", 95, 5, 100),
                ...tenantSeries("lab", 95, 5, 1000),
            },
            labels: { ...stackLabels, pod: "mimir-0", user: "shop" },
            summary: "mimir-0: tenant shop uses 90% of its series limit; at 100 % new series are rejected",
            silent: tenantSeries("shop", 95, 45, 100),
        },
        MimirSeriesRisingQuickly: {
            after: "25h",
            interval: "5m",
            fires: {
                [seriesOf("cortex_ingester_memory_series", { job: "mimir", pod: "mimir-0" })]: "20000x288 60000x40",
            },
            labels: stackLabels,
            summary: "Mimir: the number of series is 3 times that of a day ago",
            silent: {
                [seriesOf("cortex_ingester_memory_series", { job: "mimir", pod: "mimir-0" })]: "1000x288 3000x40",
            },
        },
        TargetSeriesCountHigh: {
            after: "30m",
            fires: {
                [seriesOf("scrape_samples_post_metric_relabeling", { job: "shop", pod: "shop-0" })]: value(50000),
            },
            labels: { ...stackLabels, job: "shop", pod: "shop-0" },
            summary: "monitoring/shop-0 (shop): the target exposes 50k series",
            silent: {
                [seriesOf("scrape_samples_post_metric_relabeling", { job: "shop", pod: "shop-0" })]: value(5000),
                // cAdvisor exposes series for every pod of a node.
                [series("scrape_samples_post_metric_relabeling", { ...node, job: "cadvisor" })]: value(50000),
            },
        },
        LokiStreamsRisingQuickly: {
            after: "25h",
            interval: "5m",
            fires: { [seriesOf("loki_ingester_memory_streams", { job: "loki", pod: "loki-0" })]: "2000x288 8000x40" },
            labels: stackLabels,
            summary: "Loki: the number of streams is 4 times that of a day ago",
            silent: { [seriesOf("loki_ingester_memory_streams", { job: "loki", pod: "loki-0" })]: "2000x288 3000x40" },
        },
    },
    dapr: {
        DaprRequestErrors: daprErrors(
            "dapr_http_server_response_count",
            { app_id: "mentor-api" },
            { status: "200" },
            { status: "500" },
            "mentor-api: 25% of the HTTP responses of the sidecar are server errors",
        ),
        DaprComponentInitFailed: {
            after: "30m",
            fires: {
                [seriesOf("dapr_runtime_component_init_fail_total", {
                    job: "dapr",
                    app_id: "mentor-api",
                    component: "statestore",
                    reason: "init",
                })]: value(1),
            },
            labels: { ...stackLabels, app_id: "mentor-api", component: "statestore" },
            summary: "mentor-api: the sidecar could not initialize the component statestore",
            silent: {
                [seriesOf("dapr_runtime_component_init_fail_total", {
                    job: "dapr",
                    app_id: "mentor-api",
                    component: "s",
                })]: value(0),
            },
        },
        DaprPubSubDeliveryErrors: daprErrors(
            "dapr_component_pubsub_ingress_count",
            { app_id: "mentor-api", component: "pubsub", topic: "lessons" },
            { process_status: "success" },
            { process_status: "drop" },
            "mentor-api: 25% of the messages from topic lessons (pubsub) are not processed",
        ),
        DaprPubSubPublishErrors: daprErrors(
            "dapr_component_pubsub_egress_count",
            { app_id: "mentor-api", component: "pubsub", topic: "lessons" },
            { success: "true" },
            { success: "false" },
            "mentor-api: 25% of the messages to topic lessons (pubsub) are not published",
        ),
        DaprStateStoreErrors: daprErrors(
            "dapr_component_state_count",
            { app_id: "mentor-api", component: "statestore" },
            { success: "true", operation: "get" },
            { success: "false", operation: "set" },
            "mentor-api: 25% of the operations on the state store statestore fail",
        ),
        DaprOutputBindingErrors: daprErrors(
            "dapr_component_output_binding_count",
            { app_id: "mentor-api", component: "mail" },
            { success: "true" },
            { success: "false" },
            "mentor-api: 25% of the calls to the output binding mail fail",
        ),
        DaprCircuitBreakerOpen: {
            after: "30m",
            fires: {
                [seriesOf("dapr_resiliency_cb_state", {
                    job: "dapr",
                    app_id: "mentor-api",
                    target: "profile-api",
                    status: "open",
                })]: value(1),
            },
            labels: { ...stackLabels, app_id: "mentor-api", target: "profile-api" },
            summary: "mentor-api: the circuit breaker for profile-api is open",
            silent: {
                [seriesOf("dapr_resiliency_cb_state", {
                    job: "dapr",
                    app_id: "mentor-api",
                    target: "profile-api",
                    status: "open",
                })]: value(0),
                [seriesOf("dapr_resiliency_cb_state", {
                    job: "dapr",
                    app_id: "mentor-api",
                    target: "profile-api",
                    status: "closed",
                })]: value(1),
            },
        },
        DaprResiliencyActivationsHigh: {
            after: "30m",
            fires: {
                [seriesOf("dapr_resiliency_activations_total", {
                    job: "dapr",
                    app_id: "mentor-api",
                    target: "profile-api",
                    policy: "retry",
                })]: perSecond(3),
            },
            labels: { ...stackLabels, app_id: "mentor-api", target: "profile-api", policy: "retry" },
            summary: "mentor-api: the retry policy for profile-api is activated 3 times per second",
            silent: {
                [seriesOf("dapr_resiliency_activations_total", {
                    job: "dapr",
                    app_id: "mentor-api",
                    target: "profile-api",
                    policy: "retry",
                })]: perSecond(0.5),
            },
        },
        DaprCertificateRotationFailed: increasingCounter(
            "dapr_runtime_mtls_workload_cert_rotated_fail_total",
            { job: "dapr", app_id: "mentor-api" },
            ["app_id"],
            "mentor-api: the sidecar could not renew its mTLS certificate",
        ),
        DaprIssuerCertificateExpiration: {
            after: "2h",
            fires: {
                [series("dapr_sentry_issuercert_expiry_timestamp", { cluster: "c", namespace: "dapr-system" })]:
                    value(93600),
            },
            labels: { cluster: "c", namespace: "dapr-system" },
            summary: "Dapr: the issuer certificate expires in 1d 0h 0m 0s",
            silent: {
                [series("dapr_sentry_issuercert_expiry_timestamp", { cluster: "c", namespace: "dapr-system" })]:
                    value(31536000),
            },
        },
    },
    services: {
        ServiceRequestErrors: {
            after: "30m",
            fires: sloRequests(perSecond(3), perSecond(1)),
            labels: { cluster: "c", namespace: "mathtrail", service: "mentor-api" },
            summary: "mathtrail/mentor-api: 25% of the requests fail",
            // Most requests fail, but there are only three in ten minutes.
            silent: sloRequests("0x9 1x100", "0x9 2x100"),
        },
    },
    slos: {
        SLOErrorBudgetBurnFast: {
            after: "1h15m",
            fires: sloRequests(perSecond(3), perSecond(1)),
            labels: { cluster: "c", namespace: "mathtrail", ...sloLabels },
            summary: "mentor-api-availability: the error budget is used 25 times as fast as the objective allows",
            // Five bad minutes in the last hour, and none in the last half hour.
            silent: sloRequests(perSecond(3), "0x30 0+60x5 300x300"),
        },
        SLOErrorBudgetBurnSlow: {
            after: "45m",
            fires: sloRequests(perSecond(95), perSecond(5)),
            labels: { cluster: "c", namespace: "mathtrail", ...sloLabels },
            summary: "mentor-api-availability: the error budget is used 5 times as fast as the objective allows",
            silent: sloRequests(perSecond(99.5), perSecond(0.5)),
        },
        SLOErrorBudgetExhausted: {
            after: "45m",
            fires: sloRequests(perSecond(3), perSecond(1)),
            labels: { cluster: "c", namespace: "mathtrail", ...sloLabels },
            summary:
                "mentor-api-availability: 25% of the requests in the window failed, and the error budget is exhausted",
            silent: sloRequests(perSecond(999), perSecond(1)),
        },
        SLOMetricAbsent: {
            after: "1h10m",
            // A service of the same name in another namespace.
            fires: sloRequests(perSecond(1), perSecond(1), "elsewhere"),
            labels: { namespace: "mathtrail", slo: "mentor-api-latency", service: "mentor-api", sli: "latency" },
            summary: "mentor-api-latency: no request to mentor-api was measured for a day",
            silent: sloRequests(perSecond(1), perSecond(1)),
        },
    },
    "prometheus-rules": {
        AlloyPrometheusRulesNotWritten: increasingCounter(
            "mimir_rules_events_failed_total",
            { job: "alloy-singleton", pod: "alloy-0" },
            ["job", "pod"],
            "alloy-0: changes of PrometheusRule objects have no effect, because Alloy cannot write their rules to Mimir",
        ),
        MimirObjectRulerMissing: {
            after: "30m",
            fires: { [series("up", { job: "mimir", pod: "mimir-0" })]: value(1) },
            labels: { job: "mimir" },
            summary:
                "Mimir: no target of mimir-object-ruler exists, so that rules of PrometheusRule objects are not evaluated",
            silent: { [series("up", { job: "mimir", pod: "mimir-object-ruler-7d9f-abcde" })]: value(1) },
        },
    },
    "other-clusters": {
        ClusterMetricsMissing: {
            after: "3h",
            interval: "5m",
            fires: {
                [seriesOf("up", { job: "alloy-metrics", pod: "a" })]: value(1),
                [series("up", { cluster: "edge", namespace: "monitoring", job: "alloy-metrics", pod: "a" })]: "1x6",
            },
            labels: { cluster: "edge" },
            summary: "edge: the cluster sent metrics in the last 24 hours, and sends none now",
            silent: {
                [seriesOf("up", { job: "alloy-metrics", pod: "a" })]: "1x6",
                // The pod of the only node was replaced.
                [seriesOf("up", { job: "alloy-metrics", pod: "b" })]: "_x6 1x300",
            },
        },
        IngestionProxyRequestErrors: {
            after: "30m",
            fires: proxied(1, 9),
            labels: { ...stackLabels, proxy: "loki" },
            summary: "loki: 10% of the pushes of other clusters fail",
            silent: proxied(1, 99),
        },
    },
    probes: {
        BlackboxProbeFailed: {
            after: "10m",
            fires: probe("success", value(0)),
            labels: probed,
            summary: "shop: the probe of https://shop.example.com fails",
            // One failed attempt.
            silent: probe("success", "1x5 0 1x20"),
        },
        BlackboxProbeSlow: {
            after: "30m",
            fires: { ...probe("duration_seconds", value(6)), ...probe("success", value(1)) },
            labels: probed,
            summary: "shop: the probe of https://shop.example.com takes 6s",
            silent: { ...probe("duration_seconds", value(10)), ...probe("success", value(0)) },
        },
        BlackboxSslCertificateWillExpireSoon: {
            after: "2h",
            fires: probe("ssl_earliest_cert_expiry", value(93_600)),
            labels: probed,
            summary: "shop: a certificate of https://shop.example.com expires in 1d 0h 0m 0s",
            silent: probe("ssl_earliest_cert_expiry", value(30 * 86_400)),
        },
        BlackboxProbesMissing: {
            after: "30m",
            fires: { [series("up", { ...probed, job: "blackbox" })]: value(1) },
            labels: { job: "blackbox" },
            summary: "Alloy: no probe has reported a result, because lgtm-alloy-singleton does not run",
            silent: probe("success", value(0)),
        },
    },
    "kubernetes-api-server": {
        KubeAPIDown: partDown("API server", "apiserver"),
        KubeAPIErrorsHigh: {
            after: "30m",
            fires: apiRequests(9, 1),
            labels: { cluster: "c" },
            summary: "c: the API servers answer 10% of the requests with a server error",
            silent: apiRequests(99, 1),
        },
        KubeAPILatencyHigh: {
            after: "30m",
            fires: buckets(
                "apiserver_request_sli_duration_seconds",
                { ...apiServer, verb: "GET" },
                { "1": 90, "5": 100, "+Inf": 100 },
            ),
            labels: { cluster: "c", verb: "GET" },
            summary: "c: 1 % of the GET requests take longer than 4.6s",
            silent: {
                ...buckets(
                    "apiserver_request_sli_duration_seconds",
                    { ...apiServer, verb: "GET" },
                    { "1": 99.5, "5": 100, "+Inf": 100 },
                ),
                // A list of many objects takes longer.
                ...buckets(
                    "apiserver_request_sli_duration_seconds",
                    { ...apiServer, verb: "LIST" },
                    { "1": 90, "5": 100, "+Inf": 100 },
                ),
            },
        },
        KubeAPITerminatedRequests: {
            after: "30m",
            fires: {
                ...apiRequests(3, 0),
                [series("apiserver_request_terminations_total", { ...apiServer, verb: "LIST" })]: perSecond(1),
            },
            labels: { cluster: "c" },
            summary: "c: the API servers terminate 25% of the requests because of overload",
            silent: {
                ...apiRequests(99, 0),
                [series("apiserver_request_terminations_total", { ...apiServer, verb: "LIST" })]: perSecond(1),
            },
        },
        KubeAggregatedAPIDown: {
            after: "30m",
            fires: {
                [series("aggregator_unavailable_apiservice", { ...apiServer, name: "v1beta1.metrics.k8s.io" })]:
                    value(1),
            },
            labels: { cluster: "c", name: "v1beta1.metrics.k8s.io" },
            summary: "v1beta1.metrics.k8s.io: the aggregated API cannot be reached",
            silent: {
                [series("aggregator_unavailable_apiservice", { ...apiServer, name: "v1beta1.metrics.k8s.io" })]:
                    "1x5 0x300",
            },
        },
        KubeAdmissionWebhookErrors: {
            after: "30m",
            fires: {
                [series("apiserver_admission_webhook_rejection_count", {
                    ...apiServer,
                    name: "check.example.com",
                    error_type: "calling_webhook_error",
                })]: perSecond(2),
            },
            labels: { cluster: "c", name: "check.example.com" },
            summary:
                "check.example.com: the admission webhook cannot be called, and 2 requests per second are rejected",
            // A rejection is the purpose of a webhook.
            silent: {
                [series("apiserver_admission_webhook_rejection_count", {
                    ...apiServer,
                    name: "check.example.com",
                    error_type: "no_error",
                })]: perSecond(2),
            },
        },
    },
    coredns: {
        CoreDNSDown: partDown("pod of CoreDNS", "coredns"),
        CoreDNSErrorsHigh: {
            after: "30m",
            fires: {
                [series("coredns_dns_responses_total", { ...coreDns, rcode: "SERVFAIL" })]: perSecond(1),
                [series("coredns_dns_responses_total", { ...coreDns, rcode: "NXDOMAIN" })]: perSecond(9),
            },
            labels: { cluster: "c" },
            summary: "c: CoreDNS answers 10% of the queries with SERVFAIL",
            silent: {
                [series("coredns_dns_responses_total", { ...coreDns, rcode: "SERVFAIL" })]: perSecond(1),
                [series("coredns_dns_responses_total", { ...coreDns, rcode: "NXDOMAIN" })]: perSecond(99),
            },
        },
        CoreDNSLatencyHigh: {
            after: "30m",
            fires: buckets("coredns_dns_request_duration_seconds", coreDns, { "1.024": 90, "2.048": 100, "+Inf": 100 }),
            labels: { cluster: "c" },
            summary: "c: 1 % of the queries to CoreDNS take longer than 1.946s",
            silent: buckets("coredns_dns_request_duration_seconds", coreDns, {
                "0.512": 100,
                "2.048": 100,
                "+Inf": 100,
            }),
        },
    },
    "kubernetes-controllers": {
        KubeSchedulerDown: partDown("kube-scheduler", "kube-scheduler"),
        KubeControllerManagerDown: partDown("kube-controller-manager", "kube-controller-manager"),
    },
    etcd: {
        etcdInsufficientMembers: {
            after: "10m",
            fires: {
                [series("up", etcd(1))]: value(1),
                [series("up", etcd(2))]: value(0),
                [series("up", etcd(3))]: value(0),
            },
            labels: { cluster: "c" },
            summary: "c: only 1 members of etcd can be scraped, which is not a majority",
            silent: {
                [series("up", etcd(1))]: value(1),
                [series("up", etcd(2))]: value(1),
                [series("up", etcd(3))]: value(0),
            },
        },
        etcdNoLeader: {
            after: "10m",
            fires: { [series("etcd_server_has_leader", etcd(1))]: value(0) },
            labels: { cluster: "c", instance: "10.0.0.1:2381" },
            summary: "10.0.0.1:2381: the etcd member has no leader",
            silent: { [series("etcd_server_has_leader", etcd(1))]: value(1) },
        },
        etcdHighNumberOfLeaderChanges: {
            after: "30m",
            fires: { [series("etcd_server_leader_changes_seen_total", etcd(1))]: "0+0.4x300" },
            labels: { cluster: "c" },
            summary: "c: the leader of etcd has changed 6 times in 15 minutes",
            silent: { [series("etcd_server_leader_changes_seen_total", etcd(1))]: "1x10 2x300" },
        },
        etcdDatabaseQuotaLowSpace: {
            after: "30m",
            fires: {
                [series("etcd_mvcc_db_total_size_in_bytes", etcd(1))]: value(98),
                [series("etcd_server_quota_backend_bytes", etcd(1))]: value(100),
            },
            labels: { cluster: "c", instance: "10.0.0.1:2381" },
            summary: "10.0.0.1:2381: 98% of the quota of the etcd database is used",
            silent: {
                [series("etcd_mvcc_db_total_size_in_bytes", etcd(1))]: value(50),
                [series("etcd_server_quota_backend_bytes", etcd(1))]: value(100),
            },
        },
        etcdHighFsyncDurations: {
            after: "30m",
            fires: buckets("etcd_disk_wal_fsync_duration_seconds", etcd(1), { "0.512": 90, "1.024": 100, "+Inf": 100 }),
            labels: { cluster: "c", instance: "10.0.0.1:2381" },
            summary: "10.0.0.1:2381: 1 % of the writes of the etcd log take longer than 972.8ms",
            silent: buckets("etcd_disk_wal_fsync_duration_seconds", etcd(1), {
                "0.008": 100,
                "1.024": 100,
                "+Inf": 100,
            }),
        },
    },
    kafka: {
        KafkaDown: {
            after: "10m",
            fires: {
                [kafka("up")]: value(1),
                [kafka("kafka_topic_partitions", { topic: "created" })]: value(3),
            },
            labels: orders,
            summary: "orders: Alloy cannot read the metrics of the Kafka cluster",
            // A cluster, and one without topics.
            silent: {
                [kafka("up")]: value(1),
                [kafka("kafka_topic_partitions", { topic: "created" })]: value(3),
                [kafka("kafka_topic_partition_current_offset", { topic: "created", partition: "0" })]: value(7),
                [series("up", { ...orders, service_name: "empty", job: "kafka" })]: value(1),
            },
        },
        KafkaConsumerGroupLag: {
            after: "30m",
            fires: { [kafka("kafka_consumergroup_uncommitted_offsets_sum", group)]: value(20000) },
            labels: { ...orders, ...group },
            summary: "orders: the consumer group mailer is 20k messages of created behind",
            silent: { [kafka("kafka_consumergroup_uncommitted_offsets_sum", group)]: value(500) },
        },
        KafkaConsumerGroupNotConsuming: {
            after: "1h",
            fires: {
                [kafka("kafka_consumergroup_uncommitted_offsets_sum", group)]: "0+5x300",
                [kafka("kafka_consumergroup_current_offset_sum", group)]: value(100),
            },
            labels: { ...orders, ...group },
            summary: "orders: the consumer group mailer reads nothing of created, and 300 messages wait",
            silent: {
                [kafka("kafka_consumergroup_uncommitted_offsets_sum", group)]: value(5),
                [kafka("kafka_consumergroup_current_offset_sum", group)]: "0+100x300",
            },
        },
        KafkaUnderReplicatedPartitions: {
            after: "30m",
            fires: {
                [kafka("kafka_topic_partition_under_replicated_partition", { topic: "created", partition: "0" })]:
                    value(1),
                [kafka("kafka_topic_partition_under_replicated_partition", { topic: "created", partition: "1" })]:
                    value(1),
            },
            labels: { ...orders, topic: "created" },
            summary: "orders: 2 partitions of created have fewer replicas in sync than configured",
            silent: {
                [kafka("kafka_topic_partition_under_replicated_partition", { topic: "created", partition: "0" })]:
                    "1x5 0x300",
            },
        },
        KafkaPartitionWithoutLeader: {
            after: "30m",
            fires: { [kafka("kafka_topic_partition_leader", { topic: "created", partition: "0" })]: value(-1) },
            labels: { ...orders, topic: "created" },
            summary: "orders: 1 partitions of created have no leader",
            silent: { [kafka("kafka_topic_partition_leader", { topic: "created", partition: "0" })]: value(0) },
        },
    },
    redpanda: {
        RedpandaUnavailablePartitions: {
            after: "30m",
            fires: { [seriesOf("redpanda_cluster_unavailable_partitions", broker)]: value(2) },
            labels: stackLabels,
            summary: "Redpanda: 2 partitions are unavailable",
            silent: { [seriesOf("redpanda_cluster_unavailable_partitions", broker)]: "2x3 0x300" },
        },
        RedpandaUnderReplicatedReplicas: {
            after: "30m",
            fires: {
                [seriesOf("redpanda_kafka_under_replicated_replicas", { ...broker, redpanda_topic: "created" })]:
                    value(1),
            },
            labels: { ...stackLabels, redpanda_topic: "created" },
            summary: "Redpanda: 1 replicas of created are behind their leader",
            silent: {
                [seriesOf("redpanda_kafka_under_replicated_replicas", { ...broker, redpanda_topic: "created" })]:
                    value(0),
            },
        },
        RedpandaDiskAlmostFull: {
            after: "30m",
            fires: {
                [seriesOf("redpanda_storage_disk_free_bytes", broker)]: value(10),
                [seriesOf("redpanda_storage_disk_total_bytes", broker)]: value(100),
            },
            labels: { ...stackLabels, pod: "redpanda-0" },
            summary: "redpanda-0: 10% of the volume of Redpanda is free",
            silent: {
                [seriesOf("redpanda_storage_disk_free_bytes", broker)]: value(50),
                [seriesOf("redpanda_storage_disk_total_bytes", broker)]: value(100),
            },
        },
        RedpandaMemoryLow: {
            after: "30m",
            fires: {
                [seriesOf("redpanda_memory_available_memory", { ...broker, shard: "0" })]: value(2),
                [seriesOf("redpanda_memory_allocated_memory", { ...broker, shard: "0" })]: value(99),
                [seriesOf("redpanda_memory_free_memory", { ...broker, shard: "0" })]: value(1),
            },
            labels: { ...stackLabels, pod: "redpanda-0" },
            summary: "redpanda-0: 2% of the memory of Redpanda is available",
            // Redpanda fills its cache, which it can free.
            silent: {
                [seriesOf("redpanda_memory_available_memory", { ...broker, shard: "0" })]: value(60),
                [seriesOf("redpanda_memory_allocated_memory", { ...broker, shard: "0" })]: value(99),
                [seriesOf("redpanda_memory_free_memory", { ...broker, shard: "0" })]: value(1),
            },
        },
    },
    prometheus: {
        PrometheusRemoteWriteBehind: {
            after: "30m",
            fires: {
                [seriesOf("prometheus_remote_storage_highest_timestamp_in_seconds", localPrometheus)]: value(300),
                [seriesOf("prometheus_remote_storage_queue_highest_sent_timestamp_seconds", toMimir)]: value(60),
            },
            labels: { ...stackLabels, ...localPrometheus },
            summary: "prometheus-0: the metrics in Mimir are 4m 0s older than in Prometheus",
            silent: {
                [seriesOf("prometheus_remote_storage_highest_timestamp_in_seconds", localPrometheus)]: value(300),
                [seriesOf("prometheus_remote_storage_queue_highest_sent_timestamp_seconds", toMimir)]: value(290),
            },
        },
        PrometheusRemoteStorageFailures: {
            after: "30m",
            fires: {
                [seriesOf("prometheus_remote_storage_samples_failed_total", toMimir)]: perSecond(1),
                [seriesOf("prometheus_remote_storage_samples_total", toMimir)]: perSecond(10),
            },
            labels: { ...stackLabels, pod: "prometheus-0" },
            summary: "prometheus-0: the store rejects 10% of the samples",
            silent: {
                [seriesOf("prometheus_remote_storage_samples_failed_total", toMimir)]: constant,
                [seriesOf("prometheus_remote_storage_samples_total", toMimir)]: perSecond(10),
            },
        },
        PrometheusTSDBCompactionsFailing: {
            after: "2h",
            fires: { [seriesOf("prometheus_tsdb_compactions_failed_total", localPrometheus)]: "0x60 2x300" },
            labels: { ...stackLabels, pod: "prometheus-0" },
            summary: "prometheus-0: 2 compactions of the volume have failed in 3 hours",
            silent: { [seriesOf("prometheus_tsdb_compactions_failed_total", localPrometheus)]: constant },
        },
        PrometheusTargetSyncFailure: {
            after: "30m",
            fires: {
                [seriesOf("prometheus_target_sync_failed_total", { ...localPrometheus, scrape_job: "pods" })]:
                    perSecond(0.1),
            },
            labels: { ...stackLabels, pod: "prometheus-0", scrape_job: "pods" },
            summary: "prometheus-0: targets of the job pods have invalid labels",
            silent: {
                [seriesOf("prometheus_target_sync_failed_total", { ...localPrometheus, scrape_job: "pods" })]: constant,
            },
        },
        PrometheusDuplicateTimestamps: {
            after: "30m",
            fires: {
                [seriesOf("prometheus_target_scrapes_sample_duplicate_timestamp_total", localPrometheus)]: perSecond(2),
            },
            labels: { ...stackLabels, pod: "prometheus-0" },
            summary: "prometheus-0: 2 samples per second are dropped, because two targets have the same labels",
            silent: {
                [seriesOf("prometheus_target_scrapes_sample_duplicate_timestamp_total", localPrometheus)]: constant,
            },
        },
    },
    "load-monitor": {
        LoadMonitorComparisonFailed: {
            after: "40m",
            fires: compared("spans", "0.05x60", "1x60"),
            labels: { cluster: "dev", comparison: "spans" },
            summary: "spans: what the stack reports deviates by 5% from what the load monitor has sent",
            // The next run has passed.
            silent: compared("spans", "0.05x15 0x45", "1x15 0x45"),
        },
        LoadMonitorResultsMissing: {
            after: "3h",
            fires: compared("spans", "0x30 _x300", "0x30 _x300"),
            labels: { namespace: "load-monitor" },
            summary: "load-monitor: no run has reported a result in the last hour",
            silent: compared("spans", value(0), value(0)),
        },
    },
    "auto-instrumentation": {
        AutoInstrumentationNotRunning: notRunning("auto-instrumentation", "Auto-instrumentation"),
        AutoInstrumentationExportErrors: {
            after: "30m",
            fires: {
                [seriesOf("obi_otel_trace_export_errors_total", { ...instrumentation, error: "timeout" })]:
                    perSecond(1),
                [seriesOf("obi_otel_metric_export_errors_total", { ...instrumentation, error: "timeout" })]: constant,
            },
            labels: { ...stackLabels, ...instrumentation, signal: "traces" },
            summary: "a (traces): 1 exports to the collector fail per second",
            silent: {
                [seriesOf("beyla_otel_trace_export_errors_total", { ...instrumentation, error: "timeout" })]: constant,
            },
        },
        AutoInstrumentationNoProcesses: {
            after: "2h",
            fires: {
                [seriesOf("up", instrumentation)]: value(1),
                [seriesOf("beyla_instrumented_processes", { ...instrumentation, process_name: "shop" })]: value(0),
            },
            labels: { ...stackLabels, job: "auto-instrumentation" },
            summary:
                "Auto-instrumentation: no process is instrumented, because no process is selected, or because of errors",
            silent: {
                [seriesOf("up", instrumentation)]: value(1),
                [seriesOf("beyla_instrumented_processes", { ...instrumentation, process_name: "shop" })]: value(1),
            },
        },
    },
    "ebpf-profiles": {
        EbpfProfilerNotRunning: notRunning("alloy-profiles", "Profiler"),
        EbpfProfilerNoProfiles: {
            after: "1h",
            fires: {
                [seriesOf("pyroscope_ebpf_active_targets", profiler)]: value(7),
                [seriesOf("pyroscope_ebpf_pprofs_total", { ...profiler, exported_service_name: "shop" })]: constant,
            },
            labels: { ...stackLabels, ...profiler },
            summary: "a: the profiler collects no profiles of 7 targets",
            silent: {
                [seriesOf("pyroscope_ebpf_active_targets", profiler)]: value(7),
                [seriesOf("pyroscope_ebpf_pprofs_total", { ...profiler, exported_service_name: "shop" })]: perSecond(1),
            },
        },
        EbpfProfilerDroppedProfiles: {
            after: "30m",
            fires: { [seriesOf("pyroscope_write_dropped_profiles_total", profiler)]: perSecond(2) },
            labels: { ...stackLabels, ...profiler },
            summary: "a: 2 profiles per second are dropped",
            silent: { [seriesOf("pyroscope_write_dropped_profiles_total", profiler)]: constant },
        },
    },
    postgresql: {
        PostgreSQLDown: serverDown("postgresql", "PostgreSQL", "pg_up"),
        PostgreSQLTooManyConnections: {
            after: "30m",
            fires: {
                [database("postgresql", "pg_stat_activity_count", { state: "idle" })]: value(50),
                [database("postgresql", "pg_stat_activity_count", { state: "active" })]: value(40),
                [database("postgresql", "pg_settings_max_connections")]: value(100),
            },
            labels: shopDatabase,
            summary: "shop-db: 90% of the connections of the PostgreSQL server db.shop.svc:1 are in use",
            silent: {
                [database("postgresql", "pg_stat_activity_count", { state: "idle" })]: value(50),
                [database("postgresql", "pg_settings_max_connections")]: value(100),
            },
        },
        PostgreSQLReplicationLag: {
            after: "30m",
            fires: { [database("postgresql", "pg_replication_lag_seconds")]: value(120) },
            labels: shopDatabase,
            summary: "shop-db: the replica db.shop.svc:1 is 2m 0s behind",
            silent: { [database("postgresql", "pg_replication_lag_seconds")]: value(10) },
        },
    },
    mysql: {
        MySQLDown: serverDown("mysql", "MySQL", "mysql_up"),
        MySQLTooManyConnections: {
            after: "30m",
            fires: {
                [database("mysql", "mysql_global_status_threads_connected")]: value(90),
                [database("mysql", "mysql_global_variables_max_connections")]: value(100),
            },
            labels: shopDatabase,
            summary: "shop-db: 90% of the connections of the MySQL server db.shop.svc:1 are in use",
            silent: {
                [database("mysql", "mysql_global_status_threads_connected")]: value(50),
                [database("mysql", "mysql_global_variables_max_connections")]: value(100),
            },
        },
        MySQLReplicationLag: {
            after: "30m",
            fires: { [database("mysql", "mysql_slave_status_seconds_behind_source")]: value(120) },
            labels: shopDatabase,
            summary: "shop-db: the replica db.shop.svc:1 is 2m 0s behind",
            silent: { [database("mysql", "mysql_slave_status_seconds_behind_master")]: value(10) },
        },
        MySQLReplicationNotRunning: {
            after: "30m",
            fires: {
                [database("mysql", "mysql_slave_status_slave_sql_running")]: value(1),
                [database("mysql", "mysql_slave_status_slave_io_running")]: value(0),
            },
            labels: shopDatabase,
            summary: "shop-db: the replication of the replica db.shop.svc:1 has stopped",
            silent: {
                [database("mysql", "mysql_slave_status_replica_sql_running")]: value(1),
                [database("mysql", "mysql_slave_status_replica_io_running")]: value(1),
            },
        },
    },
    mongodb: {
        MongoDBDown: serverDown("mongodb", "MongoDB", "mongodb_up"),
        MongoDBTooManyConnections: {
            after: "30m",
            fires: {
                [database("mongodb", "mongodb_ss_connections", { conn_type: "current" })]: value(90),
                [database("mongodb", "mongodb_ss_connections", { conn_type: "available" })]: value(10),
            },
            labels: shopDatabase,
            summary: "shop-db: 90% of the connections of the MongoDB server db.shop.svc:1 are in use",
            silent: {
                [database("mongodb", "mongodb_ss_connections", { conn_type: "current" })]: value(90),
                [database("mongodb", "mongodb_ss_connections", { conn_type: "available" })]: value(900),
            },
        },
        MongoDBReplicationLag: {
            after: "30m",
            fires: {
                [database("mongodb", "mongodb_mongod_replset_member_replication_lag", member)]: value(120),
            },
            labels: { cluster: "c", namespace: "shop", service_name: "shop-db", ...member },
            summary: "shop-db: the member db-1:27017 of the replica set rs0 is 2m 0s behind",
            silent: {
                [database("mongodb", "mongodb_mongod_replset_member_replication_lag", member)]: value(10),
            },
        },
    },
    redis: {
        RedisDown: serverDown("redis", "Redis", "redis_up"),
        RedisTooManyConnections: {
            after: "30m",
            fires: {
                [database("redis", "redis_connected_clients")]: value(90),
                [database("redis", "redis_max_clients")]: value(100),
            },
            labels: shopDatabase,
            summary: "shop-db: 90% of the connections of the Redis server db.shop.svc:1 are in use",
            silent: {
                [database("redis", "redis_connected_clients")]: value(90),
                [database("redis", "redis_max_clients")]: value(10_000),
            },
        },
        RedisOutOfMemory: {
            after: "30m",
            fires: {
                [database("redis", "redis_memory_used_bytes")]: value(95),
                [database("redis", "redis_memory_max_bytes")]: value(100),
            },
            labels: shopDatabase,
            summary: "shop-db: 95% of maxmemory of the Redis server db.shop.svc:1 is used",
            // No maximum.
            silent: {
                [database("redis", "redis_memory_used_bytes")]: value(95),
                [database("redis", "redis_memory_max_bytes")]: value(0),
            },
        },
        RedisReplicationLag: {
            after: "30m",
            fires: {
                [database("redis", "redis_connected_slave_lag_seconds", { slave_ip: "10.0.0.2" })]: value(120),
            },
            labels: { ...shopDatabase, slave_ip: "10.0.0.2" },
            summary: "shop-db: the replica 10.0.0.2 of db.shop.svc:1 is 2m 0s behind",
            silent: { [database("redis", "redis_connected_slave_lag_seconds", { slave_ip: "10.0.0.2" })]: value(1) },
        },
        RedisReplicationBroken: {
            after: "30m",
            fires: { [database("redis", "redis_master_link_up")]: value(0) },
            labels: shopDatabase,
            summary: "shop-db: the replica db.shop.svc:1 has no connection to its primary",
            silent: { [database("redis", "redis_master_link_up")]: value(1) },
        },
    },
    "kubernetes-objects": {
        KubePodNotReady: {
            after: "30m",
            fires: kubeState("pod_status_phase", { pod: "web-0", phase: "Pending" }, value(1)),
            labels: { ...inShop, pod: "web-0", phase: "Pending" },
            summary: "shop/web-0: the pod is in the phase Pending",
            silent: {
                ...kubeState("pod_status_phase", { pod: "web-0", phase: "Pending" }, value(0)),
                ...kubeState("pod_status_phase", { pod: "job-0", phase: "Failed" }, value(1)),
                ...kubeState("pod_owner", { pod: "job-0", owner_kind: "Job", owner_name: "job" }, value(1)),
            },
        },
        KubeContainerWaiting: {
            after: "1h",
            fires: kubeState(
                "pod_container_status_waiting_reason",
                { ...waiting, reason: "ImagePullBackOff" },
                value(1),
            ),
            labels: { ...inShop, ...waiting, reason: "ImagePullBackOff" },
            summary: "shop/web-0 (app): the container waits because of ImagePullBackOff",
            silent: {
                ...kubeState(
                    "pod_container_status_waiting_reason",
                    { ...waiting, reason: "ContainerCreating" },
                    "1x20 0x300",
                ),
                ...kubeState(
                    "pod_container_status_waiting_reason",
                    { ...waiting, reason: "CrashLoopBackOff" },
                    value(1),
                ),
            },
        },
        KubeDeploymentReplicasMismatch: {
            after: "40m",
            fires: {
                ...kubeState("deployment_spec_replicas", { deployment: "web" }, value(3)),
                ...kubeState("deployment_status_replicas_available", { deployment: "web" }, value(1)),
                ...kubeState("deployment_status_replicas_updated", { deployment: "web" }, value(3)),
            },
            labels: { ...inShop, deployment: "web" },
            summary: "shop/web: 2 of the replicas of the Deployment are not available",
            // A rollout that proceeds.
            silent: {
                ...kubeState("deployment_spec_replicas", { deployment: "web" }, value(300)),
                ...kubeState("deployment_status_replicas_available", { deployment: "web" }, value(299)),
                ...kubeState("deployment_status_replicas_updated", { deployment: "web" }, "0+1x300"),
            },
        },
        KubeStatefulSetReplicasMismatch: {
            after: "40m",
            fires: {
                ...kubeState("statefulset_replicas", { statefulset: "db" }, value(3)),
                ...kubeState("statefulset_status_replicas_ready", { statefulset: "db" }, value(2)),
            },
            labels: { ...inShop, statefulset: "db" },
            summary: "shop/db: 1 of the replicas of the StatefulSet are not ready",
            silent: {
                ...kubeState("statefulset_replicas", { statefulset: "db" }, value(300)),
                ...kubeState("statefulset_status_replicas_ready", { statefulset: "db" }, value(299)),
                ...kubeState("statefulset_status_replicas_updated", { statefulset: "db" }, "0+1x300"),
            },
        },
        KubeDaemonSetRolloutStuck: {
            after: "40m",
            fires: {
                ...kubeState("daemonset_status_desired_number_scheduled", { daemonset: "agent" }, value(5)),
                ...kubeState("daemonset_status_number_available", { daemonset: "agent" }, value(3)),
            },
            labels: { ...inShop, daemonset: "agent" },
            summary: "shop/agent: the pod of the DaemonSet is not available on 2 nodes",
            silent: {
                ...kubeState("daemonset_status_desired_number_scheduled", { daemonset: "agent" }, value(300)),
                ...kubeState("daemonset_status_number_available", { daemonset: "agent" }, value(299)),
                ...kubeState("daemonset_status_updated_number_scheduled", { daemonset: "agent" }, "0+1x300"),
            },
        },
        KubeJobFailed: {
            after: "30m",
            fires: kubeState("job_failed", { job_name: "import", condition: "true" }, value(1)),
            labels: { ...inShop, job_name: "import" },
            summary: "shop/import: the Job has failed",
            silent: kubeState("job_failed", { job_name: "import", condition: "false" }, value(1)),
        },
        KubeHpaMaxedOut: {
            after: "30m",
            fires: autoscaled(10, 2, 10),
            labels: { ...inShop, horizontalpodautoscaler: "web" },
            summary: "shop/web: the HorizontalPodAutoscaler has reached its maximum of 10 replicas",
            // Its minimum is its maximum.
            silent: autoscaled(10, 10, 10),
        },
        KubeQuotaAlmostFull: {
            after: "30m",
            fires: quota(95, 100),
            labels: { ...inShop, resourcequota: "team", resource: "pods" },
            summary: "shop/team: 95% of the quota for pods is used",
            silent: quota(50, 100),
        },
        KubeNodeNotReady: {
            after: "30m",
            fires: nodeReady(0, 0),
            labels: node,
            summary: "n: the node is not ready",
            // It is drained.
            silent: nodeReady(0, 1),
        },
        KubeNodePressure: {
            after: "30m",
            fires: nodeState("status_condition", { condition: "DiskPressure", status: "true" }, value(1)),
            labels: { ...node, condition: "DiskPressure" },
            summary: "n: the node has the condition DiskPressure",
            silent: {
                ...nodeState("status_condition", { condition: "DiskPressure", status: "true" }, value(0)),
                ...nodeState("status_condition", { condition: "Ready", status: "true" }, value(1)),
            },
        },
    },
};

/** A series of kube-state-metrics about an object in a namespace. */
function kubeState(metric: string, labels: Record<string, string>, values: string): Series {
    return {
        [series(`kube_${metric}`, { ...inShop, job: "kube-state-metrics", instance: "kube-state-metrics", ...labels })]:
            values,
    };
}

function autoscaled(current: number, min: number, max: number): Series {
    const of = { horizontalpodautoscaler: "web" };
    return {
        ...kubeState("horizontalpodautoscaler_status_current_replicas", of, value(current)),
        ...kubeState("horizontalpodautoscaler_spec_min_replicas", of, value(min)),
        ...kubeState("horizontalpodautoscaler_spec_max_replicas", of, value(max)),
    };
}

function quota(used: number, hard: number): Series {
    const of = (type: string) => ({ resourcequota: "team", resource: "pods", type });
    return {
        ...kubeState("resourcequota", of("used"), value(used)),
        ...kubeState("resourcequota", of("hard"), value(hard)),
    };
}

/** A series of kube-state-metrics about a node. */
function nodeState(metric: string, labels: Record<string, string>, values: string): Series {
    return { [series(`kube_node_${metric}`, { ...node, job: "kube-state-metrics", ...labels })]: values };
}

function nodeReady(ready: number, unschedulable: number): Series {
    return {
        ...nodeState("status_condition", { condition: "Ready", status: "true" }, value(ready)),
        ...nodeState("status_condition", { condition: "Ready", status: "false" }, value(1 - ready)),
        ...nodeState("spec_unschedulable", {}, value(unschedulable)),
    };
}

function remoteWriteBehind(job: string, summary: string): Case {
    const labels = { job, pod: "p" };
    const wanted = seriesOf("prometheus_remote_storage_highest_timestamp_in_seconds", labels);
    const sent = seriesOf("prometheus_remote_storage_queue_highest_sent_timestamp_seconds", {
        ...labels,
        remote_name: "r",
    });
    return {
        after: "1h",
        fires: { [wanted]: "1000+60x300", [sent]: "700+60x300" },
        labels: { ...stackLabels, ...labels },
        summary,
        silent: { [wanted]: "1000+60x300", [sent]: "970+60x300" },
    };
}
