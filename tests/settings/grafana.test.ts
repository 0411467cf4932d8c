import * as pulumi from "@pulumi/pulumi";
import { oidc } from "./examples";
import { testAccepted, testRejected } from "./tables";

testRejected([
    [
        "an invalid annotation key",
        { grafana: { ingress: { host: "a.example", annotations: { "a/b/c": "d" } } } },
        "observability:grafana.ingress.annotations.a/b/c is not allowed as a key; it must be a Kubernetes label key",
    ],
    [
        "both a password and a Secret",
        { grafana: { adminPassword: "a", existingSecret: "b" } },
        "observability:grafana.adminPassword and grafana.existingSecret are both set",
    ],
    [
        "both a user and a Secret",
        { grafana: { adminUser: "root", existingSecret: "b" } },
        "observability:grafana.adminUser and grafana.existingSecret are both set",
    ],
    [
        "an ingress without host",
        { grafana: { ingress: { enabled: true } } },
        "observability:grafana.ingress.host is missing; an ingress needs a host name",
    ],
    [
        "an ingress with a certificate and no host",
        { grafana: { ingress: { tlsSecret: "tls" } } },
        "observability:grafana.ingress.host is missing",
    ],
    [
        "both an ingress and a gateway",
        { grafana: { ingress: { host: "a.example" }, gateway: { host: "a.example", parents: [{ name: "g" }] } } },
        "observability:grafana.gateway and grafana.ingress are both set; remove one of them.",
    ],
    [
        "a gateway without host",
        { grafana: { gateway: { parents: [{ name: "g" }] } } },
        "observability:grafana.gateway.host is missing; an HTTPRoute needs a host name",
    ],
    [
        "a gateway without parents",
        { grafana: { gateway: { host: "a.example" } } },
        "observability:grafana.gateway.parents is missing; an HTTPRoute needs at least one Gateway.",
    ],
    [
        "an issuer of certificates and no host",
        { grafana: { ingress: { clusterIssuer: "letsencrypt" } } },
        "observability:grafana.ingress.host is missing",
    ],
    [
        "OIDC without client secret",
        { grafana: { oidc: { ...oidc, existingSecret: undefined } } },
        "observability:grafana.oidc.clientSecret is missing; a login with OIDC needs clientSecret, or existingSecret with the name of a Secret that has the key client-secret.",
    ],
    [
        "OIDC with two client secrets",
        { grafana: { oidc: { ...oidc, clientSecret: "a" } } },
        "observability:grafana.oidc.clientSecret and grafana.oidc.existingSecret are both set; remove one of them.",
    ],
    [
        "OIDC without an endpoint",
        { grafana: { oidc: { ...oidc, tokenUrl: undefined } } },
        "observability:grafana.oidc.tokenUrl is missing; a login with OIDC needs the URL of the token endpoint.",
    ],
    [
        "OIDC without a client ID",
        { grafana: { oidc: { ...oidc, clientId: undefined } } },
        "observability:grafana.oidc.clientId is missing; a login with OIDC needs the client ID of Grafana.",
    ],
    [
        "allowed groups that Grafana cannot find",
        { grafana: { oidc: { ...oidc, allowedGroups: ["a"] } } },
        "observability:grafana.oidc.groupsAttributePath is missing; grafana.oidc.allowedGroups needs it to find the groups.",
    ],
    [
        "a required role that Grafana cannot find",
        { grafana: { oidc: { ...oidc, requireRole: true } } },
        "observability:grafana.oidc.roleAttributePath is missing; with grafana.oidc.requireRole, nobody could log in without it.",
    ],
    [
        "a role mapping of several lines",
        { grafana: { oidc: { ...oidc, roleAttributePath: "a ||\nb" } } },
        'observability:grafana.oidc.roleAttributePath is "a ||\\nb"; it must be a JMESPath expression in one line.',
    ],
    [
        "no password login without another login",
        { grafana: { passwordLogin: false } },
        "observability:grafana.passwordLogin is false, but there is no other login; set grafana.oidc, or remove grafana.passwordLogin.",
    ],
    [
        "a host with a scheme",
        { grafana: { ingress: { host: "https://a.example" } } },
        'observability:grafana.ingress.host is "https://a.example"; it must be a host name',
    ],
    [
        "an application namespace listed twice",
        { dapr: { enabled: true, namespaces: ["a", "b", "a"] } },
        'observability:dapr.namespaces[2] is "a"; it must be listed only once',
    ],
    [
        "an unknown folder of dashboards",
        { dashboards: { disabledFolders: ["dapr", "slo"] } },
        'observability:dashboards.disabledFolders[1] is "slo"; it must be one of "control-plane", "cost", "dapr", "databases", "ebpf", "kafka", "kubernetes", "platform", "stack", "stores".',
    ],
    ["Dapr without application namespaces", { dapr: { enabled: true } }, "observability:dapr.namespaces is empty"],
]);

testAccepted([
    ["an ingress with a host only", { grafana: { ingress: { host: "grafana.example.com" } } }],
    ["a disabled ingress", { grafana: { ingress: { enabled: false, tlsSecret: "tls" } } }],
    ["secrets as Outputs", { grafana: { adminPassword: pulumi.secret("x") } }],
]);
