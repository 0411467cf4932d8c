import type { HelmValues } from "../helm/values";
import { limitedBody, listenAddress } from "./endpoints";

const grpcPort = 14250;
const thriftHttpPort = 14268;
const thriftCompactPort = 6831;

/** The receiver of the Jaeger protocols. */
export const jaegerReceiver = {
    receivers: {
        jaeger: {
            protocols: {
                grpc: { endpoint: listenAddress(grpcPort) },
                thrift_http: { endpoint: listenAddress(thriftHttpPort), ...limitedBody },
                thrift_compact: { endpoint: listenAddress(thriftCompactPort) },
            },
        },
    },
};

/** The ports of the Jaeger protocols, in the form of the chart. */
export const jaegerPorts = {
    "jaeger-grpc": openPort(grpcPort),
    "jaeger-thrift": openPort(thriftHttpPort),
    "jaeger-compact": openPort(thriftCompactPort, "UDP"),
};

function openPort(port: number, protocol = "TCP"): HelmValues {
    return { enabled: true, containerPort: port, servicePort: port, protocol };
}
