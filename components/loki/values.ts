import { goDuration } from "../../validation/durations";
import { defaultReplicationFactor } from "../../validation/replication";
import { pullSecrets, scheduling } from "../helm/chart";
import { type HelmValues, mergeValues, packagedValues } from "../helm/values";
import { credentialsEnv } from "../object-store/connection";
import type { LokiArgs } from "./index";

/** Helm values of Loki. */
export function lokiValues(args: LokiArgs): HelmValues {
    const { bucket } = args;
    const replicas = args.replicas ?? 1;
    return mergeValues(
        packagedValues("loki", args.profile ?? "dev"),
        {
            global: { imageRegistry: args.imageRegistry },
            imagePullSecrets: pullSecrets(args),
            serviceAccount: { annotations: bucket.serviceAccountAnnotations },
            defaults: { ...scheduling(args), extraEnvFrom: credentialsEnv(bucket) },
            singleBinary: {
                replicas,
                persistence: { size: args.size, storageClass: args.storageClass },
            },
            loki: {
                auth_enabled: args.multitenancy ?? false,
                commonConfig: { replication_factor: args.replicationFactor ?? defaultReplicationFactor(replicas) },
                limits_config: { retention_period: goDuration(args.retention ?? "7d") },
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
        args.values,
    );
}
