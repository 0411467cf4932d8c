import { quantityValue } from "../../validation/quantities";
import { pullSecrets, scheduling } from "../helm/chart";
import { escapeTemplate, type HelmValues, mergeValues, packagedValues } from "../helm/values";
import { alloyConfig } from "./config";
import type { AlloyArgs } from "./args";
import type { DeploymentArgs } from "../helm/args";

/** Size of the receiver's queues on disk, where the caller names none. */
export const defaultQueueSize = { dev: "1Gi", prod: "10Gi" };

const noTenant = "anonymous";

/** Helm values of the receiver: OTLP in; traces, logs and metrics out to their stores. */
export function alloyReceiverValues(args: AlloyArgs): HelmValues {
    const profile = args.profile ?? "dev";
    const { replicas = 1, queueSize = defaultQueueSize[profile], storageClass } = args.receiver ?? {};
    const persistent = args.receiver?.persistence ?? profile === "prod";
    const config = alloyConfig(["receiver"], {
        tempoOtlpGrpcEndpoint: args.tempoOtlpGrpcEndpoint,
        lokiUrl: args.lokiUrl,
        mimirUrl: args.mimirUrl,
        tenant: args.tenant ?? noTenant,
        // Three exporters have a queue each, and small requests were seen to take three times their bytes on disk.
        queueBytes: String(Math.floor((quantityValue(queueSize) ?? 0) / 9)),
    });
    const claim = {
        metadata: { name: "data" },
        spec: {
            accessModes: ["ReadWriteOnce"],
            ...(storageClass === undefined ? {} : { storageClassName: storageClass }),
            resources: { requests: { storage: queueSize } },
        },
    };
    return mergeValues(
        packagedValues("alloy-receiver", profile),
        common(args, config),
        {
            controller: {
                type: persistent ? "statefulset" : "deployment",
                replicas,
                volumeClaimTemplates: persistent ? [claim] : undefined,
                volumes: persistent ? undefined : { extra: [{ name: "data", emptyDir: { sizeLimit: queueSize } }] },
                ...scheduling(args),
            },
        },
        args.receiver?.values,
    );
}

/** Helm values of the reader of pod logs, one a node. */
export function alloyLogsValues(args: AlloyArgs): HelmValues {
    const { dropLines = [], excludeNamespaces = [], values } = args.logs ?? {};
    const config = alloyConfig(["pods", "logs"], {
        lokiUrl: args.lokiUrl,
        cluster: args.cluster,
        tenant: args.tenant ?? noTenant,
        droppedEntries: ["^$", ...dropLines].map((expression) => `(?:${expression})`).join("|"),
        excludedNamespaces: excludeNamespaces.join("|"),
    });
    return mergeValues(packagedValues("alloy-logs", args.profile ?? "dev"), common(args, config), values);
}

/** Helm values of the scraper of metrics, one a node; and of profiles, where Pyroscope is to pull. */
export function alloyMetricsValues(args: AlloyArgs): HelmValues {
    const { pyroscopeUrl } = args;
    const config = alloyConfig(["pods", "metrics", ...(pyroscopeUrl === undefined ? [] : ["profiles" as const])], {
        mimirUrl: args.mimirUrl,
        cluster: args.cluster,
        tenant: args.tenant ?? noTenant,
        ...(pyroscopeUrl === undefined ? {} : { pyroscopeUrl }),
    });
    return mergeValues(
        packagedValues("alloy-metrics", args.profile ?? "dev"),
        common(args, config),
        args.metrics?.values,
    );
}

function common(args: DeploymentArgs, config: string): HelmValues {
    return {
        global: { image: { registry: args.imageRegistry, pullSecrets: pullSecrets(args) } },
        alloy: { configMap: { content: escapeTemplate(config) } },
    };
}
