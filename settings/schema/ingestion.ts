import { z } from "zod";
import * as names from "../../validation/names";
import { gatewayParents } from "./gateway";
import { group, setting } from "./setting";
import { annotations, boolean, label, listOf, oneOf, secret, subdomain, text } from "./types";

const enabled = { enabled: true, clients: ["edge"] };
const host = "otlp.example.com";
const needs = (more: object = {}) => ({ ingestion: { external: { ...enabled, ...more } } });
const withIngress = needs({ host, ingress: { className: "nginx" } });
const withGateway = needs({ host, gateway: { parents: [{ name: "public" }] } });

/** Data from outside of the cluster. */
export const ingestion = group(
    {
        external: group(
            {
                enabled: setting(boolean().default(false), {
                    description:
                        "Whether the collector accepts OTLP from outside of the cluster, on ports of its own. Each request needs the credential of a client.",
                    example: true,
                    needs: needs(),
                }),
                host: setting(text(names.hostForm, names.isHost).optional(), {
                    description: "Host name for clients. Required with ingress and with gateway.",
                    computed: "none",
                    example: host,
                    needs: withIngress,
                }),
                scheme: setting(oneOf("basic", "bearer").optional(), {
                    description:
                        'Authentication of clients: "bearer" with a token, or "basic" with the name of the client and a password.',
                    computed: "bearer",
                    type: "AuthScheme",
                    example: "basic",
                    needs: needs(),
                }),
                clients: setting(listOf(label(), "names of clients").default([]), {
                    description:
                        "Names of clients. The stack generates a credential for each, or reads it from existingSecret. The name is the key in the Secret.",
                    example: ["edge", "mobile"],
                    needs: { ingestion: { external: { enabled: true } } },
                }),
                credentials: setting(
                    z
                        .record(
                            text(names.labelForm, names.isLabel),
                            setting(secret(), {
                                description: "Credential of the client.",
                                example: "a-long-random-token",
                            }),
                            { error: "a map of strings" },
                        )
                        .default({}),
                    {
                        description:
                            "Credentials of further clients by their names: tokens or passwords, each with at least 16 characters. Set them with `pulumi config set --secret --path`. Not allowed together with existingSecret.",
                        type: "{ [client: string]: pulumi.Input<string> }",
                        example: { edge: "a-long-random-token" },
                        needs: { ingestion: { external: { enabled: true } } },
                    },
                ),
                otherClusters: setting(boolean().default(false), {
                    description:
                        "Whether the clients are stacks in other clusters, with the setting central. The stack then deploys the ingestion proxy, which also accepts pod logs, metrics and profiles, and OTLP keeps the label cluster of its sender.",
                    example: true,
                    needs: needs(),
                }),
                existingSecret: setting(subdomain().optional(), {
                    description: "Name of a Secret with the credentials. Its keys are the names in clients.",
                    computed: "none: the stack creates the Secret otlp-ingestion",
                    example: "otlp-clients",
                    needs: needs(),
                }),
                tlsSecret: setting(subdomain().optional(), {
                    description:
                        "Name of a Secret with the certificate of the collector: the keys tls.crt and tls.key. The collector then accepts only TLS. Without it, an ingress or a Gateway can terminate TLS.",
                    computed: "none",
                    example: "otlp-server-tls",
                    needs: needs(),
                }),
                loadBalancer: setting(boolean().default(false), {
                    description: "Whether the Service otlp-ingestion has the type LoadBalancer. It needs tlsSecret.",
                    example: true,
                    needs: needs({ tlsSecret: "otlp-server-tls" }),
                }),
                serviceAnnotations: setting(annotations().optional(), {
                    description: "Annotations of the Service otlp-ingestion.",
                    computed: "none",
                    example: { "external-dns.alpha.kubernetes.io/hostname": host },
                    needs: needs(),
                }),
                ingress: group(
                    {
                        className: setting(subdomain().optional(), {
                            description: "Ingress class.",
                            computed: "the default class of the cluster",
                            example: "nginx",
                            needs: withIngress,
                        }),
                        tlsSecret: setting(subdomain().optional(), {
                            description: "Name of a Secret with the certificate of the host.",
                            computed: "otlp-ingestion-tls with clusterIssuer; otherwise none",
                            example: "otlp-tls",
                            needs: withIngress,
                        }),
                        clusterIssuer: setting(subdomain().optional(), {
                            description: "ClusterIssuer of cert-manager that issues the certificate of the host.",
                            computed: "none",
                            example: "letsencrypt",
                            needs: withIngress,
                        }),
                        annotations: setting(annotations().optional(), {
                            description: "Annotations of both Ingresses.",
                            computed: "none",
                            example: { "nginx.ingress.kubernetes.io/proxy-body-size": "8m" },
                            needs: withIngress,
                        }),
                        grpcAnnotations: setting(annotations().optional(), {
                            description:
                                "Further annotations of the Ingress for gRPC. Many controllers need one to use HTTP/2 for the collector.",
                            computed: "none",
                            example: { "nginx.ingress.kubernetes.io/backend-protocol": "GRPC" },
                            needs: withIngress,
                        }),
                    },
                    {
                        description:
                            "Ingresses for OTLP: one for HTTP, and one for gRPC. They exist if any key of ingress is set.",
                        interface: "StackIngestionIngressArgs",
                    },
                ),
                gateway: group(
                    { parents: gatewayParents(withGateway) },
                    {
                        description:
                            "Route for OTLP with the Gateway API, instead of ingress. The CRDs of the Gateway API and the Gateways must exist.",
                        interface: "StackIngestionGatewayArgs",
                    },
                ),
            },
            {
                description: "OTLP from outside of the cluster, over gRPC and HTTP, with authentication.",
                interface: "StackExternalIngestionArgs",
            },
        ),
    },
    { description: "Data from outside of the cluster.", interface: "IngestionArgs" },
);
