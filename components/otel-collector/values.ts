import { contract } from "../contract";
import { pullSecrets, scheduling } from "../helm/chart";
import { type HelmValues, mergeValues, packagedValues } from "../helm/values";
import { collectorConfig, peerPort, peerServiceName } from "./config";
import type { OtelCollectorArgs } from "./index";

/** Helm values of the collector. */
export function otelCollectorValues(args: OtelCollectorArgs): HelmValues {
    const packaged = packagedValues("otel-collector", args.profile ?? "dev");
    const replicas = args.replicas ?? 1;
    const peered = args.tailSampling !== undefined && replicas > 1;
    const [, ...repository] = (packaged["image"].repository as string).split("/");
    return mergeValues(
        packaged,
        {
            image: { repository: args.imageRegistry && [args.imageRegistry, ...repository].join("/") },
            imagePullSecrets: pullSecrets(args),
            replicaCount: replicas,
            // Not merged with the chart's default configuration, which has receivers and pipelines of its own.
            alternateConfig: collectorConfig({ ...args, replicas }),
            ports: peered ? { peers: { enabled: true, containerPort: peerPort, protocol: "TCP" } } : undefined,
            extraManifests: peered ? [peerService(args.namespace)] : undefined,
            ...scheduling(args),
        },
        args.values,
    );
}

/** Finds every replica, so that each can send a trace's spans to the one that decides about it. */
function peerService(namespace: string): object {
    return {
        apiVersion: "v1",
        kind: "Service",
        metadata: { name: peerServiceName, namespace },
        spec: {
            clusterIP: "None",
            selector: {
                "app.kubernetes.io/name": "opentelemetry-collector",
                "app.kubernetes.io/instance": contract.otelCollector.release,
                component: "standalone-collector",
            },
            ports: [{ name: "peers", port: peerPort, targetPort: peerPort, protocol: "TCP" }],
        },
    };
}
