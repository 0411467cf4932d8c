import type { Cases } from "../case";
import { notRunning } from "../ebpf";
import { constant, perSecond, seriesOf, stackLabels, value } from "../series";

const instrumentation = { job: "auto-instrumentation", pod: "a" };

export default {
    AutoInstrumentationNotRunning: notRunning("auto-instrumentation", "Auto-instrumentation"),
    AutoInstrumentationExportErrors: {
        after: "30m",
        fires: {
            [seriesOf("obi_otel_trace_export_errors_total", { ...instrumentation, error: "timeout" })]: perSecond(1),
            [seriesOf("obi_otel_metric_export_errors_total", { ...instrumentation, error: "timeout" })]: constant,
        },
        labels: { ...stackLabels, ...instrumentation, signal: "traces" },
        summary: "a (traces): 1 exports to the collector fail per second",
        silent: {
            [seriesOf("beyla_otel_trace_export_errors_total", { ...instrumentation, error: "timeout" })]: constant,
        },
    },
    AutoInstrumentationNoProcesses: {
        after: "2h",
        fires: {
            [seriesOf("up", instrumentation)]: value(1),
            [seriesOf("beyla_instrumented_processes", { ...instrumentation, process_name: "shop" })]: value(0),
        },
        labels: { ...stackLabels, job: "auto-instrumentation" },
        summary:
            "Auto-instrumentation: no process is instrumented, because no process is selected, or because of errors",
        silent: {
            [seriesOf("up", instrumentation)]: value(1),
            [seriesOf("beyla_instrumented_processes", { ...instrumentation, process_name: "shop" })]: value(1),
        },
    },
} satisfies Cases;
