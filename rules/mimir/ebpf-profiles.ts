import type { RuleFile } from "../define";
import { nodesWithout } from "../expressions";

const name = "alloy-profiles";
const job = `job="${name}"`;

export default {
    group: "ebpf-profiles",
    needs: ["alloyMetrics", "ebpfProfiles"],
    dashboard: "ebpf-profiles",
    description: "CPU profiles of all processes, from eBPF.",
    rules: (options) => [
        {
            alert: "EbpfProfilerNotRunning",
            severity: "warning",
            for: "15m",
            threshold: { default: 0, unit: "nodes on which it does not run" },
            summary: "Profiler: it does not run on {{ $value }} nodes",
            expr: (nodes) => `${nodesWithout(name, options)} > ${nodes}`,
        },
        {
            alert: "EbpfProfilerNoProfiles",
            severity: "warning",
            for: "15m",
            summary: "{{ $labels.pod }}: the profiler collects no profiles of {{ $value }} targets",
            expr: () =>
                `sum by (cluster, namespace, job, pod) (pyroscope_ebpf_active_targets{${job}}) > 0 unless sum by (cluster, namespace, job, pod) (rate(pyroscope_ebpf_pprofs_total{${job}}[5m])) > 0`,
        },
        {
            alert: "EbpfProfilerDroppedProfiles",
            severity: "warning",
            for: "10m",
            summary: "{{ $labels.pod }}: {{ $value | humanize }} profiles per second are dropped",
            expr: () =>
                `sum by (cluster, namespace, job, pod) (rate(pyroscope_write_dropped_profiles_total{${job}}[5m])) > 0`,
        },
    ],
} satisfies RuleFile;
