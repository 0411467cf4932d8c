import type { Dashboard } from "@grafana/grafana-foundation-sdk/dashboard";
import { createDashboard, row } from "../lib/dashboard";
import { podNamespace, workload } from "../lib/kubernetes-variables";
import { logs, stat, table, timeSeries } from "../lib/panels";
import * as pods from "../lib/pods";
import { inNamespace } from "../lib/selectors";
import { unit } from "../lib/units";
import { cluster } from "../lib/variables";

const selector = `${inNamespace}, ${pods.podsOfWorkload}`;

/** One Deployment, StatefulSet, DaemonSet or Job. */
export default (): Dashboard =>
    createDashboard(
        {
            uid: "kubernetes-workload",
            title: "Workload",
            description: "The pods of one Deployment, StatefulSet, DaemonSet or Job.",
            variables: [cluster(), podNamespace(), workload()],
            drilldown: {
                dashboards: { "kubernetes-namespace": "Namespace" },
                logs: `{${inNamespace}, pod=~"$workload-.*"}`,
                traces: '{ resource.cluster = "$cluster" && resource.namespace =~ "$namespace" && resource.k8s.pod.name =~ "$workload-.*" }',
                profiles: 'service_name="$workload"',
            },
        },
        row(
            "Workload status",
            stat("Running pods", {
                description: "The number of pods that run.",
                unit: unit.count,
                queries: { pods: `count(${pods.memory(selector, "pod")})` },
            }),
            stat("CPU usage", {
                description: "CPU cores that all pods use.",
                unit: unit.cores,
                queries: { used: pods.cpu(selector, "cluster") },
            }),
            stat("Memory usage", {
                description: "Working set memory of all pods, in bytes.",
                unit: unit.bytes,
                queries: { used: pods.memory(selector, "cluster") },
            }),
            stat("Restarts", {
                description: "The number of container restarts in the selected time range.",
                unit: unit.count,
                queries: { restarts: pods.restarts(selector, "cluster") },
                warnAbove: 1,
                criticalAbove: 5,
            }),
            stat("OOM kills", {
                description: "The number of OOM kills of containers in the selected time range. Normal is 0.",
                unit: unit.count,
                queries: { "OOM kills": `sum(increase(container_oom_events_total{${selector}}[$__range]))` },
                criticalAbove: 1,
            }),
        ),
        row(
            "Pods",
            table("Pods", {
                description: "Resource usage of each pod. Click a pod or a node to open its dashboard.",
                width: 24,
                columns: {
                    CPU: { query: pods.cpu(selector, "namespace, pod, node"), unit: unit.cores },
                    "CPU limit usage": {
                        query: pods.cpuOfLimit(selector, "namespace, pod, node"),
                        unit: unit.ratio,
                        warnAbove: 0.9,
                    },
                    "CPU throttling": {
                        query: pods.throttled(selector, "namespace, pod, node"),
                        unit: unit.ratio,
                        warnAbove: 0.25,
                    },
                    Memory: { query: pods.memory(selector, "namespace, pod, node"), unit: unit.bytes },
                    "Memory limit usage": {
                        query: pods.memoryOfLimit(selector, "namespace, pod, node"),
                        unit: unit.ratio,
                        warnAbove: 0.8,
                        criticalAbove: 0.9,
                    },
                },
                links: {
                    pod: { dashboard: "kubernetes-pod", variables: { namespace: "namespace", pod: "pod" } },
                    node: { dashboard: "kubernetes-node", variables: { node: "node" } },
                },
            }),
            timeSeries("CPU usage by pod", {
                description: "CPU cores that each pod uses.",
                unit: unit.cores,
                queries: { "{{pod}}": pods.cpu(selector, "pod") },
            }),
            timeSeries("Memory usage by pod", {
                description: "Working set memory, in bytes. The kernel cannot reclaim this memory.",
                unit: unit.bytes,
                queries: { "{{pod}}": pods.memory(selector, "pod") },
            }),
            timeSeries("Network traffic by pod", {
                description: "Bytes per second that each pod receives and sends.",
                unit: unit.bytesPerSecond,
                queries: {
                    "{{pod}} received": pods.received(selector, "pod"),
                    "{{pod}} sent": pods.transmitted(selector, "pod"),
                },
            }),
        ),
        row(
            "Logs",
            logs("Logs", {
                description: "The newest log entries of the pods.",
                query: `{${inNamespace}, pod=~"$workload-.*"}`,
            }),
        ),
    );
