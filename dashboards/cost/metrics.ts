import type { Dashboard } from "@grafana/grafana-foundation-sdk/dashboard";
import { board, row } from "../lib/board";
import type { DashboardOptions } from "../lib/options";
import { lines, number, ranking } from "../lib/panels";
import { inCluster, part } from "../lib/selectors";
import { behindProgram } from "../lib/stack";
import { unit } from "../lib/units";
import { cluster } from "../lib/variables";

const everything = `{${inCluster}, __name__=~".+"}`;

/** Who makes metrics expensive: series, above all. */
export default ({ namespace }: DashboardOptions): Dashboard => {
    const mimir = part(namespace, "mimir");
    const limits = `cortex_ingester_local_limits{${mimir}, limit="max_global_series_per_user"}`;
    return board(
        {
            uid: "cost-metrics",
            title: "Cost of metrics",
            about: "Who sends most series, which metrics have most, and how many are new.",
            variables: [cluster()],
            behind: behindProgram(namespace, "mimir", { dashboards: { "stores-mimir": "Mimir" } }),
        },
        row(
            "How much is it?",
            number("Series", {
                about: "That got a sample of late, in all replicas.",
                unit: unit.count,
                width: 6,
                show: { series: `sum(cortex_ingester_active_series{${mimir}})` },
            }),
            number("Of the limit", {
                about: "At 100 % new series are refused.",
                unit: unit.ratio,
                width: 6,
                show: {
                    used: `max(sum by (pod) (cortex_ingester_active_series{${mimir}}) / max by (pod) (${limits} > 0))`,
                },
                warnAbove: 0.75,
                badAbove: 0.9,
            }),
            number("New series", {
                about: "Labels that change all the time make series that nobody will ask for again.",
                unit: unit.perSecond,
                width: 6,
                show: { new: `sum(rate(cortex_ingester_memory_series_created_total{${mimir}}[$__rate_interval]))` },
            }),
            number("Samples in 30 days", {
                about: "If it goes on as in the time shown.",
                unit: unit.count,
                width: 6,
                show: {
                    samples: `sum(rate(cortex_distributor_received_samples_total{${mimir}}[$__range])) * 30 * 86400`,
                },
            }),
        ),
        row(
            "Who sends most?",
            ranking("Series by job", {
                about: "What each scrape brought last.",
                unit: unit.count,
                show: {
                    "{{job}}": `topk(15, sum by (job) (scrape_samples_post_metric_relabeling{${inCluster}}))`,
                },
            }),
            ranking("Series by namespace", {
                about: "Scraped and sent by OTLP.",
                unit: unit.count,
                show: { "{{namespace}}": `topk(15, count by (namespace) (${everything}))` },
            }),
            ranking("Series by metric", {
                about: "The metrics with most series. Histograms have one for each bucket.",
                unit: unit.count,
                show: { "{{__name__}}": `topk(15, count by (__name__) (${everything}))` },
            }),
        ),
        row(
            "Who makes new ones?",
            lines("New series by job", {
                about: "Series that a scrape had not seen before. Restarts make some; a steady number is a label that should not be.",
                unit: unit.count,
                width: 12,
                stacked: true,
                show: { "{{job}}": `topk(10, sum by (job) (scrape_series_added{${inCluster}}))` },
            }),
            lines("Series over time", {
                about: "In each replica.",
                unit: unit.count,
                width: 12,
                show: { "{{pod}}": `sum by (pod) (cortex_ingester_active_series{${mimir}})` },
            }),
        ),
    );
};
