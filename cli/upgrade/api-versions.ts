import { SemVer } from "semver";
import type { KubernetesObject } from "../manifests";
import { type Finding, findings } from "./finding";
import { title } from "./objects";

/** A version of an API that a release of Kubernetes no longer serves. */
interface RemovedApi {
    apiVersion: string;
    kinds: string[];
    /** The first release without it. */
    removedIn: string;
    /** The version that replaces it. Default: none. */
    replacement?: string;
}

/** Source of {@link removedApis}. */
const guide = "https://kubernetes.io/docs/reference/using-api/deprecation-guide/";

const workloadKinds = ["DaemonSet", "Deployment", "ReplicaSet", "StatefulSet"];
const roleKinds = ["ClusterRole", "ClusterRoleBinding", "Role", "RoleBinding"];
const flowKinds = ["FlowSchema", "PriorityLevelConfiguration"];

/** The versions of APIs that Kubernetes has removed since 1.16, from its deprecation guide. */
const removedApis: RemovedApi[] = [
    ...["extensions/v1beta1", "apps/v1beta1", "apps/v1beta2"].map((apiVersion) => ({
        apiVersion,
        kinds: workloadKinds,
        removedIn: "1.16",
        replacement: "apps/v1",
    })),
    ...removed("1.16", "networking.k8s.io/v1", ["extensions/v1beta1"], ["NetworkPolicy"]),
    ...removed("1.22", "networking.k8s.io/v1", ["extensions/v1beta1", "networking.k8s.io/v1beta1"], ["Ingress"]),
    ...removed("1.22", "networking.k8s.io/v1", ["networking.k8s.io/v1beta1"], ["IngressClass"]),
    ...removed(
        "1.22",
        "admissionregistration.k8s.io/v1",
        ["admissionregistration.k8s.io/v1beta1"],
        ["MutatingWebhookConfiguration", "ValidatingWebhookConfiguration"],
    ),
    ...removed("1.22", "apiextensions.k8s.io/v1", ["apiextensions.k8s.io/v1beta1"], ["CustomResourceDefinition"]),
    ...removed("1.22", "apiregistration.k8s.io/v1", ["apiregistration.k8s.io/v1beta1"], ["APIService"]),
    ...removed("1.22", "rbac.authorization.k8s.io/v1", ["rbac.authorization.k8s.io/v1beta1"], roleKinds),
    ...removed("1.22", "scheduling.k8s.io/v1", ["scheduling.k8s.io/v1beta1"], ["PriorityClass"]),
    ...removed("1.22", "coordination.k8s.io/v1", ["coordination.k8s.io/v1beta1"], ["Lease"]),
    ...removed(
        "1.22",
        "storage.k8s.io/v1",
        ["storage.k8s.io/v1beta1"],
        ["CSIDriver", "CSINode", "StorageClass", "VolumeAttachment"],
    ),
    ...removed("1.25", "batch/v1", ["batch/v1beta1"], ["CronJob"]),
    ...removed("1.25", "discovery.k8s.io/v1", ["discovery.k8s.io/v1beta1"], ["EndpointSlice"]),
    ...removed("1.25", "events.k8s.io/v1", ["events.k8s.io/v1beta1"], ["Event"]),
    ...removed("1.25", "autoscaling/v2", ["autoscaling/v2beta1"], ["HorizontalPodAutoscaler"]),
    ...removed("1.25", "policy/v1", ["policy/v1beta1"], ["PodDisruptionBudget"]),
    ...removed("1.25", undefined, ["policy/v1beta1"], ["PodSecurityPolicy"]),
    ...removed("1.25", "node.k8s.io/v1", ["node.k8s.io/v1beta1"], ["RuntimeClass"]),
    ...removed("1.26", "autoscaling/v2", ["autoscaling/v2beta2"], ["HorizontalPodAutoscaler"]),
    ...removed("1.26", "flowcontrol.apiserver.k8s.io/v1", ["flowcontrol.apiserver.k8s.io/v1beta1"], flowKinds),
    ...removed("1.27", "storage.k8s.io/v1", ["storage.k8s.io/v1beta1"], ["CSIStorageCapacity"]),
    ...removed("1.29", "flowcontrol.apiserver.k8s.io/v1", ["flowcontrol.apiserver.k8s.io/v1beta2"], flowKinds),
    ...removed("1.32", "flowcontrol.apiserver.k8s.io/v1", ["flowcontrol.apiserver.k8s.io/v1beta3"], flowKinds),
];

function removed(
    removedIn: string,
    replacement: string | undefined,
    apiVersions: string[],
    kinds: string[],
): RemovedApi[] {
    return apiVersions.map((apiVersion) => ({
        apiVersion,
        kinds,
        removedIn,
        ...(replacement !== undefined && { replacement }),
    }));
}

/**
 * The objects whose API a version of Kubernetes does not serve, and those with an alpha or beta API of Kubernetes, which a later version can
 * remove.
 *
 * @param kubernetes version of Kubernetes, such as "1.33.0".
 */
export function apiVersionFindings(objects: KubernetesObject[], kubernetes: string): Finding[] {
    const version = new SemVer(kubernetes);
    return objects.flatMap((object) => {
        const api = removedApis.find(
            ({ apiVersion, kinds }) => apiVersion === object.apiVersion && kinds.includes(object.kind),
        );
        const replacement = api?.replacement === undefined ? "It has no replacement" : `Use ${api.replacement}`;
        if (api !== undefined && version.compare(`${api.removedIn}.0`) >= 0) {
            return findings("kubernetes", "unsafe", [
                `${title(object)} has the API version ${api.apiVersion}, which Kubernetes ${api.removedIn} has removed. ${replacement}. Source: ${guide}`,
            ]);
        }
        if (api !== undefined) {
            return findings("kubernetes", "note", [
                `${title(object)} has the API version ${api.apiVersion}, which Kubernetes ${api.removedIn} removes. ${replacement}. Source: ${guide}`,
            ]);
        }
        return isUnstable(object.apiVersion)
            ? findings("kubernetes", "note", [
                  `${title(object)} has the API version ${object.apiVersion}, which a later version of Kubernetes can remove.`,
              ])
            : [];
    });
}

/** Whether an API of Kubernetes itself is not stable. */
function isUnstable(apiVersion: string): boolean {
    const [group = "", version = group] = apiVersion.split("/");
    const builtIn = !group.includes(".") || group.endsWith(".k8s.io");
    return builtIn && /^v\d+(alpha|beta)\d+$/.test(version);
}
