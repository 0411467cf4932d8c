import { contract } from "../contract";
import { imageRegistry, pullSecrets, scheduling } from "../helm/chart";
import { type HelmValues, mergeValues, packagedValues } from "../helm/values";
import { clientVariables, ingressTlsSecret } from "../otel-collector/ingestion";
import type { IngestionProxyArgs } from "./args";
import { proxiedPaths, proxyConfig } from "./config";

/** Helm values of the ingestion proxy. */
export function ingestionProxyValues(args: IngestionProxyArgs): HelmValues {
    const { clients, credentialsSecret, loadBalancer, replicas, serviceAnnotations, tlsSecret } = args;
    const objects = [
        ...(args.ingress === undefined ? [] : [ingress(args)]),
        ...(args.gateway === undefined ? [] : [route(args)]),
    ];
    return mergeValues(
        packagedValues("ingestion-proxy", args.profile ?? "dev"),
        {
            image: imageRegistry(args),
            imagePullSecrets: pullSecrets(args),
            replicas,
            config: proxyConfig(args),
            env: clientVariables(clients, credentialsSecret),
            tlsSecret,
            service: {
                type: loadBalancer ? "LoadBalancer" : undefined,
                port: servicePort(args),
                annotations: serviceAnnotations,
            },
            extraObjects: objects.length > 0 ? objects : undefined,
            ...scheduling(args),
        },
        args.values,
    );
}

/** The port of the Service: that of HTTPS or of HTTP. */
function servicePort({ tlsSecret }: Pick<IngestionProxyArgs, "tlsSecret">): number {
    return tlsSecret === undefined ? 80 : 443;
}

const { release: service } = contract.ingestionProxy;

/** An Ingress for the same host as those for OTLP. The certificate is requested by the Ingress for OTLP. */
function ingress(args: IngestionProxyArgs): object {
    const { host, ingress: given = {}, namespace } = args;
    const tlsSecret = ingressTlsSecret(given);
    return {
        apiVersion: "networking.k8s.io/v1",
        kind: "Ingress",
        metadata: { name: service, namespace, annotations: given.annotations },
        spec: {
            ...(given.className !== undefined && { ingressClassName: given.className }),
            ...(tlsSecret !== undefined && { tls: [{ secretName: tlsSecret, hosts: [host] }] }),
            rules: [
                {
                    host,
                    http: {
                        paths: proxiedPaths(args).map((path) => ({
                            path,
                            pathType: "Exact",
                            backend: { service: { name: service, port: { number: servicePort(args) } } },
                        })),
                    },
                },
            ],
        },
    };
}

/** An HTTPRoute for the same host as that for OTLP. */
function route(args: IngestionProxyArgs): object {
    const { gateway, host, namespace } = args;
    return {
        apiVersion: "gateway.networking.k8s.io/v1",
        kind: "HTTPRoute",
        metadata: { name: service, namespace },
        spec: {
            parentRefs: gateway?.parents,
            hostnames: [host],
            rules: [
                {
                    matches: proxiedPaths(args).map((value) => ({ path: { type: "Exact", value } })),
                    backendRefs: [{ name: service, port: servicePort(args) }],
                },
            ],
        },
    };
}
