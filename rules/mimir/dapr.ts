import type { RuleFile } from "../define";

const failed = (metric: string, labels: string, bad: string) => `
    sum by (cluster, namespace, ${labels}) (rate(${metric}{job="dapr", ${bad}}[5m]))
    / sum by (cluster, namespace, ${labels}) (rate(${metric}{job="dapr"}[5m]))`;

export default {
    group: "dapr",
    about: "Dapr: sidecars, building blocks, resiliency, certificates.",
    rules: [
        {
            alert: "DaprRequestErrors",
            severity: "warning",
            for: "10m",
            threshold: { default: 0.05, unit: "share of requests, from 0 to 1" },
            summary:
                "The sidecar of {{ $labels.app_id }} answers {{ $value | humanizePercentage }} of its requests with an error",
            expr: (share) => `${failed("dapr_http_server_response_count", "app_id", 'status=~"5.."')} > ${share}`,
        },
        {
            alert: "DaprComponentInitFailed",
            severity: "critical",
            for: "5m",
            summary: "The sidecar of {{ $labels.app_id }} could not start the component {{ $labels.component }}",
            expr: () =>
                'sum by (cluster, namespace, app_id, component) (dapr_runtime_component_init_fail_total{job="dapr"}) > 0',
        },
        {
            alert: "DaprPubSubDeliveryErrors",
            severity: "warning",
            for: "10m",
            threshold: { default: 0.05, unit: "share of messages, from 0 to 1" },
            summary:
                "{{ $labels.app_id }} does not take {{ $value | humanizePercentage }} of the messages of {{ $labels.topic }} in {{ $labels.component }}",
            expr: (share) =>
                `${failed("dapr_component_pubsub_ingress_count", "app_id, component, topic", 'process_status!="success"')} > ${share}`,
        },
        {
            alert: "DaprPubSubPublishErrors",
            severity: "warning",
            for: "10m",
            threshold: { default: 0.05, unit: "share of messages, from 0 to 1" },
            summary:
                "{{ $value | humanizePercentage }} of the messages of {{ $labels.app_id }} do not reach {{ $labels.topic }} in {{ $labels.component }}",
            expr: (share) =>
                `${failed("dapr_component_pubsub_egress_count", "app_id, component, topic", 'success="false"')} > ${share}`,
        },
        {
            alert: "DaprStateStoreErrors",
            severity: "warning",
            for: "10m",
            threshold: { default: 0.05, unit: "share of operations, from 0 to 1" },
            summary:
                "{{ $value | humanizePercentage }} of what {{ $labels.app_id }} does with the state in {{ $labels.component }} fails",
            expr: (share) =>
                `${failed("dapr_component_state_count", "app_id, component", 'success="false"')} > ${share}`,
        },
        {
            alert: "DaprOutputBindingErrors",
            severity: "warning",
            for: "10m",
            threshold: { default: 0.05, unit: "share of operations, from 0 to 1" },
            summary:
                "{{ $value | humanizePercentage }} of the calls of {{ $labels.app_id }} to the binding {{ $labels.component }} fail",
            expr: (share) =>
                `${failed("dapr_component_output_binding_count", "app_id, component", 'success="false"')} > ${share}`,
        },
        {
            alert: "DaprCircuitBreakerOpen",
            severity: "warning",
            for: "5m",
            summary: "{{ $labels.app_id }} no longer calls {{ $labels.target }}: a circuit breaker is open",
            expr: () =>
                'max by (cluster, namespace, app_id, target) (dapr_resiliency_cb_state{job="dapr", status="open"}) == 1',
        },
        {
            alert: "DaprResiliencyActivationsHigh",
            severity: "info",
            for: "15m",
            threshold: { default: 1, unit: "activations a second" },
            summary:
                "Policies of {{ $labels.app_id }} for {{ $labels.target }} step in {{ $value | humanize }} times a second: {{ $labels.policy }}",
            expr: (rate) =>
                `sum by (cluster, namespace, app_id, target, policy) (rate(dapr_resiliency_activations_total{job="dapr"}[5m])) > ${rate}`,
        },
        {
            alert: "DaprCertificateRotationFailed",
            severity: "critical",
            for: "10m",
            summary: "The sidecar of {{ $labels.app_id }} cannot renew its certificate: soon nobody talks to it",
            expr: () =>
                'sum by (cluster, namespace, app_id) (increase(dapr_runtime_mtls_workload_cert_rotated_fail_total{job="dapr"}[1h])) > 0',
        },
        {
            alert: "DaprIssuerCertificateExpiration",
            severity: "critical",
            for: "1h",
            threshold: { default: 30, unit: "days" },
            summary: "The certificate that Dapr's own are signed with ends in {{ $value | humanizeDuration }}",
            // A year is what Dapr makes it for, and nobody but its operator renews it.
            expr: (days) =>
                `min by (cluster, namespace) (dapr_sentry_issuercert_expiry_timestamp) - time() < ${days} * 86400`,
        },
    ],
} satisfies RuleFile;
