import { goDuration } from "../../validation/durations";
import { scheduling } from "../helm/chart";
import { type HelmValues, mergeValues, packagedValues } from "../helm/values";
import { credentialsEnv } from "../object-store/connection";
import type { TempoArgs } from "./index";

/** Helm values of Tempo. */
export function tempoValues(args: TempoArgs): HelmValues {
    const { bucket } = args;
    return mergeValues(
        packagedValues("tempo", args.profile ?? "dev"),
        {
            global: { imageRegistry: args.imageRegistry },
            tempo: {
                pullSecrets: args.imagePullSecrets,
                retention: goDuration(args.retention ?? "7d"),
                extraEnvFrom: credentialsEnv(bucket),
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
        },
        args.values,
    );
}
