import type { RuleFile } from "../define";

const job = 'job="kube-state-metrics"';

export default {
    group: "kubernetes-objects",
    needs: ["alloyMetrics", "kubeStateMetrics"],
    dashboard: "kubernetes-objects",
    description: "Pods, workloads, Jobs, quotas and nodes, from the metrics of kube-state-metrics.",
    rules: [
        {
            alert: "KubePodNotReady",
            severity: "warning",
            for: "15m",
            summary: "{{ $labels.namespace }}/{{ $labels.pod }}: the pod is in the phase {{ $labels.phase }}",
            // The Job controller replaces failed pods, and KubeJobFailed reports it if it gives up.
            expr: () => `
                max by (cluster, namespace, pod, phase) (kube_pod_status_phase{${job}, phase=~"Pending|Unknown|Failed"} > 0)
                unless on (cluster, namespace, pod) kube_pod_owner{${job}, owner_kind="Job"}`,
        },
        {
            alert: "KubeContainerWaiting",
            severity: "warning",
            for: "30m",
            summary:
                "{{ $labels.namespace }}/{{ $labels.pod }} ({{ $labels.container }}): the container waits because of {{ $labels.reason }}",
            // KubePodCrashLooping reports restarts.
            expr: () =>
                `max by (cluster, namespace, pod, container, reason) (kube_pod_container_status_waiting_reason{${job}, reason!="CrashLoopBackOff"} > 0)`,
        },
        {
            alert: "KubeDeploymentReplicasMismatch",
            severity: "warning",
            for: "15m",
            summary:
                "{{ $labels.namespace }}/{{ $labels.deployment }}: {{ $value }} of the replicas of the Deployment are not available",
            // A rollout that proceeds updates replicas.
            expr: () => `
                max by (cluster, namespace, deployment) (kube_deployment_spec_replicas{${job}})
                - max by (cluster, namespace, deployment) (kube_deployment_status_replicas_available{${job}}) > 0
                unless max by (cluster, namespace, deployment) (changes(kube_deployment_status_replicas_updated{${job}}[10m])) > 0`,
        },
        {
            alert: "KubeStatefulSetReplicasMismatch",
            severity: "warning",
            for: "15m",
            summary:
                "{{ $labels.namespace }}/{{ $labels.statefulset }}: {{ $value }} of the replicas of the StatefulSet are not ready",
            expr: () => `
                max by (cluster, namespace, statefulset) (kube_statefulset_replicas{${job}})
                - max by (cluster, namespace, statefulset) (kube_statefulset_status_replicas_ready{${job}}) > 0
                unless max by (cluster, namespace, statefulset) (changes(kube_statefulset_status_replicas_updated{${job}}[10m])) > 0`,
        },
        {
            alert: "KubeDaemonSetRolloutStuck",
            severity: "warning",
            for: "15m",
            summary:
                "{{ $labels.namespace }}/{{ $labels.daemonset }}: the pod of the DaemonSet is not available on {{ $value }} nodes",
            expr: () => `
                max by (cluster, namespace, daemonset) (kube_daemonset_status_desired_number_scheduled{${job}})
                - max by (cluster, namespace, daemonset) (kube_daemonset_status_number_available{${job}}) > 0
                unless max by (cluster, namespace, daemonset) (changes(kube_daemonset_status_updated_number_scheduled{${job}}[5m])) > 0`,
        },
        {
            alert: "KubeJobFailed",
            severity: "warning",
            for: "15m",
            summary: "{{ $labels.namespace }}/{{ $labels.job_name }}: the Job has failed",
            expr: () => `max by (cluster, namespace, job_name) (kube_job_failed{${job}, condition="true"} > 0)`,
        },
        {
            alert: "KubeHpaMaxedOut",
            severity: "warning",
            for: "15m",
            summary:
                "{{ $labels.namespace }}/{{ $labels.horizontalpodautoscaler }}: the HorizontalPodAutoscaler has reached its maximum of {{ $value }} replicas",
            expr: () => `
                max by (cluster, namespace, horizontalpodautoscaler) (kube_horizontalpodautoscaler_status_current_replicas{${job}})
                == max by (cluster, namespace, horizontalpodautoscaler) (kube_horizontalpodautoscaler_spec_max_replicas{${job}})
                unless max by (cluster, namespace, horizontalpodautoscaler) (kube_horizontalpodautoscaler_spec_min_replicas{${job}})
                    == max by (cluster, namespace, horizontalpodautoscaler) (kube_horizontalpodautoscaler_spec_max_replicas{${job}})`,
        },
        {
            alert: "KubeQuotaAlmostFull",
            severity: "info",
            for: "15m",
            threshold: { default: 0.9, unit: "used ratio of the quota, from 0 to 1" },
            summary:
                "{{ $labels.namespace }}/{{ $labels.resourcequota }}: {{ $value | humanizePercentage }} of the quota for {{ $labels.resource }} is used",
            expr: (share) => `
                max by (cluster, namespace, resourcequota, resource) (kube_resourcequota{${job}, type="used"})
                / max by (cluster, namespace, resourcequota, resource) (kube_resourcequota{${job}, type="hard"} > 0) > ${share}`,
        },
        {
            alert: "KubeNodeNotReady",
            severity: "critical",
            for: "15m",
            summary: "{{ $labels.node }}: the node is not ready",
            // A drained node is expected to be restarted.
            expr: () => `
                max by (cluster, node) (kube_node_status_condition{${job}, condition="Ready", status="true"}) == 0
                unless max by (cluster, node) (kube_node_spec_unschedulable{${job}}) == 1`,
        },
        {
            alert: "KubeNodePressure",
            severity: "warning",
            for: "10m",
            summary: "{{ $labels.node }}: the node has the condition {{ $labels.condition }}",
            expr: () =>
                `max by (cluster, node, condition) (kube_node_status_condition{${job}, condition=~"MemoryPressure|DiskPressure|PIDPressure", status="true"} > 0)`,
        },
    ],
} satisfies RuleFile;
