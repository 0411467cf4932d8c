import { contract } from "../contract";
import { pullSecrets, scheduling } from "../helm/chart";
import { escapeTemplate, type HelmValues, mergeValues, packagedValues } from "../helm/values";
import {
    collectorComponents,
    collectorConfig,
    defaultQueueSize,
    peerPort,
    peerServiceName,
    queueDirectory,
} from "./config";
import type { OtelCollectorArgs } from "./args";

/** Helm values of the collector. */
export function otelCollectorValues(args: OtelCollectorArgs): HelmValues {
    const profile = args.profile ?? "dev";
    const packaged = packagedValues("otel-collector", profile);
    const replicas = args.replicas ?? 1;
    const peered = args.tailSampling !== undefined && replicas > 1;
    const persistent = args.persistence ?? profile === "prod";
    const [, ...repository] = (packaged["image"].repository as string).split("/");
    const attributes = { "k8s.cluster.name": args.cluster, ...args.resourceAttributes };
    return mergeValues(
        packaged,
        {
            mode: persistent ? "statefulset" : "deployment",
            image: { repository: args.imageRegistry && [args.imageRegistry, ...repository].join("/") },
            imagePullSecrets: pullSecrets(args),
            replicaCount: replicas,
            // Not merged with the chart's default configuration, which has receivers and pipelines of its own.
            alternateConfig: escaped(collectorConfig(collectorComponents(args))),
            extraEnvs: [{ name: "OTEL_RESOURCE_ATTRIBUTES", value: environment(attributes) }],
            extraVolumeMounts: [{ name: "queue", mountPath: queueDirectory }],
            ...(persistent ? queueClaim(args) : queueFolder(args)),
            // Not that of the peers: whoever sent there would get around the routing.
            ports: args.jaeger
                ? {
                      "jaeger-grpc": openPort(14250),
                      "jaeger-thrift": openPort(14268),
                      "jaeger-compact": openPort(6831, "UDP"),
                  }
                : undefined,
            extraManifests: peered ? [peerService(args.namespace, persistent)] : undefined,
            ...scheduling(args),
        },
        args.values,
    );
}

/** The same with every text escaped, as the chart takes the whole for a template. */
function escaped(node: unknown): any {
    if (typeof node === "string") {
        return escapeTemplate(node);
    }
    if (Array.isArray(node)) {
        return node.map(escaped);
    }
    return typeof node === "object" && node !== null
        ? Object.fromEntries(Object.entries(node).map(([key, value]) => [key, escaped(value)]))
        : node;
}

// The form in which OpenTelemetry reads attributes from the environment.
function environment(attributes: { [key: string]: string }): string {
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

function queueFolder({ queueSize }: OtelCollectorArgs): HelmValues {
    return { extraVolumes: [{ name: "queue", emptyDir: { sizeLimit: queueSize ?? defaultQueueSize.dev } }] };
}

function openPort(port: number, protocol = "TCP"): HelmValues {
    return { enabled: true, containerPort: port, servicePort: port, protocol };
}

/** Finds every replica, so that each can send a trace's spans to the one that decides about it. */
function peerService(namespace: string, persistent: boolean): object {
    return {
        apiVersion: "v1",
        kind: "Service",
        metadata: { name: peerServiceName, namespace },
        spec: {
            clusterIP: "None",
            selector: {
                "app.kubernetes.io/name": "opentelemetry-collector",
                "app.kubernetes.io/instance": contract.otelCollector.release,
                component: persistent ? "statefulset-collector" : "standalone-collector",
            },
            ports: [{ name: "peers", port: peerPort, targetPort: peerPort, protocol: "TCP" }],
        },
    };
}
