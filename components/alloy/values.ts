import { contract, defaultNamespace } from "../contract";
import { pullSecrets, scheduling } from "../helm/chart";
import { escapeTemplate, type HelmValues, mergeValues, packagedValues } from "../helm/values";
import type { DeploymentArgs } from "../helm/args";
import type { AlloyArgs } from "./args";
import { withClusterRole } from "./cluster-role";
import { type Collects, collectsAnnotation, collectsOf, namespaceSelectors } from "./collect-from";
import { type AlloyFile, alloyConfig } from "./config";

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
    const { collectedNamespaces, excludedNamespaces } = namespaceSelectors(args.collectFrom, args.namespace);
    const collects = collectsOf(args.collectFrom, args.namespace, { excludeNamespaces, nodes: false });
    const config = alloyConfig(["pods", "logs"], {
        lokiUrl: args.lokiUrl,
        cluster: args.cluster,
        tenant: args.tenant ?? defaultTenant,
        droppedEntries: ["^$", ...dropLines].map((expression) => `(?:${expression})`).join("|"),
        collectedNamespaces,
        excludedNamespaces,
        excludedLogNamespaces: excludeNamespaces.join("|"),
    });
    return withClusterRole(
        mergeValues(
            packagedValues("alloy-logs", args.profile ?? "dev"),
            commonValues(args, config),
            { controller: { volumes: { extra: [positions(args)] }, ...annotated(collects) } },
            values,
        ),
        contract.alloyLogs.release,
        args.namespace,
    );
}

/** The folder of the read positions. It is on the node, so that a new pod continues where the old one stopped. */
function positions({ namespace }: AlloyArgs): HelmValues {
    // Log collectors of two namespaces on a node must not share positions. The folder of the default namespace has the name that it had
    // before a cluster could have several stacks: in a new folder, the log collector would read all files of the node again.
    const suffix = namespace === defaultNamespace ? "" : `-${namespace}`;
    return { name: "data", hostPath: { path: `/var/lib/lgtm-alloy-logs${suffix}`, type: "DirectoryOrCreate" } };
}

function annotated(collects: Collects): HelmValues {
    return { extraAnnotations: { [collectsAnnotation]: JSON.stringify(collects) } };
}

/** Helm values of the metrics scraper. With `pyroscopeUrl`, it also scrapes profiles. */
export function alloyMetricsValues(args: AlloyArgs): HelmValues {
    const { pyroscopeUrl, collectFrom, namespace } = args;
    const files: AlloyFile[] = [
        "pods",
        "metrics",
        ...((collectFrom?.nodes ?? true) ? ["node" as const] : []),
        ...(pyroscopeUrl === undefined ? [] : ["profiles" as const]),
    ];
    const config = alloyConfig(files, {
        ...namespaceSelectors(collectFrom, namespace),
        mimirUrl: args.mimirUrl,
        cluster: args.cluster,
        tenant: args.tenant ?? defaultTenant,
        ...(pyroscopeUrl === undefined ? {} : { pyroscopeUrl }),
    });
    return withClusterRole(
        mergeValues(
            packagedValues("alloy-metrics", args.profile ?? "dev"),
            commonValues(args, config),
            { controller: annotated(collectsOf(collectFrom, namespace)) },
            args.metrics?.values,
        ),
        contract.alloyMetrics.release,
        args.namespace,
    );
}

function commonValues(args: DeploymentArgs, config: string): HelmValues {
    return {
        global: { image: { registry: args.imageRegistry, pullSecrets: pullSecrets(args) } },
        alloy: { configMap: { content: escapeTemplate(config) } },
    };
}
