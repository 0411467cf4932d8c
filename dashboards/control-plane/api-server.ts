import type { Dashboard } from "@grafana/grafana-foundation-sdk/dashboard";
import { createDashboard, row } from "../lib/dashboard";
import { stat, table, timeSeries } from "../lib/panels";
import { inCluster } from "../lib/selectors";
import { unit } from "../lib/units";
import { cluster } from "../lib/variables";

const job = `${inCluster}, job="apiserver"`;
const rate = (metric: string, by: string, more = "") =>
    `sum by (${by}) (rate(${metric}{${job}${more}}[$__rate_interval]))`;
const requests = (by: string, more = "") => rate("apiserver_request_total", by, more);
/** Without requests that take as long as the client wants. */
const served = ', verb!~"WATCH|CONNECT", subresource!~"attach|exec|log|portforward|proxy"';
const duration = (quantile: number, by: string) =>
    `histogram_quantile(${quantile}, ${rate("apiserver_request_sli_duration_seconds_bucket", `${by}, le`, served)})`;

/** The API servers of Kubernetes. */
export default (): Dashboard =>
    createDashboard(
        {
            uid: "control-plane-api-server",
            title: "API server",
            description: "Requests, errors, latency, overload and storage of the API servers of Kubernetes.",
            variables: [cluster()],
            drilldown: {
                dashboards: { "kubernetes-cluster": "Cluster" },
                logs: `{${inCluster}, namespace="kube-system"}`,
            },
        },
        row(
            "API server status",
            stat("API servers up", {
                description: "The number of API servers that can be scraped.",
                unit: unit.count,
                queries: { up: `sum(up{${job}})` },
                criticalBelow: 1,
            }),
            stat("Requests", {
                description: "Requests per second of all clients.",
                unit: unit.requestsPerSecond,
                queries: { requests: requests("cluster") },
            }),
            stat("Server errors", {
                description: "The ratio of requests that are answered with a status from 500 to 599. Normal is 0.",
                unit: unit.ratio,
                queries: { errors: `(${requests("cluster", ', code=~"5.."')} or vector(0)) / ${requests("cluster")}` },
                warnAbove: 0.01,
                criticalAbove: 0.05,
            }),
            stat("p99 duration", {
                description:
                    "99 % of the requests take less time. Requests that last as long as the client wants are left out.",
                unit: unit.seconds,
                queries: { p99: duration(0.99, "cluster") },
                warnAbove: 1,
            }),
            stat("Unavailable aggregated APIs", {
                description:
                    "APIs that another server provides, such as the metrics server, and that cannot be reached. Normal is 0.",
                unit: unit.count,
                queries: { unavailable: `sum(max by (name) (aggregator_unavailable_apiservice{${job}})) or vector(0)` },
                criticalAbove: 1,
            }),
            table("API servers", {
                description: "Each API server with its requests, memory and uptime.",
                width: 24,
                sortBy: "Requests",
                columns: {
                    Up: { query: `max by (instance) (up{${job}})`, unit: unit.count, criticalBelow: 1 },
                    Requests: { query: requests("instance"), unit: unit.requestsPerSecond },
                    CPU: { query: rate("process_cpu_seconds_total", "instance"), unit: unit.cores },
                    Memory: { query: `max by (instance) (process_resident_memory_bytes{${job}})`, unit: unit.bytes },
                    Uptime: {
                        query: `time() - max by (instance) (process_start_time_seconds{${job}})`,
                        unit: unit.seconds,
                    },
                },
            }),
        ),
        row(
            "Requests",
            timeSeries("Requests by verb", {
                description: "Requests per second.",
                unit: unit.requestsPerSecond,
                stacked: true,
                queries: { "{{verb}}": requests("verb") },
            }),
            timeSeries("Requests by resource", {
                description: "The ten resources with the most requests per second.",
                unit: unit.requestsPerSecond,
                queries: { "{{resource}}": `topk(10, ${requests("resource")})` },
            }),
            timeSeries("Responses by status", {
                description:
                    "Responses per second. 409 is a conflict between two clients, 429 means that the API server refuses a request because of overload.",
                unit: unit.perSecond,
                queries: { "{{code}}": requests("code", ', code!~"2.."') },
            }),
            timeSeries("p99 duration by verb", {
                description:
                    "Five buckets are stored: 0.1, 0.4, 1, 5 and 30 seconds. Values between them are interpolated.",
                unit: unit.seconds,
                queries: { "{{verb}}": duration(0.99, "verb") },
            }),
            timeSeries("Requests in flight", {
                description: "Requests that are processed, and that wait, at the same time.",
                unit: unit.count,
                queries: {
                    "{{request_kind}} processed": `sum by (request_kind) (apiserver_current_inflight_requests{${job}})`,
                    "{{request_kind}} waiting": `sum by (request_kind) (apiserver_current_inqueue_requests{${job}})`,
                },
            }),
            timeSeries("Rejected because of overload", {
                description:
                    "Requests per second that API Priority and Fairness has rejected, or that the API server has terminated. Normal is 0.",
                unit: unit.perSecond,
                empty: "No rejected requests",
                queries: {
                    "{{priority_level}} {{reason}} rejected": rate(
                        "apiserver_flowcontrol_rejected_requests_total",
                        "priority_level, reason",
                    ),
                    "{{verb}} terminated": rate("apiserver_request_terminations_total", "verb"),
                },
            }),
        ),
        row(
            "Admission webhooks and deprecated APIs",
            timeSeries("Webhook duration", {
                description:
                    "The average duration of calls of each admission webhook. It is part of each request that the webhook admits.",
                unit: unit.seconds,
                empty: "No webhooks",
                queries: {
                    "{{name}}": `${rate("apiserver_admission_webhook_admission_duration_seconds_sum", "name")} / (${rate("apiserver_admission_webhook_admission_duration_seconds_count", "name")} > 0)`,
                },
            }),
            timeSeries("Rejections by webhooks", {
                description:
                    "Requests per second that each webhook has rejected. calling_webhook_error means that the webhook could not be called.",
                unit: unit.perSecond,
                empty: "No rejections",
                queries: {
                    "{{name}} {{error_type}}": rate("apiserver_admission_webhook_rejection_count", "name, error_type"),
                },
            }),
            table("Requested deprecated APIs", {
                description: "APIs that clients use, and that a later version of Kubernetes removes.",
                width: 8,
                columns: {
                    Requested: {
                        query: `max by (group, version, resource, removed_release) (apiserver_requested_deprecated_apis{${job}})`,
                        unit: unit.count,
                    },
                },
            }),
        ),
        row(
            "Storage and queues",
            timeSeries("Objects by resource", {
                description: "The ten resources with the most objects. Kubernetes 1.34 and later report it.",
                unit: unit.count,
                queries: { "{{resource}}": `topk(10, max by (group, resource) (apiserver_resource_objects{${job}}))` },
            }),
            timeSeries("Database size", {
                description:
                    "The size of the database of etcd, as each API server reports it. Managed clusters do not expose etcd itself.",
                unit: unit.bytes,
                queries: { "{{instance}}": `max by (instance) (apiserver_storage_size_bytes{${job}})` },
            }),
            timeSeries("etcd request duration", {
                description: "The average duration of requests of the API server to etcd.",
                unit: unit.seconds,
                queries: {
                    "{{operation}}": `${rate("etcd_request_duration_seconds_sum", "operation")} / (${rate("etcd_request_duration_seconds_count", "operation")} > 0)`,
                },
            }),
            timeSeries("Work queues", {
                description: "Items that wait in the queues of the controllers inside of the API server.",
                unit: unit.count,
                queries: { "{{name}}": `topk(10, max by (name) (workqueue_depth{${job}}) > 0)` },
                empty: "All queues are empty",
            }),
        ),
    );
