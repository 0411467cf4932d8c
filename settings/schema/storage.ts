import * as names from "../../validation/names";
import { isMinioReplicas, minioReplicasForm } from "../../validation/replication";
import { endpointForm, parseS3Endpoint } from "../../validation/urls";
import { group, type PerProfile, setting } from "./setting";
import {
    annotations,
    boolean,
    bucket,
    nonEmpty,
    oneOf,
    replicas,
    secret,
    size,
    subdomain,
    text,
    wholeNumber,
} from "./types";

const volume = (value: string, description: string) => setting(size().default(value), { description, example: "50Gi" });

const bucketName = (store: string, name: string) =>
    setting(bucket().optional(), {
        description: `Bucket of ${store}.`,
        computed: `bucketPrefix, a hyphen and "${name}"`,
        example: `acme-${name}`,
    });

const distributedMimir = { mode: { mimir: "distributed" } };
const distributedTempo = { mode: { tempo: "distributed" } };
const distributedPyroscope = { mode: { pyroscope: "distributed" } };

const pyroscopePart = (description: string, computed: string) =>
    setting(replicas().optional(), {
        description: `Distributed Pyroscope: replicas of ${description}.`,
        computed,
        example: 5,
        needs: distributedPyroscope,
    });

/** Replicas and volumes. */
export const storage = (per: PerProfile) => ({
    replicas: group(
        {
            collector: setting(replicas().default(per({ dev: 1, prod: 3 })), {
                description: "Replicas of the OpenTelemetry Collector.",
                example: 2,
            }),
            receiver: setting(replicas().default(per({ dev: 1, prod: 3 })), {
                description: "Replicas of Alloy as the OTLP receiver.",
                example: 2,
            }),
            singleton: setting(replicas().default(1), {
                description:
                    "Replicas of lgtm-alloy-singleton, which scrapes databases, probed URLs and the targets of monitors. With several replicas, each target is scraped by one of them.",
                example: 3,
                needs: { metrics: { prometheusOperator: true } },
            }),
            loki: setting(replicas().default(per({ dev: 1, prod: 3 })), {
                description:
                    "Replicas of Loki. With mode.loki distributed, replicas of its ingesters, which hold the newest lines. The number must be 1 or at least 3, unless replicationFactor.loki is set.",
                example: 5,
            }),
            lokiDistributor: setting(replicas().optional(), {
                description: "Distributed Loki: replicas of the distributors, which accept log lines.",
                computed: "dev 1, prod 3",
                example: 5,
                needs: { mode: { loki: "distributed" } },
            }),
            lokiQuerier: setting(replicas().optional(), {
                description: "Distributed Loki: replicas of the queriers.",
                computed: "dev 1, prod 3",
                example: 5,
                needs: { mode: { loki: "distributed" } },
            }),
            mimir: setting(replicas().default(per({ dev: 1, prod: 3 })), {
                description:
                    "Replicas of Mimir, and with mode.mimir distributed of its ingesters. The number must be 1 or at least 3, unless replicationFactor.mimir is set.",
                example: 5,
            }),
            mimirDistributor: setting(replicas().optional(), {
                description:
                    "Replicas of the distributor of Mimir, which receives samples. Only with mode.mimir distributed.",
                computed: "dev 1, prod 2",
                example: 4,
                needs: distributedMimir,
            }),
            mimirQuerier: setting(replicas().optional(), {
                description:
                    "Replicas of the querier of Mimir, which evaluates queries. Only with mode.mimir distributed.",
                computed: "dev 1, prod 2",
                example: 4,
                needs: distributedMimir,
            }),
            mimirStoreGateway: setting(replicas().optional(), {
                description:
                    "Replicas of the store-gateway of Mimir, which reads old samples from the bucket. Only with mode.mimir distributed.",
                computed: "dev 1, prod 3",
                example: 6,
                needs: distributedMimir,
            }),
            tempo: setting(replicas().optional(), {
                description:
                    "Distributed Tempo: replicas of the ingesters, which hold the newest traces. The number must be 1 or at least 3, unless replicationFactor.tempo is set. The monolithic Tempo has one replica.",
                computed: "dev 1, prod 3",
                example: 5,
                needs: distributedTempo,
            }),
            tempoDistributor: setting(replicas().optional(), {
                description: "Distributed Tempo: replicas of the distributors, which accept spans.",
                computed: "dev 1, prod 3",
                example: 5,
                needs: distributedTempo,
            }),
            tempoQuerier: setting(replicas().optional(), {
                description: "Distributed Tempo: replicas of the queriers.",
                computed: "dev 1, prod 2",
                example: 5,
                needs: distributedTempo,
            }),
            tempoMetricsGenerator: setting(replicas().optional(), {
                description:
                    "Distributed Tempo: replicas of the metrics-generator, which computes metrics from spans. Each replica has its own series.",
                computed: "dev 1, prod 2",
                example: 3,
                needs: distributedTempo,
            }),
            pyroscopeMetastore: pyroscopePart(
                "the metastore, which has the index of all profiles. The number must be odd, and cannot be lowered. See docs/scale.md",
                "dev 1, prod 3",
            ),
            pyroscopeDistributor: pyroscopePart("the distributors, which accept profiles", "dev 1, prod 2"),
            pyroscopeSegmentWriter: pyroscopePart(
                "the segment-writers, which write profiles to the bucket",
                "dev 1, prod 3",
            ),
            pyroscopeQueryFrontend: pyroscopePart("the query-frontend", "dev 1, prod 2"),
            pyroscopeQueryBackend: pyroscopePart("the query-backends, which read profiles", "dev 1, prod 3"),
            pyroscopeCompactionWorker: pyroscopePart("the compaction-worker", "dev 1, prod 2"),
            minio: setting(wholeNumber(minioReplicasForm, isMinioReplicas).default(per({ dev: 1, prod: 4 })), {
                description:
                    "Replicas of MinIO: 1, or 4 to 16 with erasure coding. Each replica has one drive. It cannot be changed after the first deployment.",
                example: 8,
            }),
        },
        { description: "Number of replicas of each component that can have more than one.", interface: "ReplicasArgs" },
    ),
    replicationFactor: group(
        {
            loki: setting(replicas().optional(), {
                description: "Replicas of Loki that store each log line.",
                computed: "replicas.loki, at most 3",
                example: 3,
                needs: { replicas: { loki: 4 } },
            }),
            mimir: setting(replicas().optional(), {
                description: "Replicas of Mimir that store each series.",
                computed: "replicas.mimir, at most 3",
                example: 3,
                needs: { replicas: { mimir: 4 } },
            }),
            tempo: setting(replicas().optional(), {
                description: "Distributed Tempo: ingesters that store each trace.",
                computed: "replicas.tempo, at most 3",
                example: 3,
                needs: { ...distributedTempo, replicas: { tempo: 4 } },
            }),
        },
        {
            description:
                "How many replicas store each log line, each series and each trace. The number must be odd, and not greater than the number of replicas.",
            interface: "ReplicationFactorArgs",
        },
    ),
    storage: group(
        {
            className: setting(subdomain().optional(), {
                description:
                    "Storage class of all volumes. After the first deployment, a change does not affect existing volumes.",
                computed: "the default class of the cluster",
                example: "fast-ssd",
            }),
            sizes: group(
                {
                    loki: volume(
                        per({ dev: "5Gi", prod: "100Gi" }),
                        "Loki: WAL and files of the compactor. With mode.loki distributed, WAL of each ingester.",
                    ),
                    tempo: volume(
                        per({ dev: "5Gi", prod: "100Gi" }),
                        "Tempo: WAL and blocks that are not uploaded yet. With mode.tempo distributed, each ingester has a volume of this size.",
                    ),
                    mimir: volume(
                        per({ dev: "5Gi", prod: "100Gi" }),
                        "Mimir: WAL, recent blocks and files of the compactor. With mode.mimir distributed, each ingester, store-gateway and compactor has a volume of this size.",
                    ),
                    pyroscope: volume(
                        per({ dev: "5Gi", prod: "100Gi" }),
                        "Pyroscope: the index. With mode.pyroscope distributed, each replica of the metastore has a volume of this size.",
                    ),
                    grafana: volume(per({ dev: "5Gi", prod: "10Gi" }), "Grafana: its database."),
                    minio: volume(per({ dev: "10Gi", prod: "100Gi" }), "MinIO: all stored data."),
                    collector: volume(
                        per({ dev: "1Gi", prod: "10Gi" }),
                        "OpenTelemetry Collector: queues that keep data while Alloy or a backend is down. In dev, they are in an emptyDir.",
                    ),
                },
                {
                    description:
                        "Size of the volume of each replica, as a Kubernetes quantity. A larger size expands existing volumes, if their storage class allows it. A size cannot be reduced.",
                    interface: "StorageSizesArgs",
                },
            ),
            pyroscopeServerId: setting(nonEmpty().optional(), {
                description:
                    "Name of Pyroscope in the Raft log on its volume. After a restore of its index to another namespace, it must be the old name: `npm run restore` prints it.",
                computed: "the host name of the pod in the namespace of the stack, under the domain cluster.local",
                example: "pyroscope-0.pyroscope-headless.old.svc.cluster.local.:9099",
            }),
        },
        { description: "Storage class and sizes of the volumes.", interface: "StorageArgs" },
    ),
});

/** Settings that the examples of S3 need. */
const s3 = { kind: "s3", endpoint: "https://s3.eu-central-1.amazonaws.com", existingSecret: "s3-keys" };

/** Region that S3 services without regions accept. */
export const defaultRegion = "us-east-1";

/** The object storage of Loki, Tempo, Mimir and Pyroscope. */
export const objectStore = group(
    {
        kind: setting(oneOf("minio", "s3").default("minio"), {
            description:
                '"minio": the stack deploys MinIO. "s3": the stack uses an existing S3 service with existing buckets.',
            type: "ObjectStoreKind",
            example: "s3",
            needs: { objectStore: { endpoint: s3.endpoint, existingSecret: s3.existingSecret } },
        }),
        createSecrets: setting(boolean().default(true), {
            description:
                "MinIO: whether the stack generates the logins. With false, these Secrets must exist: minio-root with the keys rootUser and rootPassword, and object-store-loki, object-store-tempo, object-store-mimir and object-store-pyroscope with the keys AWS_ACCESS_KEY_ID, which is the name of the backend, and AWS_SECRET_ACCESS_KEY. Decide it before the first deployment.",
            example: false,
        }),
        endpoint: setting(text(endpointForm, (value) => parseS3Endpoint(value) !== undefined).optional(), {
            description:
                "S3: URL of the service, without a path. A host with an optional port is also accepted, and means https://. Required with kind s3.",
            computed: "none",
            example: "https://s3.eu-central-1.amazonaws.com",
            needs: { objectStore: { kind: "s3", existingSecret: s3.existingSecret } },
        }),
        region: setting(
            text("a region such as \"eu-central-1\": letters, digits, '-' and '_'", (value) =>
                /^[A-Za-z0-9][-\w]{0,62}$/.test(value),
            ).default(defaultRegion),
            { description: "S3: region of the buckets.", example: "eu-central-1", needs: { objectStore: s3 } },
        ),
        pathStyle: setting(boolean().optional(), {
            description:
                "S3: whether requests have the bucket name in the path of the URL. With false, the host name contains it.",
            computed: "false for AWS, otherwise true",
            example: true,
            needs: { objectStore: s3 },
        }),
        bucketPrefix: setting(
            text(
                'a string that bucket names can begin with, such as "acme-prod"',
                (value) => value.length <= 50 && names.isBucket(`${value}-x`),
            ).optional(),
            {
                description: "Prefix of the name of each bucket. A hyphen follows it.",
                computed: "none",
                example: "acme",
            },
        ),
        buckets: group(
            {
                loki: bucketName("Loki", "loki"),
                tempo: bucketName("Tempo", "tempo"),
                mimir: bucketName("Mimir", "mimir"),
                pyroscope: bucketName("Pyroscope", "pyroscope"),
            },
            { description: "Names of the buckets.", type: "BucketNamesArgs" },
        ),
        existingSecret: setting(subdomain().optional(), {
            description:
                "S3: name of a Secret with the keys AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY. S3 needs exactly one of existingSecret, accessKeyId with secretAccessKey, and workloadIdentity.",
            computed: "none",
            example: "s3-keys",
            needs: { objectStore: { kind: "s3", endpoint: s3.endpoint } },
        }),
        accessKeyId: setting(secret().optional(), {
            description: "S3: access key id. Set it with `pulumi config set --secret --path`.",
            computed: "none",
            example: "AKIAEXAMPLE",
            needs: { objectStore: { kind: "s3", endpoint: s3.endpoint, secretAccessKey: "example" } },
        }),
        secretAccessKey: setting(secret().optional(), {
            description: "S3: secret access key. Set it with `pulumi config set --secret --path`.",
            computed: "none",
            example: "example",
            needs: { objectStore: { kind: "s3", endpoint: s3.endpoint, accessKeyId: "AKIAEXAMPLE" } },
        }),
        workloadIdentity: setting(boolean().optional(), {
            description:
                "S3: whether the ServiceAccounts of the backends have access to the buckets through workload identity, without keys.",
            computed: "false",
            example: true,
            needs: { objectStore: { kind: "s3", endpoint: s3.endpoint } },
        }),
        serviceAccountAnnotations: setting(annotations().optional(), {
            description: "S3 with workloadIdentity: annotations of the ServiceAccounts of the backends.",
            computed: "none",
            example: { "eks.amazonaws.com/role-arn": "arn:aws:iam::123456789012:role/observability" },
            needs: { objectStore: { kind: "s3", endpoint: s3.endpoint, workloadIdentity: true } },
        }),
    },
    { description: "Object storage of Loki, Tempo, Mimir and Pyroscope.", interface: "StackObjectStoreArgs" },
);
