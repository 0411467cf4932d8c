import { type Case, type Cases, increasingCounter } from "../case";
import { constant, perSecond, series, seriesOf, stackLabels, value } from "../series";

/** Operations of Dapr. A quarter of them fails, or none. */
function daprErrors(
    metric: string,
    labels: Record<string, string>,
    successLabels: Record<string, string>,
    failureLabels: Record<string, string>,
    summary: string,
): Case {
    const base = { job: "dapr", ...labels };
    return {
        after: "30m",
        fires: {
            [seriesOf(metric, { ...base, ...successLabels })]: perSecond(3),
            [seriesOf(metric, { ...base, ...failureLabels })]: perSecond(1),
        },
        labels: { ...stackLabels, ...labels },
        summary,
        silent: {
            [seriesOf(metric, { ...base, ...successLabels })]: perSecond(3),
            [seriesOf(metric, { ...base, ...failureLabels })]: constant,
        },
    };
}

export default {
    DaprRequestErrors: daprErrors(
        "dapr_http_server_response_count",
        { app_id: "mentor-api" },
        { status: "200" },
        { status: "500" },
        "mentor-api: 25% of the HTTP responses of the sidecar are server errors",
    ),
    DaprComponentInitFailed: {
        after: "30m",
        fires: {
            [seriesOf("dapr_runtime_component_init_fail_total", {
                job: "dapr",
                app_id: "mentor-api",
                component: "statestore",
                reason: "init",
            })]: value(1),
        },
        labels: { ...stackLabels, app_id: "mentor-api", component: "statestore" },
        summary: "mentor-api: the sidecar could not initialize the component statestore",
        silent: {
            [seriesOf("dapr_runtime_component_init_fail_total", {
                job: "dapr",
                app_id: "mentor-api",
                component: "s",
            })]: value(0),
        },
    },
    DaprPubSubDeliveryErrors: daprErrors(
        "dapr_component_pubsub_ingress_count",
        { app_id: "mentor-api", component: "pubsub", topic: "lessons" },
        { process_status: "success" },
        { process_status: "drop" },
        "mentor-api: 25% of the messages from topic lessons (pubsub) are not processed",
    ),
    DaprPubSubPublishErrors: daprErrors(
        "dapr_component_pubsub_egress_count",
        { app_id: "mentor-api", component: "pubsub", topic: "lessons" },
        { success: "true" },
        { success: "false" },
        "mentor-api: 25% of the messages to topic lessons (pubsub) are not published",
    ),
    DaprStateStoreErrors: daprErrors(
        "dapr_component_state_count",
        { app_id: "mentor-api", component: "statestore" },
        { success: "true", operation: "get" },
        { success: "false", operation: "set" },
        "mentor-api: 25% of the operations on the state store statestore fail",
    ),
    DaprOutputBindingErrors: daprErrors(
        "dapr_component_output_binding_count",
        { app_id: "mentor-api", component: "mail" },
        { success: "true" },
        { success: "false" },
        "mentor-api: 25% of the calls to the output binding mail fail",
    ),
    DaprCircuitBreakerOpen: {
        after: "30m",
        fires: {
            [seriesOf("dapr_resiliency_cb_state", {
                job: "dapr",
                app_id: "mentor-api",
                target: "profile-api",
                status: "open",
            })]: value(1),
        },
        labels: { ...stackLabels, app_id: "mentor-api", target: "profile-api" },
        summary: "mentor-api: the circuit breaker for profile-api is open",
        silent: {
            [seriesOf("dapr_resiliency_cb_state", {
                job: "dapr",
                app_id: "mentor-api",
                target: "profile-api",
                status: "open",
            })]: value(0),
            [seriesOf("dapr_resiliency_cb_state", {
                job: "dapr",
                app_id: "mentor-api",
                target: "profile-api",
                status: "closed",
            })]: value(1),
        },
    },
    DaprResiliencyActivationsHigh: {
        after: "30m",
        fires: {
            [seriesOf("dapr_resiliency_activations_total", {
                job: "dapr",
                app_id: "mentor-api",
                target: "profile-api",
                policy: "retry",
            })]: perSecond(3),
        },
        labels: { ...stackLabels, app_id: "mentor-api", target: "profile-api", policy: "retry" },
        summary: "mentor-api: the retry policy for profile-api is activated 3 times per second",
        silent: {
            [seriesOf("dapr_resiliency_activations_total", {
                job: "dapr",
                app_id: "mentor-api",
                target: "profile-api",
                policy: "retry",
            })]: perSecond(0.5),
        },
    },
    DaprCertificateRotationFailed: increasingCounter(
        "dapr_runtime_mtls_workload_cert_rotated_fail_total",
        { job: "dapr", app_id: "mentor-api" },
        ["app_id"],
        "mentor-api: the sidecar could not renew its mTLS certificate",
    ),
    DaprIssuerCertificateExpiration: {
        after: "2h",
        fires: {
            [series("dapr_sentry_issuercert_expiry_timestamp", { cluster: "c", namespace: "dapr-system" })]:
                value(93600),
        },
        labels: { cluster: "c", namespace: "dapr-system" },
        summary: "Dapr: the issuer certificate expires in 1d 0h 0m 0s",
        silent: {
            [series("dapr_sentry_issuercert_expiry_timestamp", { cluster: "c", namespace: "dapr-system" })]:
                value(31536000),
        },
    },
} satisfies Cases;
