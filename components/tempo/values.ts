import { goDuration } from "../../validation/durations";
import { authEnv, remoteWriteAuth } from "../backend-auth";
import { contract, samplingRatioAttribute, spanLatencyBounds } from "../contract";
import { withGoMemoryLimit } from "../go-memory";
import { scheduling } from "../helm/chart";
import { type VolumeClaims, volumeClaims } from "../helm/claims";
import { type HelmValues, mergeValues, packagedValues } from "../helm/values";
import { tempoLimits, tempoOverrides } from "../limits";
import { StoreMode } from "../mode";
import { credentialsEnv } from "../object-store/connection";
import type { TempoArgs } from "./args";
import { contractService, distributedClaims, distributedValues, sharedLimits } from "./distributed";
import { distributedGuard, monolithicGuard } from "./volume-guard";

/** Helm values of Tempo. The modes have different charts. */
export function tempoValues(args: TempoArgs): HelmValues {
    const own = monolithicValues(args);
    const chart = args.mode === StoreMode.Distributed ? distributedValues(args, own) : own;
    const values = mergeValues(chart, args.values);
    const limited = mergeValues(values, tenantOverrides(args, values), args.values);
    return mergeValues(
        limited,
        ...(args.mode === StoreMode.Distributed
            ? [contractObjects(args), distributedGuard(limited, args)]
            : [
                  // The chart of distributed Tempo sets GOMEMLIMIT itself.
                  { tempo: withGoMemoryLimit(limited["tempo"], "extraEnv") },
                  monolithicGuard(limited, args),
              ]),
    );
}

/** Objects that the chart of distributed Tempo does not have, before those of the caller. */
function contractObjects(args: TempoArgs): HelmValues {
    const added = (args.values?.["extraObjects"] ?? []) as object[];
    return { extraObjects: [contractService(args), ...added] };
}

function monolithicValues(args: TempoArgs): HelmValues {
    const { bucket } = args;
    const retention = goDuration(args.retention ?? "7d");
    return mergeValues(packagedValues("tempo", args.profile ?? "dev"), {
        global: { imageRegistry: args.imageRegistry },
        tempo: {
            pullSecrets: args.imagePullSecrets,
            retention,
            overrides: { defaults: tempoLimits(args.limits, args.profile ?? "dev") },
            multitenancyEnabled: args.multitenancy ?? false,
            metricsGenerator: metricsGenerator(args),
            // Tempo's default limit is one week, so that older traces would not be found.
            queryFrontend: { search: { max_duration: retention } },
            extraEnvFrom: [...credentialsEnv(bucket), ...authEnv(args.auth, ["mimir"])],
            // Replaces ${NAME} with environment variables.
            extraArgs: args.auth?.mimir && { "config.expand-env": true },
            storage: {
                trace: {
                    backend: "s3",
                    s3: {
                        bucket: bucket.bucket,
                        endpoint: bucket.endpoint,
                        region: bucket.region ?? "us-east-1",
                        insecure: bucket.insecure ?? false,
                        forcepathstyle: bucket.pathStyle ?? false,
                    },
                },
            },
        },
        serviceAccount: { annotations: bucket.serviceAccountAnnotations },
        persistence: { size: args.size, storageClassName: args.storageClass },
        ...scheduling(args),
    });
}

/** Tempo ignores all default limits for a tenant that has limits of its own. Therefore each tenant gets the defaults too. */
function tenantOverrides(args: TempoArgs, values: HelmValues): HelmValues {
    const { tenantLimits = {}, mode } = args;
    const isDistributed = mode === StoreMode.Distributed;
    const { overrides } = (isDistributed ? values : values["tempo"]) as HelmValues;
    const tenants = Object.entries(tenantLimits).map(([tenant, limits]) => {
        const own = tempoOverrides(limits);
        return [tenant, mergeValues(overrides.defaults, isDistributed ? sharedLimits(own, values) : own)];
    });
    const perTenant = { per_tenant_overrides: Object.fromEntries(tenants) as HelmValues };
    return tenants.length === 0 ? {} : isDistributed ? perTenant : { tempo: perTenant };
}

/** Generates request rates, durations and the service graph from spans. Sampled spans are weighted with their sampling ratio. */
function metricsGenerator({ latencyBoundsSeconds, ...args }: TempoArgs): HelmValues {
    const url = args.metricsRemoteWriteUrl ?? (args.metricsUrl && `${args.metricsUrl}/api/v1/push`);
    if (url === undefined) {
        return { enabled: false };
    }
    const labels = { dimensions: ["cluster", "namespace"], span_multiplier_key: samplingRatioAttribute };
    return {
        enabled: true,
        processor: {
            service_graphs: labels,
            span_metrics: { ...labels, histogram_buckets: spanLatencyBounds(latencyBoundsSeconds) },
        },
        storage: {
            path: "/var/tempo/generator",
            remote_write: [{ url, send_exemplars: true, ...remoteWriteAuth(args.auth) }],
        },
    };
}

/** The volume claims for Helm values of Tempo. */
export function tempoClaims(values: HelmValues): VolumeClaims | undefined {
    return "ingester" in values
        ? distributedClaims(values)
        : volumeClaims(values["persistence"], {
              template: "storage",
              statefulSet: contract.tempo.release,
              replicas: values["replicas"] ?? 1,
          });
}
