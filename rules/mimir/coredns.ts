import { partDown } from "../control-plane";
import type { RuleFile } from "../define";

const of = 'job="coredns"';
const responses = (more = "") => `sum by (cluster) (rate(coredns_dns_responses_total{${of}${more}}[5m]))`;

export default {
    group: "coredns",
    needs: ["coreDns"],
    dashboard: "control-plane-coredns",
    description: "CoreDNS, the DNS server of the cluster: reachability, errors and latency.",
    rules: ({ cluster }) => [
        partDown("CoreDNSDown", "pod of CoreDNS", "coredns", cluster),
        {
            alert: "CoreDNSErrorsHigh",
            severity: "warning",
            for: "10m",
            threshold: { default: 0.03, unit: "ratio from 0 to 1" },
            summary:
                "{{ $labels.cluster }}: CoreDNS answers {{ $value | humanizePercentage }} of the queries with SERVFAIL",
            expr: (ratio) => `${responses(', rcode="SERVFAIL"')} / ${responses()} > ${ratio}`,
        },
        {
            alert: "CoreDNSLatencyHigh",
            severity: "warning",
            for: "10m",
            threshold: { default: 1, unit: "seconds" },
            summary:
                "{{ $labels.cluster }}: 1 % of the queries to CoreDNS take longer than {{ $value | humanizeDuration }}",
            expr: (seconds) =>
                `histogram_quantile(0.99, sum by (cluster, le) (rate(coredns_dns_request_duration_seconds_bucket{${of}}[5m]))) > ${seconds}`,
        },
    ],
} satisfies RuleFile;
