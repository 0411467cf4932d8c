import type { Dashboard } from "@grafana/grafana-foundation-sdk/dashboard";
import { createDashboard, row } from "../lib/dashboard";
import { podNamespaces } from "../lib/kubernetes-variables";
import { logs, table, timeSeries } from "../lib/panels";
import * as pods from "../lib/pods";
import { inNamespace, spanSelector } from "../lib/selectors";
import { unit } from "../lib/units";
import { cluster } from "../lib/variables";

const workload = "namespace, workload";
const perWorkload = (podVector: string) => `sum by (${workload}) (${pods.withWorkload(podVector)})`;

/** The workloads of a namespace. */
export default (): Dashboard =>
    createDashboard(
        {
            uid: "kubernetes-namespace",
            title: "Namespace",
            description: "The workloads of a namespace, with their CPU, memory, restarts and logs.",
            variables: [cluster(), podNamespaces()],
            drilldown: {
                dashboards: { "kubernetes-cluster": "Cluster", "platform-overview": "Platform overview" },
                logs: `{${inNamespace}}`,
                traces: spanSelector(undefined, false),
            },
        },
        row(
            "Workloads",
            table("Workloads", {
                description:
                    "Resource usage and restarts of each workload. The workload is derived from the pod name. Click a workload to open its dashboard.",
                width: 24,
                height: 12,
                columns: {
                    CPU: { query: perWorkload(pods.cpu(inNamespace, "namespace, pod")), unit: unit.cores },
                    Memory: { query: perWorkload(pods.memory(inNamespace, "namespace, pod")), unit: unit.bytes },
                    "Memory limit usage": {
                        query: `max by (${workload}) (${pods.withWorkload(pods.memoryOfLimit(inNamespace, "namespace, pod"))})`,
                        unit: unit.ratio,
                        warnAbove: 0.8,
                        criticalAbove: 0.9,
                    },
                    "CPU throttling": {
                        query: `max by (${workload}) (${pods.withWorkload(pods.throttled(inNamespace, "namespace, pod"))})`,
                        unit: unit.ratio,
                        warnAbove: 0.25,
                    },
                    Restarts: {
                        query: perWorkload(pods.restarts(inNamespace, "namespace, pod")),
                        unit: unit.count,
                        warnAbove: 1,
                        criticalAbove: 5,
                    },
                    Pods: {
                        query: `count by (${workload}) (${pods.withWorkload(pods.memory(inNamespace, "namespace, pod"))})`,
                        unit: unit.count,
                    },
                },
                links: {
                    workload: {
                        dashboard: "kubernetes-workload",
                        variables: { namespace: "namespace", workload: "workload" },
                    },
                },
            }),
        ),
        row(
            "Resource usage",
            timeSeries("CPU usage by workload", {
                description: "CPU cores that the containers use.",
                unit: unit.cores,
                stacked: true,
                queries: { "{{workload}}": perWorkload(pods.cpu(inNamespace, "namespace, pod")) },
            }),
            timeSeries("Memory usage by workload", {
                description: "Working set memory of the containers, in bytes. The kernel cannot reclaim this memory.",
                unit: unit.bytes,
                stacked: true,
                queries: { "{{workload}}": perWorkload(pods.memory(inNamespace, "namespace, pod")) },
            }),
            timeSeries("Network traffic", {
                description: "Bytes per second that all pods receive and send.",
                unit: unit.bytesPerSecond,
                queries: {
                    "{{namespace}} received": pods.received(inNamespace, "namespace"),
                    "{{namespace}} sent": pods.transmitted(inNamespace, "namespace"),
                },
            }),
        ),
        row(
            "Logs",
            timeSeries("Log rate by service", {
                description:
                    "Log entries per second. A sudden increase, or a fall to 0, can mean a problem of the service.",
                unit: unit.perSecond,
                width: 24,
                height: 6,
                stacked: true,
                logQueries: { "{{service_name}}": `sum by (service_name) (rate({${inNamespace}}[$__auto]))` },
            }),
            logs("Error logs", {
                description: "The newest log entries of level error or higher.",
                query: `{${inNamespace}} | detected_level=~"error|fatal|critical"`,
            }),
        ),
    );
