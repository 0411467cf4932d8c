import type { Dashboard } from "@grafana/grafana-foundation-sdk/dashboard";
import { createDashboard, row } from "../lib/dashboard";
import type { DashboardOptions } from "../lib/options";
import { stat, timeSeries } from "../lib/panels";
import { jobSelector } from "../lib/selectors";
import { componentDrilldown, processPanels, replicasUp } from "../lib/component-panels";
import { unit } from "../lib/units";
import { cluster } from "../lib/variables";

/** The Grafana server. */
export default ({ namespace }: DashboardOptions): Dashboard => {
    const selector = jobSelector(namespace, "grafana");
    return createDashboard(
        {
            uid: "stack-grafana",
            title: "Grafana",
            description: "Requests, data source queries and database of the Grafana server.",
            variables: [cluster()],
            drilldown: componentDrilldown(namespace, "grafana"),
        },
        row(
            "Users and requests",
            replicasUp(selector),
            stat("Active users", {
                description: "The number of users that were active in the last 30 days.",
                unit: unit.count,
                queries: { users: `max(grafana_stat_active_users{${selector}})` },
            }),
            stat("Dashboards", {
                description: "The number of dashboards, including provisioned dashboards.",
                unit: unit.count,
                queries: { dashboards: `max(grafana_stat_totals_dashboard{${selector}})` },
            }),
            stat("Failed requests", {
                description: "Requests per second that Grafana answered with a server error (5xx). Normal is 0.",
                unit: unit.requestsPerSecond,
                queries: {
                    failed: `sum(rate(grafana_http_request_duration_seconds_count{${selector}, status_code=~"5.."}[$__rate_interval])) or 0 * sum(up{${selector}})`,
                },
                criticalAbove: 0.01,
            }),
            timeSeries("Request rate by status", {
                description: "Requests per second from browsers, probes and the metrics scraper.",
                unit: unit.requestsPerSecond,
                stacked: true,
                queries: {
                    "{{status_code}}": `sum by (status_code) (rate(grafana_http_request_duration_seconds_count{${selector}}[$__rate_interval]))`,
                },
            }),
            timeSeries("p95 latency by handler", {
                description: "Seconds until Grafana responds, for the ten slowest handlers.",
                unit: unit.seconds,
                queries: {
                    "{{handler}}": `topk(10, histogram_quantile(0.95, sum by (le, handler) (rate(grafana_http_request_duration_seconds_bucket{${selector}}[$__rate_interval]))))`,
                },
            }),
            timeSeries("Data source requests", {
                description: "Requests per second to data sources, by status code. Users see these errors in panels.",
                unit: unit.requestsPerSecond,
                queries: {
                    "{{code}}": `sum by (code) (rate(grafana_proxy_response_status_total{${selector}}[$__rate_interval]))`,
                },
            }),
        ),
        row("Resource usage", ...processPanels(selector)),
        row(
            "Database",
            timeSeries("Database connections", {
                description: "The number of connections that are open and in use.",
                unit: unit.count,
                width: 12,
                queries: {
                    open: `sum(grafana_database_conn_open{${selector}})`,
                    "in use": `sum(grafana_database_conn_in_use{${selector}})`,
                },
            }),
            timeSeries("Connection wait time", {
                description: "How many seconds per second requests wait for a database connection. Normal is 0.",
                unit: unit.seconds,
                width: 12,
                queries: {
                    waiting: `sum(rate(grafana_database_conn_wait_duration_seconds{${selector}}[$__rate_interval]))`,
                },
            }),
        ),
    );
};
