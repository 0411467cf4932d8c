import type * as cog from "@grafana/grafana-foundation-sdk/cog";
import * as grafanapyroscope from "@grafana/grafana-foundation-sdk/grafanapyroscope";
import * as lokiSdk from "@grafana/grafana-foundation-sdk/loki";
import * as prometheus from "@grafana/grafana-foundation-sdk/prometheus";
import * as tempoSdk from "@grafana/grafana-foundation-sdk/tempo";
import { loki, mimir, pyroscope, tempo } from "./data-sources";

export type Query = cog.Builder<cog.Dataquery>;

/** A PromQL query over the selected time range. With `instant`, it is evaluated only at the end of the range. */
export function metricQuery(
    refId: string,
    expr: string,
    legend: string,
    options: { instant?: boolean; exemplars?: boolean; heatmap?: boolean } = {},
): Query {
    const query = new prometheus.DataqueryBuilder().refId(refId).datasource(mimir).expr(expr).legendFormat(legend);
    if (options.exemplars) {
        query.exemplar(true);
    }
    if (options.heatmap) {
        query.format(prometheus.PromQueryFormat.Heatmap);
    }
    return options.instant ? query.instant() : query.range();
}

/** A PromQL query for a table. Its labels become columns. */
export function tableQuery(refId: string, expr: string): Query {
    return new prometheus.DataqueryBuilder()
        .refId(refId)
        .datasource(mimir)
        .expr(expr)
        .format(prometheus.PromQueryFormat.Table)
        .instant();
}

/** A LogQL query. */
export function logQuery(refId: string, expr: string, legend: string, options: { instant?: boolean } = {}): Query {
    return new lokiSdk.DataqueryBuilder()
        .refId(refId)
        .datasource(loki)
        .expr(expr)
        .legendFormat(legend)
        .queryType(options.instant ? "instant" : "range");
}

/** A TraceQL query. With the query type `serviceMap`, a selector of the service graph metrics. */
export function traceQuery(refId: string, query: string, queryType: "traceql" | "serviceMap" = "traceql"): Query {
    const builder = new tempoSdk.DataqueryBuilder().refId(refId).datasource(tempo).queryType(queryType);
    return queryType === "serviceMap"
        ? builder.serviceMapQuery(query)
        : builder.query(query).limit(20).tableType(tempoSdk.SearchTableType.Traces);
}

/** A query of profiles. */
export function profileQuery(refId: string, selector: string, profileTypeId: string): Query {
    return new grafanapyroscope.DataqueryBuilder()
        .refId(refId)
        .datasource(pyroscope)
        .labelSelector(`{${selector}}`)
        .profileTypeId(profileTypeId)
        .groupBy([])
        .queryType("profile");
}
