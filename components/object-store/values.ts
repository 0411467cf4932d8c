import type { Backend } from "../../validation/buckets";
import { contract } from "../contract";
import { imageRegistry, pullSecrets, scheduling } from "../helm/chart";
import { type VolumeClaims, volumeClaims } from "../helm/claims";
import { type HelmValues, mergeValues, packagedValues } from "../helm/values";
import type { ChartArgs } from "../helm/args";

/** Name of the Secret with MinIO's root user, in the keys rootUser and rootPassword. */
export const rootSecretName = "minio-root";

/** Name of the Secret with the access keys of an S3 service, if the settings contain them. */
export const keysSecretName = "object-store";

/** Name of the Secret with the access keys of a backend for MinIO. */
export function userSecretName(backend: Backend): string {
    return `object-store-${backend}`;
}

/** Arguments of the values of MinIO. */
export interface MinioArgs extends ChartArgs {
    replicas?: number;
    size?: string;
    storageClass?: string;
    users: { name: string; secret: string; buckets: string[] }[];
}

/** Helm values of MinIO. */
export function minioValues(args: MinioArgs): HelmValues {
    return mergeValues(
        packagedValues("minio", args.profile ?? "dev"),
        {
            replicas: args.replicas ?? 1,
            rootSecret: rootSecretName,
            users: args.users,
            persistence: { size: args.size, storageClass: args.storageClass },
            image: imageRegistry(args),
            imagePullSecrets: pullSecrets(args),
            clusterDomain: args.clusterDomain,
            ...scheduling(args),
        },
        args.values,
    );
}

/** The volume claims for Helm values of MinIO. */
export function minioClaims(values: HelmValues): VolumeClaims | undefined {
    return volumeClaims(values["persistence"], {
        template: "data",
        statefulSet: contract.minio.release,
        replicas: values["replicas"] ?? 1,
    });
}
