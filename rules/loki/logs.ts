import type { RuleFile } from "../define";

export default {
    group: "logs",
    dashboard: "platform-overview",
    description: "Errors and crashes in log lines.",
    rules: [
        {
            // Loki detects the level of each log line at ingestion.
            record: "service:log_errors:rate5m",
            expr: 'sum by (cluster, namespace, service_name) (rate({namespace=~".+"} | detected_level=~"error|critical|fatal" [5m]))',
        },
        {
            alert: "ServiceLogErrorsHigh",
            severity: "warning",
            for: "10m",
            threshold: { default: 10, unit: "log lines per second" },
            summary:
                "{{ $labels.namespace }}/{{ $labels.service_name }}: {{ $value | humanize }} log lines per second report an error",
            expr: (rate) =>
                `sum by (cluster, namespace, service_name) (rate({namespace=~".+"} | detected_level=~"error|critical|fatal" [5m])) > ${rate}`,
        },
        {
            alert: "ServiceCrashLogged",
            severity: "warning",
            summary:
                "{{ $labels.namespace }}/{{ $labels.service_name }}: {{ $value }} crashes were logged in 10 minutes",
            expr: () =>
                'sum by (cluster, namespace, service_name) (count_over_time({namespace=~".+"} |~ "^(panic: |fatal error: |Exception in thread \\"main\\" |java.lang.OutOfMemoryError)" [10m])) > 0',
        },
    ],
} satisfies RuleFile;
