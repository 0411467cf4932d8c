import { pullSecrets, scheduling } from "../helm/chart";
import { escapeTemplate, type HelmValues, mergeValues, packagedValues } from "../helm/values";
import type { DeploymentArgs } from "../helm/args";
import type { AlloyArgs } from "./args";
import { alloyConfig } from "./config";

// The tenant of backends without multi-tenancy.
const defaultTenant = "anonymous";

/** Helm values of the receiver. */
export function alloyReceiverValues(args: AlloyArgs): HelmValues {
    const config = alloyConfig(["receiver"], {
        tempoOtlpGrpcEndpoint: args.tempoOtlpGrpcEndpoint,
        lokiUrl: args.lokiUrl,
        mimirUrl: args.mimirUrl,
        tenant: args.tenant ?? defaultTenant,
    });
    return mergeValues(
        packagedValues("alloy-receiver", args.profile ?? "dev"),
        commonValues(args, config),
        { controller: { replicas: args.receiver?.replicas ?? 1, ...scheduling(args) } },
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
