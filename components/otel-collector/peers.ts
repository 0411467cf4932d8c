import { contract, serviceHost } from "../contract";
import type { HelmValues } from "../helm/values";
import type { OtelCollectorArgs } from "./args";
import { listenAddress, plaintextClient } from "./endpoints";
import { queueAndRetry } from "./queue";

/** Port on which a replica receives spans from other replicas. */
export const peerPort = 4319;

/** Name of the Service for other replicas. */
export const peerServiceName = `${contract.otelCollector.release}-peers`;

/** Receives spans from other replicas. */
export const peerReceiver = {
    "otlp/peers": {
        protocols: {
            grpc: {
                endpoint: listenAddress(peerPort),
                // The default limit for OTLP over gRPC is 4 MiB, and applications may send larger requests over HTTP.
                max_recv_msg_size_mib: 64,
            },
        },
    },
};

/** Sends all spans of a trace to the same replica. */
export function peerExporter({ namespace, clusterDomain, queueSize, profile = "dev" }: OtelCollectorArgs): HelmValues {
    return {
        load_balancing: {
            routing_key: "traceID",
            // A queue for one replica would be lost with this replica. One queue for all of them can send to another replica.
            protocol: {
                otlp: {
                    ...plaintextClient,
                    sending_queue: { enabled: false },
                    retry_on_failure: { enabled: false },
                },
            },
            resolver: {
                dns: {
                    hostname: serviceHost(peerServiceName, namespace, clusterDomain),
                    port: String(peerPort),
                    interval: "5s",
                },
            },
            ...queueAndRetry(queueSize, profile),
        },
    };
}

/** Headless Service, so that DNS returns the addresses of all replicas. */
export function peerService(namespace: string, persistent: boolean): object {
    return {
        apiVersion: "v1",
        kind: "Service",
        metadata: { name: peerServiceName, namespace },
        spec: {
            clusterIP: "None",
            selector: collectorSelector(persistent),
            ports: [{ name: "peers", port: peerPort, targetPort: peerPort, protocol: "TCP" }],
        },
    };
}

/** Labels of the pods of the collector. */
export function collectorSelector(persistent: boolean): { [label: string]: string } {
    return {
        "app.kubernetes.io/name": "opentelemetry-collector",
        "app.kubernetes.io/instance": contract.otelCollector.release,
        component: persistent ? "statefulset-collector" : "standalone-collector",
    };
}
