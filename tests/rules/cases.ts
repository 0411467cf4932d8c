/** Series in promtool's notation for which an alert fires, with the labels and the summary it then has, and series for which it is silent. */
export interface Case {
    /** Time at which the alert is checked, after the first sample. */
    after: string;
    /** Time between samples, and between evaluations. Default 1m; longer where hours are simulated, because each evaluation takes time. */
    interval?: string;
    fires: Series;
    /** Labels of the alert other than its name and severity. */
    labels: Record<string, string>;
    says: string;
    /** Series that are similar but healthy, or undefined for an alert that always fires. */
    silent: Series | undefined;
}
type Series = Record<string, string>;

const here = { cluster: "c", namespace: "monitoring" };

/** A series of the stack itself. */
function of(metric: string, labels: Record<string, string>): string {
    const all = Object.entries({ ...here, ...labels }).map(([name, value]) => `${name}="${value}"`);
    return `${metric}{${all.join(", ")}}`;
}

/** A counter that grows by as many a second. */
const perSecond = (rate: number, minutes = 300) => `0+${rate * 60}x${minutes}`;
const still = "5+0x300";
const always = (value: number | string) => `${value}x300`;

const collector = { job: "otel-collector", pod: "otel-0" };
const toAlloy = { ...collector, exporter: "otlp_grpc" };
const alloy = { job: "alloy-receiver", pod: "alloy-0" };

/** Requests of a store, of which a share fails. */
function requests(prefix: string, job: string, failed: number): Series {
    const metric = `${prefix}_request_duration_seconds_count`;
    return {
        [of(metric, { job, route: "push", status_code: "200" })]: perSecond(1 - failed),
        [of(metric, { job, route: "push", status_code: "500" })]: perSecond(failed),
        // Not ready is no failure: every start is so.
        [of(metric, { job, route: "ready", status_code: "503" })]: perSecond(10),
    };
}

function requestsFail(prefix: string, job: string, name: string): Case {
    return {
        after: "30m",
        fires: requests(prefix, job, 0.25),
        labels: { ...here, job, route: "push" },
        says: `${name} answers 25% of the requests to push with an error`,
        silent: requests(prefix, job, 0.01),
    };
}

function ringUnhealthy(prefix: string, job: string, name: string): Case {
    const ring = (state: string) => of(`${prefix}_ring_members`, { job, name: "ingester", state });
    return {
        after: "30m",
        fires: { [ring("Unhealthy")]: always(1), [ring("ACTIVE")]: always(2) },
        labels: { ...here, job, name: "ingester" },
        says: `1 members of ${name}'s ring ingester have stopped to report`,
        // A member that has been away for ten minutes.
        silent: { [ring("Unhealthy")]: "1x9 0x50", [ring("ACTIVE")]: "2x9 3x50" },
    };
}

/** Something of a job that is lost, by reason. */
function discards(metric: string, labels: Record<string, string>, says: string): Case {
    return {
        after: "30m",
        fires: { [of(metric, { ...labels, reason: "rate_limited", pod: "p" })]: perSecond(4) },
        labels: { ...here, ...labels, reason: "rate_limited" },
        says,
        silent: { [of(metric, { ...labels, reason: "rate_limited", pod: "p" })]: still },
    };
}

/** A timestamp that no longer moves. promtool's clock begins at 0. */
function behind(metric: string, job: string, hours: number, says: string): Case {
    const labels = { job, pod: `${job}-0` };
    return {
        after: `${hours + 1}h`,
        interval: "5m",
        fires: { [of(metric, labels)]: "60x600", [of("process_start_time_seconds", labels)]: "30x600" },
        labels: { ...here, job },
        says,
        // Two replicas, of which one compacts; and the other has never done so.
        silent: {
            [of(metric, labels)]: "0+300x600",
            [of(metric, { job, pod: `${job}-1` })]: "0x600",
            [of("process_start_time_seconds", labels)]: "30x600",
        },
    };
}

function growing(
    metric: string,
    labels: Record<string, string>,
    byLabels: string[],
    says: string,
    silent = still,
): Case {
    const series = of(metric, labels);
    const kept = Object.fromEntries(Object.entries(labels).filter(([name]) => byLabels.includes(name)));
    return {
        after: "1h30m",
        fires: { [series]: perSecond(0.1) },
        labels: { ...here, ...kept },
        says,
        silent: { [series]: silent },
    };
}

/** Some failures within minutes, as a restart of something else brings them, a quarter of an hour ago. */
const burst = "0x70 0+1x3 3x60";

/** A part of a whole. */
function share(
    [part, parts]: [metric: string, value: number],
    [whole, all]: [metric: string, value: number],
    labels: Record<string, string>,
    kept: Record<string, string>,
    says: string,
    sound: number,
): Case {
    const name = (metric: string) =>
        `${metric}{${Object.entries(labels)
            .map(([key, value]) => `${key}="${value}"`)
            .join(", ")}}`;
    return {
        after: "2h",
        fires: { [name(part)]: always(parts), [name(whole)]: always(all) },
        labels: kept,
        says,
        silent: { [name(part)]: always(sound), [name(whole)]: always(all) },
    };
}

/** Calls of Dapr, of which a quarter or none fails. */
function dapr(
    metric: string,
    labels: Record<string, string>,
    good: Record<string, string>,
    bad: Record<string, string>,
    says: string,
): Case {
    const base = { job: "dapr", ...labels };
    return {
        after: "30m",
        fires: { [of(metric, { ...base, ...good })]: perSecond(3), [of(metric, { ...base, ...bad })]: perSecond(1) },
        labels: { ...here, ...labels },
        says,
        silent: { [of(metric, { ...base, ...good })]: perSecond(3), [of(metric, { ...base, ...bad })]: still },
    };
}

/** A promise that is broken by a share of requests, from a minute on. */
function slo(good: string, bad: string, namespace = "mathtrail"): Series {
    const calls = (status: string) =>
        `traces_spanmetrics_calls_total{cluster="c", namespace="${namespace}", service="mentor-api", span_kind="SPAN_KIND_SERVER", status_code="${status}"}`;
    return { [calls("STATUS_CODE_UNSET")]: good, [calls("STATUS_CODE_ERROR")]: bad };
}
const promise = { slo: "mentor-api-availability", service: "mentor-api", sli: "availability" };

const disk = { cluster: "c", node: "n", device: "/dev/sda", mountpoint: "/", fstype: "ext4", job: "node" };
const diskKept = { cluster: "c", node: "n", device: "/dev/sda", mountpoint: "/" };
const claim = { cluster: "c", namespace: "monitoring", persistentvolumeclaim: "data-loki-0" };
const container = { cluster: "c", namespace: "mathtrail", pod: "mentor-0", container: "app" };
const node = { cluster: "c", node: "n" };

function series(metric: string, labels: Record<string, string>): string {
    return `${metric}{${Object.entries(labels)
        .map(([key, value]) => `${key}="${value}"`)
        .join(", ")}}`;
}

const everyJob = [
    "otel-collector",
    "alloy-receiver",
    "alloy-logs",
    "alloy-metrics",
    "loki",
    "tempo",
    "mimir",
    "pyroscope",
    "grafana",
    "minio",
];
const ups = (jobs: string[]) => Object.fromEntries(jobs.map((job) => [of("up", { job, pod: `${job}-0` }), always(1)]));

/** SLOs that the cases of the group slos are about. */
export const slos = [
    { service: "mentor-api", kind: "availability", objective: 0.99, window: "30d" },
    { service: "mentor-api", namespace: "mathtrail", kind: "latency", objective: 0.9, window: "7d", thresholdMs: 500 },
] as const;

/** Every alert of the group, by its name. */
export const cases: Record<string, Record<string, Case>> = {
    watchdog: {
        Watchdog: {
            after: "0m",
            fires: {},
            labels: {},
            says: "Always firing: whoever waits for it and misses it knows that alerts no longer arrive",
            silent: undefined,
        },
    },
    targets: {
        TargetDown: {
            after: "30m",
            fires: {
                [of("up", { job: "shop", pod: "a" })]: always(0),
                [of("up", { job: "shop", pod: "b" })]: always(1),
            },
            labels: { ...here, job: "shop" },
            says: "50% of the targets of shop in monitoring do not answer",
            silent: { [of("up", { job: "shop", pod: "a" })]: "1x10 0x8 1x100" },
        },
        StackComponentMissing: {
            after: "30m",
            fires: ups(everyJob.filter((job) => job !== "tempo")),
            labels: { job: "tempo" },
            says: "No tempo is scraped: it is gone, or whoever scrapes it is",
            silent: ups(everyJob),
        },
        NodeTargetDown: {
            after: "30m",
            fires: { [series("up", { ...node, job: "kubelet", instance: "i" })]: always(0) },
            labels: { ...node, job: "kubelet", instance: "i" },
            says: "kubelet of the node n does not answer",
            silent: { [series("up", { ...node, job: "kubelet", instance: "i" })]: "1x5 0x10 1x100" },
        },
        AlloyDaemonSetPodsMissing: {
            after: "30m",
            fires: {
                [of("up", { job: "alloy-logs", pod: "a" })]: always(1),
                [of("up", { job: "alloy-logs", pod: "b" })]: always(1),
                [of("up", { job: "alloy-metrics", pod: "c" })]: always(1),
            },
            labels: here,
            says: "1 nodes ship logs and no metrics, or metrics and no logs",
            silent: {
                [of("up", { job: "alloy-logs", pod: "a" })]: always(1),
                [of("up", { job: "alloy-metrics", pod: "c" })]: always(1),
            },
        },
    },
    signals: {
        OtelCollectorNoDataReceived: {
            after: "2h30m",
            fires: { [of("otelcol_receiver_accepted_spans", collector)]: "0+60x120 7200x180" },
            labels: { ...here, signal: "traces" },
            says: "The collector gets no traces any more; an hour ago it got 1 a second",
            silent: { [of("otelcol_receiver_accepted_spans", collector)]: perSecond(2) },
        },
        OtelCollectorNoDataExported: {
            after: "1h",
            fires: {
                [of("otelcol_exporter_queue_size", { ...toAlloy, data_type: "logs" })]: always(2048),
                [of("otelcol_exporter_sent_log_records", toAlloy)]: still,
            },
            labels: { ...here, signal: "logs" },
            says: "2kiB of logs wait in the collector, and none leave",
            silent: {
                [of("otelcol_exporter_queue_size", { ...toAlloy, data_type: "logs" })]: always(2048),
                [of("otelcol_exporter_sent_log_records", toAlloy)]: perSecond(1),
                // Tail sampling may drop every trace of a quiet night.
                [of("otelcol_exporter_queue_size", { ...toAlloy, data_type: "traces" })]: always(0),
            },
        },
        AlloyNoDataReceived: {
            after: "1h",
            fires: {
                [of("otelcol_exporter_sent_metric_points", toAlloy)]: perSecond(3),
                [of("otelcol_receiver_accepted_metric_points_total", alloy)]: still,
            },
            labels: { ...here, signal: "metrics" },
            says: "The collector sends 3 metrics a second, and Alloy gets none",
            silent: {
                [of("otelcol_exporter_sent_metric_points", toAlloy)]: perSecond(3),
                [of("otelcol_receiver_accepted_metric_points_total", alloy)]: perSecond(3),
                // What replicas send each other is not meant for Alloy.
                [of("otelcol_exporter_sent_spans", { ...collector, exporter: "load_balancing" })]: perSecond(3),
            },
        },
        AlloyNoDataExported: {
            after: "1h",
            fires: {
                [of("otelcol_exporter_queue_size", { ...alloy, data_type: "traces" })]: always(4096),
                [of("otelcol_exporter_sent_spans_total", alloy)]: still,
            },
            labels: { ...here, signal: "traces" },
            says: "4kiB of traces wait in Alloy, and none leave",
            silent: {
                [of("otelcol_exporter_queue_size", { ...alloy, data_type: "traces" })]: always(0),
                [of("otelcol_exporter_sent_spans_total", alloy)]: still,
            },
        },
        BackendNoDataReceived: {
            after: "1h",
            fires: { [of("otelcol_exporter_sent_spans_total", alloy)]: perSecond(3) },
            labels: { ...here, signal: "traces" },
            says: "Alloy sends 3 traces a second, and their store gets none",
            silent: {
                [of("otelcol_exporter_sent_spans_total", alloy)]: perSecond(3),
                [of("tempo_distributor_spans_received_total", { job: "tempo", pod: "tempo-0" })]: perSecond(3),
            },
        },
        PyroscopeNoProfilesReceived: {
            after: "2h30m",
            fires: {
                [of("pyroscope_distributor_received_decompressed_bytes_count", { job: "pyroscope" })]:
                    "0+60x120 7200x180",
            },
            labels: here,
            says: "Pyroscope gets no profiles any more; an hour ago it got 1 a second",
            silent: {
                [of("pyroscope_distributor_received_decompressed_bytes_count", { job: "pyroscope" })]: perSecond(1),
            },
        },
        AlloyNoPodLogsSent: {
            after: "2h",
            fires: {
                [of("loki_source_file_files_active_total", { job: "alloy-logs", pod: "logs-a" })]: always(12),
                [of("loki_write_sent_entries_total", { job: "alloy-logs", pod: "logs-a" })]: still,
            },
            labels: { ...here, pod: "logs-a" },
            says: "logs-a has 12 log files of its node open and ships none of their lines",
            silent: {
                [of("loki_source_file_files_active_total", { job: "alloy-logs", pod: "logs-a" })]: always(12),
                [of("loki_write_sent_entries_total", { job: "alloy-logs", pod: "logs-a" })]: perSecond(1),
            },
        },
    },
    "otel-collector": {
        OtelCollectorExporterQueueAlmostFull: share(
            ["otelcol_exporter_queue_size", 600],
            ["otelcol_exporter_queue_capacity", 1000],
            { ...here, ...collector, data_type: "logs" },
            { ...here, ...collector, data_type: "logs" },
            "The queue of logs in otel-0 is 60% full: what comes after it is slow or gone",
            400,
        ),
        OtelCollectorReceiverRefusedData: {
            after: "30m",
            fires: { [of("otelcol_receiver_refused_spans", collector)]: perSecond(2) },
            labels: { ...here, ...collector, signal: "traces" },
            says: "otel-0 refuses 2 traces a second: its memory or its queue is full",
            silent: { [of("otelcol_receiver_refused_spans", collector)]: "0x5 600x200" },
        },
        OtelCollectorExporterDroppedData: {
            after: "30m",
            // A full queue loses, too, where sending never failed since.
            fires: {
                [of("otelcol_exporter_send_failed_log_records", collector)]: still,
                [of("otelcol_exporter_enqueue_failed_log_records", collector)]: perSecond(2),
            },
            labels: { ...here, ...collector, signal: "logs" },
            says: "otel-0 has lost 2 logs a second",
            silent: { [of("otelcol_exporter_send_failed_log_records", collector)]: still },
        },
        OtelCollectorRestarts: {
            after: "1h",
            fires: { [of("otelcol_process_uptime", collector)]: "0+60x10 0+60x10 0+60x10 0+60x40" },
            labels: { ...here, ...collector },
            says: "otel-0 has started 3 times in an hour",
            silent: { [of("otelcol_process_uptime", collector)]: "0+60x30 0+60x30" },
        },
    },
    alloy: {
        AlloyExporterQueueAlmostFull: share(
            ["otelcol_exporter_queue_size", 600],
            ["otelcol_exporter_queue_capacity", 1000],
            { ...here, ...alloy, data_type: "traces" },
            { ...here, ...alloy, data_type: "traces" },
            "The queue of traces in alloy-0 is 60% full: their store is slow or gone",
            400,
        ),
        AlloyReceiverRefusedData: {
            after: "30m",
            fires: { [of("otelcol_receiver_refused_metric_points_total", alloy)]: perSecond(2) },
            labels: { ...here, ...alloy, signal: "metrics" },
            says: "alloy-0 refuses 2 metrics a second: its memory or its queue is full",
            silent: { [of("otelcol_receiver_refused_metric_points_total", alloy)]: still },
        },
        AlloyExporterDroppedData: {
            after: "30m",
            fires: { [of("loki_write_dropped_entries_total", { job: "alloy-logs", pod: "logs-a" })]: perSecond(2) },
            labels: { ...here, job: "alloy-logs", pod: "logs-a", signal: "logs" },
            says: "logs-a has lost 2 logs a second",
            silent: { [of("loki_write_dropped_entries_total", { job: "alloy-logs", pod: "logs-a" })]: still },
        },
        AlloyRemoteWriteBehind: remoteWrite("alloy-metrics", "behind with sending what it has scraped", "p is "),
        AlloyFailedReload: {
            after: "30m",
            fires: { [of("alloy_config_last_load_successful", alloy)]: always(0) },
            labels: { ...here, ...alloy },
            says: "alloy-0 could not load its configuration",
            silent: { [of("alloy_config_last_load_successful", alloy)]: always(1) },
        },
        AlloyComponentUnhealthy: {
            after: "30m",
            fires: {
                [of("alloy_component_controller_running_components", { ...alloy, health_type: "exited" })]: always(1),
            },
            labels: { ...here, ...alloy, health_type: "exited" },
            says: "1 components of alloy-0 are exited",
            silent: {
                [of("alloy_component_controller_running_components", { ...alloy, health_type: "healthy" })]: always(6),
            },
        },
    },
    loki: {
        LokiIngesterUnhealthy: ringUnhealthy("loki", "loki", "Loki"),
        LokiRequestErrors: requestsFail("loki", "loki", "Loki"),
        LokiLogLinesDiscarded: discards(
            "loki_discarded_samples_total",
            { job: "loki", tenant: "fake" },
            "Loki throws away 4 lines a second: rate_limited",
        ),
        LokiIngesterFlushesFailing: growing(
            "loki_ingester_chunks_flush_failures_total",
            { job: "loki", pod: "loki-0" },
            ["job", "pod"],
            "loki-0 fails to bring 100m chunks a second to the object store",
        ),
        LokiIngesterWALDiskFull: growing(
            "loki_ingester_wal_disk_full_failures_total",
            { job: "loki", pod: "loki-0" },
            ["job", "pod"],
            "The volume of loki-0 is full: lines are taken without a write-ahead log",
        ),
        LokiCompactorHasNotSuccessfullyRunCompaction: behind(
            "loki_boltdb_shipper_compact_tables_operation_last_successful_run_timestamp_seconds",
            "loki",
            3,
            "Loki's compactor has not finished a run for 3h 59m 0s",
        ),
        LokiCompactorHasNotAppliedRetention: behind(
            "loki_compactor_apply_retention_last_successful_run_timestamp_seconds",
            "loki",
            24,
            "Loki has deleted no expired logs for 1d 0h 59m 0s",
        ),
    },
    tempo: {
        TempoRingMemberUnhealthy: ringUnhealthy("tempo", "tempo", "Tempo"),
        TempoRequestErrors: requestsFail("tempo", "tempo", "Tempo"),
        TempoSpansDiscarded: discards(
            "tempo_discarded_spans_total",
            { job: "tempo", tenant: "single-tenant" },
            "Tempo throws away 4 spans a second: rate_limited",
        ),
        TempoIngesterFlushesFailing: growing(
            "tempo_ingester_failed_flushes_total",
            { job: "tempo", pod: "tempo-0" },
            ["job"],
            "Tempo failed 60 times in ten minutes to bring a block to the object store",
            burst,
        ),
        TempoCompactionsFailing: growing(
            "tempodb_compaction_errors_total",
            { job: "tempo", pod: "tempo-0" },
            ["job"],
            "Tempo's compactor failed 360 times in an hour",
        ),
        TempoRetentionFailing: growing(
            "tempodb_retention_errors_total",
            { job: "tempo", pod: "tempo-0" },
            ["job"],
            "Tempo failed 360 times in an hour to delete expired traces",
        ),
        TempoMetricsGeneratorRemoteWriteBehind: remoteWrite(
            "tempo",
            "behind with sending the metrics that it makes from spans",
            "Tempo is ",
        ),
        TempoMetricsGeneratorSeriesLimited: growing(
            "tempo_metrics_generator_registry_series_limited_total",
            { job: "tempo", pod: "tempo-0" },
            ["job"],
            "Tempo leaves out 100m series a second of the metrics that it makes from spans",
        ),
    },
    mimir: {
        MimirIngesterUnhealthy: ringUnhealthy("cortex", "mimir", "Mimir"),
        MimirRequestErrors: requestsFail("cortex", "mimir", "Mimir"),
        MimirSamplesDiscarded: discards(
            "cortex_discarded_samples_total",
            { job: "mimir", user: "anonymous" },
            "Mimir throws away 4 samples a second: rate_limited",
        ),
        MimirIngesterHasNotShippedBlocks: growing(
            "cortex_ingester_shipper_upload_failures_total",
            { job: "mimir", pod: "mimir-0" },
            ["job", "pod"],
            "mimir-0 failed 30 times in five minutes to bring a block to the object store",
            burst,
        ),
        MimirCompactorHasNotSuccessfullyRunCompaction: behind(
            "cortex_compactor_last_successful_run_timestamp_seconds",
            "mimir",
            24,
            "Mimir's compactor has not finished a run for 1d 0h 59m 0s",
        ),
        MimirCompactorHasNotSuccessfullyCleanedUpBlocks: behind(
            "cortex_compactor_block_cleanup_last_successful_run_timestamp_seconds",
            "mimir",
            6,
            "Mimir has deleted no expired blocks for 6h 59m 0s",
        ),
    },
    pyroscope: {
        PyroscopeRingMemberUnhealthy: ringUnhealthy("pyroscope", "pyroscope", "Pyroscope"),
        PyroscopeRequestErrors: requestsFail("pyroscope", "pyroscope", "Pyroscope"),
        PyroscopeProfilesDiscarded: discards(
            "pyroscope_discarded_bytes_total",
            { job: "pyroscope", tenant: "anonymous" },
            "Pyroscope throws away 4B a second: rate_limited",
        ),
        PyroscopeMetastoreNoLeader: {
            after: "30m",
            fires: { [of("pyroscope_metastore_raft_state", { job: "pyroscope", state: "Candidate" })]: always(1) },
            labels: { ...here, job: "pyroscope" },
            says: "Pyroscope's metastore has no leader: nothing can be written",
            silent: {
                [of("pyroscope_metastore_raft_state", { job: "pyroscope", state: "Candidate" })]: "1x4 _x100",
                [of("pyroscope_metastore_raft_state", { job: "pyroscope", state: "Leader" })]: "_x5 1x100",
            },
        },
    },
    "object-store": {
        ObjectStoreRequestErrors: {
            after: "1h",
            fires: {
                [of("thanos_objstore_bucket_operation_failures_total", { job: "mimir", operation: "upload" })]:
                    perSecond(1),
                [of("thanos_objstore_bucket_operations_total", { job: "mimir", operation: "upload" })]: perSecond(4),
            },
            labels: { ...here, job: "mimir" },
            says: "25% of the requests of mimir to the object store fail",
            silent: {
                // A chunk that is not there yet.
                [of("loki_s3_request_duration_seconds_count", {
                    job: "loki",
                    operation: "S3.GetObject",
                    status_code: "500",
                })]: perSecond(4),
                [of("loki_s3_request_duration_seconds_count", {
                    job: "loki",
                    operation: "S3.PutObject",
                    status_code: "200",
                })]: perSecond(4),
                [of("loki_s3_request_duration_seconds_count", {
                    job: "loki",
                    operation: "S3.PutObject",
                    status_code: "500",
                })]: still,
            },
        },
        ObjectStoreRequestLatency: {
            after: "1h",
            fires: {
                [of("tempodb_backend_request_duration_seconds_bucket", { job: "tempo", le: "1" })]: still,
                [of("tempodb_backend_request_duration_seconds_bucket", { job: "tempo", le: "5" })]: perSecond(1),
                [of("tempodb_backend_request_duration_seconds_bucket", { job: "tempo", le: "+Inf" })]: perSecond(1),
            },
            labels: { ...here, job: "tempo" },
            says: "One in a hundred requests of tempo to the object store takes 4.96s",
            silent: {
                [of("tempodb_backend_request_duration_seconds_bucket", { job: "tempo", le: "1" })]: perSecond(1),
                [of("tempodb_backend_request_duration_seconds_bucket", { job: "tempo", le: "5" })]: perSecond(1),
                [of("tempodb_backend_request_duration_seconds_bucket", { job: "tempo", le: "+Inf" })]: perSecond(1),
            },
        },
        MinioClusterAlmostOutOfSpace: share(
            ["minio_cluster_capacity_usable_free_bytes", 100],
            ["minio_cluster_capacity_usable_total_bytes", 1000],
            { ...here, job: "minio" },
            { ...here, job: "minio" },
            "MinIO has 10% of its room left",
            300,
        ),
        MinioClusterOutOfSpace: share(
            ["minio_cluster_capacity_usable_free_bytes", 20],
            ["minio_cluster_capacity_usable_total_bytes", 1000],
            { ...here, job: "minio" },
            { ...here, job: "minio" },
            "MinIO has 2% of its room left: the stores soon cannot write",
            100,
        ),
        MinioClusterDriveOffline: {
            after: "30m",
            fires: { [of("minio_cluster_drive_offline_total", { job: "minio" })]: always(1) },
            labels: { ...here, job: "minio" },
            says: "1 of MinIO's drives do not answer",
            silent: { [of("minio_cluster_drive_offline_total", { job: "minio" })]: "0x10 1x10 0x100" },
        },
        MinioClusterUnhealthy: {
            after: "30m",
            fires: { [of("minio_cluster_health_status", { job: "minio" })]: always(0) },
            labels: { ...here, job: "minio" },
            says: "MinIO has too few drives to write",
            silent: { [of("minio_cluster_health_status", { job: "minio" })]: always(1) },
        },
    },
    grafana: {
        GrafanaRequestsFailing: {
            after: "30m",
            fires: {
                [of("grafana_http_request_duration_seconds_count", { job: "grafana", status_code: "200" })]:
                    perSecond(3),
                [of("grafana_http_request_duration_seconds_count", { job: "grafana", status_code: "502" })]:
                    perSecond(1),
            },
            labels: { ...here, job: "grafana" },
            says: "Grafana answers 25% of its requests with an error",
            silent: {
                [of("grafana_http_request_duration_seconds_count", { job: "grafana", status_code: "200" })]:
                    perSecond(3),
                [of("grafana_http_request_duration_seconds_count", { job: "grafana", status_code: "404" })]:
                    perSecond(1),
                [of("grafana_http_request_duration_seconds_count", { job: "grafana", status_code: "502" })]: still,
            },
        },
    },
    alerting: {
        RulerRuleFailures: growing(
            "loki_prometheus_rule_evaluation_failures_total",
            { job: "loki", rule_group: "logs", reason: "user" },
            ["job", "rule_group"],
            "6 evaluations a minute fail in logs of loki",
        ),
        RulerMissedEvaluations: growing(
            "cortex_prometheus_rule_group_iterations_missed_total",
            { job: "mimir", rule_group: "slos" },
            ["job", "rule_group"],
            "slos of mimir takes longer than its interval: evaluations are left out",
        ),
        RulerFailedReload: {
            after: "30m",
            fires: { [of("cortex_ruler_config_last_reload_successful", { job: "mimir", pod: "mimir-0" })]: always(0) },
            labels: { ...here, job: "mimir", pod: "mimir-0" },
            says: "mimir-0 could not load its rules, and goes on with those it had",
            silent: {
                [of("cortex_ruler_config_last_reload_successful", { job: "mimir", pod: "mimir-0" })]: always(1),
                [of("loki_ruler_config_last_reload_successful", { job: "loki", pod: "loki-0" })]: "0x5 1x100",
            },
        },
        RulerErrorSendingAlerts: growing(
            "cortex_prometheus_notifications_errors_total",
            { job: "mimir", pod: "mimir-0" },
            ["job"],
            "100m alerts a second do not reach the Alertmanager from mimir",
        ),
        AlertmanagerFailedReload: {
            after: "30m",
            fires: {
                [of("cortex_alertmanager_config_last_reload_successful", { job: "mimir", pod: "mimir-0" })]: always(0),
            },
            labels: { ...here, job: "mimir", pod: "mimir-0" },
            says: "The Alertmanager in mimir-0 could not load its configuration",
            silent: {
                [of("cortex_alertmanager_config_last_reload_successful", { job: "mimir", pod: "mimir-0" })]: always(1),
            },
        },
        AlertmanagerFailedToSendAlerts: {
            after: "1h",
            fires: {
                [of("cortex_alertmanager_notifications_failed_total", { job: "mimir", integration: "slack" })]:
                    perSecond(0.1),
                [of("cortex_alertmanager_notifications_total", { job: "mimir", integration: "slack" })]: perSecond(0.2),
            },
            labels: { ...here, job: "mimir", integration: "slack" },
            says: "50% of the notifications over slack fail",
            silent: {
                [of("cortex_alertmanager_notifications_failed_total", { job: "mimir", integration: "slack" })]: still,
                [of("cortex_alertmanager_notifications_total", { job: "mimir", integration: "slack" })]: perSecond(0.2),
            },
        },
    },
    nodes: {
        NodeFilesystemAlmostOutOfSpace: share(
            ["node_filesystem_avail_bytes", 80],
            ["node_filesystem_size_bytes", 1000],
            disk,
            diskKept,
            "/ of the node n has 8% of its room left",
            200,
        ),
        NodeFilesystemSpaceFillingUp: {
            after: "8h",
            interval: "5m",
            fires: {
                [series("node_filesystem_avail_bytes", disk)]: "380-2x120",
                [series("node_filesystem_size_bytes", disk)]: "1000x120",
            },
            labels: diskKept,
            says: "/ of the node n will be full soon; now it has 18.8% left",
            silent: {
                [series("node_filesystem_avail_bytes", disk)]: "380-0.05x120",
                [series("node_filesystem_size_bytes", disk)]: "1000x120",
            },
        },
        NodeFilesystemAlmostOutOfFiles: share(
            ["node_filesystem_files_free", 30],
            ["node_filesystem_files", 1000],
            disk,
            diskKept,
            "/ of the node n can take 3% of its files yet",
            200,
        ),
        NodeFilesystemReadOnly: {
            after: "1h",
            fires: { [series("node_filesystem_readonly", disk)]: "0x30 1x100" },
            labels: diskKept,
            says: "/ of the node n has become read-only",
            // What is mounted so on purpose has always been so.
            silent: { [series("node_filesystem_readonly", disk)]: always(1) },
        },
        NodeMemoryHighUtilization: share(
            ["node_memory_MemAvailable_bytes", 30],
            ["node_memory_MemTotal_bytes", 1000],
            { ...node, job: "node" },
            node,
            "The node n has 3% of its memory left",
            200,
        ),
        NodeCPUHighUsage: {
            after: "1h",
            fires: {
                [series("node_cpu_seconds_total", { ...node, job: "node", cpu: "0", mode: "idle" })]: perSecond(0.02),
            },
            labels: node,
            says: "The node n uses 98% of its CPU",
            silent: {
                [series("node_cpu_seconds_total", { ...node, job: "node", cpu: "0", mode: "idle" })]: perSecond(0.02),
                [series("node_cpu_seconds_total", { ...node, job: "node", cpu: "1", mode: "idle" })]: perSecond(0.9),
            },
        },
        NodeOOMKillDetected: {
            after: "15m",
            fires: { [series("node_vmstat_oom_kill", { ...node, job: "node" })]: "3x9 5x10" },
            labels: node,
            says: "The node n killed 2 processes for memory in ten minutes",
            silent: { [series("node_vmstat_oom_kill", { ...node, job: "node" })]: "3x100" },
        },
        NodeClockSkewDetected: {
            after: "30m",
            fires: { [series("node_timex_offset_seconds", { ...node, job: "node" })]: always(-0.2) },
            labels: node,
            says: "The clock of the node n is wrong by 200ms",
            silent: { [series("node_timex_offset_seconds", { ...node, job: "node" })]: always(0.001) },
        },
    },
    kubernetes: {
        KubePersistentVolumeAlmostOutOfSpace: share(
            ["kubelet_volume_stats_available_bytes", 100],
            ["kubelet_volume_stats_capacity_bytes", 1000],
            { ...claim, job: "kubelet" },
            claim,
            "The volume monitoring/data-loki-0 has 10% of its room left",
            300,
        ),
        KubePersistentVolumeOutOfSpace: share(
            ["kubelet_volume_stats_available_bytes", 10],
            ["kubelet_volume_stats_capacity_bytes", 1000],
            { ...claim, job: "kubelet" },
            claim,
            "The volume monitoring/data-loki-0 has 1% of its room left",
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
            says: "The volume monitoring/data-loki-0 will be full soon; now it has 28.4% left",
            silent: {
                [series("kubelet_volume_stats_available_bytes", claim)]: "380-0.05x120",
                [series("kubelet_volume_stats_capacity_bytes", claim)]: "1000x120",
            },
        },
        KubePersistentVolumeInodesFillingUp: share(
            ["kubelet_volume_stats_inodes_free", 30],
            ["kubelet_volume_stats_inodes", 1000],
            { ...claim, job: "kubelet" },
            claim,
            "The volume monitoring/data-loki-0 can take 3% of its files yet",
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
            says: "app of mathtrail/mentor-0 was started 3 times again in half an hour",
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
            says: "app of mathtrail/mentor-0 was killed for memory 1 times in ten minutes",
            silent: { [series("container_oom_events_total", { ...container, job: "cadvisor" })]: "1x100" },
        },
        KubeContainerMemoryNearLimit: {
            after: "30m",
            fires: {
                [series("container_memory_working_set_bytes", { ...container, job: "cadvisor" })]: always(98),
                [series("container_spec_memory_limit_bytes", { ...container, job: "cadvisor" })]: always(100),
            },
            labels: container,
            says: "app of mathtrail/mentor-0 uses 98% of the memory that it may",
            // 0 is no limit.
            silent: {
                [series("container_memory_working_set_bytes", { ...container, job: "cadvisor" })]: always(98),
                [series("container_spec_memory_limit_bytes", { ...container, job: "cadvisor" })]: always(0),
            },
        },
        CPUThrottlingHigh: {
            after: "1h",
            fires: {
                [series("container_cpu_cfs_throttled_periods_total", { ...container, job: "cadvisor" })]: perSecond(6),
                [series("container_cpu_cfs_periods_total", { ...container, job: "cadvisor" })]: perSecond(10),
            },
            labels: container,
            says: "app of mathtrail/mentor-0 waits for CPU in 60% of the periods",
            silent: {
                [series("container_cpu_cfs_throttled_periods_total", { ...container, job: "cadvisor" })]: perSecond(2),
                [series("container_cpu_cfs_periods_total", { ...container, job: "cadvisor" })]: perSecond(10),
            },
        },
        KubeletPlegDurationHigh: {
            after: "30m",
            fires: {
                [series("kubelet_pleg_relist_duration_seconds_bucket", { ...node, job: "kubelet", le: "1" })]: still,
                [series("kubelet_pleg_relist_duration_seconds_bucket", { ...node, job: "kubelet", le: "5" })]:
                    perSecond(1),
                [series("kubelet_pleg_relist_duration_seconds_bucket", { ...node, job: "kubelet", le: "+Inf" })]:
                    perSecond(1),
            },
            labels: node,
            says: "The kubelet of n takes 4.96s to look through its containers",
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
                // The other one is fine.
                [series("kubelet_certificate_manager_client_ttl_seconds", { ...node, job: "kubelet" })]:
                    always(8640000),
                [series("kubelet_certificate_manager_server_ttl_seconds", { ...node, job: "kubelet" })]: always(86400),
            },
            labels: node,
            says: "A certificate of the kubelet of n ends in 1d 0h 0m 0s",
            silent: {
                [series("kubelet_certificate_manager_client_ttl_seconds", { ...node, job: "kubelet" })]:
                    always(8640000),
            },
        },
    },
    cardinality: {
        MimirTenantReachingSeriesLimit: {
            after: "30m",
            fires: {
                [of("cortex_ingester_memory_series", { job: "mimir", pod: "mimir-0" })]: always(90),
                [of("cortex_ingester_local_limits", {
                    job: "mimir",
                    pod: "mimir-0",
                    limit: "max_global_series_per_user",
                })]: always(100),
            },
            labels: { ...here, pod: "mimir-0" },
            says: "mimir-0 holds 90% of the series that it may: beyond, new ones are refused",
            silent: {
                [of("cortex_ingester_memory_series", { job: "mimir", pod: "mimir-0" })]: always(50),
                [of("cortex_ingester_local_limits", {
                    job: "mimir",
                    pod: "mimir-0",
                    limit: "max_global_series_per_user",
                })]: always(100),
            },
        },
        MimirSeriesRisingQuickly: {
            after: "25h",
            interval: "5m",
            fires: { [of("cortex_ingester_memory_series", { job: "mimir", pod: "mimir-0" })]: "20000x288 60000x40" },
            labels: here,
            says: "There are 3 times as many series as a day before",
            silent: { [of("cortex_ingester_memory_series", { job: "mimir", pod: "mimir-0" })]: "1000x288 3000x40" },
        },
        TargetSeriesCountHigh: {
            after: "30m",
            fires: { [of("scrape_samples_post_metric_relabeling", { job: "shop", pod: "shop-0" })]: always(50000) },
            labels: { ...here, job: "shop", pod: "shop-0" },
            says: "shop shop-0 in monitoring has 50k series",
            silent: {
                [of("scrape_samples_post_metric_relabeling", { job: "shop", pod: "shop-0" })]: always(5000),
                // A node of many pods.
                [series("scrape_samples_post_metric_relabeling", { ...node, job: "cadvisor" })]: always(50000),
            },
        },
        LokiStreamsRisingQuickly: {
            after: "25h",
            interval: "5m",
            fires: { [of("loki_ingester_memory_streams", { job: "loki", pod: "loki-0" })]: "2000x288 8000x40" },
            labels: here,
            says: "There are 4 times as many streams of logs as a day before",
            silent: { [of("loki_ingester_memory_streams", { job: "loki", pod: "loki-0" })]: "2000x288 3000x40" },
        },
    },
    dapr: {
        DaprRequestErrors: dapr(
            "dapr_http_server_response_count",
            { app_id: "mentor-api" },
            { status: "200" },
            { status: "500" },
            "The sidecar of mentor-api answers 25% of its requests with an error",
        ),
        DaprComponentInitFailed: {
            after: "30m",
            fires: {
                [of("dapr_runtime_component_init_fail_total", {
                    job: "dapr",
                    app_id: "mentor-api",
                    component: "statestore",
                    reason: "init",
                })]: always(1),
            },
            labels: { ...here, app_id: "mentor-api", component: "statestore" },
            says: "The sidecar of mentor-api could not start the component statestore",
            silent: {
                [of("dapr_runtime_component_init_fail_total", { job: "dapr", app_id: "mentor-api", component: "s" })]:
                    always(0),
            },
        },
        DaprPubSubDeliveryErrors: dapr(
            "dapr_component_pubsub_ingress_count",
            { app_id: "mentor-api", component: "pubsub", topic: "lessons" },
            { process_status: "success" },
            { process_status: "drop" },
            "mentor-api does not take 25% of the messages of lessons in pubsub",
        ),
        DaprPubSubPublishErrors: dapr(
            "dapr_component_pubsub_egress_count",
            { app_id: "mentor-api", component: "pubsub", topic: "lessons" },
            { success: "true" },
            { success: "false" },
            "25% of the messages of mentor-api do not reach lessons in pubsub",
        ),
        DaprStateStoreErrors: dapr(
            "dapr_component_state_count",
            { app_id: "mentor-api", component: "statestore" },
            { success: "true", operation: "get" },
            { success: "false", operation: "set" },
            "25% of what mentor-api does with the state in statestore fails",
        ),
        DaprOutputBindingErrors: dapr(
            "dapr_component_output_binding_count",
            { app_id: "mentor-api", component: "mail" },
            { success: "true" },
            { success: "false" },
            "25% of the calls of mentor-api to the binding mail fail",
        ),
        DaprCircuitBreakerOpen: {
            after: "30m",
            fires: {
                [of("dapr_resiliency_cb_state", {
                    job: "dapr",
                    app_id: "mentor-api",
                    target: "profile-api",
                    status: "open",
                })]: always(1),
            },
            labels: { ...here, app_id: "mentor-api", target: "profile-api" },
            says: "mentor-api no longer calls profile-api: a circuit breaker is open",
            silent: {
                [of("dapr_resiliency_cb_state", {
                    job: "dapr",
                    app_id: "mentor-api",
                    target: "profile-api",
                    status: "open",
                })]: always(0),
                [of("dapr_resiliency_cb_state", {
                    job: "dapr",
                    app_id: "mentor-api",
                    target: "profile-api",
                    status: "closed",
                })]: always(1),
            },
        },
        DaprResiliencyActivationsHigh: {
            after: "30m",
            fires: {
                [of("dapr_resiliency_activations_total", {
                    job: "dapr",
                    app_id: "mentor-api",
                    target: "profile-api",
                    policy: "retry",
                })]: perSecond(3),
            },
            labels: { ...here, app_id: "mentor-api", target: "profile-api", policy: "retry" },
            says: "Policies of mentor-api for profile-api step in 3 times a second: retry",
            silent: {
                [of("dapr_resiliency_activations_total", {
                    job: "dapr",
                    app_id: "mentor-api",
                    target: "profile-api",
                    policy: "retry",
                })]: perSecond(0.5),
            },
        },
        DaprCertificateRotationFailed: growing(
            "dapr_runtime_mtls_workload_cert_rotated_fail_total",
            { job: "dapr", app_id: "mentor-api" },
            ["app_id"],
            "The sidecar of mentor-api cannot renew its certificate: soon nobody talks to it",
        ),
        DaprIssuerCertificateExpiration: {
            after: "2h",
            fires: {
                [series("dapr_sentry_issuercert_expiry_timestamp", { cluster: "c", namespace: "dapr-system" })]:
                    always(93600),
            },
            labels: { cluster: "c", namespace: "dapr-system" },
            says: "The certificate that Dapr's own are signed with ends in 1d 0h 0m 0s",
            silent: {
                [series("dapr_sentry_issuercert_expiry_timestamp", { cluster: "c", namespace: "dapr-system" })]:
                    always(31536000),
            },
        },
    },
    services: {
        ServiceRequestErrors: {
            after: "30m",
            fires: slo(perSecond(3), perSecond(1)),
            labels: { cluster: "c", namespace: "mathtrail", service: "mentor-api" },
            says: "mentor-api answers 25% of its requests with an error",
            // Half of the requests fail, and there are three in ten minutes.
            silent: slo("0x9 1x100", "0x9 2x100"),
        },
    },
    slos: {
        SLOErrorBudgetBurnFast: {
            after: "1h15m",
            fires: slo(perSecond(3), perSecond(1)),
            labels: { cluster: "c", namespace: "mathtrail", ...promise },
            says: "mentor-api-availability uses up what it may fail 25 times as fast as its objective allows",
            // Five bad minutes in the last hour, and none in the last half hour.
            silent: slo(perSecond(3), "0x30 0+60x5 300x300"),
        },
        SLOErrorBudgetBurnSlow: {
            after: "45m",
            fires: slo(perSecond(95), perSecond(5)),
            labels: { cluster: "c", namespace: "mathtrail", ...promise },
            says: "mentor-api-availability uses up what it may fail 5 times as fast as its objective allows",
            silent: slo(perSecond(99.5), perSecond(0.5)),
        },
        SLOErrorBudgetExhausted: {
            after: "45m",
            fires: slo(perSecond(3), perSecond(1)),
            labels: { cluster: "c", namespace: "mathtrail", ...promise },
            says: "mentor-api-availability failed in 25% of the requests of its window: more than it promises",
            silent: slo(perSecond(999), perSecond(1)),
        },
        SLOMetricAbsent: {
            after: "1h10m",
            // Of the same name in another namespace.
            fires: slo(perSecond(1), perSecond(1), "elsewhere"),
            labels: { namespace: "mathtrail", slo: "mentor-api-latency", service: "mentor-api", sli: "latency" },
            says: "Nobody has asked mentor-api anything for a day, or it is called otherwise: mentor-api-latency says nothing",
            silent: slo(perSecond(1), perSecond(1)),
        },
    },
};

function remoteWrite(job: string, does: string, who: string): Case {
    const labels = { job, pod: "p" };
    const wanted = of("prometheus_remote_storage_highest_timestamp_in_seconds", labels);
    const sent = of("prometheus_remote_storage_queue_highest_sent_timestamp_seconds", { ...labels, remote_name: "r" });
    return {
        after: "1h",
        fires: { [wanted]: "1000+60x300", [sent]: "700+60x300" },
        labels: { ...here, ...labels },
        says: `${who}5m 0s ${does}`,
        silent: { [wanted]: "1000+60x300", [sent]: "970+60x300" },
    };
}
