import { authEnv } from "../backend-auth";
import { clusterObjectName, contract } from "../contract";
import { autoscalerValues, pullSecrets, scheduling } from "../helm/chart";
import { type VolumeClaims, volumeClaims } from "../helm/claims";
import { escapeTemplate, type HelmValues, mergeValues, packagedValues } from "../helm/values";
import type { OtelCollectorArgs } from "./args";
import { collectorComponents, collectorConfig } from "./config";
import { jaegerPorts } from "./jaeger";
import { peerService } from "./peers";
import { defaultQueueSize, queueDirectory } from "./queue";
import { highestReplicas } from "./tail-sampling";

/** Helm values of the collector. */
export function otelCollectorValues(args: OtelCollectorArgs): HelmValues {
    const profile = args.profile ?? "dev";
    const packaged = packagedValues("otel-collector", profile);
    const hasPeers = args.tailSampling !== undefined && highestReplicas(args) > 1;
    const persistent = args.persistence ?? profile === "prod";
    const [, ...repository] = (packaged["image"].repository as string).split("/");
    const clusterRole = clusterObjectName(contract.otelCollector.service, args.namespace);
    const attributes = { "k8s.cluster.name": args.cluster, ...args.resourceAttributes };
    return mergeValues(
        packaged,
        {
            mode: persistent ? "statefulset" : "deployment",
            image: { repository: args.imageRegistry && [args.imageRegistry, ...repository].join("/") },
            imagePullSecrets: pullSecrets(args),
            // The claims of these replicas exist. With an autoscaler, the chart renders no number of replicas, and this is the lowest one.
            replicaCount: args.autoscaling?.minReplicas ?? args.replicas ?? 1,
            autoscaling: autoscalerValues(args.autoscaling),
            // The chart would merge `config` with its default configuration. It does not merge `alternateConfig`.
            alternateConfig: escapeTemplates(collectorConfig(collectorComponents(args))),
            clusterRole: { name: clusterRole, clusterRoleBinding: { name: clusterRole } },
            extraEnvs: [{ name: "OTEL_RESOURCE_ATTRIBUTES", value: resourceAttributesVariable(attributes) }],
            extraEnvsFrom: args.exportAuth === undefined ? undefined : authEnv({ otlp: args.exportAuth }, ["otlp"]),
            extraVolumeMounts: [{ name: "queue", mountPath: queueDirectory }],
            ...(persistent ? queueClaim(args) : queueEmptyDir(args)),
            // The Service does not have the port for other replicas, because spans that arrive there are not routed by trace ID.
            ports: args.jaeger ? jaegerPorts : undefined,
            extraManifests: hasPeers ? [peerService(args.namespace, persistent)] : undefined,
            ...scheduling(args),
        },
        args.values,
    );
}

/** Escapes all strings in a tree, because the chart evaluates the configuration as a template. */
function escapeTemplates(node: unknown): any {
    if (typeof node === "string") {
        return escapeTemplate(node);
    }
    if (Array.isArray(node)) {
        return node.map(escapeTemplates);
    }
    return typeof node === "object" && node !== null
        ? Object.fromEntries(Object.entries(node).map(([key, value]) => [key, escapeTemplates(value)]))
        : node;
}

/** The value of OTEL_RESOURCE_ATTRIBUTES: comma-separated pairs with percent-encoded values. */
function resourceAttributesVariable(attributes: { [key: string]: string }): string {
    return Object.entries(attributes)
        .map(([key, value]) => `${key}=${encodeURIComponent(value)}`)
        .join(",");
}

function queueClaim({ queueSize, storageClass }: OtelCollectorArgs): HelmValues {
    return {
        statefulset: {
            volumeClaimTemplates: [
                {
                    metadata: { name: "queue" },
                    spec: {
                        accessModes: ["ReadWriteOnce"],
                        ...(storageClass === undefined ? {} : { storageClassName: storageClass }),
                        resources: { requests: { storage: queueSize ?? defaultQueueSize.prod } },
                    },
                },
            ],
        },
    };
}

function queueEmptyDir({ queueSize }: OtelCollectorArgs): HelmValues {
    return { extraVolumes: [{ name: "queue", emptyDir: { sizeLimit: queueSize ?? defaultQueueSize.dev } }] };
}

/** The volume claims of the queues for Helm values of the collector. Undefined if the queues are in an emptyDir. */
export function queueClaims(values: HelmValues): VolumeClaims | undefined {
    const [template] = values["statefulset"]?.volumeClaimTemplates ?? [];
    const { accessModes, storageClassName, resources } = template?.spec ?? {};
    return volumeClaims(
        {
            enabled: values["mode"] === "statefulset",
            size: resources?.requests?.storage,
            accessModes,
            storageClassName,
        },
        {
            template: template?.metadata?.name,
            statefulSet: contract.otelCollector.service,
            replicas: values["replicaCount"] ?? 1,
        },
    );
}
