import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import type { HelmValues } from "./values";

/** The PersistentVolumeClaims of a StatefulSet: one for each replica, with the name TEMPLATE-STATEFULSET-ORDINAL. */
export interface VolumeClaims {
    /** Name of the template in the StatefulSet. */
    template: string;
    statefulSet: string;
    replicas: number;
    /** Kubernetes quantity, such as "50Gi". */
    size: string;
    /** Default: the cluster's default StorageClass. */
    storageClass?: string;
    /** Default: ["ReadWriteOnce"]. */
    accessModes?: string[];
    /** Part of the names of the Pulumi resources, if the templates of several StatefulSets of a chart have the same name. Default: `template`. */
    resource?: string;
}

/**
 * The claims for the Helm values of a chart, which have the key `persistence` in most charts. Undefined without persistence, and if the size is the
 * default of the chart.
 */
export function volumeClaims(
    persistence: HelmValues | undefined,
    owner: Pick<VolumeClaims, "template" | "statefulSet" | "resource" | "replicas">,
): VolumeClaims | undefined {
    const { enabled, size, accessModes, storageClass, storageClassName } = persistence ?? {};
    return enabled === false || typeof size !== "string"
        ? undefined
        : { ...owner, size, accessModes, storageClass: storageClassName ?? storageClass };
}

/**
 * Sets the sizes of claims, so that a larger size expands the volumes in place. The claims in a StatefulSet cannot change, and a replaced StatefulSet
 * keeps its old claims.
 *
 * A claim that does not exist is created, and the StatefulSet uses it. Pulumi never deletes a claim.
 */
export function setClaimSizes(
    name: string,
    { template, statefulSet, replicas, size, storageClass, accessModes, resource = template }: VolumeClaims,
    namespace: string,
    opts: { parent: pulumi.ComponentResource; dependsOn?: pulumi.Resource[] },
): pulumi.Resource[] {
    return Array.from(
        { length: replicas },
        (_, ordinal) =>
            new k8s.core.v1.PersistentVolumeClaimPatch(
                `${name}-${resource}-${ordinal}`,
                {
                    metadata: {
                        name: `${template}-${statefulSet}-${ordinal}`,
                        namespace,
                        annotations: {
                            // The controller of StatefulSets owns the size of the claims that it creates.
                            "pulumi.com/patchForce": "true",
                            // With some StorageClasses, a claim is bound when its first pod is scheduled.
                            "pulumi.com/skipAwait": "true",
                        },
                    },
                    spec: {
                        accessModes: accessModes ?? ["ReadWriteOnce"],
                        storageClassName: storageClass,
                        resources: { requests: { storage: size } },
                    },
                },
                // The ignored fields cannot change in an existing claim.
                { ...opts, retainOnDelete: true, ignoreChanges: ["spec.accessModes", "spec.storageClassName"] },
            ),
    );
}

/** Resource options of the objects of a chart that hold data, by type. */
const dataOptions: Record<string, pulumi.CustomResourceOptions> = {
    "kubernetes:apps/v1:StatefulSet": {
        // See setClaimSizes. The chart of Loki also writes the size into an annotation of the pods, and a change would restart them.
        ignoreChanges: ["spec.volumeClaimTemplates", 'spec.template.metadata.annotations["storage/size"]'],
    },
    "kubernetes:core/v1:PersistentVolumeClaim": { ignoreChanges: ["spec.accessModes", "spec.storageClassName"] },
};

/**
 * The resource options of an object of a chart, so that no change replaces an object because of its volumes. Undefined if the object holds no data.
 *
 * @param protect whether Pulumi refuses to delete or to replace the object.
 */
export function dataObjectOptions(type: string, protect: boolean): pulumi.CustomResourceOptions | undefined {
    const options = dataOptions[type];
    return options && { ...options, protect };
}
