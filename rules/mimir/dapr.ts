import type { RuleFile } from "../define";

const failed = (metric: string, labels: string, bad: string) => `
    sum by (cluster, namespace, ${labels}) (rate(${metric}{job="dapr", ${bad}}[5m]))
    / sum by (cluster, namespace, ${labels}) (rate(${metric}{job="dapr"}[5m]))`;

export default {
    group: "dapr",
    needs: ["alloyMetrics"],
    dashboard: "dapr-sidecars",
    description: "Dapr sidecars, building blocks, resiliency policies and certificates.",
    rules: [
        {
            alert: "DaprRequestErrors",
            severity: "warning",
            for: "10m",
            threshold: { default: 0.05, unit: "ratio of failed requests, from 0 to 1" },
            summary:
                "{{ $labels.app_id }}: {{ $value | humanizePercentage }} of the HTTP responses of the sidecar are server errors",
            expr: (share) => `${failed("dapr_http_server_response_count", "app_id", 'status=~"5.."')} > ${share}`,
        },
        {
            alert: "DaprComponentInitFailed",
            severity: "critical",
            for: "5m",
            summary: "{{ $labels.app_id }}: the sidecar could not initialize the component {{ $labels.component }}",
            expr: () =>
                'sum by (cluster, namespace, app_id, component) (dapr_runtime_component_init_fail_total{job="dapr"}) > 0',
        },
        {
            alert: "DaprPubSubDeliveryErrors",
            severity: "warning",
            for: "10m",
            threshold: { default: 0.05, unit: "ratio of failed messages, from 0 to 1" },
            summary:
                "{{ $labels.app_id }}: {{ $value | humanizePercentage }} of the messages from topic {{ $labels.topic }} ({{ $labels.component }}) are not processed",
            expr: (share) =>
                `${failed("dapr_component_pubsub_ingress_count", "app_id, component, topic", 'process_status!="success"')} > ${share}`,
        },
        {
            alert: "DaprPubSubPublishErrors",
            severity: "warning",
            for: "10m",
            threshold: { default: 0.05, unit: "ratio of failed messages, from 0 to 1" },
            summary:
                "{{ $labels.app_id }}: {{ $value | humanizePercentage }} of the messages to topic {{ $labels.topic }} ({{ $labels.component }}) are not published",
            expr: (share) =>
                `${failed("dapr_component_pubsub_egress_count", "app_id, component, topic", 'success="false"')} > ${share}`,
        },
        {
            alert: "DaprStateStoreErrors",
            severity: "warning",
            for: "10m",
            threshold: { default: 0.05, unit: "ratio of failed operations, from 0 to 1" },
            summary:
                "{{ $labels.app_id }}: {{ $value | humanizePercentage }} of the operations on the state store {{ $labels.component }} fail",
            expr: (share) =>
                `${failed("dapr_component_state_count", "app_id, component", 'success="false"')} > ${share}`,
        },
        {
            alert: "DaprOutputBindingErrors",
            severity: "warning",
            for: "10m",
            threshold: { default: 0.05, unit: "ratio of failed operations, from 0 to 1" },
            summary:
                "{{ $labels.app_id }}: {{ $value | humanizePercentage }} of the calls to the output binding {{ $labels.component }} fail",
            expr: (share) =>
                `${failed("dapr_component_output_binding_count", "app_id, component", 'success="false"')} > ${share}`,
        },
        {
            alert: "DaprCircuitBreakerOpen",
            severity: "warning",
            for: "5m",
            summary: "{{ $labels.app_id }}: the circuit breaker for {{ $labels.target }} is open",
            expr: () =>
                'max by (cluster, namespace, app_id, target) (dapr_resiliency_cb_state{job="dapr", status="open"}) == 1',
        },
        {
            alert: "DaprResiliencyActivationsHigh",
            severity: "info",
            for: "15m",
            threshold: { default: 1, unit: "activations per second" },
            summary:
                "{{ $labels.app_id }}: the {{ $labels.policy }} policy for {{ $labels.target }} is activated {{ $value | humanize }} times per second",
            expr: (rate) =>
                `sum by (cluster, namespace, app_id, target, policy) (rate(dapr_resiliency_activations_total{job="dapr"}[5m])) > ${rate}`,
        },
        {
            alert: "DaprCertificateRotationFailed",
            severity: "critical",
            for: "10m",
            summary: "{{ $labels.app_id }}: the sidecar could not renew its mTLS certificate",
            expr: () =>
                'sum by (cluster, namespace, app_id) (increase(dapr_runtime_mtls_workload_cert_rotated_fail_total{job="dapr"}[1h])) > 0',
        },
        {
            alert: "DaprIssuerCertificateExpiration",
            severity: "critical",
            for: "1h",
            threshold: { default: 30, unit: "days" },
            summary: "Dapr: the issuer certificate expires in {{ $value | humanizeDuration }}",
            // Dapr creates it with a lifetime of one year and does not renew it.
            expr: (days) =>
                `min by (cluster, namespace) (dapr_sentry_issuercert_expiry_timestamp) - time() < ${days} * 86400`,
        },
    ],
} satisfies RuleFile;
