import type { Cases } from "../case";
import { partDown } from "../control-plane";
import { buckets, perSecond, series, type Series, value } from "../series";

const apiServer = { cluster: "c", job: "apiserver", instance: "10.0.0.1:6443" };

/** Requests of the API server: those that are answered, and those with a server error, per second. */
function apiRequests(answered: number, failed: number): Series {
    const of = (code: string) => series("apiserver_request_total", { ...apiServer, verb: "GET", code });
    return { [of("200")]: perSecond(answered), [of("500")]: perSecond(failed) };
}

export default {
    KubeAPIDown: partDown("API server", "apiserver"),
    KubeAPIErrorsHigh: {
        after: "30m",
        fires: apiRequests(9, 1),
        labels: { cluster: "c" },
        summary: "c: the API servers answer 10% of the requests with a server error",
        silent: apiRequests(99, 1),
    },
    KubeAPILatencyHigh: {
        after: "30m",
        fires: buckets(
            "apiserver_request_sli_duration_seconds",
            { ...apiServer, verb: "GET" },
            { "1": 90, "5": 100, "+Inf": 100 },
        ),
        labels: { cluster: "c", verb: "GET" },
        summary: "c: 1 % of the GET requests take longer than 4.6s",
        silent: {
            ...buckets(
                "apiserver_request_sli_duration_seconds",
                { ...apiServer, verb: "GET" },
                { "1": 99.5, "5": 100, "+Inf": 100 },
            ),
            // A list of many objects takes longer.
            ...buckets(
                "apiserver_request_sli_duration_seconds",
                { ...apiServer, verb: "LIST" },
                { "1": 90, "5": 100, "+Inf": 100 },
            ),
        },
    },
    KubeAPITerminatedRequests: {
        after: "30m",
        fires: {
            ...apiRequests(3, 0),
            [series("apiserver_request_terminations_total", { ...apiServer, verb: "LIST" })]: perSecond(1),
        },
        labels: { cluster: "c" },
        summary: "c: the API servers terminate 25% of the requests because of overload",
        silent: {
            ...apiRequests(99, 0),
            [series("apiserver_request_terminations_total", { ...apiServer, verb: "LIST" })]: perSecond(1),
        },
    },
    KubeAggregatedAPIDown: {
        after: "30m",
        fires: {
            [series("aggregator_unavailable_apiservice", { ...apiServer, name: "v1beta1.metrics.k8s.io" })]: value(1),
        },
        labels: { cluster: "c", name: "v1beta1.metrics.k8s.io" },
        summary: "v1beta1.metrics.k8s.io: the aggregated API cannot be reached",
        silent: {
            [series("aggregator_unavailable_apiservice", { ...apiServer, name: "v1beta1.metrics.k8s.io" })]:
                "1x5 0x300",
        },
    },
    KubeAdmissionWebhookErrors: {
        after: "30m",
        fires: {
            [series("apiserver_admission_webhook_rejection_count", {
                ...apiServer,
                name: "check.example.com",
                error_type: "calling_webhook_error",
            })]: perSecond(2),
        },
        labels: { cluster: "c", name: "check.example.com" },
        summary: "check.example.com: the admission webhook cannot be called, and 2 requests per second are rejected",
        // A rejection is the purpose of a webhook.
        silent: {
            [series("apiserver_admission_webhook_rejection_count", {
                ...apiServer,
                name: "check.example.com",
                error_type: "no_error",
            })]: perSecond(2),
        },
    },
} satisfies Cases;
