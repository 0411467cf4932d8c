import type { RuleFile } from "../define";

const by = "by (cluster, namespace, job)";
/** Failure ratio of object store requests, measured by each backend, so that it is valid for MinIO and for any S3 service. */
const failures = [
    `sum ${by} (rate(thanos_objstore_bucket_operation_failures_total{job="mimir"}[5m])) / sum ${by} (rate(thanos_objstore_bucket_operations_total{job="mimir"}[5m]))`,
    `sum ${by} (rate(objstore_bucket_operation_failures_total{job="pyroscope"}[5m])) / sum ${by} (rate(objstore_bucket_operations_total{job="pyroscope"}[5m]))`,
    // Loki counts a read of a missing object as a server error.
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
    needs: ["alloyMetrics"],
    dashboard: "stack-minio",
    description: "Requests of the backends to the object store, and the MinIO of this stack.",
    rules: ({ absent = [] }) => [
        {
            alert: "ObjectStoreRequestErrors",
            severity: "critical",
            for: "15m",
            threshold: { default: 0.1, unit: "ratio of failed requests, from 0 to 1" },
            summary: "{{ $labels.job }}: {{ $value | humanizePercentage }} of the requests to the object store fail",
            expr: (share) => `(${failures.join(" or ")}) > ${share}`,
        },
        {
            alert: "ObjectStoreRequestLatency",
            severity: "warning",
            for: "15m",
            threshold: { default: 2, unit: "seconds" },
            summary:
                "{{ $labels.job }}: requests to the object store take {{ $value | humanizeDuration }} (99th percentile)",
            expr: (seconds) =>
                `(${Object.entries(durations)
                    .map(
                        ([metric, job]) =>
                            `histogram_quantile(0.99, sum by (cluster, namespace, job, le) (rate(${metric}{job="${job}"}[10m])))`,
                    )
                    .join(" or ")}) > ${seconds}`,
        },
        ...(absent.includes("minio") ? [] : minioRules),
    ],
} satisfies RuleFile;

const minioRules: Extract<RuleFile["rules"], unknown[]> = [
    {
        alert: "MinioClusterAlmostOutOfSpace",
        severity: "warning",
        for: "15m",
        threshold: { default: 0.2, unit: "ratio of free space, from 0 to 1" },
        summary: "MinIO: {{ $value | humanizePercentage }} of the usable capacity is free",
        expr: (share) => `
            min by (cluster, namespace, job) (minio_cluster_capacity_usable_free_bytes{job="minio"})
            / min by (cluster, namespace, job) (minio_cluster_capacity_usable_total_bytes{job="minio"}) < ${share}`,
    },
    {
        alert: "MinioClusterOutOfSpace",
        severity: "critical",
        for: "5m",
        threshold: { default: 0.05, unit: "ratio of free space, from 0 to 1" },
        summary:
            "MinIO: only {{ $value | humanizePercentage }} of the usable capacity is free, and writes will soon fail",
        expr: (share) => `
            min by (cluster, namespace, job) (minio_cluster_capacity_usable_free_bytes{job="minio"})
            / min by (cluster, namespace, job) (minio_cluster_capacity_usable_total_bytes{job="minio"}) < ${share}`,
    },
    {
        alert: "MinioClusterDriveOffline",
        severity: "critical",
        for: "15m",
        summary: "MinIO: {{ $value }} drives are offline",
        expr: () => 'max by (cluster, namespace, job) (minio_cluster_drive_offline_total{job="minio"}) > 0',
    },
    {
        alert: "MinioClusterUnhealthy",
        severity: "critical",
        for: "5m",
        summary: "MinIO: too few drives are online for writes",
        expr: () => 'min by (cluster, namespace, job) (minio_cluster_health_status{job="minio"}) == 0',
    },
];
