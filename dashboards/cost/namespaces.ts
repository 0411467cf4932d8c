import type { Dashboard } from "@grafana/grafana-foundation-sdk/dashboard";
import { createDashboard, row } from "../lib/dashboard";
import { defaultStoragePrice, type DashboardOptions } from "../lib/options";
import { table, timeSeries } from "../lib/panels";
import { inCluster } from "../lib/selectors";
import { unit } from "../lib/units";
import { cluster } from "../lib/variables";

const month = 30 * 86400;
const average = (series: string) => `sum by (namespace) (avg_over_time(${series}{${inCluster}}[$__range]))`;
const logBytes = average("namespace:log_bytes:rate4m");
const traceBytes = average("namespace:trace_bytes:rate5m");

/** Logs, spans and series by namespace. */
export default ({ storagePricePerGib = defaultStoragePrice }: DashboardOptions): Dashboard => {
    const price = (bytesPerSecond: string) => `${bytesPerSecond} * ${month} / 2 ^ 30 * ${storagePricePerGib}`;
    return createDashboard(
        {
            uid: "cost-namespaces",
            title: "Cost by namespace",
            description: "Logs, spans and series of each namespace, and an estimate of what their storage costs.",
            variables: [cluster()],
            drilldown: {
                dashboards: {
                    "cost-logs": "Cost of logs",
                    "cost-metrics": "Cost of metrics",
                    "cost-traces": "Cost of traces",
                },
            },
        },
        row(
            "Namespaces",
            table("Volume and cost by namespace", {
                description:
                    "Projections: 30 days with the average rate of the selected time range. The costs are those of the uncompressed data of 30 days, with the price per GiB and month in the setting dashboards.storagePricePerGib. Stored data is compressed, and therefore cheaper. With head sampling, spans are counted before sampling.",
                width: 24,
                height: 12,
                columns: {
                    "Log volume in 30 days": { query: `${logBytes} * ${month}`, unit: unit.bytes },
                    "Cost of logs": { query: price(logBytes), unit: unit.none },
                    "Spans in 30 days": { query: `${average("namespace:spans:rate5m")} * ${month}`, unit: unit.count },
                    "Trace volume in 30 days": { query: `${traceBytes} * ${month}`, unit: unit.bytes },
                    "Cost of traces": { query: price(traceBytes), unit: unit.none },
                    "Active series": { query: average("namespace:series:count"), unit: unit.count },
                },
                links: { namespace: { dashboard: "kubernetes-namespace", variables: { namespace: "namespace" } } },
            }),
        ),
        row(
            "Changes",
            timeSeries("Log rate by namespace", {
                description: "Bytes per second of the ten largest namespaces.",
                unit: unit.bytesPerSecond,
                stacked: true,
                queries: {
                    "{{namespace}}": `topk(10, sum by (namespace) (namespace:log_bytes:rate4m{${inCluster}}))`,
                },
            }),
            timeSeries("Span rate by namespace", {
                description: "Spans per second of the ten largest namespaces.",
                unit: unit.perSecond,
                stacked: true,
                queries: { "{{namespace}}": `topk(10, sum by (namespace) (namespace:spans:rate5m{${inCluster}}))` },
            }),
            timeSeries("Series by namespace", {
                description: "Active series of the ten largest namespaces.",
                unit: unit.count,
                stacked: true,
                queries: { "{{namespace}}": `topk(10, sum by (namespace) (namespace:series:count{${inCluster}}))` },
            }),
        ),
    );
};
