import type { Dashboard } from "@grafana/grafana-foundation-sdk/dashboard";
import { board, row } from "../lib/board";
import { anyNamespace } from "../lib/kubernetes-variables";
import { lines, logLines, rows } from "../lib/panels";
import * as pods from "../lib/pods";
import { inNamespace, spans } from "../lib/selectors";
import { unit } from "../lib/units";
import { cluster } from "../lib/variables";

const workload = "namespace, workload";
const perWorkload = (podVector: string) => `sum by (${workload}) (${pods.withWorkload(podVector)})`;

/** The workloads of a namespace. */
export default (): Dashboard =>
    board(
        {
            uid: "kubernetes-namespace",
            title: "Namespace",
            about: "The workloads of a namespace and what they use.",
            variables: [cluster(), anyNamespace()],
            behind: {
                dashboards: { "kubernetes-cluster": "Cluster", "platform-overview": "Platform overview" },
                logs: `{${inNamespace}}`,
                traces: spans(undefined, false),
            },
        },
        row(
            "Which workload uses what, and which is in trouble?",
            rows("Workloads", {
                about: "Found by the names of their pods. A click shows the workload.",
                width: 24,
                height: 12,
                columns: {
                    CPU: { show: perWorkload(pods.cpu(inNamespace, "namespace, pod")), unit: unit.cores },
                    Memory: { show: perWorkload(pods.memory(inNamespace, "namespace, pod")), unit: unit.bytes },
                    "Memory of the limit": {
                        show: `max by (${workload}) (${pods.withWorkload(pods.memoryOfLimit(inNamespace, "namespace, pod"))})`,
                        unit: unit.ratio,
                        warnAbove: 0.8,
                        badAbove: 0.9,
                    },
                    Throttled: {
                        show: `max by (${workload}) (${pods.withWorkload(pods.throttled(inNamespace, "namespace, pod"))})`,
                        unit: unit.ratio,
                        warnAbove: 0.25,
                    },
                    Restarts: {
                        show: perWorkload(pods.restarts(inNamespace, "namespace, pod")),
                        unit: unit.count,
                        warnAbove: 1,
                        badAbove: 5,
                    },
                    Pods: {
                        show: `count by (${workload}) (${pods.withWorkload(pods.memory(inNamespace, "namespace, pod"))})`,
                        unit: unit.count,
                    },
                },
                open: {
                    workload: {
                        dashboard: "kubernetes-workload",
                        variables: { namespace: "namespace", workload: "workload" },
                    },
                },
            }),
        ),
        row(
            "How does it change?",
            lines("CPU by workload", {
                about: "Cores.",
                unit: unit.cores,
                stacked: true,
                show: { "{{workload}}": perWorkload(pods.cpu(inNamespace, "namespace, pod")) },
            }),
            lines("Memory by workload", {
                about: "What containers hold and cannot give back.",
                unit: unit.bytes,
                stacked: true,
                show: { "{{workload}}": perWorkload(pods.memory(inNamespace, "namespace, pod")) },
            }),
            lines("Network", {
                about: "Of all pods.",
                unit: unit.bytesPerSecond,
                show: {
                    "{{namespace}} received": pods.received(inNamespace, "namespace"),
                    "{{namespace}} sent": pods.transmitted(inNamespace, "namespace"),
                },
            }),
        ),
        row(
            "What do its pods say?",
            lines("Log entries by service", {
                about: "One that suddenly says much, or nothing, is worth a look.",
                unit: unit.perSecond,
                width: 24,
                height: 6,
                stacked: true,
                showLogs: { "{{service_name}}": `sum by (service_name) (rate({${inNamespace}}[$__auto]))` },
            }),
            logLines("Errors", {
                about: "The newest entries of level error and above.",
                show: `{${inNamespace}} | detected_level=~"error|fatal|critical"`,
            }),
        ),
    );
