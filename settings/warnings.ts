import { filterNames, redactionName } from "../components/otel-collector/filters";
import { isCollecting } from "./central";
import { needsObjectStore } from "./components";
import { ebpfWarnings } from "./ebpf";
import { fitWarnings } from "./fit";
import { loadMonitorWarnings } from "./load-monitor";
import { modeWarnings } from "./mode";
import { networkWarnings } from "./network";
import { ingestionAccess } from "./access";
import type { Settings } from "./resolve";
import { zoneWarnings } from "./zones";

/** Valid settings that can have unwanted effects: one sentence each, with the key to change. */
export function warnings(settings: Settings): string[] {
    const { profile, replicas, replicationFactor, objectStore, grafana, storage, alerting } = settings;
    const { receivers, routes, defaultReceiver, heartbeatReceiver } = alerting;
    const { external } = settings.ingestion;
    const prod = profile === "prod";
    const { components } = settings;
    const usesMinio = objectStore.kind === "minio" && needsObjectStore(settings);
    const absent = settings.createNamespace ? namedSecrets(settings) : [];
    const found = [
        prod &&
            usesMinio &&
            'objectStore.kind is "minio": the MinIO project is archived and no longer receives security fixes; prefer "s3" in production',
        prod &&
            usesMinio &&
            replicas.minio === 1 &&
            "replicas.minio is 1: if its volume is lost, all stored data is lost",
        objectStore.kind === "s3" &&
            objectStore.bucketPrefix === undefined &&
            Object.keys(objectStore.buckets).length === 0 &&
            "neither objectStore.bucketPrefix nor objectStore.buckets is set: the buckets loki, tempo, mimir and pyroscope are used, and must exist",
        settings.autoscaling.collector?.targetQueueMiB !== undefined &&
            "autoscaling.collector.targetQueueMiB is set: without the external metric otelcol_queued_bytes in the cluster, the autoscaler removes no replicas; see docs/availability.md#the-queue-of-the-collector",
        prod &&
            components.loki &&
            replicationFactor.loki === 1 &&
            "replicationFactor.loki is 1: if a replica is lost, its most recent logs are lost",
        prod &&
            components.mimir &&
            replicationFactor.mimir === 1 &&
            "replicationFactor.mimir is 1: if a replica is lost, its most recent metrics are lost",
        prod &&
            components.redpanda &&
            settings.redpanda.replicas === 1 &&
            "redpanda.replicas is 1: if its node or its volume is lost, messages are lost; set it to 3",
        prod &&
            components.redpanda &&
            `components.redpanda is true: every pod that reaches Redpanda can read and delete all messages, without TLS and without a login${settings.networkPolicies.enabled ? "" : "; set networkPolicies.enabled to true"}`,
        components.grafana &&
            !grafana.persistence &&
            "grafana.persistence is false: users and preferences are lost at every restart of the pod",
        prod &&
            grafana.ingress.host !== undefined &&
            grafana.ingress.tlsSecret === undefined &&
            grafana.ingress.clusterIssuer === undefined &&
            "grafana.ingress.tlsSecret is not set: passwords are sent in clear text, unless the ingress controller has a default certificate",
        prod && grafana.gateway.tls === false && "grafana.gateway.tls is false: passwords are sent in clear text",
        external.enabled &&
            ingestionAccess(external).ingress &&
            external.ingress.tlsSecret === undefined &&
            external.ingress.clusterIssuer === undefined &&
            external.tlsSecret === undefined &&
            "neither ingestion.external.ingress.tlsSecret nor clusterIssuer is set: credentials are sent in clear text, unless the ingress controller has a default certificate",
        [settings.central.url, settings.central.otlpUrl].some((url) => url?.startsWith("http:")) &&
            "central.url or central.otlpUrl begins with http://: the credential and all data are sent in clear text; use https://",
        settings.allowDataLoss.length > 0 &&
            `allowDataLoss is [${settings.allowDataLoss.join(", ")}]: their data is not protected; remove the setting after the deployment`,
        prod && settings.skipAwait && "skipAwait is true: Pulumi reports success even if pods never start",
        storage.className === undefined &&
            prod &&
            "storage.className is not set: the default storage class of the cluster is used. It determines the speed and the durability of the volumes",
        prod &&
            settings.createNamespace &&
            'createNamespace is true: "npm run down" deletes the namespace, and every volume whose storage class does not have the reclaim policy Retain; to keep the volumes, set createNamespace to false',
        prod &&
            !isCollecting(settings) &&
            receivers.length === 0 &&
            "alerting.receivers is empty: alerts are shown in Grafana, but no notification is sent",
        receivers.length > 0 &&
            routes.length === 0 &&
            defaultReceiver === undefined &&
            "neither alerting.routes nor alerting.defaultReceiver is set: no alert is sent to a receiver",
        receivers.length > 0 &&
            heartbeatReceiver === undefined &&
            "alerting.heartbeatReceiver is not set: if alerting stops working, there is no notification",
        ...unredactedPipelines(settings),
        settings.tenant !== undefined &&
            !isCollecting(settings) &&
            `tenant is ${JSON.stringify(settings.tenant)}: set this tenant id in every Pyroscope SDK, or Pyroscope rejects its profiles`,
        absent.length > 0 &&
            `${absent.join(", ")}. The stack creates the namespace, so ${absent.length === 1 ? "this Secret" : "these Secrets"} cannot exist before the first deployment. Pods wait until you create ${absent.length === 1 ? "it" : "them"}. To avoid this, create the namespace and the Secrets before the first deployment, and set createNamespace to false`,
    ];
    return [
        ...found.filter((warning) => warning !== false),
        ...modeWarnings(settings),
        ...zoneWarnings(settings),
        ...networkWarnings(settings),
        ...loadMonitorWarnings(settings),
        ...ebpfWarnings(settings),
        ...fitWarnings(settings),
    ];
}

/** Pipelines of the stack file whose data is stored without redaction. */
function unredactedPipelines({ collector, redaction }: Settings): string[] {
    return Object.entries(collector.pipelines)
        .filter(([id]) => filterNames(id.split("/")[0] as "traces", { redaction }).length > 0)
        .filter(([, pipeline]) => pipeline?.receivers.some((name) => !(name in collector.connectors)))
        .filter(([, pipeline]) => !pipeline?.processors?.includes(redactionName))
        .map(
            ([id]) =>
                `collector.pipelines.${id} does not have the processor ${redactionName}: the setting redaction does not apply to its data; add the processor after resource`,
        );
}

/** Secrets that the user creates and that pods need to start. An ingress does not need its Secret to start. */
function namedSecrets({
    objectStore,
    grafana,
    images,
    ingestion,
    external,
    central,
    databases,
    kafka,
}: Settings): string[] {
    const { existingSecret, tlsSecret } = ingestion.external;
    const names: Record<string, string | undefined> = {
        "objectStore.existingSecret": objectStore.existingSecret,
        "grafana.existingSecret": grafana.existingSecret,
        "grafana.oidc.existingSecret": grafana.oidc.existingSecret,
        "ingestion.external.existingSecret": existingSecret,
        "ingestion.external.tlsSecret": tlsSecret,
        "central.existingSecret": central.existingSecret,
        "central.caSecret": central.caSecret,
        ...Object.fromEntries(
            (central.url === undefined ? (["loki", "tempo", "mimir", "pyroscope"] as const) : []).map((backend) => [
                `external.${backend}.existingSecret`,
                external[backend].existingSecret,
            ]),
        ),
        ...Object.fromEntries(
            databases.map(({ existingSecret: name }, index) => [`databases[${index}].existingSecret`, name]),
        ),
        ...Object.fromEntries(kafka.map(({ existingSecret: name }, index) => [`kafka[${index}].existingSecret`, name])),
        ...Object.fromEntries(images.pullSecrets.map((name, index) => [`images.pullSecrets[${index}]`, name])),
    };
    return [
        ...(objectStore.createSecrets ? [] : ["objectStore.createSecrets is false"]),
        ...Object.entries(names).flatMap(([key, name]) =>
            name === undefined ? [] : [`${key} is ${JSON.stringify(name)}`],
        ),
    ];
}
