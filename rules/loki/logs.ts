import type { RuleFile } from "../define";

export default {
    group: "logs",
    about: "What the lines themselves tell.",
    rules: [
        {
            // Loki finds the level of each line when it takes it in.
            record: "service:log_errors:rate5m",
            expr: 'sum by (cluster, namespace, service_name) (rate({namespace=~".+"} | detected_level=~"error|critical|fatal" [5m]))',
        },
        {
            alert: "ServiceLogErrorsHigh",
            severity: "warning",
            for: "10m",
            threshold: { default: 10, unit: "lines a second" },
            summary:
                "{{ $labels.service_name }} in {{ $labels.namespace }} logs {{ $value | humanize }} errors a second",
            expr: (rate) =>
                `sum by (cluster, namespace, service_name) (rate({namespace=~".+"} | detected_level=~"error|critical|fatal" [5m])) > ${rate}`,
        },
        {
            alert: "ServiceCrashLogged",
            severity: "warning",
            summary:
                "{{ $labels.service_name }} in {{ $labels.namespace }} has crashed {{ $value }} times in ten minutes, its logs say",
            expr: () =>
                'sum by (cluster, namespace, service_name) (count_over_time({namespace=~".+"} |~ "^(panic: |fatal error: |Exception in thread \\"main\\" |java.lang.OutOfMemoryError)" [10m])) > 0',
        },
    ],
} satisfies RuleFile;
