import type { Dashboard } from "@grafana/grafana-foundation-sdk/dashboard";
import { board, row } from "../lib/board";
import type { DashboardOptions } from "../lib/options";
import { lines, number, ranking } from "../lib/panels";
import { inNamespace, part } from "../lib/selectors";
import { unit } from "../lib/units";
import { anyNamespace } from "../lib/kubernetes-variables";
import { cluster } from "../lib/variables";

const volume = (by: string) => `topk(10, sum by (${by}) (bytes_over_time({${inNamespace}}[$__range])))`;

/** Who makes logs expensive. */
export default ({ namespace }: DashboardOptions): Dashboard => {
    const loki = part(namespace, "loki");
    return board(
        {
            uid: "cost-logs",
            title: "Cost of logs",
            about: "Who sends most logs, and what of them could be left out.",
            variables: [cluster(), anyNamespace()],
            behind: { dashboards: { "stores-loki": "Loki" }, logs: `{${inNamespace}}` },
        },
        row(
            "How much is it?",
            number("In the time shown", {
                about: "Bytes of all entries, as they are sent.",
                unit: unit.bytes,
                width: 6,
                show: { bytes: `sum(increase(loki_distributor_bytes_received_total{${loki}}[$__range]))` },
            }),
            number("In 30 days", {
                about: "If it goes on as in the time shown.",
                unit: unit.bytes,
                width: 6,
                show: { bytes: `sum(rate(loki_distributor_bytes_received_total{${loki}}[$__range])) * 30 * 86400` },
            }),
            number("Structured metadata", {
                about: "Share of what is sent that is not the line itself: attributes of resources, ids of traces.",
                unit: unit.ratio,
                width: 6,
                show: {
                    share: `sum(rate(loki_distributor_structured_metadata_bytes_received_total{${loki}}[$__range])) / sum(rate(loki_distributor_bytes_received_total{${loki}}[$__range]))`,
                },
            }),
            number("Streams", {
                about: "Combinations of labels. Each costs memory while it gets logs.",
                unit: unit.count,
                width: 6,
                show: { streams: `sum(loki_ingester_memory_streams{${loki}})` },
            }),
        ),
        row(
            "Who sends most?",
            ranking("By namespace", {
                about: "Bytes in the time shown.",
                unit: unit.bytes,
                showLogs: { "{{namespace}}": volume("namespace") },
            }),
            ranking("By service", {
                about: "Bytes in the time shown.",
                unit: unit.bytes,
                showLogs: { "{{namespace}} {{service_name}}": volume("namespace, service_name") },
            }),
            ranking("By level", {
                about: "Bytes in the time shown. Much of debug is what one can do without: logs.dropLines leaves it out.",
                unit: unit.bytes,
                showLogs: { "{{detected_level}}": volume("detected_level") },
            }),
            lines("By service over time", {
                about: "A step is a release, or an error that is logged again and again.",
                unit: unit.bytesPerSecond,
                width: 24,
                stacked: true,
                showLogs: {
                    "{{service_name}}": `topk(10, sum by (service_name) (bytes_rate({${inNamespace}}[$__auto])))`,
                },
            }),
        ),
    );
};
