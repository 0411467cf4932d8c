import { ofKinds } from "../../validation/auto-instrumentation";
import type { RuleFile } from "../define";
import { nodesWithout } from "../expressions";

const name = "auto-instrumentation";
const job = `job="${name}"`;
const by = "by (cluster, namespace, job, pod)";

export default {
    group: "auto-instrumentation",
    needs: ["alloyMetrics", "autoInstrumentation"],
    dashboard: "ebpf-instrumentation",
    description: "Traces and metrics of services without an SDK, from eBPF.",
    rules: (options) => [
        {
            alert: "AutoInstrumentationNotRunning",
            severity: "warning",
            for: "15m",
            threshold: { default: 0, unit: "nodes on which it does not run" },
            summary: "Auto-instrumentation: it does not run on {{ $value }} nodes",
            expr: (nodes) => `${nodesWithout(name, options)} > ${nodes}`,
        },
        {
            alert: "AutoInstrumentationExportErrors",
            severity: "warning",
            for: "10m",
            summary:
                "{{ $labels.pod }} ({{ $labels.signal }}): {{ $value | humanize }} exports to the collector fail per second",
            expr: () =>
                ["trace", "metric"]
                    .map(
                        (signal) =>
                            `label_replace(${ofKinds((prefix) => `sum ${by} (rate(${prefix}_otel_${signal}_export_errors_total{${job}}[5m]))`)}, "signal", "${signal}s", "", "") > 0`,
                    )
                    .join(" or "),
        },
        {
            alert: "AutoInstrumentationNoProcesses",
            severity: "info",
            for: "1h",
            summary:
                "Auto-instrumentation: no process is instrumented, because no process is selected, or because of errors",
            expr: () =>
                `sum by (cluster, namespace, job) (up{${job}}) > 0 unless sum by (cluster, namespace, job) ${ofKinds((prefix) => `${prefix}_instrumented_processes{${job}}`)} > 0`,
        },
    ],
} satisfies RuleFile;
