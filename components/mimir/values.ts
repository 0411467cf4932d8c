import { goDuration } from "../../validation/durations";
import { defaultReplicationFactor } from "../../validation/replication";
import { alertmanagerClient, authEnv } from "../backend-auth";
import { contract, defaultTenants, endpoints } from "../contract";
import { goMemoryLimitOf, goMemoryVariable } from "../go-memory";
import { autoscalerValues, imageRegistry, pullSecrets, scheduling } from "../helm/chart";
import { type VolumeClaims, volumeClaims } from "../helm/claims";
import { type HelmValues, mergeValues, packagedValues } from "../helm/values";
import { mimirLimits, mimirOverrides, perTenant } from "../limits";
import { credentialsEnv } from "../object-store/connection";
import { StoreMode } from "../mode";
import { alertmanagerConfig, alertmanagerPath, receiverSecrets, secretsDirectory } from "./alertmanager";
import { ZoneStage, zonesOf } from "../zones";
import type { MimirArgs, MimirPartArgs } from "./args";

/** Helm values of Mimir. */
export function mimirValues(args: MimirArgs): HelmValues {
    const { bucket } = args;
    const replicas = args.replicas ?? 1;
    const replicationFactor = args.replicationFactor ?? defaultReplicationFactor(replicas);
    const zones = zonesOf(args.zones, replicationFactor);
    const values = mergeValues(
        packagedValues("mimir", args.profile ?? "dev"),
        isDistributed(args) ? parts(args) : {},
        {
            image: imageRegistry(args),
            nginx: imageRegistry(args),
            memcached: imageRegistry(args),
            imagePullSecrets: pullSecrets(args),
            clusterDomain: args.clusterDomain,
            ...(!isDistributed(args) && { replicas }),
            replicationFactor,
            ...(zones && { zones: { enabled: true, replicate: zones.stage === ZoneStage.Replicate } }),
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
            ...(args.objectRuler && { objectRuler: { enabled: true } }),
            ...(args.tenantLimits && { runtimeConfig: { overrides: perTenant(args.tenantLimits, mimirOverrides) } }),
            ...scheduling(args),
        },
        ruler(args),
        alertmanager(args),
        args.values,
    );
    return mergeValues(goMemoryLimits(values), values);
}

/** GOMEMLIMIT of each pod from its memory limit. None if the values have the variable for all pods. */
function goMemoryLimits(values: HelmValues): HelmValues {
    const limited = (own: HelmValues) => ({ goMemoryLimit: goMemoryLimitOf(own) });
    // The gateway is nginx.
    const parts = Object.entries((values["parts"] ?? {}) as Record<string, HelmValues>).filter(
        ([name]) => name !== "gateway",
    );
    return ((values["env"] ?? []) as { name: string }[]).some(({ name }) => name === goMemoryVariable)
        ? {}
        : {
              ...limited(values),
              ...(values["objectRuler"] && { objectRuler: limited(values["objectRuler"]) }),
              ...(parts.length > 0 && {
                  parts: Object.fromEntries(parts.map(([name, part]) => [name, limited(part)])),
              }),
          };
}

function isDistributed({ mode }: Pick<MimirArgs, "mode">): boolean {
    return mode === StoreMode.Distributed;
}

/** Each part with its replicas. Ingesters, store-gateways and compactors have volumes of the same size. */
function parts(args: MimirArgs): HelmValues {
    const persistence = { size: args.size };
    const part = ({ replicas, autoscaling }: MimirPartArgs = {}) => ({
        replicas,
        autoscaling: autoscalerValues(autoscaling),
    });
    return mergeValues(packagedValues("mimir-distributed", args.profile ?? "dev"), {
        mode: args.mode,
        parts: {
            ingester: { replicas: args.replicas ?? 1, persistence },
            distributor: part(args.distributor),
            querier: part(args.querier),
            storeGateway: { replicas: args.storeGatewayReplicas, persistence },
            compactor: { persistence },
        },
    });
}

function ruler({ rules, tenant = defaultTenants.mimir, alertmanagerUrl, auth }: MimirArgs): HelmValues {
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

/** A shell that runs awk every 30 s. */
const secretsResources = { requests: { cpu: "5m", memory: "16Mi" }, limits: { memory: "32Mi" } };

function alertmanager({
    alertmanager: args,
    namespace,
    clusterDomain,
    tenant = defaultTenants.mimir,
}: MimirArgs): HelmValues {
    const url = `${endpoints(namespace, clusterDomain).mimir}${alertmanagerPath}`;
    const secrets = receiverSecrets(args ?? {});
    return args === undefined
        ? {}
        : {
              alertmanager: {
                  enabled: true,
                  tenant,
                  config: alertmanagerConfig(args),
                  secretsDirectory,
                  ...(secrets.length > 0 && { secrets, secretsResources }),
              },
              config: {
                  ruler: { alertmanager_url: url },
                  alertmanager: { external_url: url },
                  alertmanager_storage: { backend: "local", local: { path: "/alertmanager" } },
              },
          };
}

/** The volume claims for Helm values of Mimir. In distributed mode, several parts have volumes. */
export function mimirClaims(values: HelmValues): VolumeClaims[] {
    const { release } = contract.mimir;
    const { persistence = {}, replicas = 1 } = values;
    if (values["mode"] !== StoreMode.Distributed) {
        return [volumeClaims(persistence, { template: "data", statefulSet: release, replicas }) ?? []].flat();
    }
    const hasAlertmanager = (values["alertmanager"] as HelmValues | undefined)?.["enabled"] === true;
    const parts = hasAlertmanager ? { ...partsWithClaims, alertmanager: "alertmanager" } : partsWithClaims;
    return Object.entries(parts).flatMap(([key, part]) => {
        const own = (values["parts"] as HelmValues | undefined)?.[key] ?? {};
        const { enabled, storageClass } = persistence as HelmValues;
        const statefulSet = `${release}-${part}`;
        const owner = { template: "data", statefulSet, resource: `${part}-data`, replicas: own.replicas ?? 1 };
        return volumeClaims({ enabled, storageClass, ...own.persistence }, owner) ?? [];
    });
}

/** The parts that always have claims, by their key in the Helm values. The Alertmanager has claims if its values have a size, which differs from the chart's. */
const partsWithClaims = { ingester: "ingester", storeGateway: "store-gateway", compactor: "compactor" };
