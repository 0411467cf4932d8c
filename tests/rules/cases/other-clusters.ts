import type { Cases } from "../case";
import { perSecond, series, type Series, seriesOf, stackLabels, value } from "../series";

/** Pushes to Loki through the proxy: failed and successful ones per second. */
function proxied(failed: number, successful: number): Series {
    const of = (code: string) =>
        seriesOf("haproxy_backend_http_responses_total", { job: "ingestion-proxy", pod: "a", proxy: "loki", code });
    return { [of("5xx")]: perSecond(failed), [of("2xx")]: perSecond(successful) };
}

export default {
    ClusterMetricsMissing: {
        after: "3h",
        interval: "5m",
        fires: {
            [seriesOf("up", { job: "alloy-metrics", pod: "a" })]: value(1),
            [series("up", { cluster: "edge", namespace: "monitoring", job: "alloy-metrics", pod: "a" })]: "1x6",
        },
        labels: { cluster: "edge" },
        summary: "edge: the cluster sent metrics in the last 24 hours, and sends none now",
        silent: {
            [seriesOf("up", { job: "alloy-metrics", pod: "a" })]: "1x6",
            // The pod of the only node was replaced.
            [seriesOf("up", { job: "alloy-metrics", pod: "b" })]: "_x6 1x300",
        },
    },
    IngestionProxyRequestErrors: {
        after: "30m",
        fires: proxied(1, 9),
        labels: { ...stackLabels, proxy: "loki" },
        summary: "loki: 10% of the pushes of other clusters fail",
        silent: proxied(1, 99),
    },
} satisfies Cases;
