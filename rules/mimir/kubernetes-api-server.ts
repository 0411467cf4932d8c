import { partDown } from "../control-plane";
import type { RuleFile } from "../define";

const of = 'job="apiserver"';
const requests = (more = "") => `sum by (cluster) (rate(apiserver_request_total{${of}${more}}[5m]))`;
const terminated = `sum by (cluster) (rate(apiserver_request_terminations_total{${of}}[5m]))`;

export default {
    group: "kubernetes-api-server",
    needs: ["apiServer"],
    dashboard: "control-plane-api-server",
    description:
        "The API servers of Kubernetes: reachability, errors, latency, aggregated APIs and admission webhooks.",
    rules: ({ cluster }) => [
        partDown("KubeAPIDown", "API server", "apiserver", cluster),
        {
            alert: "KubeAPIErrorsHigh",
            severity: "warning",
            for: "10m",
            threshold: { default: 0.05, unit: "ratio from 0 to 1" },
            summary:
                "{{ $labels.cluster }}: the API servers answer {{ $value | humanizePercentage }} of the requests with a server error",
            expr: (ratio) => `${requests(', code=~"5.."')} / ${requests()} > ${ratio}`,
        },
        {
            alert: "KubeAPILatencyHigh",
            severity: "warning",
            for: "10m",
            threshold: { default: 1, unit: "seconds" },
            summary:
                "{{ $labels.cluster }}: 1 % of the {{ $labels.verb }} requests take longer than {{ $value | humanizeDuration }}",
            // A list of many objects takes longer. Requests of a subresource such as exec take as long as the client wants.
            expr: (seconds) =>
                `histogram_quantile(0.99, sum by (cluster, verb, le) (rate(apiserver_request_sli_duration_seconds_bucket{${of}, verb=~"GET|POST|PUT|PATCH|APPLY|DELETE", subresource!~"attach|exec|log|portforward|proxy"}[5m]))) > ${seconds}`,
        },
        {
            alert: "KubeAPITerminatedRequests",
            severity: "warning",
            for: "5m",
            threshold: { default: 0.2, unit: "ratio from 0 to 1" },
            summary:
                "{{ $labels.cluster }}: the API servers terminate {{ $value | humanizePercentage }} of the requests because of overload",
            expr: (ratio) => `${terminated} / (${requests()} + ${terminated}) > ${ratio}`,
        },
        {
            alert: "KubeAggregatedAPIDown",
            severity: "warning",
            for: "10m",
            summary: "{{ $labels.name }}: the aggregated API cannot be reached",
            expr: () => `max by (cluster, name) (aggregator_unavailable_apiservice{${of}}) == 1`,
        },
        {
            alert: "KubeAdmissionWebhookErrors",
            severity: "warning",
            for: "10m",
            summary:
                "{{ $labels.name }}: the admission webhook cannot be called, and {{ $value | humanize }} requests per second are rejected",
            expr: () =>
                `sum by (cluster, name) (rate(apiserver_admission_webhook_rejection_count{${of}, error_type="calling_webhook_error"}[5m])) > 0`,
        },
    ],
} satisfies RuleFile;
