import { durationSeconds } from "../../validation/durations";
import { certificateAuthority } from "../certificate-authority";
import { authEnv } from "../backend-auth";
import { clusterObjectName, contract } from "../contract";
import type { CollectorAutoscalingArgs } from "../helm/args";
import { autoscalerValues, pullSecrets, scheduling } from "../helm/chart";
import { type VolumeClaims, volumeClaims } from "../helm/claims";
import { escapeTemplate, type HelmValues, mergeValues, packagedValues } from "../helm/values";
import type { OtelCollectorArgs } from "./args";
import { collectorComponents, collectorConfig } from "./config";
import { certificateVolume, credentialVariables, ingestionObjects } from "./ingestion";
import { jaegerPorts } from "./jaeger";
import { collectorSelector, peerService } from "./peers";
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
    const certificate = certificateVolume(args.external);
    const manifests = [
        ...(hasPeers ? [peerService(args.namespace, persistent)] : []),
        ...ingestionObjects(args, collectorSelector(persistent)),
    ];
    const ca = certificateAuthority(args.caSecret);
    const attributes = { "k8s.cluster.name": args.cluster, ...args.resourceAttributes };
    return mergeValues(
        packaged,
        {
            mode: persistent ? "statefulset" : "deployment",
            image: { repository: args.imageRegistry && [args.imageRegistry, ...repository].join("/") },
            imagePullSecrets: pullSecrets(args),
            // The claims of these replicas exist. With an autoscaler, the chart renders no number of replicas, and this is the lowest one.
            replicaCount: args.autoscaling?.minReplicas ?? args.replicas ?? 1,
            autoscaling: autoscaler(args.autoscaling),
            // The chart would merge `config` with its default configuration. It does not merge `alternateConfig`.
            alternateConfig: escapeTemplates(collectorConfig(collectorComponents(args))),
            clusterRole: { name: clusterRole, clusterRoleBinding: { name: clusterRole } },
            extraEnvs: [
                { name: "OTEL_RESOURCE_ATTRIBUTES", value: resourceAttributesVariable(attributes) },
                ...credentialVariables(args.external),
                ...ca.variables,
            ],
            extraEnvsFrom: args.exportAuth === undefined ? undefined : authEnv({ otlp: args.exportAuth }, ["otlp"]),
            extraVolumeMounts: [{ name: "queue", mountPath: queueDirectory }, ...certificate.mounts, ...ca.mounts],
            ...(persistent ? queueClaim(args) : {}),
            extraVolumes: listOrNone([
                ...(persistent ? [] : [queueEmptyDir(args)]),
                ...certificate.volumes,
                ...ca.volumes,
            ]),
            // The Service does not have the port for other replicas, because spans that arrive there are not routed by trace ID.
            ports: args.jaeger ? jaegerPorts : undefined,
            extraManifests: escapeTemplates(listOrNone(manifests)),
            ...shutdownDelay(args, packaged),
            ...scheduling(args),
        },
        args.values,
    );
}

/** Kubernetes counts the pause as a part of the grace period. */
function shutdownDelay({ shutdownDelay: delay }: OtelCollectorArgs, packaged: HelmValues): HelmValues {
    const seconds = delay === undefined ? undefined : durationSeconds(delay);
    return seconds === undefined
        ? {}
        : {
              // The image has no shell. The action "sleep" is part of Kubernetes since 1.30.
              lifecycleHooks: { preStop: { sleep: { seconds } } },
              terminationGracePeriodSeconds: packaged["terminationGracePeriodSeconds"] + seconds,
          };
}

/** Without entries, the list of the chart or of the values files applies. */
function listOrNone(list: object[]): object[] | undefined {
    return list.length > 0 ? list : undefined;
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
    return { name: "queue", emptyDir: { sizeLimit: queueSize ?? defaultQueueSize.dev } };
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

/** The metric is the sum of the queues of all replicas, so the autoscaler divides it by their number. */
function autoscaler(autoscaling: CollectorAutoscalingArgs | undefined): HelmValues | undefined {
    const target = { type: "AverageValue", averageValue: `${autoscaling?.targetQueueMiB}Mi` };
    const external = { metric: { name: "otelcol_queued_bytes" }, target };
    return autoscaling?.targetQueueMiB === undefined
        ? autoscalerValues(autoscaling)
        : { ...autoscalerValues(autoscaling), additionalMetrics: [{ type: "External", external }] };
}
