import type { Dashboard } from "@grafana/grafana-foundation-sdk/dashboard";
import { board, row } from "../lib/board";
import type { DashboardOptions } from "../lib/options";
import { lines, number, ranking } from "../lib/panels";
import { inNamespace, part, spans } from "../lib/selectors";
import { unit } from "../lib/units";
import { cluster, namespace as namespaces } from "../lib/variables";

const increase = (metric: string, by: string) =>
    `topk(10, sum by (${by}) (increase(${metric}{${inNamespace}}[$__range])))`;

/** Who makes traces expensive. */
export default ({ namespace }: DashboardOptions): Dashboard => {
    const tempo = part(namespace, "tempo");
    return board(
        {
            uid: "cost-traces",
            title: "Cost of traces",
            about: "Who sends most spans, and which operations are traced most.",
            variables: [cluster(), namespaces()],
            behind: {
                dashboards: { "stores-tempo": "Tempo" },
                logs: `{${inNamespace}}`,
                traces: spans(undefined, false),
            },
        },
        row(
            "How much is it?",
            number("Spans in the time shown", {
                about: "That arrive at Tempo.",
                unit: unit.count,
                width: 6,
                show: { spans: `sum(increase(tempo_distributor_spans_received_total{${tempo}}[$__range]))` },
            }),
            number("Bytes in 30 days", {
                about: "If it goes on as in the time shown. As sent; what is stored is smaller.",
                unit: unit.bytes,
                width: 6,
                show: { bytes: `sum(rate(tempo_distributor_bytes_received_total{${tempo}}[$__range])) * 30 * 86400` },
            }),
            number("Bytes in a span", {
                about: "Kilobytes are a sign of attributes that hold whole documents.",
                unit: unit.bytes,
                width: 6,
                show: {
                    bytes: `sum(rate(tempo_distributor_bytes_received_total{${tempo}}[$__rate_interval])) / sum(rate(tempo_distributor_spans_received_total{${tempo}}[$__rate_interval]))`,
                },
            }),
            number("Series made of spans", {
                about: "An operation whose name has an id in it makes series without end.",
                unit: unit.count,
                width: 6,
                show: { series: `sum(tempo_metrics_generator_registry_active_series{${tempo}})` },
            }),
        ),
        row(
            "Who sends most?",
            ranking("Spans by service", {
                about: "In the time shown, before any is dropped.",
                unit: unit.count,
                show: {
                    "{{namespace}} {{service}}": increase("traces_spanmetrics_calls_total", "namespace, service"),
                },
            }),
            ranking("Spans by operation", {
                about: "Health checks and polling are what one can do without.",
                unit: unit.count,
                show: {
                    "{{service}} {{span_name}}": increase("traces_spanmetrics_calls_total", "service, span_name"),
                },
            }),
            ranking("Series made of spans, by service", {
                about: "Hundreds for a service are usual. Thousands mean that names of operations have ids in them.",
                unit: unit.count,
                show: {
                    "{{service}}": `topk(10, count by (service) (traces_spanmetrics_latency_bucket{${inNamespace}}))`,
                },
            }),
            lines("Spans by service over time", {
                about: "A step is a release, or a loop.",
                unit: unit.perSecond,
                width: 24,
                stacked: true,
                show: {
                    "{{service}}": `topk(10, sum by (service) (rate(traces_spanmetrics_calls_total{${inNamespace}}[$__rate_interval])))`,
                },
            }),
        ),
    );
};
