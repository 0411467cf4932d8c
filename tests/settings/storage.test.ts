import { s3 } from "./examples";
import { testAccepted, testRejected } from "./tables";

testRejected([
    [
        "a replication factor above the replicas",
        { replicationFactor: { loki: 3 } },
        "observability:replicationFactor.loki is 3; it must be at most replicas.loki, which is 1 (default of profile dev).",
    ],
    [
        "an even replication factor",
        { replicas: { mimir: 3 }, replicationFactor: { mimir: 2 } },
        "observability:replicationFactor.mimir is 2; it must be an odd number",
    ],
    [
        "two replicas, each with a copy",
        { replicas: { loki: 2 } },
        "observability:replicas.loki is 2; it must be 1 or at least 3, because with two copies, writes fail while one of the replicas is down; for 2 replicas with one copy, set replicationFactor.loki to 1.",
    ],
    [
        "too few replicas for erasure coding",
        { replicas: { minio: 2 } },
        "observability:replicas.minio is 2; it must be 1 (one drive, no redundancy) or a whole number from 4 to 16",
    ],
    [
        "an invalid size",
        { storage: { sizes: { loki: "10GB" } } },
        'observability:storage.sizes.loki is "10GB"; it must be a Kubernetes quantity',
    ],
    [
        "S3 without endpoint",
        { objectStore: { kind: "s3", existingSecret: "keys" } },
        'observability:objectStore.endpoint is missing; kind "s3" needs the endpoint',
    ],
    [
        "S3 without credentials",
        { objectStore: { kind: "s3", endpoint: "https://s3.example.com" } },
        'observability:objectStore has no credentials; kind "s3" needs exactly one of existingSecret',
    ],
    [
        "S3 with two kinds of credentials",
        { objectStore: { ...s3, workloadIdentity: true } },
        "observability:objectStore has several kinds of credentials: existingSecret and workloadIdentity; keep exactly one of existingSecret or workloadIdentity.",
    ],
    [
        "an access key without a secret key",
        { objectStore: { kind: "s3", endpoint: "https://s3.example.com", accessKeyId: "a" } },
        "observability:objectStore.secretAccessKey is missing; objectStore.accessKeyId is set, and both are needed.",
    ],
    [
        "an endpoint with a path",
        { objectStore: { ...s3, endpoint: "https://s3.example.com/bucket" } },
        'observability:objectStore.endpoint is "https://s3.example.com/bucket"; it must be a host',
    ],
    [
        "one bucket for two backends",
        { objectStore: { ...s3, buckets: { loki: "all", tempo: "all" } } },
        'observability:objectStore.buckets.tempo is "all"; it must be different from the bucket of loki.',
    ],
    [
        "the default bucket of another backend",
        { objectStore: { ...s3, buckets: { loki: "tempo" } } },
        'observability:objectStore.buckets.loki is "tempo"; it must be different from the bucket of tempo.',
    ],
    [
        "the bucket of another backend with the prefix",
        { objectStore: { ...s3, bucketPrefix: "acme", buckets: { mimir: "acme-loki" } } },
        'observability:objectStore.buckets.mimir is "acme-loki"; it must be different from the bucket of loki.',
    ],
    [
        "a bucket that looks like an IP address",
        { objectStore: { ...s3, buckets: { loki: "10.0.0.1" } } },
        'observability:objectStore.buckets.loki is "10.0.0.1"; it must be a bucket name',
    ],
    [
        "an invalid region",
        { objectStore: { ...s3, region: "eu central 1" } },
        'observability:objectStore.region is "eu central 1"; it must be a region such as "eu-central-1"',
    ],
    [
        "an annotation with a number",
        {
            objectStore: {
                ...s3,
                existingSecret: undefined,
                workloadIdentity: true,
                serviceAccountAnnotations: { a: 1 },
            },
        },
        'observability:objectStore.serviceAccountAnnotations.a is 1; it must be a string; write "1" in quotes.',
    ],
    [
        "Secrets of MinIO for S3",
        { objectStore: { ...s3, createSecrets: false } },
        'observability:objectStore.createSecrets has no effect with objectStore.kind "s3"; remove it.',
    ],
    [
        "S3 settings for MinIO",
        { objectStore: { endpoint: "https://s3.example.com" } },
        'observability:objectStore.endpoint has no effect with objectStore.kind "minio"',
    ],
]);

testAccepted([
    ["S3 with a Secret", { objectStore: s3 }],
    [
        "S3 with keys",
        { objectStore: { kind: "s3", endpoint: "s3.example.com", accessKeyId: "a", secretAccessKey: "b" } },
    ],
    [
        "S3 with workload identity",
        {
            objectStore: {
                kind: "s3",
                endpoint: "s3.example.com",
                workloadIdentity: true,
                serviceAccountAnnotations: { role: "x" },
            },
        },
    ],
]);
