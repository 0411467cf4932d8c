import type { Dashboard } from "@grafana/grafana-foundation-sdk/dashboard";
import { board, row } from "../lib/board";
import type { DashboardOptions } from "../lib/options";
import { lines, number } from "../lib/panels";
import { part } from "../lib/selectors";
import { behindProgram, process, running } from "../lib/stack";
import { unit } from "../lib/units";
import { cluster } from "../lib/variables";

/** Grafana: what people look at all this with. */
export default ({ namespace }: DashboardOptions): Dashboard => {
    const of = part(namespace, "grafana");
    return board(
        {
            uid: "stack-grafana",
            title: "Grafana",
            about: "The server that shows all this.",
            variables: [cluster()],
            behind: behindProgram(namespace, "grafana"),
        },
        row(
            "Does it answer those who look?",
            running(of),
            number("Active users", {
                about: "Users who were there in the last 30 days.",
                unit: unit.count,
                show: { users: `max(grafana_stat_active_users{${of}})` },
            }),
            number("Dashboards", {
                about: "Provisioned ones included.",
                unit: unit.count,
                show: { dashboards: `max(grafana_stat_totals_dashboard{${of}})` },
            }),
            number("Failed requests", {
                about: "Requests answered with a server error. None is normal.",
                unit: unit.requestsPerSecond,
                show: {
                    failed: `sum(rate(grafana_http_request_duration_seconds_count{${of}, status_code=~"5.."}[$__rate_interval])) or 0 * sum(up{${of}})`,
                },
                badAbove: 0.01,
            }),
            lines("Requests by status", {
                about: "Of browsers, probes and the scraper.",
                unit: unit.requestsPerSecond,
                stacked: true,
                show: {
                    "{{status_code}}": `sum by (status_code) (rate(grafana_http_request_duration_seconds_count{${of}}[$__rate_interval]))`,
                },
            }),
            lines("Slowest pages and calls, 95th percentile", {
                about: "The ten slowest.",
                unit: unit.seconds,
                show: {
                    "{{handler}}": `topk(10, histogram_quantile(0.95, sum by (le, handler) (rate(grafana_http_request_duration_seconds_bucket{${of}}[$__rate_interval]))))`,
                },
            }),
            lines("Queries of data sources", {
                about: "By status. Errors are those that people see in panels.",
                unit: unit.requestsPerSecond,
                show: {
                    "{{code}}": `sum by (code) (rate(grafana_proxy_response_status_total{${of}}[$__rate_interval]))`,
                },
            }),
        ),
        row("Has it enough of everything?", ...process(of)),
        row(
            "Is its database well?",
            lines("Connections", {
                about: "Open and in use.",
                unit: unit.count,
                width: 12,
                show: {
                    open: `sum(grafana_database_conn_open{${of}})`,
                    "in use": `sum(grafana_database_conn_in_use{${of}})`,
                },
            }),
            lines("Wait for a connection", {
                about: "Seconds of waiting in each second. None is normal.",
                unit: unit.seconds,
                width: 12,
                show: { wait: `sum(rate(grafana_database_conn_wait_duration_seconds{${of}}[$__rate_interval]))` },
            }),
        ),
    );
};
