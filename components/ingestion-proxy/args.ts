import type { AuthScheme } from "../backend-auth";
import type { ChartArgs } from "../helm/args";
import type { IngestionGatewayArgs, IngestionIngressArgs } from "../otel-collector/args";

/** Arguments of the ingestion proxy. */
export interface IngestionProxyArgs extends ChartArgs {
    /** Number of replicas. Default: 1, and 2 in the profile "prod". */
    replicas?: number;
    /** URL of Loki, with http:// and without a path. Default: none; then logs are not accepted. */
    lokiUrl?: string;
    /** URL of Mimir, with http:// and without a path. Default: none; then metrics are not accepted. */
    mimirUrl?: string;
    /** URL of Pyroscope, with http:// and without a path. Default: none; then profiles are not accepted. */
    pyroscopeUrl?: string;
    /** Tenant of all data. A tenant that a client sends is ignored. Default: none; then no tenant is sent to the stores. */
    tenant?: string;
    /** Authentication: a bearer token, or a user name and a password. Default: "bearer". */
    scheme?: AuthScheme;
    /** Names of clients. Each is a key of `credentialsSecret`. */
    clients: string[];
    /** Name of the Secret with the token or the password of each client. It must exist. */
    credentialsSecret: string;
    /** Name of a Secret with the certificate: tls.crt and tls.key. Default: none; then the proxy does not use TLS. */
    tlsSecret?: string;
    /** Whether the Service has the type LoadBalancer. It needs `tlsSecret`. Default: false. */
    loadBalancer?: boolean;
    /** Annotations of the Service. Default: none. */
    serviceAnnotations?: { [key: string]: string };
    /** Host name of the Ingress or of the HTTPRoute. Default: none. */
    host?: string;
    /** Ingress on `host`. `grpcAnnotations` are not used, and the certificate is not requested. Not together with `gateway`. Default: none. */
    ingress?: IngestionIngressArgs;
    /** Route in the Gateway API on `host`. Its CRDs must be installed. Not together with `ingress`. Default: none. */
    gateway?: IngestionGatewayArgs;
}
