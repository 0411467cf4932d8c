import type * as cog from "@grafana/grafana-foundation-sdk/cog";
import * as grafanapyroscope from "@grafana/grafana-foundation-sdk/grafanapyroscope";
import * as lokiSdk from "@grafana/grafana-foundation-sdk/loki";
import * as prometheus from "@grafana/grafana-foundation-sdk/prometheus";
import * as tempoSdk from "@grafana/grafana-foundation-sdk/tempo";
import { loki, mimir, pyroscope, tempo } from "./sources";

export type Query = cog.Builder<cog.Dataquery>;

/** PromQL over the time that is shown; or, at an instant, of its end. */
export function metricQuery(
    refId: string,
    expr: string,
    legend: string,
    how: { instant?: boolean; exemplars?: boolean; heatmap?: boolean } = {},
): Query {
    const query = new prometheus.DataqueryBuilder().refId(refId).datasource(mimir).expr(expr).legendFormat(legend);
    if (how.exemplars) {
        query.exemplar(true);
    }
    if (how.heatmap) {
        query.format(prometheus.PromQueryFormat.Heatmap);
    }
    return how.instant ? query.instant() : query.range();
}

/** PromQL whose labels become columns. */
export function tableQuery(refId: string, expr: string): Query {
    return new prometheus.DataqueryBuilder()
        .refId(refId)
        .datasource(mimir)
        .expr(expr)
        .format(prometheus.PromQueryFormat.Table)
        .instant();
}

/** LogQL. */
export function logQuery(refId: string, expr: string, legend: string, how: { instant?: boolean } = {}): Query {
    return new lokiSdk.DataqueryBuilder()
        .refId(refId)
        .datasource(loki)
        .expr(expr)
        .legendFormat(legend)
        .queryType(how.instant ? "instant" : "range");
}

/** TraceQL; or the service graph of a selector. */
export function traceQuery(refId: string, query: string, queryType: "traceql" | "serviceMap" = "traceql"): Query {
    const builder = new tempoSdk.DataqueryBuilder().refId(refId).datasource(tempo).queryType(queryType);
    return queryType === "serviceMap"
        ? builder.serviceMapQuery(query)
        : builder.query(query).limit(20).tableType(tempoSdk.SearchTableType.Traces);
}

/** Profiles of a type. */
export function profileQuery(refId: string, selector: string, profileTypeId: string): Query {
    return new grafanapyroscope.DataqueryBuilder()
        .refId(refId)
        .datasource(pyroscope)
        .labelSelector(`{${selector}}`)
        .profileTypeId(profileTypeId)
        .groupBy([])
        .queryType("profile");
}
