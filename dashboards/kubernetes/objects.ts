import type { Dashboard } from "@grafana/grafana-foundation-sdk/dashboard";
import { createDashboard, row } from "../lib/dashboard";
import { multiValueVariable, cluster } from "../lib/variables";
import { stat, table, timeSeries } from "../lib/panels";
import { inCluster, inNamespace } from "../lib/selectors";
import { unit } from "../lib/units";

const ofKube = (selector: string, more = "") => `{${selector}, job="kube-state-metrics"${more}}`;
const state = (metric: string, by: string, more = "") => `max by (${by}) (kube_${metric}${ofKube(inNamespace, more)})`;
const pods = (phase: string) => `sum(kube_pod_status_phase${ofKube(inNamespace, `, phase=~"${phase}"`)})`;
const missing = (desired: string, available: string, by: string) => `${state(desired, by)} - ${state(available, by)}`;
/** The share of the allocatable resources of all nodes that the containers of pods request. */
const requested = (resource: string) =>
    `sum(kube_pod_container_resource_requests${ofKube(inCluster, `, resource="${resource}"`)} and on (cluster, namespace, pod) (kube_pod_status_phase${ofKube(inCluster, ', phase=~"Pending|Running"')} == 1)) / sum(kube_node_status_allocatable${ofKube(inCluster, `, resource="${resource}"`)})`;

type Links = Parameters<typeof table>[1]["links"];
const toWorkload = (label: string): Links => ({
    namespace: { dashboard: "kubernetes-namespace", variables: { namespace: "namespace" } },
    [label]: { dashboard: "kubernetes-workload", variables: { namespace: "namespace", workload: label } },
});

/** The state of Kubernetes objects, from kube-state-metrics. */
export default (): Dashboard =>
    createDashboard(
        {
            uid: "kubernetes-objects",
            title: "Kubernetes objects",
            description: "State of pods, workloads, Jobs, quotas and nodes, from the metrics of kube-state-metrics.",
            variables: [
                cluster(),
                multiValueVariable(
                    "namespace",
                    "Namespace",
                    `label_values(kube_pod_status_phase${ofKube(inCluster)}, namespace)`,
                ),
            ],
            drilldown: { dashboards: { "kubernetes-namespace": "Namespace" }, logs: `{${inNamespace}}` },
        },
        row(
            "Objects that need attention",
            stat("Pending pods", {
                description: "Pods that wait for a node, an image or a volume.",
                unit: unit.count,
                queries: { pods: pods("Pending") },
                warnAbove: 1,
            }),
            stat("Failed pods", {
                description: "Pods whose containers have ended with an error, or that were evicted.",
                unit: unit.count,
                queries: { pods: pods("Failed|Unknown") },
                warnAbove: 1,
            }),
            stat("Waiting containers", {
                description:
                    "Containers that cannot start or that wait before a restart. The reason is in the table below.",
                unit: unit.count,
                queries: {
                    containers: `sum(kube_pod_container_status_waiting_reason${ofKube(inNamespace)})`,
                },
                warnAbove: 1,
            }),
            stat("Missing replicas", {
                description: "Replicas of Deployments, StatefulSets and DaemonSets that are wanted and not available.",
                unit: unit.count,
                queries: {
                    Deployments: `sum(${missing("deployment_spec_replicas", "deployment_status_replicas_available", "namespace, deployment")})`,
                    StatefulSets: `sum(${missing("statefulset_replicas", "statefulset_status_replicas_ready", "namespace, statefulset")})`,
                    DaemonSets: `sum(${missing("daemonset_status_desired_number_scheduled", "daemonset_status_number_available", "namespace, daemonset")})`,
                },
                warnAbove: 1,
            }),
            stat("Failed Jobs", {
                description:
                    "Jobs that have failed. Kubernetes keeps them until somebody or their time to live deletes them.",
                unit: unit.count,
                queries: { Jobs: `sum(kube_job_failed${ofKube(inNamespace, ', condition="true"')})` },
                warnAbove: 1,
            }),
            stat("Nodes not ready", {
                description: "Nodes whose kubelet does not report that it is ready.",
                unit: unit.count,
                queries: {
                    nodes: `sum(kube_node_status_condition${ofKube(inCluster, ', condition="Ready", status="true"')} == bool 0)`,
                },
                criticalAbove: 1,
            }),
        ),
        row(
            "Workloads",
            table("Deployments", {
                description: "Wanted replicas of each Deployment, and how many of them are not available.",
                width: 12,
                sortBy: "Missing",
                columns: {
                    Wanted: { query: state("deployment_spec_replicas", "namespace, deployment"), unit: unit.count },
                    Missing: {
                        query: missing(
                            "deployment_spec_replicas",
                            "deployment_status_replicas_available",
                            "namespace, deployment",
                        ),
                        unit: unit.count,
                        warnAbove: 1,
                    },
                },
                links: toWorkload("deployment"),
            }),
            table("StatefulSets", {
                description: "Wanted replicas of each StatefulSet, and how many of them are not ready.",
                width: 12,
                sortBy: "Missing",
                columns: {
                    Wanted: { query: state("statefulset_replicas", "namespace, statefulset"), unit: unit.count },
                    Missing: {
                        query: missing(
                            "statefulset_replicas",
                            "statefulset_status_replicas_ready",
                            "namespace, statefulset",
                        ),
                        unit: unit.count,
                        warnAbove: 1,
                    },
                },
                links: toWorkload("statefulset"),
            }),
            table("Waiting containers", {
                description: "Containers that wait, with the reason, such as ImagePullBackOff or CrashLoopBackOff.",
                width: 12,
                columns: {
                    Waiting: {
                        query: `${state("pod_container_status_waiting_reason", "namespace, pod, container, reason")} > 0`,
                        unit: unit.count,
                    },
                },
                links: {
                    pod: { dashboard: "kubernetes-pod", variables: { namespace: "namespace", pod: "pod" } },
                },
            }),
            table("Autoscalers", {
                description: "Current, lowest and highest number of replicas of each HorizontalPodAutoscaler.",
                width: 12,
                sortBy: "Current",
                columns: {
                    Current: {
                        query: state(
                            "horizontalpodautoscaler_status_current_replicas",
                            "namespace, horizontalpodautoscaler",
                        ),
                        unit: unit.count,
                    },
                    Lowest: {
                        query: state("horizontalpodautoscaler_spec_min_replicas", "namespace, horizontalpodautoscaler"),
                        unit: unit.count,
                    },
                    Highest: {
                        query: state("horizontalpodautoscaler_spec_max_replicas", "namespace, horizontalpodautoscaler"),
                        unit: unit.count,
                    },
                },
            }),
        ),
        row(
            "Jobs",
            timeSeries("Jobs", {
                description: "Pods of Jobs that run, and Jobs that have failed.",
                unit: unit.count,
                width: 12,
                queries: {
                    "running pods": `sum(kube_job_status_active${ofKube(inNamespace)})`,
                    "failed Jobs": `sum(kube_job_failed${ofKube(inNamespace, ', condition="true"')})`,
                },
            }),
            table("CronJobs", {
                description: "Time since each CronJob has succeeded.",
                width: 12,
                columns: {
                    "Last success": {
                        query: `time() - ${state("cronjob_status_last_successful_time", "namespace, cronjob")}`,
                        unit: unit.seconds,
                    },
                },
            }),
        ),
        row(
            "Capacity",
            timeSeries("Requested resources", {
                description:
                    "The share of the resources of all nodes that pods request. A pod whose requests fit on no node stays pending. The selected namespace does not matter.",
                unit: unit.ratio,
                width: 12,
                max: 1,
                queries: { CPU: requested("cpu"), memory: requested("memory") },
                warnAbove: 0.85,
            }),
            table("Quotas", {
                description: "The used share of each ResourceQuota.",
                width: 12,
                sortBy: "Usage",
                columns: {
                    Used: {
                        query: state("resourcequota", "namespace, resourcequota, resource", ', type="used"'),
                        unit: unit.count,
                    },
                    Limit: {
                        query: state("resourcequota", "namespace, resourcequota, resource", ', type="hard"'),
                        unit: unit.count,
                    },
                    Usage: {
                        query: `${state("resourcequota", "namespace, resourcequota, resource", ', type="used"')} / (${state("resourcequota", "namespace, resourcequota, resource", ', type="hard"')} > 0)`,
                        unit: unit.ratio,
                        warnAbove: 0.75,
                        criticalAbove: 0.9,
                    },
                },
            }),
            table("Node conditions", {
                description:
                    "Conditions of nodes that are not normal: pressure, or not ready. The table is empty if all nodes are healthy.",
                width: 12,
                columns: {
                    Condition: {
                        query: `max by (node, condition, status) (kube_node_status_condition${ofKube(inCluster, ', condition!="Ready", status="true"')} > 0 or kube_node_status_condition${ofKube(inCluster, ', condition="Ready", status!="true"')} > 0)`,
                        unit: unit.count,
                    },
                },
                links: { node: { dashboard: "kubernetes-node", variables: { node: "node" } } },
            }),
            table("Disruption budgets", {
                description:
                    "Pods of each PodDisruptionBudget that can be evicted now. With 0, a drain of their node waits.",
                width: 12,
                sortBy: "Pods",
                columns: {
                    Pods: {
                        query: state("poddisruptionbudget_status_expected_pods", "namespace, poddisruptionbudget"),
                        unit: unit.count,
                    },
                    "Evictions allowed": {
                        query: state(
                            "poddisruptionbudget_status_pod_disruptions_allowed",
                            "namespace, poddisruptionbudget",
                        ),
                        unit: unit.count,
                    },
                },
            }),
        ),
    );
