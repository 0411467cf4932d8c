import type { Dashboard } from "@grafana/grafana-foundation-sdk/dashboard";
import { board, row } from "../lib/board";
import type { DashboardOptions } from "../lib/options";
import { collectorHop, queues, throughput } from "../lib/otlp-hop";
import { lines } from "../lib/panels";
import { part } from "../lib/selectors";
import { behindProgram, running } from "../lib/stack";
import { unit } from "../lib/units";
import { cluster } from "../lib/variables";

/** The OpenTelemetry Collector: the first hop of whatever applications send. */
export default ({ namespace }: DashboardOptions): Dashboard => {
    const of = part(namespace, "otel-collector");
    const hop = collectorHop(of);
    return board(
        {
            uid: "stack-collector",
            title: "OpenTelemetry Collector",
            about: "The first hop of what applications and Dapr send.",
            variables: [cluster()],
            behind: behindProgram(namespace, "opentelemetry-collector", {
                dashboards: { "stack-pipeline": "All hops" },
            }),
        },
        row("Does it take and pass on all that comes?", running(of), ...throughput(hop)),
        row("Does anything pile up or get lost?", ...queues(hop)),
        row(
            "Does it know whose signals they are?",
            lines("Accepted by receiver", {
                about: "Spans by protocol: zipkin is Dapr.",
                unit: unit.perSecond,
                stacked: true,
                show: {
                    "{{receiver}} {{transport}}": `sum by (receiver, transport) (rate(otelcol_receiver_accepted_spans{${of}}[$__rate_interval]))`,
                },
            }),
            lines("Looked up in Kubernetes", {
                about: "Errors are items whose pod is not known: their senders are outside of the cluster, or behind a proxy.",
                unit: unit.perSecond,
                show: {
                    "{{status}} by {{pod_identifier}}": `sum by (status, pod_identifier) (rate(otelcol_k8s_pod_association{${of}}[$__rate_interval]))`,
                },
            }),
            lines("Pods that it knows", {
                about: "0 means that it may not read them.",
                unit: unit.count,
                show: { "{{pod}}": `max by (pod) (otelcol_otelsvc_k8s_pod_table_size{${of}})` },
            }),
        ),
        row(
            "What does tail sampling keep?",
            lines("Decisions", {
                about: "Traces by policy, and whether it kept them. Nothing without tail sampling.",
                unit: unit.perSecond,
                show: {
                    "{{policy}} {{decision}}": `sum by (policy, decision) (rate(otelcol_processor_tail_sampling_count_traces_sampled{${of}}[$__rate_interval]))`,
                },
            }),
            lines("Traces in memory", {
                about: "Traces that wait for the decision.",
                unit: unit.count,
                show: { "{{pod}}": `sum by (pod) (otelcol_processor_tail_sampling_sampling_traces_on_memory{${of}})` },
            }),
            lines("Dropped too early", {
                about: "Traces that had to go before the decision. None is normal.",
                unit: unit.perSecond,
                show: {
                    dropped: `sum(rate(otelcol_processor_tail_sampling_sampling_trace_dropped_too_early{${of}}[$__rate_interval]))`,
                },
            }),
        ),
        row(
            "Has it enough of everything?",
            lines("Memory", {
                about: "Resident memory of each replica. At four fifths of its limit it refuses what comes.",
                unit: unit.bytes,
                show: { "{{pod}}": `sum by (pod) (otelcol_process_memory_rss{${of}})` },
            }),
            lines("CPU", {
                about: "Cores that each replica uses.",
                unit: unit.cores,
                show: { "{{pod}}": `sum by (pod) (rate(otelcol_process_cpu_seconds{${of}}[$__rate_interval]))` },
            }),
        ),
    );
};
