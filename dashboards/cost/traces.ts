import type { Dashboard } from "@grafana/grafana-foundation-sdk/dashboard";
import { createDashboard, row } from "../lib/dashboard";
import type { DashboardOptions } from "../lib/options";
import { barGauge, stat, timeSeries } from "../lib/panels";
import { inNamespace, jobSelector, spanSelector } from "../lib/selectors";
import { unit } from "../lib/units";
import { cluster, namespace as namespaces } from "../lib/variables";

const increase = (metric: string, by: string) =>
    `topk(10, sum by (${by}) (increase(${metric}{${inNamespace}}[$__range])))`;

/** Spans and span metric series by source. */
export default ({ namespace }: DashboardOptions): Dashboard => {
    const tempo = jobSelector(namespace, "tempo");
    return createDashboard(
        {
            uid: "cost-traces",
            title: "Cost of traces",
            description:
                "Number of spans by service and by operation, and the number of series that are generated from spans.",
            variables: [cluster(), namespaces()],
            drilldown: {
                dashboards: { "stores-tempo": "Tempo" },
                logs: `{${inNamespace}}`,
                traces: spanSelector(undefined, false),
            },
        },
        row(
            "Total volume",
            stat("Spans received", {
                description: "The number of spans that Tempo received in the selected time range.",
                unit: unit.count,
                queries: { spans: `sum(increase(tempo_distributor_spans_received_total{${tempo}}[$__range]))` },
            }),
            stat("Trace volume in 30 days", {
                description:
                    "A projection in bytes: 30 days with the average rate of the selected time range. Stored data is compressed and smaller.",
                unit: unit.bytes,
                queries: {
                    bytes: `sum(rate(tempo_distributor_bytes_received_total{${tempo}}[$__range])) * 30 * 86400`,
                },
            }),
            stat("Average span size", {
                description:
                    "Bytes per span. Several kilobytes mean that spans have large attributes, such as whole documents.",
                unit: unit.bytes,
                queries: {
                    bytes: `sum(rate(tempo_distributor_bytes_received_total{${tempo}}[$__rate_interval])) / sum(rate(tempo_distributor_spans_received_total{${tempo}}[$__rate_interval]))`,
                },
            }),
            stat("Span metric series", {
                description:
                    "The number of active series that the metrics-generator of Tempo generates from spans. If span names contain IDs, each request adds series, without a limit.",
                unit: unit.count,
                queries: { series: `sum(tempo_metrics_generator_registry_active_series{${tempo}})` },
            }),
        ),
        row(
            "Volume by source",
            barGauge("Spans by service", {
                description:
                    "The number of spans in the selected time range, before tail sampling. The panel shows the ten services with the most spans.",
                unit: unit.count,
                queries: {
                    "{{namespace}} {{service}}": increase("traces_spanmetrics_calls_total", "namespace, service"),
                },
            }),
            barGauge("Spans by operation", {
                description:
                    "The number of spans in the selected time range, before tail sampling. Operations such as health checks often need no traces.",
                unit: unit.count,
                queries: {
                    "{{service}} {{span_name}}": increase("traces_spanmetrics_calls_total", "service, span_name"),
                },
            }),
            barGauge("Span metric series by service", {
                description:
                    "The number of series for each service. Hundreds are normal. Thousands mean that span names contain IDs.",
                unit: unit.count,
                queries: {
                    "{{service}}": `topk(10, count by (service) (traces_spanmetrics_latency_bucket{${inNamespace}}))`,
                },
            }),
            timeSeries("Span rate by service", {
                description:
                    "Spans per second of the ten services with the most spans. Usual causes of a sudden increase are a new release or a loop of requests.",
                unit: unit.perSecond,
                width: 24,
                stacked: true,
                queries: {
                    "{{service}}": `topk(10, sum by (service) (rate(traces_spanmetrics_calls_total{${inNamespace}}[$__rate_interval])))`,
                },
            }),
        ),
    );
};
