import { type DeploymentArgs, pullSecrets, scheduling } from "../helm/chart";
import { escapeTemplate, type HelmValues, mergeValues, packagedValues } from "../helm/values";
import { alloyConfig } from "./config";
import type { AlloyArgs } from "./index";

/** Helm values of the receiver: OTLP in; traces, logs and metrics out to their stores. */
export function alloyReceiverValues(args: AlloyArgs): HelmValues {
    const config = alloyConfig("receiver", {
        tempoOtlpGrpcEndpoint: args.tempoOtlpGrpcEndpoint,
        lokiUrl: args.lokiUrl,
        mimirUrl: args.mimirUrl,
    });
    return mergeValues(
        packagedValues("alloy-receiver", args.profile ?? "dev"),
        common(args, config),
        { controller: { replicas: args.receiver?.replicas ?? 1, ...scheduling(args) } },
        args.receiver?.values,
    );
}

/** Helm values of the reader of pod logs, one a node. */
export function alloyLogsValues(args: AlloyArgs): HelmValues {
    const config = alloyConfig("logs", { lokiUrl: args.lokiUrl, cluster: args.cluster });
    return mergeValues(packagedValues("alloy-logs", args.profile ?? "dev"), common(args, config), args.logs?.values);
}

/** Helm values of the scraper of metrics, one a node. */
export function alloyMetricsValues(args: AlloyArgs): HelmValues {
    const config = alloyConfig("metrics", { mimirUrl: args.mimirUrl, cluster: args.cluster });
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
