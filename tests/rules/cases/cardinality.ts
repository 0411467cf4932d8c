import type { Cases } from "../case";
import { node, series, seriesOf, stackLabels, value } from "../series";

/** The series of a tenant in an ingester: how many were created and removed, and the limit of the tenant. */
function tenantSeries(user: string, created: number, removed: number, limit: number): Record<string, string> {
    const ingester = { job: "mimir", pod: "mimir-0", user };
    return {
        [seriesOf("cortex_ingester_memory_series_created_total", ingester)]: value(created),
        [seriesOf("cortex_ingester_memory_series_removed_total", ingester)]: value(removed),
        [seriesOf("cortex_ingester_local_limits", { ...ingester, limit: "max_global_series_per_user" })]: value(limit),
    };
}

export default {
    MimirTenantReachingSeriesLimit: {
        after: "30m",
        // Only one of two tenants is close to its limit.
        fires: {
            ...tenantSeries("shop", 95, 5, 100),
            ...tenantSeries("lab", 95, 5, 1000),
        },
        labels: { ...stackLabels, pod: "mimir-0", user: "shop" },
        summary: "mimir-0: tenant shop uses 90% of its series limit; at 100 % new series are rejected",
        silent: tenantSeries("shop", 95, 45, 100),
    },
    MimirSeriesRisingQuickly: {
        after: "25h",
        interval: "5m",
        fires: {
            [seriesOf("cortex_ingester_memory_series", { job: "mimir", pod: "mimir-0" })]: "20000x288 60000x40",
        },
        labels: stackLabels,
        summary: "Mimir: the number of series is 3 times that of a day ago",
        silent: {
            [seriesOf("cortex_ingester_memory_series", { job: "mimir", pod: "mimir-0" })]: "1000x288 3000x40",
        },
    },
    TargetSeriesCountHigh: {
        after: "30m",
        fires: {
            [seriesOf("scrape_samples_post_metric_relabeling", { job: "shop", pod: "shop-0" })]: value(50000),
        },
        labels: { ...stackLabels, job: "shop", pod: "shop-0" },
        summary: "monitoring/shop-0 (shop): the target exposes 50k series",
        silent: {
            [seriesOf("scrape_samples_post_metric_relabeling", { job: "shop", pod: "shop-0" })]: value(5000),
            // cAdvisor exposes series for every pod of a node.
            [series("scrape_samples_post_metric_relabeling", { ...node, job: "cadvisor" })]: value(50000),
        },
    },
    LokiStreamsRisingQuickly: {
        after: "25h",
        interval: "5m",
        fires: { [seriesOf("loki_ingester_memory_streams", { job: "loki", pod: "loki-0" })]: "2000x288 8000x40" },
        labels: stackLabels,
        summary: "Loki: the number of streams is 4 times that of a day ago",
        silent: { [seriesOf("loki_ingester_memory_streams", { job: "loki", pod: "loki-0" })]: "2000x288 3000x40" },
    },
} satisfies Cases;
