import type { Dashboard } from "@grafana/grafana-foundation-sdk/dashboard";
import { createDashboard, row } from "../lib/dashboard";
import { nodeGraph, table } from "../lib/panels";
import { inCluster, inNamespace, spanSelector } from "../lib/selectors";
import { unit } from "../lib/units";
import { cluster, namespace } from "../lib/variables";

const edges = "client, server";
const rate = (metric: string) => `sum by (${edges}) (rate(${metric}{${inNamespace}}[$__rate_interval]))`;
const quantile = (side: string) =>
    `histogram_quantile(0.95, sum by (le, ${edges}) (rate(traces_service_graph_request_${side}_seconds_bucket{${inNamespace}}[$__rate_interval])))`;

/** Calls between services. */
export default (): Dashboard =>
    createDashboard(
        {
            uid: "platform-service-map",
            title: "Service map",
            description: "Calls between services, derived from traces.",
            variables: [cluster(), namespace()],
            drilldown: { logs: `{${inNamespace}}`, traces: spanSelector(undefined, false) },
        },
        row(
            "Service graph",
            nodeGraph("Service graph", {
                description:
                    "Each circle is a service. The red part of its border is the percentage of failed requests. Click a service to see its requests and traces.",
                query: `{${inNamespace}}`,
            }),
        ),
        row(
            "Calls between services",
            table("Calls by client and server", {
                description:
                    "Rate, error ratio and latency of the calls. If the client latency is much higher than the server latency, the time is lost between them, for example in the network.",
                width: 24,
                height: 12,
                columns: {
                    "Request rate": { query: rate("traces_service_graph_request_total"), unit: unit.requestsPerSecond },
                    "Error ratio": {
                        query: `(${rate("traces_service_graph_request_failed_total")} or 0 * ${rate("traces_service_graph_request_total")}) / ${rate("traces_service_graph_request_total")}`,
                        unit: unit.ratio,
                        warnAbove: 0.01,
                        criticalAbove: 0.05,
                    },
                    "Client p95 latency": { query: quantile("client"), unit: unit.seconds },
                    "Server p95 latency": { query: quantile("server"), unit: unit.seconds },
                },
                links: {
                    client: { dashboard: "platform-service", variables: { service: "client" } },
                    server: { dashboard: "platform-service", variables: { service: "server" } },
                },
            }),
        ),
        row(
            "Uninstrumented clients and servers",
            table("Calls with an uninstrumented side", {
                description:
                    'Calls between two services of which one sends no spans. The client "user" is a caller that sends no spans. Other names are databases, queues and services without tracing.',
                width: 24,
                columns: {
                    "Request rate": {
                        query: `sum by (client, server, connection_type) (rate(traces_service_graph_request_total{${inCluster}, namespace=~"$namespace", connection_type!=""}[$__rate_interval]))`,
                        unit: unit.requestsPerSecond,
                    },
                },
            }),
        ),
    );
