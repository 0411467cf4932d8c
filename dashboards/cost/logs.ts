import type { Dashboard } from "@grafana/grafana-foundation-sdk/dashboard";
import { createDashboard, row } from "../lib/dashboard";
import type { DashboardOptions } from "../lib/options";
import { barGauge, stat, timeSeries } from "../lib/panels";
import { inNamespace, jobSelector } from "../lib/selectors";
import { unit } from "../lib/units";
import { podNamespaces } from "../lib/kubernetes-variables";
import { cluster } from "../lib/variables";

const volume = (by: string) => `sort_desc(topk(10, sum by (${by}) (bytes_over_time({${inNamespace}}[$__range]))))`;

/** Log volume by source. */
export default ({ namespace }: DashboardOptions): Dashboard => {
    const loki = jobSelector(namespace, "loki");
    return createDashboard(
        {
            uid: "cost-logs",
            title: "Cost of logs",
            description: "Log volume by namespace, service and level, to find logs that can be dropped.",
            variables: [cluster(), podNamespaces()],
            drilldown: { dashboards: { "stores-loki": "Loki" }, logs: `{${inNamespace}}` },
        },
        row(
            "Total volume",
            stat("Log volume", {
                description: "The bytes of all log entries that Loki received in the selected time range.",
                unit: unit.bytes,
                queries: { bytes: `sum(increase(loki_distributor_bytes_received_total{${loki}}[$__range]))` },
            }),
            stat("Log volume in 30 days", {
                description: "A projection in bytes: 30 days with the average rate of the selected time range.",
                unit: unit.bytes,
                queries: { bytes: `sum(rate(loki_distributor_bytes_received_total{${loki}}[$__range])) * 30 * 86400` },
            }),
            stat("Structured metadata ratio", {
                description:
                    "The percentage of the received bytes that is structured metadata, such as resource attributes and trace IDs.",
                unit: unit.ratio,
                queries: {
                    ratio: `sum(rate(loki_distributor_structured_metadata_bytes_received_total{${loki}}[$__range])) / sum(rate(loki_distributor_bytes_received_total{${loki}}[$__range]))`,
                },
            }),
            stat("Active streams", {
                description:
                    "The number of streams in the memory of the ingesters. A stream is a combination of labels, and it needs memory while it receives logs.",
                unit: unit.count,
                queries: { streams: `sum(loki_ingester_memory_streams{${loki}})` },
            }),
        ),
        row(
            "Volume by source",
            barGauge("Log volume by namespace", {
                description: "Bytes in the selected time range. The panel shows the ten largest namespaces.",
                unit: unit.bytes,
                logQueries: { "{{namespace}}": volume("namespace") },
            }),
            barGauge("Log volume by service", {
                description: "Bytes in the selected time range. The panel shows the ten largest services.",
                unit: unit.bytes,
                logQueries: { "{{namespace}} {{service_name}}": volume("namespace, service_name") },
            }),
            barGauge("Log volume by level", {
                description:
                    "Bytes in the selected time range. The setting logs.dropLines drops entries that you do not need, such as debug entries.",
                unit: unit.bytes,
                logQueries: { "{{detected_level}}": volume("detected_level") },
            }),
            timeSeries("Log rate by service", {
                description:
                    "Bytes per second of the ten largest services. A sudden increase usually starts with a release or with an error that repeats.",
                unit: unit.bytesPerSecond,
                width: 24,
                stacked: true,
                logQueries: {
                    "{{service_name}}": `topk(10, sum by (service_name) (bytes_rate({${inNamespace}}[$__auto])))`,
                },
            }),
        ),
    );
};
