import type { RuleFile } from "../define";
import { matchers } from "../expressions";

const by = "by (cluster, probe, instance)";

export default {
    group: "probes",
    needs: ["probes"],
    dashboard: "platform-probes",
    description: "Synthetic probes of URLs and ports.",
    rules: ({ cluster }) => [
        {
            alert: "BlackboxProbeFailed",
            severity: "critical",
            for: "3m",
            summary: "{{ $labels.probe }}: the probe of {{ $labels.instance }} fails",
            expr: () => `max ${by} (probe_success{job="blackbox"}) == 0`,
        },
        {
            alert: "BlackboxProbeSlow",
            severity: "warning",
            for: "15m",
            threshold: { default: 5, unit: "seconds" },
            summary: "{{ $labels.probe }}: the probe of {{ $labels.instance }} takes {{ $value | humanizeDuration }}",
            expr: (seconds) =>
                `avg ${by} (avg_over_time(probe_duration_seconds{job="blackbox"}[5m])) > ${seconds}
                and max ${by} (probe_success{job="blackbox"}) == 1`,
        },
        {
            alert: "BlackboxSslCertificateWillExpireSoon",
            severity: "warning",
            for: "1h",
            threshold: { default: 14, unit: "days" },
            summary:
                "{{ $labels.probe }}: a certificate of {{ $labels.instance }} expires in {{ $value | humanizeDuration }}",
            expr: (days) => `min ${by} (probe_ssl_earliest_cert_expiry{job="blackbox"}) - time() < ${days} * 86400`,
        },
        {
            alert: "BlackboxProbesMissing",
            severity: "warning",
            for: "15m",
            summary: "Alloy: no probe has reported a result, because lgtm-alloy-singleton does not run",
            // Probes of another cluster do not replace those of this stack.
            expr: () => `absent(probe_success{${matchers({ job: "blackbox", cluster })}})`,
        },
    ],
} satisfies RuleFile;
