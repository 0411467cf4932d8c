import { quantityValue } from "../../validation/quantities";
import { pullSecrets, scheduling } from "../helm/chart";
import { escapeTemplate, type HelmValues, mergeValues, packagedValues } from "../helm/values";
import type { DeploymentArgs } from "../helm/args";
import type { AlloyArgs } from "./args";
import { alloyConfig } from "./config";

/** Total size of the queues on disk of one receiver replica, if `queueSize` is not set. */
export const defaultQueueSize = { dev: "1Gi", prod: "10Gi" };

// The tenant of backends without multi-tenancy.
const defaultTenant = "anonymous";

// One for each exporter of the receiver.
const queues = 3;
// In measurements, small requests needed up to three times their own size on disk.
const diskBytesPerByte = 3;

/** Helm values of the receiver. */
export function alloyReceiverValues(args: AlloyArgs): HelmValues {
    const profile = args.profile ?? "dev";
    const { replicas = 1, queueSize = defaultQueueSize[profile], storageClass } = args.receiver ?? {};
    const persistent = args.receiver?.persistence ?? profile === "prod";
    const config = alloyConfig(["receiver"], {
        tempoOtlpGrpcEndpoint: args.tempoOtlpGrpcEndpoint,
        lokiUrl: args.lokiUrl,
        mimirUrl: args.mimirUrl,
        tenant: args.tenant ?? defaultTenant,
        queueBytes: String(Math.floor((quantityValue(queueSize) ?? 0) / (queues * diskBytesPerByte))),
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
        commonValues(args, config),
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

/** Helm values of the log collector. */
export function alloyLogsValues(args: AlloyArgs): HelmValues {
    const { dropLines = [], excludeNamespaces = [], values } = args.logs ?? {};
    const config = alloyConfig(["pods", "logs"], {
        lokiUrl: args.lokiUrl,
        cluster: args.cluster,
        tenant: args.tenant ?? defaultTenant,
        droppedEntries: ["^$", ...dropLines].map((expression) => `(?:${expression})`).join("|"),
        excludedNamespaces: excludeNamespaces.join("|"),
    });
    return mergeValues(packagedValues("alloy-logs", args.profile ?? "dev"), commonValues(args, config), values);
}

/** Helm values of the metrics scraper. With `pyroscopeUrl`, it also scrapes profiles. */
export function alloyMetricsValues(args: AlloyArgs): HelmValues {
    const { pyroscopeUrl } = args;
    const config = alloyConfig(["pods", "metrics", ...(pyroscopeUrl === undefined ? [] : ["profiles" as const])], {
        mimirUrl: args.mimirUrl,
        cluster: args.cluster,
        tenant: args.tenant ?? defaultTenant,
        ...(pyroscopeUrl === undefined ? {} : { pyroscopeUrl }),
    });
    return mergeValues(
        packagedValues("alloy-metrics", args.profile ?? "dev"),
        commonValues(args, config),
        args.metrics?.values,
    );
}

function commonValues(args: DeploymentArgs, config: string): HelmValues {
    return {
        global: { image: { registry: args.imageRegistry, pullSecrets: pullSecrets(args) } },
        alloy: { configMap: { content: escapeTemplate(config) } },
    };
}
