import type { Cases } from "../case";
import { constant, perSecond, seriesOf, stackLabels, value } from "../series";

const localPrometheus = { job: "prometheus", pod: "prometheus-0" };
const toMimir = { ...localPrometheus, remote_name: "mimir", url: "http://mimir:9009/api/v1/push" };

export default {
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
} satisfies Cases;
