import { AuthScheme } from "../backend-auth";
import { contract } from "../contract";
import { issuerAnnotation } from "../gateway";
import type { HelmValues } from "../helm/values";
import type { CollectorPipelineArgs, ExternalIngestionArgs, IngestionIngressArgs, OtelCollectorArgs } from "./args";
import { limitedBody, limitedConnectionAge, listenAddress } from "./endpoints";
import { type CollectorComponents, currentTypeOf, typeOf } from "./pipeline/components";

/** Ports of the collector for OTLP from outside of the cluster. The contract's ports accept data without authentication. */
export const ingestionPorts = { otlpGrpc: 4327, otlpHttp: 4328 };

/** Name of the Service, the Ingresses, the HTTPRoute and the Secret with the credentials of clients. */
export const ingestionName = "otlp-ingestion";

const receiverId = "otlp/external";
const attributesId = "resource/external";
const otherClustersId = "resource/other-clusters";
const certificateDirectory = "/etc/otlp-ingestion";

/** Names of all clients. Each has a key with its credential in the Secret. */
export function clientsOf({ clients = [], credentials = {} }: ExternalIngestionArgs): string[] {
    return [...new Set([...clients, ...Object.keys(credentials)])];
}

/** Name of the Secret with the credentials of clients. */
export function credentialsSecretOf({ existingSecret }: ExternalIngestionArgs): string {
    return existingSecret ?? ingestionName;
}

/** Adds a receiver with authentication to the components. It has pipelines of its own, so that traffic inside of the cluster does not change. */
export function withExternalIngestion(
    components: CollectorComponents,
    { external }: OtelCollectorArgs,
): CollectorComponents {
    if (external === undefined) {
        return components;
    }
    const { extension, id } = authenticator(external);
    const { resource } = components.processors;
    return {
        ...components,
        extensions: { ...components.extensions, [id]: extension },
        receivers: { ...components.receivers, [receiverId]: receiver(external, id) },
        processors: {
            ...components.processors,
            // A namespace exists in all data, so that queries by namespace find it.
            [attributesId]: { attributes: [{ key: "namespace", value: "external", action: "insert" }] },
            ...(external.otherClusters && { [otherClustersId]: keepingCluster(resource as ResourceProcessor) }),
        },
        pipelines: { ...components.pipelines, ...externalPipelines(components.pipelines, external) },
    };
}

interface ResourceProcessor {
    attributes: { key: string; action: string }[];
}

/** The processor that sets the labels, but not the cluster of data that has one. */
function keepingCluster({ attributes }: ResourceProcessor): ResourceProcessor {
    return {
        attributes: attributes.map((attribute) =>
            attribute.key === "cluster" ? { ...attribute, action: "insert" } : attribute,
        ),
    };
}

function receiver({ tlsSecret }: ExternalIngestionArgs, authenticator: string): HelmValues {
    const server = {
        auth: { authenticator },
        ...(tlsSecret !== undefined && {
            tls: {
                cert_file: `${certificateDirectory}/tls.crt`,
                key_file: `${certificateDirectory}/tls.key`,
                // cert-manager renews certificates.
                reload_interval: "1h",
            },
        }),
    };
    return {
        protocols: {
            grpc: { endpoint: listenAddress(ingestionPorts.otlpGrpc), keepalive: limitedConnectionAge, ...server },
            http: { endpoint: listenAddress(ingestionPorts.otlpHttp), ...limitedBody, ...server },
        },
    };
}

/** The authentication extension. It reads credentials from environment variables, because the configuration is in a ConfigMap. */
function authenticator(external: ExternalIngestionArgs): { id: string; extension: HelmValues } {
    const clients = clientsOf(external);
    const value = (client: string) => `\${env:${clientVariable(client)}}`;
    return external.scheme === AuthScheme.Basic
        ? {
              id: "basicauth/external",
              extension: {
                  htpasswd: { inline: clients.map((client) => `${client}:${value(client)}\n`).join("") },
              },
          }
        : // Not a file with a token in each line: an empty line would be an empty token.
          { id: "bearertokenauth/external", extension: { tokens: clients.map(value) } };
}

/** Name of the environment variable with the credential of a client. */
export function clientVariable(client: string): string {
    return `OTLP_CLIENT_${client.replace(/-/g, "_").toUpperCase()}`;
}

/** A copy of each pipeline that receives OTLP in the cluster. */
function externalPipelines(
    pipelines: { [id: string]: CollectorPipelineArgs },
    { otherClusters }: ExternalIngestionArgs,
): { [id: string]: CollectorPipelineArgs } {
    const replaced = (processor: string) => (otherClusters && processor === "resource" ? otherClustersId : processor);
    return Object.fromEntries(
        Object.entries(pipelines)
            .filter(([, { receivers = [] }]) => receivers.includes("otlp"))
            .map(([id, { processors = [], exporters }]) => {
                const [signal = "", name] = id.split("/");
                return [
                    `${signal}/external${name === undefined ? "" : `-${name}`}`,
                    { receivers: [receiverId], processors: externalProcessors(processors).map(replaced), exporters },
                ];
            }),
    );
}

/** The address of the connection is that of a proxy, so its pod is not the sender. */
function externalProcessors(processors: string[]): string[] {
    const kept = processors.filter((id) => currentTypeOf(id) !== "k8s_attributes");
    const afterLimiter = kept.filter((id) => typeOf(id) === "memory_limiter").length;
    const resource = kept.lastIndexOf("resource") + 1;
    const at = Math.max(afterLimiter, resource);
    return [...kept.slice(0, at), attributesId, ...kept.slice(at)];
}

/** Environment variables with the credentials of clients. */
export function credentialVariables(external: ExternalIngestionArgs | undefined): object[] {
    return external === undefined ? [] : clientVariables(clientsOf(external), credentialsSecretOf(external));
}

/** Environment variables with the credentials of clients in a Secret. */
export function clientVariables(clients: string[], secret: string): object[] {
    return clients.map((client) => ({
        name: clientVariable(client),
        valueFrom: { secretKeyRef: { name: secret, key: client } },
    }));
}

const volume = "otlp-ingestion-tls";

/** The volume with the certificate, and its mount. */
export function certificateVolume(external: ExternalIngestionArgs | undefined): {
    volumes: object[];
    mounts: object[];
} {
    return external?.tlsSecret === undefined
        ? { volumes: [], mounts: [] }
        : {
              volumes: [{ name: volume, secret: { secretName: external.tlsSecret } }],
              mounts: [{ name: volume, mountPath: certificateDirectory, readOnly: true }],
          };
}

/** The Service, and the Ingresses or the HTTPRoute. */
export function ingestionObjects({ external, namespace }: OtelCollectorArgs, selector: HelmValues): object[] {
    if (external === undefined) {
        return [];
    }
    return [
        service(external, namespace, selector),
        ...(external.ingress === undefined ? [] : ingresses(external, namespace)),
        ...(external.gateway === undefined ? [] : [route(external, namespace)]),
    ];
}

const { otlpGrpc, otlpHttp } = contract.otelCollector.ports;

function service(
    { loadBalancer, serviceAnnotations, tlsSecret }: ExternalIngestionArgs,
    namespace: string,
    selector: HelmValues,
): object {
    // Gateways use HTTP/2 without TLS for this port, as gRPC needs it.
    const appProtocol = tlsSecret === undefined ? { appProtocol: "kubernetes.io/h2c" } : {};
    return {
        apiVersion: "v1",
        kind: "Service",
        metadata: { name: ingestionName, namespace, ...(serviceAnnotations && { annotations: serviceAnnotations }) },
        spec: {
            type: loadBalancer ? "LoadBalancer" : "ClusterIP",
            selector,
            ports: [
                { name: "otlp-grpc", port: otlpGrpc, targetPort: ingestionPorts.otlpGrpc, ...appProtocol },
                { name: "otlp-http", port: otlpHttp, targetPort: ingestionPorts.otlpHttp },
            ],
        },
    };
}

const grpcServices = ["trace.v1.TraceService", "metrics.v1.MetricsService", "logs.v1.LogsService"].map(
    (name) => `/opentelemetry.proto.collector.${name}`,
);
const httpPath = "/v1";

/** Name of the Secret with the certificate of the host of the Ingresses. Undefined without TLS. */
export function ingressTlsSecret({ tlsSecret, clusterIssuer }: IngestionIngressArgs): string | undefined {
    return tlsSecret ?? (clusterIssuer === undefined ? undefined : `${ingestionName}-tls`);
}

/** One Ingress for each protocol, because controllers select the protocol of a backend with an annotation of the Ingress. */
function ingresses({ host, ingress = {} }: ExternalIngestionArgs, namespace: string): object[] {
    const { className, annotations, grpcAnnotations, clusterIssuer } = ingress;
    const tlsSecret = ingressTlsSecret(ingress);
    const object = (name: string, own: { [key: string]: string }, paths: string[], port: number) => ({
        apiVersion: "networking.k8s.io/v1",
        kind: "Ingress",
        metadata: { name, namespace, annotations: own },
        spec: {
            ...(className !== undefined && { ingressClassName: className }),
            ...(tlsSecret !== undefined && { tls: [{ secretName: tlsSecret, hosts: [host] }] }),
            rules: [
                {
                    host,
                    http: {
                        paths: paths.map((path) => ({
                            path,
                            pathType: "Prefix",
                            backend: { service: { name: ingestionName, port: { number: port } } },
                        })),
                    },
                },
            ],
        },
    });
    return [
        object(ingestionName, { ...issuerAnnotation(clusterIssuer), ...annotations }, [httpPath], otlpHttp),
        // The certificate is requested by the other Ingress.
        object(`${ingestionName}-grpc`, { ...annotations, ...grpcAnnotations }, grpcServices, otlpGrpc),
    ];
}

/** One HTTPRoute for both protocols, because a GRPCRoute must not have the host of an HTTPRoute. */
function route({ host, gateway }: ExternalIngestionArgs, namespace: string): object {
    const rule = (paths: string[], port: number) => ({
        matches: paths.map((value) => ({ path: { type: "PathPrefix", value } })),
        backendRefs: [{ name: ingestionName, port }],
    });
    return {
        apiVersion: "gateway.networking.k8s.io/v1",
        kind: "HTTPRoute",
        metadata: { name: ingestionName, namespace },
        spec: {
            parentRefs: gateway?.parents,
            hostnames: [host],
            rules: [rule([httpPath], otlpHttp), rule(grpcServices, otlpGrpc)],
        },
    };
}
