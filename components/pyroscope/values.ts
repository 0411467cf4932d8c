import { goDuration } from "../../validation/durations";
import { contract, defaultClusterDomain } from "../contract";
import { goMemoryLimitOf, goMemoryVariable } from "../go-memory";
import { pullSecrets, scheduling } from "../helm/chart";
import { type VolumeClaims, volumeClaims } from "../helm/claims";
import { type HelmValues, mergeValues, packagedValues } from "../helm/values";
import { perTenant, pyroscopeLimits, pyroscopeOverrides } from "../limits";
import { StoreMode } from "../mode";
import { credentialsEnv } from "../object-store/connection";
import type { PyroscopeArgs } from "./args";
import { completeValues, distributedValues, metastoreValues } from "./distributed";

/** Helm values of Pyroscope. */
export function pyroscopeValues(args: PyroscopeArgs): HelmValues {
    const { bucket } = args;
    const isDistributed = args.mode === StoreMode.Distributed;
    const values = mergeValues(
        packagedValues("pyroscope", args.profile ?? "dev"),
        isDistributed ? distributedValues(args) : {},
        {
            global: { imageRegistry: args.imageRegistry },
            pyroscope: {
                cluster_domain: args.clusterDomain && `.${args.clusterDomain}.`,
                imagePullSecrets: pullSecrets(args),
                extraEnvFrom: credentialsEnv(bucket),
                extraArgs: {
                    "retention-period": goDuration(args.retention ?? "7d"),
                    "auth.multitenancy-enabled": args.multitenancy ?? false,
                    ...raftArgs(args),
                },
                serviceAccount: { annotations: bucket.serviceAccountAnnotations },
                persistence: { size: args.size, storageClassName: args.storageClass },
                structuredConfig: {
                    limits: pyroscopeLimits(args.limits, args.profile ?? "dev"),
                    storage: {
                        backend: "s3",
                        s3: {
                            bucket_name: bucket.bucket,
                            endpoint: bucket.endpoint,
                            region: bucket.region ?? "us-east-1",
                            insecure: bucket.insecure ?? false,
                            bucket_lookup_type: bucket.pathStyle ? "path-style" : "auto",
                        },
                    },
                },
                ...(args.tenantLimits && { tenantOverrides: perTenant(args.tenantLimits, pyroscopeOverrides) }),
                ...scheduling(args),
            },
        },
        args.values,
    );
    const complete = isDistributed ? completeValues(args, values) : values;
    return withServiceAccount(mergeValues(goMemoryLimits(complete), complete), args.namespace);
}

/** GOMEMLIMIT from the memory limit, and from that of each part with its own. None if the values have the variable for all parts. */
function goMemoryLimits(values: HelmValues): HelmValues {
    const { components = {}, ...all } = values["pyroscope"] as HelmValues;
    // The chart uses these resources for all containers instead of their own.
    const resources = values["architecture"]?.overwriteResources as HelmValues | undefined;
    const isOverwritten = Object.keys(resources ?? {}).length > 0;
    const limited = (own: HelmValues) => ({
        extraEnvVars: { [goMemoryVariable]: goMemoryLimitOf(isOverwritten ? { resources } : own) },
    });
    if (goMemoryVariable in (all["extraEnvVars"] ?? {})) {
        return {};
    }
    // The gateway is nginx.
    const parts = Object.entries(components as Record<string, HelmValues>).filter(([name]) => name !== "gateway");
    return {
        pyroscope: {
            ...limited(all),
            ...(parts.length > 0 && {
                components: Object.fromEntries(parts.map(([name, own]) => [name, limited(own)])),
            }),
        },
    };
}

/** The name in the Raft log of a Pyroscope that was deployed in a namespace. */
export function defaultServerId(namespace: string, clusterDomain = defaultClusterDomain): string {
    const { release } = contract.pyroscope;
    return `${release}-0.${release}-headless.${namespace}.svc.${clusterDomain}.:9099`;
}

/** The name in the Raft log, if it is not the one that the chart sets: the current address. */
function raftArgs({ namespace, clusterDomain, serverId = defaultServerId(namespace) }: PyroscopeArgs): HelmValues {
    return serverId === defaultServerId(namespace, clusterDomain)
        ? {}
        : {
              "metastore.raft.server-id": serverId,
              // Before the first start, the log is created with these names. The peers that the chart finds by DNS have their address as a name.
              "metastore.raft.bootstrap-peers": `$(POD_NAME).$(PYROSCOPE_METASTORE_SERVICE)/${serverId}`,
          };
}

/**
 * Adds a ServiceAccount without a token, which the chart cannot create. It has the name of the one of the chart, so that an upgrade changes the object in
 * place. Values that enable the one of the chart, or name another one, win.
 */
function withServiceAccount(values: HelmValues, namespace: string): HelmValues {
    const { create, name, annotations } = values["pyroscope"].serviceAccount;
    if (create !== false || name !== contract.pyroscope.release) {
        return values;
    }
    const labels = { "app.kubernetes.io/name": name, "app.kubernetes.io/instance": contract.pyroscope.release };
    const account = {
        apiVersion: "v1",
        kind: "ServiceAccount",
        metadata: { name, namespace, labels, ...(annotations && { annotations }) },
        automountServiceAccountToken: false,
    };
    return { ...values, extraObjects: [account, ...(values["extraObjects"] ?? [])] };
}

/** The volume claims for Helm values of Pyroscope. In distributed mode, only the metastore has volumes. */
export function pyroscopeClaims(values: HelmValues): VolumeClaims | undefined {
    const { persistence, replicaCount = 1 } = metastoreValues(values);
    return volumeClaims(persistence, {
        template: "data",
        statefulSet: contract.pyroscope.release,
        replicas: replicaCount,
    });
}
