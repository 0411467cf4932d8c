import { z } from "zod";
import { DatabaseKind, DatabaseTls, KafkaMechanism, ProbeModule } from "../../components/alloy/args";
import type { CollectorPipelineArgs } from "../../components/otel-collector/args";
import { controlPlaneParts } from "../../validation/control-plane";
import { allNamespaces, logLevels } from "../../validation/log-levels";
import {
    addressForm,
    databaseForm,
    isAddress,
    isDatabase,
    isSecretKey,
    secretKeyForm,
} from "../../validation/databases";
import { isLabel } from "../../validation/names";
import { isProbeName, probeNameForm } from "../../validation/probes";
import { retentionRanges } from "../../validation/retention";
import { shutdownDelayRange } from "../../validation/shutdown-delay";
import { defaultTail, tailRanges } from "../../validation/tail-sampling";
import { group, type PerProfile, setting } from "./setting";
import {
    anyMap,
    boolean,
    duration,
    label,
    listOf,
    number,
    oneOf,
    regularExpression,
    someOf,
    strict,
    subdomain,
    text,
    texts,
} from "./types";

const componentNames = () => listOf(text("the name of a component"), "names of components");

// Null removes a pipeline. The type omits null, because a map in Pulumi's schema cannot express it.
const pipeline = () =>
    strict({
        receivers: componentNames(),
        processors: componentNames().optional(),
        exporters: componentNames(),
    }).nullable() as unknown as z.ZodType<CollectorPipelineArgs>;

const components = (kind: string, example?: object, needs?: object) =>
    setting(anyMap("components").default({}), {
        description: `${kind} by name (TYPE or TYPE/NAME), merged on top of those in the default configuration. null removes one.`,
        ...(example && { example }),
        ...(needs && { needs }),
    });

const dropSpans = strict({
    name: setting(regularExpression().optional(), {
        description: "Regular expression (RE2) for the whole name of the span.",
        computed: "every name",
        example: "GET /health.*",
    }),
    attributes: setting(
        z.record(z.string(), regularExpression(), { error: "a map of regular expressions" }).optional(),
        {
            description:
                "Regular expressions (RE2) for the whole values of attributes of the span, by name of the attribute.",
            computed: "all spans",
            example: { "url.path": "/(livez|readyz)" },
        },
    ),
    namespaces: setting(someOf(label(), "namespaces").optional(), {
        description: "Namespaces of the service.",
        computed: "all namespaces",
        example: ["shop"],
    }),
});

const probe = strict({
    name: setting(text(probeNameForm, isProbeName), {
        description: "Name of the probe, in the label probe.",
        example: "shop",
    }),
    // Rules check the form, which depends on the module.
    url: setting(text("a URL, or a host and a port"), {
        description:
            "URL with the module http_2xx. With the other modules, a host and a port such as shop.example.com:443.",
        example: "https://shop.example.com/health",
    }),
    module: setting(oneOf(...Object.values(ProbeModule)).optional(), {
        description:
            "http_2xx: an HTTP request is answered with a status from 200 to 299. tcp_connect: a TCP connection is accepted. tls_connect: a TLS connection is accepted, and its certificate is valid. grpc and grpc_plain: the health check of a gRPC server is successful, with or without TLS.",
        computed: "http_2xx",
        type: "ProbeModule",
        example: "http_2xx",
    }),
});

const loginExample = { name: "shop-db", kind: "postgresql", address: "shop-db.shop.svc.cluster.local:5432" };
const database = strict({
    name: setting(label(), {
        description: "Name of the database, in the label service_name.",
        example: "shop-db",
    }),
    kind: setting(oneOf(...Object.values(DatabaseKind)), {
        description: "Kind of the database. MariaDB is mysql, and Valkey is redis.",
        type: "DatabaseKind",
        example: "postgresql",
    }),
    address: setting(text(addressForm, isAddress), {
        description: "Host and port of one server. Each replica is an entry of its own.",
        example: "shop-db.shop.svc.cluster.local:5432",
    }),
    existingSecret: setting(subdomain().optional(), {
        description:
            "Name of a Secret in the namespace of the stack with the login. PostgreSQL and MySQL need it. If it changes, restart lgtm-alloy-singleton.",
        computed: "none: no login",
        example: "shop-db-monitoring",
    }),
    usernameKey: setting(text(secretKeyForm, isSecretKey).optional(), {
        description: "Key of the Secret with the user name.",
        computed: "username; for Redis none, its default user",
        example: "username",
    }),
    passwordKey: setting(text(secretKeyForm, isSecretKey).optional(), {
        description: "Key of the Secret with the password.",
        computed: "password",
        example: "password",
    }),
    database: setting(text(databaseForm, isDatabase).optional(), {
        description: "PostgreSQL: the database to connect to. MongoDB: the database with the user.",
        computed: "postgres for PostgreSQL, admin for MongoDB",
        example: "postgres",
    }),
    tls: setting(oneOf(...Object.values(DatabaseTls)).optional(), {
        description:
            "Encryption of the connection. disable: none. require: the certificate is not verified. verify: a public certificate authority must have signed the certificate for the host name.",
        computed:
            "disable for a Service of the cluster, whose host name contains .svc or has no dots, otherwise verify",
        type: "DatabaseTls",
        example: "require",
    }),
});

const kafkaExample = { name: "orders", brokers: ["kafka.shop.svc.cluster.local:9092"] };
const kafka = strict({
    name: setting(label(), {
        description: "Name of the Kafka cluster, in the label service_name.",
        example: "orders",
    }),
    brokers: setting(someOf(text(addressForm, isAddress), "addresses"), {
        description:
            "Hosts and ports of some of its brokers. Alloy finds the others, and connects to each under the address that it advertises.",
        example: ["kafka.shop.svc.cluster.local:9092"],
    }),
    existingSecret: setting(subdomain().optional(), {
        description:
            "Name of a Secret in the namespace of the stack with the login (SASL). If it changes, restart lgtm-alloy-kafka.",
        computed: "none: no login",
        example: "orders-monitoring",
    }),
    usernameKey: setting(text(secretKeyForm, isSecretKey).optional(), {
        description: "Key of the Secret with the user name.",
        computed: "username",
        example: "username",
        needs: { existingSecret: "orders-monitoring" },
    }),
    passwordKey: setting(text(secretKeyForm, isSecretKey).optional(), {
        description: "Key of the Secret with the password.",
        computed: "password",
        example: "password",
        needs: { existingSecret: "orders-monitoring" },
    }),
    mechanism: setting(oneOf(...Object.values(KafkaMechanism)).optional(), {
        description: "Mechanism of the login.",
        computed: "scram-sha512",
        type: "KafkaMechanism",
        example: "plain",
        needs: { existingSecret: "orders-monitoring" },
    }),
    tls: setting(oneOf(...Object.values(DatabaseTls)).optional(), {
        description:
            "Encryption of the connection. disable: none. require: the certificate is not verified. verify: a public certificate authority must have signed the certificate for the host name.",
        computed:
            "disable for a Service of the cluster, whose host name contains .svc or has no dots, otherwise verify",
        type: "DatabaseTls",
        example: "require",
    }),
});

const retention = (signal: keyof typeof retentionRanges, store: string, value: string) => {
    const range = retentionRanges[signal];
    return setting(duration(range).default(value), {
        description: `How long ${store} keeps ${signal}. The minimum is ${range.minimum}.`,
        example: "14d",
    });
};

/** Collection, sampling and retention of the four signals. */
export const signals = (per: PerProfile) => ({
    tracing: group(
        {
            samplingMode: setting(oneOf("head", "tail").default("head"), {
                description:
                    '"head": the service that starts a trace decides whether the trace is sampled, and the collector drops nothing. "tail": services send all spans, and the collector keeps traces with errors, slow traces, and a ratio of the other traces.',
                type: "SamplingMode",
                example: "tail",
            }),
            samplingRatio: setting(
                number("a number from 0 to 1", (value) => value >= 0 && value <= 1).default(per({ dev: 1, prod: 0.1 })),
                {
                    description:
                        'Sampling ratio, from 0 to 1. With samplingMode "head", it applies to all traces. With "tail", it applies to traces that are neither slow nor have errors.',
                    example: 0.25,
                },
            ),
            tail: setting(
                strict({
                    decisionWait: setting(duration(tailRanges.decisionWait).optional(), {
                        description: `How long the collector waits for the spans of a trace before it makes the sampling decision. Until then, it keeps the spans in memory. The maximum is ${tailRanges.decisionWait.maximum}.`,
                        computed: defaultTail.decisionWait,
                        example: "20s",
                        needs: { tracing: { samplingMode: "tail" } },
                    }),
                    slowerThan: setting(duration(tailRanges.slowerThan).optional(), {
                        description:
                            "Duration of a slow trace. The collector keeps every trace that takes longer. It must be less than decisionWait.",
                        computed: defaultTail.slowerThan,
                        example: "5s",
                        needs: { tracing: { samplingMode: "tail" } },
                    }),
                }).optional(),
                {
                    description: 'Tail sampling, only with samplingMode "tail".',
                    computed: "none",
                    interface: "StackTailSamplingArgs",
                },
            ),
            dropSpans: setting(listOf(dropSpans, "maps with the keys name, attributes, namespaces").default([]), {
                description:
                    "Spans that the collector drops, such as those of health checks: those that match all conditions of an entry. Their children stay. Span metrics do not count them.",
                type: "DropSpansArgs[]",
                example: [{ name: "GET /health.*", namespaces: ["shop"] }],
            }),
        },
        { description: "How traces are sampled.", interface: "TracingArgs" },
    ),
    collector: group(
        {
            jaeger: setting(boolean().default(false), {
                description:
                    "Whether the collector also accepts the Jaeger protocols, on ports 14250, 14268 and 6831 (UDP).",
                example: true,
            }),
            shutdownDelay: setting(duration(shutdownDelayRange).optional(), {
                description:
                    "How long a pod that ends still accepts data after it was removed from its Services. It needs Kubernetes 1.30. With tail sampling and several replicas, use at least 10 s plus tracing.tail.decisionWait, so that no other replica still sends spans to the pod. See docs/scale.md.",
                computed: "none",
                example: "25s",
            }),
            resourceAttributes: setting(texts().default({}), {
                description: "Attributes that the collector adds to every resource.",
                example: { "deployment.environment.name": "staging" },
            }),
            receivers: components("Receivers"),
            processors: components(
                "Processors",
                { "filter/health": { logs: { log_record: ['IsMatch(log.body, "GET /healthz.*")'] } } },
                {
                    collector: {
                        pipelines: {
                            logs: {
                                receivers: ["otlp"],
                                processors: ["memory_limiter", "k8s_attributes", "filter/health", "resource"],
                                exporters: ["otlp_http"],
                            },
                        },
                    },
                },
            ),
            exporters: components("Exporters"),
            connectors: components("Connectors"),
            extensions: components("Extensions"),
            pipelines: setting(z.record(z.string(), pipeline(), { error: "a map of pipelines" }).default({}), {
                description:
                    "Pipelines by SIGNAL or SIGNAL/NAME, each with the names of its receivers, processors and exporters. null removes one.",
                type: "{ [id: string]: CollectorPipelineArgs }",
                example: {
                    "traces/copy": {
                        receivers: ["otlp"],
                        processors: ["memory_limiter"],
                        exporters: ["otlp_http/copy"],
                    },
                },
                needs: { collector: { exporters: { "otlp_http/copy": { endpoint: "https://otlp.example.com" } } } },
            }),
        },
        {
            description: "Additions to the configuration of the OpenTelemetry Collector.",
            interface: "StackCollectorArgs",
        },
    ),
    collectFrom: group(
        {
            namespaces: setting(someOf(label(), "namespaces").optional(), {
                description:
                    "Namespaces from whose pods the stack collects logs, metrics and profiles, in addition to its own. Not together with excludeNamespaces.",
                computed: "all namespaces",
                example: ["shop", "shop-jobs"],
            }),
            excludeNamespaces: setting(listOf(label(), "namespaces").default([]), {
                description:
                    "Namespaces from whose pods the stack collects nothing, because another stack of the cluster does. The list must not contain the namespace of the stack.",
                example: ["shop-dev"],
            }),
            nodes: setting(boolean().default(true), {
                description:
                    "Whether the stack collects metrics of the nodes: CPU, memory, filesystems and kubelets. In a cluster with several stacks, one of them is enough. Metrics of containers and volumes do not depend on this setting.",
                example: false,
            }),
        },
        {
            description:
                "From where the stack collects logs, metrics and profiles. Without it, several stacks of a cluster collect everything several times. Data that applications send over OTLP, Zipkin or the Pyroscope SDK is always accepted.",
            type: "CollectFromArgs",
        },
    ),
    logs: group(
        {
            dropLines: setting(listOf(regularExpression(), "regular expressions").default([]), {
                description:
                    "Regular expressions (RE2). Each log entry that matches one of them is dropped: log lines of pods by the log collector, and log records with a matching body by the OpenTelemetry Collector.",
                example: ["GET /healthz"],
            }),
            kubernetesEvents: setting(boolean().default(false), {
                description:
                    'Whether the events of Kubernetes are stored as log entries with service_name "kubernetes-events", each once. It deploys lgtm-alloy-singleton, which can read all events. The events are those of the namespaces in collectFrom, and with collectFrom.nodes also those of nodes and other objects of the cluster.',
                example: true,
            }),
            excludeNamespaces: setting(listOf(label(), "namespaces").default([]), {
                description: "Namespaces whose pod logs the log collector ignores.",
                example: ["kube-system"],
            }),
            minimumLevel: setting(
                z
                    .record(
                        text(
                            `a namespace, or "${allNamespaces}" for all other namespaces`,
                            (value) => value === allNamespaces || isLabel(value),
                        ),
                        oneOf(...logLevels),
                        { error: "a map of levels by namespace" },
                    )
                    .default({}),
                {
                    description: `Lowest level of log entries by namespace: ${logLevels.join(", ")}. The key "${allNamespaces}" stands for all other namespaces. Entries below it are dropped, in the logs of pods and in OTLP logs. Entries without a recognized level are kept.`,
                    type: "{ [namespace: string]: string }",
                    example: { mathtrail: "info", [allNamespaces]: "debug" },
                },
            ),
            retentionByNamespace: setting(
                z
                    .record(label(), duration(retentionRanges.logs), { error: "a map of durations by namespace" })
                    .default({}),
                {
                    description:
                        "How long Loki keeps the logs of single namespaces, instead of retention.logs. The minimum is 24h.",
                    type: "{ [namespace: string]: string }",
                    example: { audit: "365d", playground: "2d" },
                },
            ),
        },
        { description: "Which logs are stored, and how long.", interface: "StackLogsArgs" },
    ),
    metrics: group(
        {
            dropNames: setting(listOf(regularExpression(), "regular expressions").default([]), {
                description:
                    "Regular expressions (RE2) for the whole names of metrics that are dropped. The metrics scraper compares them with the name in Mimir, and the OpenTelemetry Collector with the name that the application sends. Dashboards and alerts that need a dropped metric have no data.",
                example: ["go_gc_.*", "jvm\\.buffer\\..*"],
            }),
            prometheusOperator: setting(boolean().default(false), {
                description:
                    "Whether lgtm-alloy-singleton scrapes the targets of all ServiceMonitors, PodMonitors and Probes of the Prometheus operator, in the namespaces of collectFrom. Their CRDs must exist in the cluster; the operator need not run. Targets that the metrics scraper already scrapes, because of annotations, are left out. Monitors that refer to Secrets or ConfigMaps are not scraped.",
                example: true,
            }),
            prometheusRules: setting(boolean().default(false), {
                description:
                    "Whether the rules of all PrometheusRule objects of the Prometheus operator are evaluated, in the namespaces of collectFrom. lgtm-alloy-singleton writes them to a second ruler of Mimir, mimir-object-ruler, which sends their alerts to the same Alertmanager. Their CRD must exist in the cluster, and the stack must deploy Mimir.",
                example: true,
            }),
            controlPlane: setting(listOf(oneOf(...controlPlaneParts), "parts of the control plane").default([]), {
                description:
                    "Parts of the control plane of Kubernetes whose metrics lgtm-alloy-singleton scrapes every 30 seconds, with dashboards and alerts. apiServer: all API servers. coreDns: CoreDNS in kube-system. controllers: kube-scheduler and kube-controller-manager. etcd: etcd. Managed clusters expose only apiServer and coreDns. Only metrics that the dashboards and the alerts use are stored.",
                example: ["apiServer", "coreDns"],
            }),
        },
        { description: "Which metrics are stored.", interface: "StackMetricsArgs" },
    ),
    probes: setting(listOf(probe, "maps with the keys name, url, module").default([]), {
        description:
            "Synthetic probes: lgtm-alloy-singleton probes each address every 30 seconds, from inside of the cluster. The dashboard Probes and the alerts of the group probes show the results.",
        type: "ProbeArgs[]",
        example: [{ name: "shop", url: "https://shop.example.com/health" }],
    }),
    databases: setting(
        listOf(
            database,
            "maps with the keys name, kind, address, existingSecret, usernameKey, passwordKey, database, tls",
        ).default([]),
        {
            description:
                "Database servers whose metrics lgtm-alloy-singleton reads every 30 seconds. Each kind has a dashboard and a group of alerts. Alloy reads only the two named keys of a Secret.",
            type: "DatabaseArgs[]",
            example: [{ ...loginExample, existingSecret: "shop-db-monitoring" }],
        },
    ),
    kafka: setting(
        listOf(
            kafka,
            "maps with the keys name, brokers, existingSecret, usernameKey, passwordKey, mechanism, tls",
        ).default([]),
        {
            description:
                "Existing Kafka clusters, or others with its API, whose metrics and lag of consumer groups an Alloy of its own reads every 30 seconds. The dashboard Kafka and the alerts of the group kafka show them. The Redpanda of the stack needs no entry.",
            type: "KafkaArgs[]",
            example: [{ ...kafkaExample, existingSecret: "orders-monitoring" }],
        },
    ),
    profiling: group(
        {
            scrape: setting(boolean().default(false), {
                description:
                    'Whether Alloy scrapes profiles from annotated pods. The annotation of CPU profiles is profiles.grafana.com/cpu.scrape: "true". With false, Pyroscope receives no profiles of these pods.',
                example: true,
            }),
            ebpf: setting(boolean().default(false), {
                description:
                    'Whether an Alloy on each node profiles the CPU usage of every process in the pods of collectFrom with eBPF, without changes to the applications. Its pods run as root in the process namespace of the node. Pods whose CPU profiles Alloy already scrapes are left out. Pods with a Pyroscope SDK need the annotation observability.mathtrail/ebpf-profiles: "false", or their CPU profiles exist twice.',
                example: true,
            }),
        },
        { description: "How profiles are collected.", interface: "StackProfilingArgs" },
    ),
    retention: group(
        {
            logs: retention("logs", "Loki", per({ dev: "2d", prod: "30d" })),
            traces: retention("traces", "Tempo", per({ dev: "2d", prod: "14d" })),
            metrics: retention("metrics", "Mimir", per({ dev: "7d", prod: "30d" })),
            profiles: retention("profiles", "Pyroscope", per({ dev: "2d", prod: "7d" })),
        },
        { description: "How long each signal is kept, as a duration such as 36h or 14d.", interface: "RetentionArgs" },
    ),
});
