import { dataSourceUids } from "../../../../dashboards/lib/data-sources";
import { queryMetricRange, queryMetrics } from "../../backends";
import type { Check } from "../../check";
import type { Context } from "../../context";
import { substitute } from "../../links";
import { configOf, linkCheck, rateIntervalOf, runQuery } from "./link";

const { tempo } = dataSourceUids;
const rangeSeconds = 900;

/** Checks the queries that Grafana runs for a service graph, and for a click on one of its edges. Grafana itself defines these queries. */
export function serviceGraphChecks(context: Context): Check[] {
    const { grafana, testData } = context;
    const { caller, callee } = testData.services;
    const edge = `client="${caller}",server="${callee}"`;
    const requireEdge = (queries: Record<string, string>) => async () => {
        const { datasourceUid } = configOf(await grafana.dataSource(tempo), "serviceMap");
        const interval = await rateIntervalOf(context, datasourceUid);
        for (const [name, template] of Object.entries(queries)) {
            const query = substitute(template, { __rate_interval: interval, __range: `${rangeSeconds}s` });
            const toMs = Date.now();
            const link = { dataSourceUid: datasourceUid, query, fromMs: toMs - rangeSeconds * 1000, toMs };
            const series = await runQuery(context, link, (backend) =>
                name === "edges" ? queryMetrics(backend, query) : queryMetricRange(backend, query, link.fromMs, toMs),
            );
            if (!series.some(({ labels }) => labels["client"] === caller && labels["server"] === callee)) {
                throw new Error(`the query "${name}" does not find the call between the test services: ${query}`);
            }
        }
    };
    const dependsOn = ["source-tempo", "source-mimir", "service-graph"];
    return [
        linkCheck(context, "service-graph", "service graph", tempo, {
            dependsOn,
            measuredFrom: "send-zipkin",
            run: requireEdge({ edges: "sum by (client, server) (rate(traces_service_graph_request_total[$__range]))" }),
        }),
        linkCheck(context, "service-graph-metrics", "service graph → metrics", tempo, {
            dependsOn,
            measuredFrom: "send-zipkin",
            run: requireEdge({
                "Request rate": `sum by (client, server)(rate(traces_service_graph_request_total{${edge}}[$__rate_interval]))`,
                "Request histogram": `histogram_quantile(0.9, sum(rate(traces_service_graph_request_server_seconds_bucket{${edge}}[$__rate_interval])) by (le, client, server))`,
                "Failed request rate": `sum by (client, server)(rate(traces_service_graph_request_failed_total{${edge}}[$__rate_interval]))`,
            }),
        }),
    ];
}
