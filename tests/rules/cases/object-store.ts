import { type Cases, ratio } from "../case";
import { constant, perSecond, seriesOf, stackLabels, value } from "../series";

export default {
    ObjectStoreRequestErrors: {
        after: "1h",
        fires: {
            [seriesOf("thanos_objstore_bucket_operation_failures_total", { job: "mimir", operation: "upload" })]:
                perSecond(1),
            [seriesOf("thanos_objstore_bucket_operations_total", { job: "mimir", operation: "upload" })]: perSecond(4),
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
            [seriesOf("tempodb_backend_request_duration_seconds_bucket", { job: "tempo", le: "+Inf" })]: perSecond(1),
        },
        labels: { ...stackLabels, job: "tempo" },
        summary: "tempo: requests to the object store take 4.96s (99th percentile)",
        silent: {
            [seriesOf("tempodb_backend_request_duration_seconds_bucket", { job: "tempo", le: "1" })]: perSecond(1),
            [seriesOf("tempodb_backend_request_duration_seconds_bucket", { job: "tempo", le: "5" })]: perSecond(1),
            [seriesOf("tempodb_backend_request_duration_seconds_bucket", { job: "tempo", le: "+Inf" })]: perSecond(1),
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
} satisfies Cases;
