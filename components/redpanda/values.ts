import { contract } from "../contract";
import { imageRegistry, pullSecrets, scheduling } from "../helm/chart";
import { type VolumeClaims, volumeClaims } from "../helm/claims";
import { type HelmValues, mergeValues, packagedValues } from "../helm/values";
import type { RedpandaArgs } from "./args";

/** Port of the Service of Redpanda Console. */
export const consolePort = 8080;

/** Helm values of Redpanda. */
export function redpandaValues(args: RedpandaArgs): HelmValues {
    return mergeValues(
        packagedValues("redpanda", args.profile ?? "dev"),
        {
            replicas: args.replicas ?? 1,
            persistence: { size: args.size, storageClass: args.storageClass },
            console: { enabled: args.console ?? true, image: imageRegistry(args) },
            image: imageRegistry(args),
            imagePullSecrets: pullSecrets(args),
            clusterDomain: args.clusterDomain,
            ...scheduling(args),
        },
        args.values,
    );
}

/** The volume claims for Helm values of Redpanda. */
export function redpandaClaims(values: HelmValues): VolumeClaims | undefined {
    return volumeClaims(values["persistence"], {
        template: "data",
        statefulSet: contract.redpanda.release,
        replicas: values["replicas"] ?? 1,
    });
}
