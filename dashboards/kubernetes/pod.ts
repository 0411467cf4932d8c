import type { Dashboard } from "@grafana/grafana-foundation-sdk/dashboard";
import { createDashboard, row } from "../lib/dashboard";
import { pod, podNamespace } from "../lib/kubernetes-variables";
import { logs, stat, timeSeries } from "../lib/panels";
import * as pods from "../lib/pods";
import { inNamespace } from "../lib/selectors";
import { unit } from "../lib/units";
import { cluster } from "../lib/variables";

const selector = `${inNamespace}, pod="$pod"`;

/** One pod and its containers. */
export default (): Dashboard =>
    createDashboard(
        {
            uid: "kubernetes-pod",
            title: "Pod",
            description: "Resource usage, restarts and logs of one pod and its containers.",
            variables: [cluster(), podNamespace(), pod()],
            drilldown: {
                dashboards: { "kubernetes-namespace": "Namespace" },
                logs: `{${selector}}`,
                traces: '{ resource.cluster = "$cluster" && resource.namespace =~ "$namespace" && resource.k8s.pod.name = "$pod" }',
                profiles: 'pod="$pod"',
            },
        },
        row(
            "Pod status",
            stat("CPU usage", {
                description: "CPU cores that the containers use.",
                unit: unit.cores,
                queries: { used: pods.cpu(selector, "pod") },
            }),
            stat("Memory usage", {
                description: "Working set memory, in bytes. The kernel cannot reclaim this memory.",
                unit: unit.bytes,
                queries: { used: pods.memory(selector, "pod") },
            }),
            stat("Uptime", {
                description: "The time since the last start of a container of the pod.",
                unit: unit.seconds,
                queries: { uptime: `time() - max(container_start_time_seconds{${selector}, ${pods.realContainers}})` },
            }),
            stat("Restarts", {
                description: "The number of container restarts in the selected time range.",
                unit: unit.count,
                queries: { restarts: pods.restarts(selector, "pod") },
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
            "Containers",
            timeSeries("CPU usage by container", {
                description: "CPU cores that each container uses.",
                unit: unit.cores,
                queries: { "{{container}}": pods.cpu(selector, "container") },
            }),
            timeSeries("CPU limit usage", {
                description:
                    "CPU usage divided by the CPU limit. At 100 % the container is throttled. Containers without a limit are not shown.",
                unit: unit.ratio,
                empty: "No CPU limit",
                criticalAbove: 0.9,
                queries: { "{{container}}": pods.cpuOfLimit(selector, "container") },
            }),
            timeSeries("CPU throttling", {
                description:
                    "The percentage of CPU periods in which the container was throttled because it had used its limit.",
                unit: unit.ratio,
                empty: "No CPU limit",
                max: 1,
                queries: { "{{container}} throttled": pods.throttled(selector, "container") },
            }),
            timeSeries("Memory usage by container", {
                description: "Working set memory, in bytes. The kernel cannot reclaim this memory.",
                unit: unit.bytes,
                queries: { "{{container}}": pods.memory(selector, "container") },
            }),
            timeSeries("Memory limit usage", {
                description:
                    "Memory usage divided by the memory limit. At 100 % the kernel kills the container. Containers without a limit are not shown.",
                unit: unit.ratio,
                empty: "No memory limit",
                criticalAbove: 0.9,
                queries: { "{{container}}": pods.memoryOfLimit(selector, "container") },
            }),
            timeSeries("Network traffic", {
                description: "Bytes per second that the pod receives and sends.",
                unit: unit.bytesPerSecond,
                queries: { received: pods.received(selector, "pod"), sent: pods.transmitted(selector, "pod") },
            }),
            timeSeries("Disk throughput", {
                description: "Bytes per second that each container reads from and writes to the disks of the node.",
                unit: unit.bytesPerSecond,
                queries: {
                    "{{container}} read": `sum by (container) (rate(container_fs_reads_bytes_total{${selector}, ${pods.realContainers}}[$__rate_interval]))`,
                    "{{container}} written": `sum by (container) (rate(container_fs_writes_bytes_total{${selector}, ${pods.realContainers}}[$__rate_interval]))`,
                },
            }),
            timeSeries("Dropped packets", {
                description: "Network packets per second that were dropped. Normal is 0.",
                unit: unit.perSecond,
                queries: {
                    "received dropped": `sum(rate(container_network_receive_packets_dropped_total{${selector}}[$__rate_interval]))`,
                    "sent dropped": `sum(rate(container_network_transmit_packets_dropped_total{${selector}}[$__rate_interval]))`,
                },
            }),
        ),
        row("Logs", logs("Logs", { description: "The newest log entries of the pod.", query: `{${selector}}` })),
    );
