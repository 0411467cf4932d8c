import { testRejected } from "./tables";

const external = { enabled: true, clients: ["edge"] };

testRejected([
    [
        "ingestion without clients",
        { ingestion: { external: { enabled: true, scheme: "basic" } } },
        "observability:ingestion.external.clients is empty; each request needs the credential of a client",
    ],
    [
        "ingestion with a short credential",
        { ingestion: { external: { enabled: true, credentials: { edge: "123456789012345" } } } },
        "observability:ingestion.external.credentials.edge has 15 characters; a credential needs at least 16.",
    ],
    [
        "ingestion with the name of a client twice",
        { ingestion: { external: { ...external, credentials: { edge: "1234567890123456" } } } },
        'observability:ingestion.external.clients contains "edge" twice, or together with credentials.',
    ],
    [
        "ingestion with credentials and a Secret",
        { ingestion: { external: { enabled: true, credentials: { a: "1234567890123456" }, existingSecret: "s" } } },
        "observability:ingestion.external.credentials and ingestion.external.existingSecret are both set; remove one of them.",
    ],
    [
        "ingestion with an ingress and a gateway",
        {
            ingestion: {
                external: {
                    ...external,
                    host: "a.example",
                    ingress: { className: "nginx" },
                    gateway: { parents: [{ name: "g" }] },
                },
            },
        },
        "observability:ingestion.external.gateway and ingestion.external.ingress are both set; remove one of them.",
    ],
    [
        "ingestion with an ingress and TLS, and no host",
        { ingestion: { external: { ...external, ingress: { tlsSecret: "tls" } } } },
        "observability:ingestion.external.host is missing; an ingress needs a host name.",
    ],
    [
        "ingestion with a host that nothing uses",
        { ingestion: { external: { ...external, host: "a.example" } } },
        "observability:ingestion.external.host has no effect without ingestion.external.ingress or ingestion.external.gateway.",
    ],
    [
        "ingestion with a load balancer without TLS",
        { ingestion: { external: { ...external, loadBalancer: true } } },
        "observability:ingestion.external.tlsSecret is missing; a load balancer would send the credentials in clear text without it.",
    ],
    [
        "ingestion that is not enabled",
        { ingestion: { external: { clients: ["edge"] } } },
        "observability:ingestion.external.clients has no effect without ingestion.external.enabled: true.",
    ],
    [
        "ingestion without a collector",
        {
            components: { otelCollector: false, alloyReceiver: false },
            ingestion: { external },
        },
        "observability:ingestion.external.enabled is true, but components.otelCollector is false; remove one of them.",
    ],
]);
