import type { Cases } from "../case";
import { constant, perSecond, seriesOf, stackLabels } from "../series";

export default {
    GrafanaRequestsFailing: {
        after: "30m",
        fires: {
            [seriesOf("grafana_http_request_duration_seconds_count", { job: "grafana", status_code: "200" })]:
                perSecond(3),
            [seriesOf("grafana_http_request_duration_seconds_count", { job: "grafana", status_code: "502" })]:
                perSecond(1),
        },
        labels: { ...stackLabels, job: "grafana" },
        summary: "Grafana: 25% of the HTTP responses are server errors",
        silent: {
            [seriesOf("grafana_http_request_duration_seconds_count", { job: "grafana", status_code: "200" })]:
                perSecond(3),
            [seriesOf("grafana_http_request_duration_seconds_count", { job: "grafana", status_code: "404" })]:
                perSecond(1),
            [seriesOf("grafana_http_request_duration_seconds_count", { job: "grafana", status_code: "502" })]: constant,
        },
    },
} satisfies Cases;
