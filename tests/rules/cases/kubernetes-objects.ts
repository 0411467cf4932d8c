import type { Cases } from "../case";
import { node, type Series, series, value } from "../series";

const inShop = { cluster: "c", namespace: "shop" };
const waiting = { pod: "web-0", container: "app" };

/** A series of kube-state-metrics about an object in a namespace. */
function kubeState(metric: string, labels: Record<string, string>, values: string): Series {
    return {
        [series(`kube_${metric}`, { ...inShop, job: "kube-state-metrics", instance: "kube-state-metrics", ...labels })]:
            values,
    };
}

function autoscaled(current: number, min: number, max: number): Series {
    const of = { horizontalpodautoscaler: "web" };
    return {
        ...kubeState("horizontalpodautoscaler_status_current_replicas", of, value(current)),
        ...kubeState("horizontalpodautoscaler_spec_min_replicas", of, value(min)),
        ...kubeState("horizontalpodautoscaler_spec_max_replicas", of, value(max)),
    };
}

function quota(used: number, hard: number): Series {
    const of = (type: string) => ({ resourcequota: "team", resource: "pods", type });
    return {
        ...kubeState("resourcequota", of("used"), value(used)),
        ...kubeState("resourcequota", of("hard"), value(hard)),
    };
}

/** A series of kube-state-metrics about a node. */
function nodeState(metric: string, labels: Record<string, string>, values: string): Series {
    return { [series(`kube_node_${metric}`, { ...node, job: "kube-state-metrics", ...labels })]: values };
}

function nodeReady(ready: number, unschedulable: number): Series {
    return {
        ...nodeState("status_condition", { condition: "Ready", status: "true" }, value(ready)),
        ...nodeState("status_condition", { condition: "Ready", status: "false" }, value(1 - ready)),
        ...nodeState("spec_unschedulable", {}, value(unschedulable)),
    };
}

export default {
    KubePodNotReady: {
        after: "30m",
        fires: kubeState("pod_status_phase", { pod: "web-0", phase: "Pending" }, value(1)),
        labels: { ...inShop, pod: "web-0", phase: "Pending" },
        summary: "shop/web-0: the pod is in the phase Pending",
        silent: {
            ...kubeState("pod_status_phase", { pod: "web-0", phase: "Pending" }, value(0)),
            ...kubeState("pod_status_phase", { pod: "job-0", phase: "Failed" }, value(1)),
            ...kubeState("pod_owner", { pod: "job-0", owner_kind: "Job", owner_name: "job" }, value(1)),
        },
    },
    KubeContainerWaiting: {
        after: "1h",
        fires: kubeState("pod_container_status_waiting_reason", { ...waiting, reason: "ImagePullBackOff" }, value(1)),
        labels: { ...inShop, ...waiting, reason: "ImagePullBackOff" },
        summary: "shop/web-0 (app): the container waits because of ImagePullBackOff",
        silent: {
            ...kubeState(
                "pod_container_status_waiting_reason",
                { ...waiting, reason: "ContainerCreating" },
                "1x20 0x300",
            ),
            ...kubeState("pod_container_status_waiting_reason", { ...waiting, reason: "CrashLoopBackOff" }, value(1)),
        },
    },
    KubeDeploymentReplicasMismatch: {
        after: "40m",
        fires: {
            ...kubeState("deployment_spec_replicas", { deployment: "web" }, value(3)),
            ...kubeState("deployment_status_replicas_available", { deployment: "web" }, value(1)),
            ...kubeState("deployment_status_replicas_updated", { deployment: "web" }, value(3)),
        },
        labels: { ...inShop, deployment: "web" },
        summary: "shop/web: 2 of the replicas of the Deployment are not available",
        // A rollout that proceeds.
        silent: {
            ...kubeState("deployment_spec_replicas", { deployment: "web" }, value(300)),
            ...kubeState("deployment_status_replicas_available", { deployment: "web" }, value(299)),
            ...kubeState("deployment_status_replicas_updated", { deployment: "web" }, "0+1x300"),
        },
    },
    KubeStatefulSetReplicasMismatch: {
        after: "40m",
        fires: {
            ...kubeState("statefulset_replicas", { statefulset: "db" }, value(3)),
            ...kubeState("statefulset_status_replicas_ready", { statefulset: "db" }, value(2)),
        },
        labels: { ...inShop, statefulset: "db" },
        summary: "shop/db: 1 of the replicas of the StatefulSet are not ready",
        silent: {
            ...kubeState("statefulset_replicas", { statefulset: "db" }, value(300)),
            ...kubeState("statefulset_status_replicas_ready", { statefulset: "db" }, value(299)),
            ...kubeState("statefulset_status_replicas_updated", { statefulset: "db" }, "0+1x300"),
        },
    },
    KubeDaemonSetRolloutStuck: {
        after: "40m",
        fires: {
            ...kubeState("daemonset_status_desired_number_scheduled", { daemonset: "agent" }, value(5)),
            ...kubeState("daemonset_status_number_available", { daemonset: "agent" }, value(3)),
        },
        labels: { ...inShop, daemonset: "agent" },
        summary: "shop/agent: the pod of the DaemonSet is not available on 2 nodes",
        silent: {
            ...kubeState("daemonset_status_desired_number_scheduled", { daemonset: "agent" }, value(300)),
            ...kubeState("daemonset_status_number_available", { daemonset: "agent" }, value(299)),
            ...kubeState("daemonset_status_updated_number_scheduled", { daemonset: "agent" }, "0+1x300"),
        },
    },
    KubeJobFailed: {
        after: "30m",
        fires: kubeState("job_failed", { job_name: "import", condition: "true" }, value(1)),
        labels: { ...inShop, job_name: "import" },
        summary: "shop/import: the Job has failed",
        silent: kubeState("job_failed", { job_name: "import", condition: "false" }, value(1)),
    },
    KubeHpaMaxedOut: {
        after: "30m",
        fires: autoscaled(10, 2, 10),
        labels: { ...inShop, horizontalpodautoscaler: "web" },
        summary: "shop/web: the HorizontalPodAutoscaler has reached its maximum of 10 replicas",
        // Its minimum is its maximum.
        silent: autoscaled(10, 10, 10),
    },
    KubeQuotaAlmostFull: {
        after: "30m",
        fires: quota(95, 100),
        labels: { ...inShop, resourcequota: "team", resource: "pods" },
        summary: "shop/team: 95% of the quota for pods is used",
        silent: quota(50, 100),
    },
    KubeNodeNotReady: {
        after: "30m",
        fires: nodeReady(0, 0),
        labels: node,
        summary: "n: the node is not ready",
        // It is drained.
        silent: nodeReady(0, 1),
    },
    KubeNodePressure: {
        after: "30m",
        fires: nodeState("status_condition", { condition: "DiskPressure", status: "true" }, value(1)),
        labels: { ...node, condition: "DiskPressure" },
        summary: "n: the node has the condition DiskPressure",
        silent: {
            ...nodeState("status_condition", { condition: "DiskPressure", status: "true" }, value(0)),
            ...nodeState("status_condition", { condition: "Ready", status: "true" }, value(1)),
        },
    },
} satisfies Cases;
