import type { RuleFile } from "../define";

export default {
    group: "grafana",
    needs: ["alloyMetrics", "grafana"],
    dashboard: "stack-grafana",
    description: "Requests to Grafana.",
    rules: [
        {
            alert: "GrafanaRequestsFailing",
            severity: "warning",
            for: "10m",
            threshold: { default: 0.1, unit: "ratio of failed requests, from 0 to 1" },
            summary: "Grafana: {{ $value | humanizePercentage }} of the HTTP responses are server errors",
            expr: (share) => `
                sum by (cluster, namespace, job) (rate(grafana_http_request_duration_seconds_count{job="grafana", status_code=~"5.."}[5m]))
                / sum by (cluster, namespace, job) (rate(grafana_http_request_duration_seconds_count{job="grafana"}[5m])) > ${share}`,
        },
    ],
} satisfies RuleFile;
