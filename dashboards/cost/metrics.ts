import type { Dashboard } from "@grafana/grafana-foundation-sdk/dashboard";
import { createDashboard, row } from "../lib/dashboard";
import type { DashboardOptions } from "../lib/options";
import { barGauge, stat, timeSeries } from "../lib/panels";
import { inCluster, jobSelector } from "../lib/selectors";
import { componentDrilldown } from "../lib/component-panels";
import { unit } from "../lib/units";
import { cluster } from "../lib/variables";

const everything = `{${inCluster}, __name__=~".+"}`;

/** Series by source. */
export default ({ namespace }: DashboardOptions): Dashboard => {
    const mimir = jobSelector(namespace, "mimir");
    const limits = `cortex_ingester_local_limits{${mimir}, limit="max_global_series_per_user"}`;
    return createDashboard(
        {
            uid: "cost-metrics",
            title: "Cost of metrics",
            description: "Series by job, namespace and metric, and the rate of new series.",
            variables: [cluster()],
            drilldown: componentDrilldown(namespace, "mimir", { dashboards: { "stores-mimir": "Mimir" } }),
        },
        row(
            "Total series",
            stat("Active series", {
                description:
                    "The number of series that received a sample recently, summed over all replicas. A replicated series counts once per replica.",
                unit: unit.count,
                queries: { series: `sum(cortex_ingester_active_series{${mimir}})` },
            }),
            stat("Series limit usage", {
                description:
                    "The percentage of the tenant's series limit that is used. At 100 % Mimir rejects new series.",
                unit: unit.ratio,
                queries: {
                    used: `max(sum by (pod) (cortex_ingester_active_series{${mimir}}) / max by (pod) (${limits} > 0))`,
                },
                warnAbove: 0.75,
                criticalAbove: 0.9,
            }),
            stat("New series", {
                description:
                    "Series that the ingesters create per second. A constantly high rate is series churn: a label has values that change all the time.",
                unit: unit.perSecond,
                queries: {
                    created: `sum(rate(cortex_ingester_memory_series_created_total{${mimir}}[$__rate_interval]))`,
                },
            }),
            stat("Samples in 30 days", {
                description: "A projection: 30 days with the average rate of the selected time range.",
                unit: unit.count,
                queries: {
                    samples: `sum(rate(cortex_distributor_received_samples_total{${mimir}}[$__range])) * 30 * 86400`,
                },
            }),
        ),
        row(
            "Series by source",
            barGauge("Series by job", {
                description: "The number of series in the last scrape of each target, summed by job.",
                unit: unit.count,
                queries: {
                    "{{job}}": `topk(10, sum by (job) (scrape_samples_post_metric_relabeling{${inCluster}}))`,
                },
            }),
            barGauge("Series by namespace", {
                description: "The number of series from scrapes and from OTLP.",
                unit: unit.count,
                queries: {
                    "{{namespace}}": `topk(10, label_replace(count by (namespace) (${everything}), "namespace", "(no namespace)", "namespace", ""))`,
                },
            }),
            barGauge("Series by metric", {
                description: "The metrics with the most series. A histogram has one series for each bucket.",
                unit: unit.count,
                queries: { "{{__name__}}": `topk(10, count by (__name__) (${everything}))` },
            }),
        ),
        row(
            "Series churn",
            timeSeries("New series by job", {
                description:
                    "Series that were not in the previous scrape. Restarts of pods create new series. A constantly high number means that a label has values that change all the time.",
                unit: unit.count,
                width: 12,
                stacked: true,
                queries: { "{{job}}": `topk(10, sum by (job) (scrape_series_added{${inCluster}}))` },
            }),
            timeSeries("Active series by replica", {
                description: "The number of active series in each Mimir replica.",
                unit: unit.count,
                width: 12,
                queries: { "{{pod}}": `sum by (pod) (cortex_ingester_active_series{${mimir}})` },
            }),
        ),
    );
};
