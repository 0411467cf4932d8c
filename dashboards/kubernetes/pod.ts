import type { Dashboard } from "@grafana/grafana-foundation-sdk/dashboard";
import { board, row } from "../lib/board";
import { oneNamespace, pod } from "../lib/kubernetes-variables";
import { lines, logLines, number } from "../lib/panels";
import * as pods from "../lib/pods";
import { inNamespace } from "../lib/selectors";
import { unit } from "../lib/units";
import { cluster } from "../lib/variables";

const of = `${inNamespace}, pod="$pod"`;

/** One pod and its containers. */
export default (): Dashboard =>
    board(
        {
            uid: "kubernetes-pod",
            title: "Pod",
            about: "One pod and its containers.",
            variables: [cluster(), oneNamespace(), pod()],
            behind: {
                dashboards: { "kubernetes-namespace": "Namespace" },
                logs: `{${of}}`,
                traces: '{ resource.cluster = "$cluster" && resource.namespace =~ "$namespace" && resource.k8s.pod.name = "$pod" }',
                profiles: 'pod="$pod"',
            },
        },
        row(
            "Is it well?",
            number("CPU", { about: "Cores.", unit: unit.cores, show: { used: pods.cpu(of, "pod") } }),
            number("Memory", {
                about: "What it holds and cannot give back.",
                unit: unit.bytes,
                show: { used: pods.memory(of, "pod") },
            }),
            number("Running for", {
                about: "Since its youngest container was started.",
                unit: unit.seconds,
                show: { age: `time() - max(container_start_time_seconds{${of}, ${pods.real}})` },
            }),
            number("Restarts", {
                about: "Containers that were started again, in the time shown.",
                unit: unit.count,
                show: { restarts: pods.restarts(of, "pod") },
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
            "Has each container enough?",
            lines("CPU by container", {
                about: "Cores.",
                unit: unit.cores,
                show: { "{{container}}": pods.cpu(of, "container") },
            }),
            lines("CPU, share of the limit", {
                about: "At 100 % a container is throttled. Only of containers that have a limit.",
                unit: unit.ratio,
                badAbove: 0.9,
                show: { "{{container}}": pods.cpuOfLimit(of, "container") },
            }),
            lines("Throttled", {
                about: "Share of the time slices in which a container had used up its limit.",
                unit: unit.ratio,
                max: 1,
                show: { "{{container}} throttled": pods.throttled(of, "container") },
            }),
            lines("Memory by container", {
                about: "What it holds and cannot give back.",
                unit: unit.bytes,
                show: { "{{container}}": pods.memory(of, "container") },
            }),
            lines("Memory, share of the limit", {
                about: "At 100 % a container is killed. Only of containers that have a limit.",
                unit: unit.ratio,
                badAbove: 0.9,
                show: { "{{container}}": pods.memoryOfLimit(of, "container") },
            }),
            lines("Network", {
                about: "Of the whole pod.",
                unit: unit.bytesPerSecond,
                show: { received: pods.received(of, "pod"), sent: pods.transmitted(of, "pod") },
            }),
            lines("Disks", {
                about: "Reads and writes of the node's disks.",
                unit: unit.bytesPerSecond,
                show: {
                    "{{container}} read": `sum by (container) (rate(container_fs_reads_bytes_total{${of}, ${pods.real}}[$__rate_interval]))`,
                    "{{container}} written": `sum by (container) (rate(container_fs_writes_bytes_total{${of}, ${pods.real}}[$__rate_interval]))`,
                },
            }),
            lines("Lost packets", {
                about: "None is normal.",
                unit: unit.perSecond,
                show: {
                    "received dropped": `sum(rate(container_network_receive_packets_dropped_total{${of}}[$__rate_interval]))`,
                    "sent dropped": `sum(rate(container_network_transmit_packets_dropped_total{${of}}[$__rate_interval]))`,
                },
            }),
        ),
        row("What does it say?", logLines("Logs", { about: "The newest entries.", show: `{${of}}` })),
    );
