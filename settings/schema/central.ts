import { isUrl, urlForm } from "../../validation/urls";
import { group, setting } from "./setting";
import { oneOf, subdomain, text } from "./types";

const url = "https://observability.example.com";
const complete = { url, existingSecret: "central-login" };
// Two clusters must not have the same label.
const needs = (central: object) => ({ cluster: "edge-1", central });

/** The central stack of a stack that only collects. */
export const central = group(
    {
        url: setting(text(urlForm(url), isUrl).optional(), {
            description:
                "URL of the ingestion proxy of the central stack, without a path. This stack then deploys no store, no Grafana and no object store: it sends all signals to this URL.",
            computed: "none: the stack stores its data itself",
            example: url,
            needs: needs({ existingSecret: "central-login" }),
        }),
        otlpUrl: setting(text(urlForm(url), isUrl).optional(), {
            description:
                "URL for OTLP over HTTP of the central stack, without /v1/traces, if it differs, as with one load balancer for each Service.",
            computed: "url",
            example: "https://otlp.example.com:4318",
            needs: needs(complete),
        }),
        scheme: setting(oneOf("basic", "bearer").optional(), {
            description:
                'Authentication at the central stack: "bearer" with a token, or "basic" with the name of the client and a password. It is ingestion.external.scheme of the central stack.',
            computed: "bearer",
            type: "AuthScheme",
            example: "basic",
            needs: needs(complete),
        }),
        existingSecret: setting(subdomain().optional(), {
            description:
                "Name of a Secret in the namespace of the stack with the credential: the key token, or the keys username and password. Required.",
            computed: "none",
            example: "central-login",
            needs: needs({ url }),
        }),
        caSecret: setting(subdomain().optional(), {
            description:
                "Name of a Secret in the namespace of the stack with the key ca.crt: the certificate authority of the central stack, if it is a private one. It is trusted in addition to the public ones.",
            computed: "none",
            example: "central-ca",
            needs: needs(complete),
        }),
    },
    {
        description:
            "Central stack in another cluster, to which this stack sends all signals. The central stack has ingestion.external.otherClusters: true.",
        interface: "CentralArgs",
    },
);
