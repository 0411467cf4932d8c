import type { Dashboard } from "@grafana/grafana-foundation-sdk/dashboard";
import { createDashboard, row } from "../lib/dashboard";
import type { DashboardOptions } from "../lib/options";
import { otelCollector, queues, throughput } from "../lib/otlp-forwarder";
import { stat, timeSeries } from "../lib/panels";
import { jobSelector } from "../lib/selectors";
import { componentDrilldown, replicasUp } from "../lib/component-panels";
import { unit } from "../lib/units";
import { cluster } from "../lib/variables";

/** The OpenTelemetry Collector, the first stage of the pipeline. */
export default ({ namespace }: DashboardOptions): Dashboard => {
    const selector = jobSelector(namespace, "otel-collector");
    const forwarder = otelCollector(selector);
    return createDashboard(
        {
            uid: "stack-collector",
            title: "OpenTelemetry Collector",
            description: "The OpenTelemetry Collector, which receives the signals of applications and Dapr.",
            variables: [cluster()],
            drilldown: componentDrilldown(namespace, "opentelemetry-collector", {
                dashboards: { "stack-pipeline": "Pipeline" },
            }),
        },
        row(
            "Throughput",
            replicasUp(selector),
            stat("Highest queue usage", {
                description: "The used percentage of the fullest exporter queue. At 100 % new data is refused.",
                unit: unit.ratio,
                queries: {
                    used: `max(otelcol_exporter_queue_size{${selector}} / otelcol_exporter_queue_capacity{${selector}})`,
                },
                warnAbove: 0.5,
                criticalAbove: 0.9,
            }),
            ...throughput(forwarder),
        ),
        row("Exporter queue", ...queues(forwarder)),
        row(
            "Kubernetes attributes",
            timeSeries("Accepted spans by receiver", {
                description: "Spans per second by receiver and protocol. Dapr uses the receiver zipkin.",
                unit: unit.perSecond,
                stacked: true,
                queries: {
                    "{{receiver}} {{transport}}": `sum by (receiver, transport) (rate(otelcol_receiver_accepted_spans{${selector}}[$__rate_interval]))`,
                },
            }),
            timeSeries("Pod associations", {
                description:
                    "Lookups of the sender's pod per second. An error means that the collector found no pod: the sender is outside the cluster or behind a proxy.",
                unit: unit.perSecond,
                queries: {
                    "{{status}} by {{pod_identifier}}": `sum by (status, pod_identifier) (rate(otelcol_k8s_pod_association{${selector}}[$__rate_interval]))`,
                },
            }),
            timeSeries("Pods in the cache", {
                description:
                    "The number of pods that the collector has read from the Kubernetes API. 0 means that it is not authorized to read them.",
                unit: unit.count,
                queries: { "{{pod}}": `max by (pod) (otelcol_otelsvc_k8s_pod_table_size{${selector}})` },
            }),
        ),
        row(
            "Tail sampling",
            timeSeries("Sampling decisions", {
                description: "Traces per second by policy and decision. The panel is empty without tail sampling.",
                unit: unit.perSecond,
                empty: "No tail sampling",
                queries: {
                    "{{policy}} {{decision}}": `sum by (policy, decision) (rate(otelcol_processor_tail_sampling_count_traces_sampled{${selector}}[$__rate_interval]))`,
                },
            }),
            timeSeries("Traces in memory", {
                description: "The number of traces that wait for a sampling decision.",
                unit: unit.count,
                empty: "No tail sampling",
                queries: {
                    "{{pod}}": `sum by (pod) (otelcol_processor_tail_sampling_sampling_traces_on_memory{${selector}})`,
                },
            }),
            timeSeries("Traces dropped too early", {
                description:
                    "Traces per second that the collector removed from memory before the sampling decision. Normal is 0.",
                unit: unit.perSecond,
                empty: "No tail sampling",
                queries: {
                    dropped: `sum(rate(otelcol_processor_tail_sampling_sampling_trace_dropped_too_early{${selector}}[$__rate_interval]))`,
                },
            }),
        ),
        row(
            "Resource usage",
            timeSeries("Memory usage", {
                description:
                    "Resident memory of each replica, in bytes. At 80 % of the memory limit, the collector refuses data.",
                unit: unit.bytes,
                queries: { "{{pod}}": `sum by (pod) (otelcol_process_memory_rss{${selector}})` },
            }),
            timeSeries("CPU usage", {
                description: "CPU cores that each replica uses.",
                unit: unit.cores,
                queries: {
                    "{{pod}}": `sum by (pod) (rate(otelcol_process_cpu_seconds{${selector}}[$__rate_interval]))`,
                },
            }),
        ),
    );
};
