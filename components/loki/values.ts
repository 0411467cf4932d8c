import { goDuration } from "../../validation/durations";
import { defaultReplicationFactor } from "../../validation/replication";
import { alertmanagerClient, authEnv, remoteWriteAuth } from "../backend-auth";
import { contract, defaultTenants } from "../contract";
import { pullSecrets, scheduling } from "../helm/chart";
import { type VolumeClaims, volumeClaims } from "../helm/claims";
import { escapeTemplate, type HelmValues, mergeValues, packagedValues } from "../helm/values";
import { lokiLimits, lokiOverrides, perTenant } from "../limits";
import { StoreMode } from "../mode";
import { credentialsEnv } from "../object-store/connection";
import { zonedPods, zonedRing, zonesOf } from "../zones";
import type { LokiArgs } from "./args";
import { distributedClaims, distributedValues } from "./distributed";

/** Helm values of Loki. */
export function lokiValues(args: LokiArgs): HelmValues {
    const { bucket } = args;
    const replicas = args.replicas ?? 1;
    const replicationFactor = args.replicationFactor ?? defaultReplicationFactor(replicas);
    return mergeValues(
        packagedValues("loki", args.profile ?? "dev"),
        {
            global: { imageRegistry: args.imageRegistry, clusterDomain: args.clusterDomain },
            imagePullSecrets: pullSecrets(args),
            serviceAccount: { annotations: bucket.serviceAccountAnnotations },
            defaults: {
                ...scheduling(args),
                extraEnvFrom: [...credentialsEnv(bucket), ...authEnv(args.auth, ["mimir", "alertmanager"])],
            },
            loki: {
                auth_enabled: args.multitenancy ?? false,
                commonConfig: { replication_factor: replicationFactor },
                limits_config: {
                    retention_period: goDuration(args.retention ?? "7d"),
                    ...lokiLimits(args.limits, args.profile ?? "dev"),
                    ...namespaceRetention(args),
                },
                ...(args.tenantLimits && { runtimeConfig: { overrides: perTenant(args.tenantLimits, lokiOverrides) } }),
                storage: {
                    type: "s3",
                    bucketNames: { chunks: bucket.bucket, ruler: bucket.bucket },
                    s3: {
                        endpoint: `${bucket.insecure ? "http" : "https"}://${bucket.endpoint}`,
                        region: bucket.region ?? "us-east-1",
                        s3ForcePathStyle: bucket.pathStyle ?? false,
                        insecure: bucket.insecure ?? false,
                    },
                },
            },
        },
        args.mode === StoreMode.Distributed ? distributedValues(args) : monolithicValues(args),
        zoned(args, replicationFactor),
        ruler(args),
        args.values,
    );
}

/** Only the ring of ingesters has copies of data that is nowhere else. */
function zoned({ zones: given, mode, replicas = 1 }: LokiArgs, replicationFactor: number): HelmValues {
    const zones = zonesOf(given, replicationFactor);
    const isDistributed = mode === StoreMode.Distributed;
    const labels = {
        "app.kubernetes.io/name": "loki",
        "app.kubernetes.io/instance": contract.loki.release,
        "app.kubernetes.io/component": isDistributed ? "ingester" : "single-binary",
    };
    return zones === undefined
        ? {}
        : {
              [isDistributed ? "ingester" : "singleBinary"]: zonedPods(labels),
              loki: { ingester: zonedRing(zones, replicas, replicationFactor) },
          };
}

function monolithicValues({ replicas = 1, size, storageClass }: LokiArgs): HelmValues {
    return { singleBinary: { replicas, persistence: { size, storageClass } } };
}

/** How long Loki keeps the logs of single namespaces. */
function namespaceRetention({ namespaceRetention: retention = {} }: LokiArgs): HelmValues {
    const streams = Object.entries(retention).map(([namespace, period]) => ({
        selector: `{namespace="${namespace}"}`,
        priority: 1,
        period: goDuration(period),
    }));
    return streams.length === 0 ? {} : { retention_stream: streams };
}

const rulesDirectory = "/etc/loki/rules";

function ruler({ rules, tenant = defaultTenants.loki, namespace, alertmanagerUrl, ...args }: LokiArgs): HelmValues {
    const metricsUrl = args.metricsRemoteWriteUrl ?? (args.metricsUrl && `${args.metricsUrl}/api/v1/push`);
    if (rules === undefined) {
        return {};
    }
    const name = `${contract.loki.release}-rules`;
    const files = {
        apiVersion: "v1",
        kind: "ConfigMap",
        metadata: { name, namespace },
        data: Object.fromEntries(Object.entries(rules).map(([file, text]) => [file, escapeTemplate(text)])),
    };
    const mounted = {
        extraVolumes: [{ name: "rules", configMap: { name } }],
        extraVolumeMounts: [{ name: "rules", mountPath: `${rulesDirectory}/${tenant}` }],
    };
    return {
        // In a separate ConfigMap, so that a changed rule does not restart pods. The ruler reads changed files.
        extraObjects: { rules: files },
        ...(args.mode === StoreMode.Distributed
            ? { ruler: { enabled: true, ...mounted } }
            : { ruler: { enabled: true }, defaults: mounted }),
        loki: {
            rulerConfig: {
                storage: { type: "local", local: { directory: rulesDirectory } },
                alertmanager_url: alertmanagerUrl,
                ...alertmanagerClient(args.auth),
                remote_write:
                    metricsUrl === undefined
                        ? undefined
                        : { enabled: true, clients: { mimir: { url: metricsUrl, ...remoteWriteAuth(args.auth) } } },
            },
        },
    };
}

/** The volume claims for Helm values of Loki. */
export function lokiClaims(values: HelmValues): VolumeClaims[] {
    if (values["deploymentMode"] === "Distributed") {
        return distributedClaims(values);
    }
    const claims = volumeClaims(values["singleBinary"]?.persistence, {
        template: "storage",
        statefulSet: contract.loki.release,
        replicas: values["singleBinary"]?.replicas ?? 1,
    });
    return claims === undefined ? [] : [claims];
}
