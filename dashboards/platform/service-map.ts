import type { Dashboard } from "@grafana/grafana-foundation-sdk/dashboard";
import { board, row } from "../lib/board";
import { rows, serviceGraph } from "../lib/panels";
import { inCluster, inNamespace, spans } from "../lib/selectors";
import { unit } from "../lib/units";
import { cluster, namespace } from "../lib/variables";

const edges = "client, server";
const rate = (metric: string) => `sum by (${edges}) (rate(${metric}{${inNamespace}}[$__rate_interval]))`;
const quantile = (side: string) =>
    `histogram_quantile(0.95, sum by (le, ${edges}) (rate(traces_service_graph_request_${side}_seconds_bucket{${inNamespace}}[$__rate_interval])))`;

/** Who calls whom. */
export default (): Dashboard =>
    board(
        {
            uid: "platform-service-map",
            title: "Service map",
            about: "Calls between services, as traces show them.",
            variables: [cluster(), namespace()],
            behind: { logs: `{${inNamespace}}`, traces: spans(undefined, false) },
        },
        row(
            "Who calls whom?",
            serviceGraph("Services", {
                about: "Each circle is a service, red as far as its requests fail. A click leads to its requests and traces.",
                show: `{${inNamespace}}`,
            }),
        ),
        row(
            "Which connection is slow or fails?",
            rows("Calls", {
                about: "From whom to whom. Where the client waits much longer than the server works, the time is lost between them.",
                width: 24,
                height: 12,
                columns: {
                    Requests: { show: rate("traces_service_graph_request_total"), unit: unit.requestsPerSecond },
                    Errors: {
                        show: `(${rate("traces_service_graph_request_failed_total")} or 0 * ${rate("traces_service_graph_request_total")}) / ${rate("traces_service_graph_request_total")}`,
                        unit: unit.ratio,
                        warnAbove: 0.01,
                        badAbove: 0.05,
                    },
                    "Client waits, 95th percentile": { show: quantile("client"), unit: unit.seconds },
                    "Server works, 95th percentile": { show: quantile("server"), unit: unit.seconds },
                },
                open: {
                    client: { dashboard: "platform-service", variables: { service: "client" } },
                    server: { dashboard: "platform-service", variables: { service: "server" } },
                },
            }),
        ),
        row(
            "Who calls from outside, or is not traced?",
            rows("Callers and callees without spans of their own", {
                about: "user: whoever calls first. Others are databases, queues and services that send no spans.",
                width: 24,
                columns: {
                    Requests: {
                        show: `sum by (client, server, connection_type) (rate(traces_service_graph_request_total{${inCluster}, namespace=~"$namespace", connection_type!=""}[$__rate_interval]))`,
                        unit: unit.requestsPerSecond,
                    },
                },
            }),
        ),
    );
