/** Address of a listener on all interfaces, IPv4 and IPv6. `kubectl port-forward` connects from inside the pod. */
export function listenAddress(port: number): string {
    return `:${port}`;
}

/**
 * Settings of a gRPC client inside the cluster, without TLS and compression. The default is gzip. It needs 0.05 CPU seconds for 10,000
 * spans, a sixth of the CPU time of the pipeline.
 */
export const plaintextClient = { compression: "none", tls: { insecure: true } };

/** gRPC server settings that close connections regularly, because a new replica receives data on new connections only. */
export const limitedConnectionAge = {
    server_parameters: { max_connection_age: "5m", max_connection_age_grace: "30s" },
};

/**
 * The largest HTTP request in bytes, after decompression. With the default of 20 MiB, 16 gzip requests of 0.5 MiB at the same time used more memory than the
 * limit of the pods in the profile "dev".
 */
export const limitedBody = { max_request_body_size: 8 * 1024 * 1024 };
