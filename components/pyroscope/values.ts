import { goDuration } from "../../validation/durations";
import { contract } from "../contract";
import { pullSecrets, scheduling } from "../helm/chart";
import { type VolumeClaims, volumeClaims } from "../helm/claims";
import { type HelmValues, mergeValues, packagedValues } from "../helm/values";
import { pyroscopeLimits } from "../limits";
import { credentialsEnv } from "../object-store/connection";
import type { PyroscopeArgs } from "./args";

/** Helm values of Pyroscope. */
export function pyroscopeValues(args: PyroscopeArgs): HelmValues {
    const { bucket } = args;
    return mergeValues(
        packagedValues("pyroscope", args.profile ?? "dev"),
        {
            global: { imageRegistry: args.imageRegistry },
            pyroscope: {
                imagePullSecrets: pullSecrets(args),
                extraEnvFrom: credentialsEnv(bucket),
                extraArgs: {
                    "retention-period": goDuration(args.retention ?? "7d"),
                    "auth.multitenancy-enabled": args.multitenancy ?? false,
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
                ...scheduling(args),
            },
        },
        args.values,
    );
}

/** The volume claims for Helm values of Pyroscope. */
export function pyroscopeClaims(values: HelmValues): VolumeClaims | undefined {
    return volumeClaims(values["pyroscope"]?.persistence, {
        template: "data",
        statefulSet: contract.pyroscope.release,
        replicas: values["pyroscope"]?.replicaCount ?? 1,
    });
}
