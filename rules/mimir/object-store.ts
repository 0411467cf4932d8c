import type { RuleFile } from "../define";

const by = "by (cluster, namespace, job)";
/** Requests of each store, as the store itself counts and times them: right for MinIO and for any S3. */
const failures = [
    `sum ${by} (rate(thanos_objstore_bucket_operation_failures_total{job="mimir"}[5m])) / sum ${by} (rate(thanos_objstore_bucket_operations_total{job="mimir"}[5m]))`,
    `sum ${by} (rate(objstore_bucket_operation_failures_total{job="pyroscope"}[5m])) / sum ${by} (rate(objstore_bucket_operations_total{job="pyroscope"}[5m]))`,
    // Loki counts a missing object as an error of the server when it reads.
    `sum ${by} (rate(loki_s3_request_duration_seconds_count{job="loki", operation!="S3.GetObject", status_code=~"5.."}[5m])) / sum ${by} (rate(loki_s3_request_duration_seconds_count{job="loki", operation!="S3.GetObject"}[5m]))`,
    `sum ${by} (rate(tempodb_backend_request_duration_seconds_count{job="tempo", status_code=~"5.."}[5m])) / sum ${by} (rate(tempodb_backend_request_duration_seconds_count{job="tempo"}[5m]))`,
];
const durations = {
    thanos_objstore_bucket_operation_duration_seconds_bucket: "mimir",
    objstore_bucket_operation_duration_seconds_bucket: "pyroscope",
    loki_s3_request_duration_seconds_bucket: "loki",
    tempodb_backend_request_duration_seconds_bucket: "tempo",
};

export default {
    group: "object-store",
    about: "The object store, as the stores that write to it see it; and MinIO, where it is this stack's own.",
    rules: ({ minio = true }) => [
        {
            alert: "ObjectStoreRequestErrors",
            severity: "critical",
            for: "15m",
            threshold: { default: 0.1, unit: "share of requests, from 0 to 1" },
            summary: "{{ $value | humanizePercentage }} of the requests of {{ $labels.job }} to the object store fail",
            expr: (share) => `(${failures.join(" or ")}) > ${share}`,
        },
        {
            alert: "ObjectStoreRequestLatency",
            severity: "warning",
            for: "15m",
            threshold: { default: 2, unit: "seconds" },
            summary:
                "One in a hundred requests of {{ $labels.job }} to the object store takes {{ $value | humanizeDuration }}",
            expr: (seconds) =>
                `(${Object.entries(durations)
                    .map(
                        ([metric, job]) =>
                            `histogram_quantile(0.99, sum by (cluster, namespace, job, le) (rate(${metric}{job="${job}"}[10m])))`,
                    )
                    .join(" or ")}) > ${seconds}`,
        },
        ...(minio ? minioRules : []),
    ],
} satisfies RuleFile;

const minioRules: Extract<RuleFile["rules"], unknown[]> = [
    {
        alert: "MinioClusterAlmostOutOfSpace",
        severity: "warning",
        for: "15m",
        threshold: { default: 0.2, unit: "share that is free, from 0 to 1" },
        summary: "MinIO has {{ $value | humanizePercentage }} of its room left",
        expr: (share) => `
            min by (cluster, namespace, job) (minio_cluster_capacity_usable_free_bytes{job="minio"})
            / min by (cluster, namespace, job) (minio_cluster_capacity_usable_total_bytes{job="minio"}) < ${share}`,
    },
    {
        alert: "MinioClusterOutOfSpace",
        severity: "critical",
        for: "5m",
        threshold: { default: 0.05, unit: "share that is free, from 0 to 1" },
        summary: "MinIO has {{ $value | humanizePercentage }} of its room left: the stores soon cannot write",
        expr: (share) => `
            min by (cluster, namespace, job) (minio_cluster_capacity_usable_free_bytes{job="minio"})
            / min by (cluster, namespace, job) (minio_cluster_capacity_usable_total_bytes{job="minio"}) < ${share}`,
    },
    {
        alert: "MinioClusterDriveOffline",
        severity: "critical",
        for: "15m",
        summary: "{{ $value }} of MinIO's drives do not answer",
        expr: () => 'max by (cluster, namespace, job) (minio_cluster_drive_offline_total{job="minio"}) > 0',
    },
    {
        alert: "MinioClusterUnhealthy",
        severity: "critical",
        for: "5m",
        summary: "MinIO has too few drives to write",
        expr: () => 'min by (cluster, namespace, job) (minio_cluster_health_status{job="minio"}) == 0',
    },
];
