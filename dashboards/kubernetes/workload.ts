import type { Dashboard } from "@grafana/grafana-foundation-sdk/dashboard";
import { board, row } from "../lib/board";
import { oneNamespace, workload } from "../lib/kubernetes-variables";
import { lines, logLines, number, rows } from "../lib/panels";
import * as pods from "../lib/pods";
import { inNamespace } from "../lib/selectors";
import { unit } from "../lib/units";
import { cluster } from "../lib/variables";

const of = `${inNamespace}, ${pods.podsOfWorkload}`;

/** One Deployment, StatefulSet, DaemonSet or Job. */
export default (): Dashboard =>
    board(
        {
            uid: "kubernetes-workload",
            title: "Workload",
            about: "The pods of one Deployment, StatefulSet, DaemonSet or Job.",
            variables: [cluster(), oneNamespace(), workload()],
            behind: {
                dashboards: { "kubernetes-namespace": "Namespace" },
                logs: `{${inNamespace}, pod=~"$workload-.*"}`,
                traces: '{ resource.cluster = "$cluster" && resource.namespace =~ "$namespace" && resource.k8s.pod.name =~ "$workload-.*" }',
                profiles: 'service_name="$workload"',
            },
        },
        row(
            "Is it well?",
            number("Pods", {
                about: "Pods that run.",
                unit: unit.count,
                show: { pods: `count(${pods.memory(of, "pod")})` },
            }),
            number("CPU", {
                about: "Cores of all pods.",
                unit: unit.cores,
                show: { used: pods.cpu(of, "cluster") },
            }),
            number("Memory", {
                about: "Of all pods.",
                unit: unit.bytes,
                show: { used: pods.memory(of, "cluster") },
            }),
            number("Restarts", {
                about: "Containers that were started again, in the time shown.",
                unit: unit.count,
                show: { restarts: pods.restarts(of, "cluster") },
                warnAbove: 1,
                badAbove: 5,
            }),
            number("Killed for memory", {
                about: "In the time shown.",
                unit: unit.count,
                show: { killed: `sum(increase(container_oom_events_total{${of}}[$__range]))` },
                badAbove: 1,
            }),
        ),
        row(
            "Do its pods have enough, and are they alike?",
            rows("Pods", {
                about: "A click shows the pod.",
                width: 24,
                columns: {
                    CPU: { show: pods.cpu(of, "namespace, pod, node"), unit: unit.cores },
                    "CPU of the limit": {
                        show: pods.cpuOfLimit(of, "namespace, pod, node"),
                        unit: unit.ratio,
                        warnAbove: 0.9,
                    },
                    Throttled: {
                        show: pods.throttled(of, "namespace, pod, node"),
                        unit: unit.ratio,
                        warnAbove: 0.25,
                    },
                    Memory: { show: pods.memory(of, "namespace, pod, node"), unit: unit.bytes },
                    "Memory of the limit": {
                        show: pods.memoryOfLimit(of, "namespace, pod, node"),
                        unit: unit.ratio,
                        warnAbove: 0.8,
                        badAbove: 0.9,
                    },
                },
                open: {
                    pod: { dashboard: "kubernetes-pod", variables: { namespace: "namespace", pod: "pod" } },
                    node: { dashboard: "kubernetes-node", variables: { node: "node" } },
                },
            }),
            lines("CPU by pod", {
                about: "Cores.",
                unit: unit.cores,
                show: { "{{pod}}": pods.cpu(of, "pod") },
            }),
            lines("Memory by pod", {
                about: "What containers hold and cannot give back.",
                unit: unit.bytes,
                show: { "{{pod}}": pods.memory(of, "pod") },
            }),
            lines("Network by pod", {
                about: "Received and sent.",
                unit: unit.bytesPerSecond,
                show: { "{{pod}} received": pods.received(of, "pod"), "{{pod}} sent": pods.transmitted(of, "pod") },
            }),
        ),
        row(
            "What do its pods say?",
            logLines("Logs", { about: "The newest entries.", show: `{${inNamespace}, pod=~"$workload-.*"}` }),
        ),
    );
