import type { Dashboard } from "@grafana/grafana-foundation-sdk/dashboard";
import { createDashboard, row } from "../lib/dashboard";
import type { DashboardOptions } from "../lib/options";
import { logs, stat, table, timeSeries } from "../lib/panels";
import { inCluster, jobSelector } from "../lib/selectors";
import { unit } from "../lib/units";
import { cluster } from "../lib/variables";

/** What ServiceMonitors, PodMonitors and Probes of the Prometheus operator select. */
export default ({ namespace }: DashboardOptions): Dashboard => {
    const selected = `{${jobSelector(namespace, "alloy-singleton")}, component_id=~"prometheus\\\\.operator\\\\..+"}`;
    const targets = `max by (scrape_job) (prometheus_target_scrape_pool_targets${selected})`;
    const failures = `sum by (scrape_job) (rate(prometheus_target_sync_failed_total${selected}[$__rate_interval]))`;
    const alloyLogs = `{${inCluster}, namespace="${namespace}", pod=~"lgtm-alloy-singleton-.+"}`;
    return createDashboard(
        {
            uid: "platform-monitors",
            title: "Monitors",
            description: "Targets of the ServiceMonitors, PodMonitors and Probes of the Prometheus operator.",
            variables: [cluster()],
            drilldown: { dashboards: { "platform-overview": "Platform overview" }, logs: alloyLogs },
        },
        row(
            "Targets",
            stat("Endpoints of monitors", {
                description: "Endpoints of all monitors. A monitor can have several.",
                unit: unit.count,
                queries: { endpoints: `count(${targets})` },
            }),
            stat("Targets", {
                description: "Targets of all monitors, without those that the metrics scraper already scrapes.",
                unit: unit.count,
                queries: { targets: `sum(${targets})` },
            }),
            stat("Endpoints without targets", {
                description:
                    "Endpoints of monitors that select no target, or only targets that the metrics scraper already scrapes because of annotations.",
                unit: unit.count,
                queries: { endpoints: `count(${targets} == 0) or vector(0)` },
            }),
            table("Targets by endpoint", {
                description: "Each endpoint of a monitor as kind/namespace/name/index, with the number of its targets.",
                width: 12,
                sortBy: "Targets",
                columns: { Targets: { query: targets, unit: unit.count } },
            }),
            timeSeries("Targets by endpoint", {
                description: "The number of targets. A change is a rollout, or a changed label of a Service or a pod.",
                unit: unit.count,
                width: 12,
                queries: { "{{scrape_job}}": targets },
            }),
        ),
        row(
            "Rejected monitors",
            timeSeries("Invalid targets", {
                description:
                    "Failed updates of targets per second, because the rules of a monitor create invalid labels. Normal is 0.",
                unit: unit.perSecond,
                width: 24,
                queries: { "{{scrape_job}}": failures },
            }),
            logs("Monitors that are not scraped", {
                description:
                    "Errors of Alloy about monitors that it cannot read, for example because they refer to a Secret.",
                query: `${alloyLogs} |= "error generating scrapeconfig"`,
            }),
        ),
    );
};
