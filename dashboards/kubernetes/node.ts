import type { Dashboard } from "@grafana/grafana-foundation-sdk/dashboard";
import { board, row } from "../lib/board";
import { node } from "../lib/kubernetes-variables";
import { lines, number, rows } from "../lib/panels";
import * as pods from "../lib/pods";
import { inCluster } from "../lib/selectors";
import { unit } from "../lib/units";
import { cluster } from "../lib/variables";

const of = `${inCluster}, node="$node"`;
const disks = `${of}, fstype!~"tmpfs|overlay|squashfs"`;
const rate = (metric: string, by: string) => `sum by (${by}) (rate(${metric}{${of}}[$__rate_interval]))`;

/** One node. */
export default (): Dashboard =>
    board(
        {
            uid: "kubernetes-node",
            title: "Node",
            about: "One node: its CPU, memory, disks, and the pods on it.",
            variables: [cluster(), node()],
            behind: {
                dashboards: { "kubernetes-cluster": "Cluster" },
                logs: `{${inCluster}, namespace="kube-system"}`,
            },
        },
        row(
            "Is the node short of something?",
            number("CPU", {
                about: "Share of its cores that is used.",
                unit: unit.ratio,
                show: { used: `1 - avg(rate(node_cpu_seconds_total{${of}, mode="idle"}[$__rate_interval]))` },
                warnAbove: 0.8,
                badAbove: 0.9,
            }),
            number("Memory", {
                about: "Share of its memory that is used.",
                unit: unit.ratio,
                show: {
                    used: `1 - sum(node_memory_MemAvailable_bytes{${of}}) / sum(node_memory_MemTotal_bytes{${of}})`,
                },
                warnAbove: 0.8,
                badAbove: 0.9,
            }),
            number("Load by core", {
                about: "Processes that run or wait for CPU or disks, of five minutes. Above 1 they wait.",
                unit: unit.none,
                show: {
                    load: `sum(node_load5{${of}}) / count(node_cpu_seconds_total{${of}, mode="idle"})`,
                },
                warnAbove: 1.5,
            }),
            number("Pods", {
                about: "Pods that run on it. Kubernetes allows 110 unless told otherwise.",
                unit: unit.count,
                show: { pods: `sum(kubelet_running_pods{${of}})` },
                warnAbove: 100,
            }),
            number("Up for", {
                about: "Since it was started.",
                unit: unit.seconds,
                show: { up: `time() - max(node_boot_time_seconds{${of}})` },
            }),
            lines("CPU by mode", {
                about: "iowait: waits for disks. steal: the host gives it to others.",
                unit: unit.cores,
                stacked: true,
                show: {
                    "{{mode}}": `sum by (mode) (rate(node_cpu_seconds_total{${of}, mode!="idle"}[$__rate_interval]))`,
                },
            }),
            lines("Memory", {
                about: "What is not available is used.",
                unit: unit.bytes,
                show: {
                    total: `sum(node_memory_MemTotal_bytes{${of}})`,
                    available: `sum(node_memory_MemAvailable_bytes{${of}})`,
                    "page cache": `sum(node_memory_Cached_bytes{${of}})`,
                },
            }),
            lines("Pressure", {
                about: "Share of the time in which something waited for CPU, memory or disks.",
                unit: unit.ratio,
                show: {
                    CPU: rate("node_pressure_cpu_waiting_seconds_total", "node"),
                    memory: rate("node_pressure_memory_waiting_seconds_total", "node"),
                    disks: rate("node_pressure_io_waiting_seconds_total", "node"),
                },
            }),
        ),
        row(
            "Are its disks full or slow?",
            lines("File systems", {
                about: "Share that is used. Near 100 % the kubelet throws pods out.",
                unit: unit.ratio,
                max: 1,
                badAbove: 0.9,
                show: {
                    "{{mountpoint}}": `max by (mountpoint) (1 - node_filesystem_avail_bytes{${disks}} / (node_filesystem_size_bytes{${disks}} > 0))`,
                },
            }),
            lines("Inodes", {
                about: "Share that is used: many small files fill a disk before its bytes do.",
                unit: unit.ratio,
                max: 1,
                badAbove: 0.9,
                show: {
                    "{{mountpoint}}": `max by (mountpoint) (1 - node_filesystem_files_free{${disks}} / (node_filesystem_files{${disks}} > 0))`,
                },
            }),
            lines("Busy disks", {
                about: "Share of the time in which a disk had something to do.",
                unit: unit.ratio,
                max: 1,
                show: { "{{device}}": rate("node_disk_io_time_seconds_total", "device") },
            }),
            lines("Reads and writes", {
                about: "By disk.",
                unit: unit.bytesPerSecond,
                show: {
                    "{{device}} read": rate("node_disk_read_bytes_total", "device"),
                    "{{device}} written": rate("node_disk_written_bytes_total", "device"),
                },
            }),
            lines("Open files, share of the limit", {
                about: "Of the whole node.",
                unit: unit.ratio,
                max: 1,
                show: { used: `max(node_filefd_allocated{${of}} / node_filefd_maximum{${of}})` },
            }),
            lines("Clock", {
                about: "How far it may be off. Traces and logs of nodes whose clocks differ come in the wrong order.",
                unit: unit.seconds,
                show: { "maximum error": `max(node_timex_maxerror_seconds{${of}})` },
            }),
        ),
        row(
            "Which pods use it?",
            rows("Pods", {
                about: "A click shows the pod.",
                width: 24,
                height: 10,
                columns: {
                    CPU: { show: pods.cpu(of, "namespace, pod"), unit: unit.cores },
                    Memory: { show: pods.memory(of, "namespace, pod"), unit: unit.bytes },
                },
                open: {
                    pod: { dashboard: "kubernetes-pod", variables: { namespace: "namespace", pod: "pod" } },
                    namespace: { dashboard: "kubernetes-namespace", variables: { namespace: "namespace" } },
                },
            }),
        ),
    );
