import { goDuration } from "../../validation/durations";
import { defaultReplicationFactor } from "../../validation/replication";
import { alertmanagerClient, authEnv } from "../backend-auth";
import { contract, endpoints } from "../contract";
import { imageRegistry, pullSecrets, scheduling } from "../helm/chart";
import { type VolumeClaims, volumeClaims } from "../helm/claims";
import { type HelmValues, mergeValues, packagedValues } from "../helm/values";
import { mimirLimits, mimirOverrides, perTenant } from "../limits";
import { credentialsEnv } from "../object-store/connection";
import { alertmanagerConfig, alertmanagerPath, receiverSecrets, secretsDirectory } from "./alertmanager";
import type { MimirArgs } from "./args";

// The tenant of Mimir without multi-tenancy.
const defaultTenant = "anonymous";

/** Helm values of Mimir. */
export function mimirValues(args: MimirArgs): HelmValues {
    const { bucket } = args;
    const replicas = args.replicas ?? 1;
    return mergeValues(
        packagedValues("mimir", args.profile ?? "dev"),
        {
            image: imageRegistry(args),
            imagePullSecrets: pullSecrets(args),
            clusterDomain: args.clusterDomain,
            replicas,
            replicationFactor: args.replicationFactor ?? defaultReplicationFactor(replicas),
            envFrom: [...credentialsEnv(bucket), ...authEnv(args.auth, ["alertmanager"])],
            serviceAccount: { annotations: bucket.serviceAccountAnnotations },
            persistence: { size: args.size, storageClass: args.storageClass },
            config: {
                multitenancy_enabled: args.multitenancy ?? false,
                common: {
                    storage: {
                        backend: "s3",
                        s3: {
                            endpoint: bucket.endpoint,
                            region: bucket.region ?? "us-east-1",
                            insecure: bucket.insecure ?? false,
                            bucket_name: bucket.bucket,
                            bucket_lookup_type: bucket.pathStyle ? "path" : "auto",
                        },
                    },
                },
                // Mimir does not start if they share a bucket without prefixes.
                blocks_storage: { storage_prefix: "blocks" },
                ruler_storage: { storage_prefix: "ruler" },
                alertmanager_storage: { storage_prefix: "alertmanager" },
                limits: {
                    compactor_blocks_retention_period: goDuration(args.retention ?? "30d"),
                    ...mimirLimits(args.limits, args.profile ?? "dev"),
                },
            },
            ...(args.tenantLimits && { runtimeConfig: { overrides: perTenant(args.tenantLimits, mimirOverrides) } }),
            ...scheduling(args),
        },
        ruler(args),
        alertmanager(args),
        args.values,
    );
}

function ruler({ rules, tenant = defaultTenant, alertmanagerUrl, auth }: MimirArgs): HelmValues {
    return rules === undefined
        ? {}
        : {
              rules: { tenant, files: rules },
              config: {
                  // With local storage, the ruler API is read-only.
                  ruler_storage: { backend: "local", local: { directory: "/rules" } },
                  ruler:
                      alertmanagerUrl === undefined
                          ? undefined
                          : { alertmanager_url: alertmanagerUrl, ...alertmanagerClient(auth) },
              },
          };
}

function alertmanager({ alertmanager: args, namespace, clusterDomain, tenant = defaultTenant }: MimirArgs): HelmValues {
    const url = `${endpoints(namespace, clusterDomain).mimir}${alertmanagerPath}`;
    return args === undefined
        ? {}
        : {
              alertmanager: {
                  enabled: true,
                  tenant,
                  config: alertmanagerConfig(args),
                  secretsDirectory,
                  secrets: receiverSecrets(args),
              },
              config: {
                  ruler: { alertmanager_url: url },
                  alertmanager: { external_url: url },
                  alertmanager_storage: { backend: "local", local: { path: "/alertmanager" } },
              },
          };
}

/** The volume claims for Helm values of Mimir. */
export function mimirClaims(values: HelmValues): VolumeClaims | undefined {
    return volumeClaims(values["persistence"], {
        template: "data",
        statefulSet: contract.mimir.release,
        replicas: values["replicas"] ?? 1,
    });
}
