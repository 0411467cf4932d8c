import { dashboardFolders } from "../../dashboards/folders";
import { defaultStoragePrice } from "../../dashboards/lib/options";
import * as names from "../../validation/names";
import { isUrl, urlForm } from "../../validation/urls";
import { gatewayParents } from "./gateway";
import { group, setting } from "./setting";
import { annotations, boolean, label, listOf, number, oneOf, secret, someOf, subdomain, text } from "./types";

const identityProvider = {
    authUrl: "https://login.example.com/oauth2/authorize",
    tokenUrl: "https://login.example.com/oauth2/token",
    apiUrl: "https://login.example.com/oauth2/userinfo",
    clientId: "grafana",
};
const withLogin = { grafana: { oidc: { ...identityProvider, existingSecret: "grafana-oidc-client" } } };
const withHost = { grafana: { ingress: { host: "grafana.example.com" } } };
const withGateway = { grafana: { gateway: { host: "grafana.example.com", parents: [{ name: "public" }] } } };

const oidcUrl = (what: string, example: string) =>
    setting(text(urlForm(example), isUrl).optional(), {
        description: `URL of the ${what} of the identity provider. Required with oidc.`,
        computed: "none",
        example,
        needs: withLogin,
    });

// grafana.ini has one line for each key.
const line = (what: string) => text(what, (value) => value.trim() !== "" && !/[\r\n]|"""/.test(value));
const expression = () => line("a JMESPath expression in one line");
// In a list, grafana.ini reads "#" and ";" as the beginning of a comment.
const listEntry = (what: string) => text(what, (value) => /^[^#;"\\\r\n]+$/.test(value));

const oidc = group(
    {
        name: setting(line("a name").optional(), {
            description: "Name of the login on the login page.",
            computed: "Single sign-on",
            example: "Company login",
            needs: withLogin,
        }),
        authUrl: oidcUrl("authorization endpoint", identityProvider.authUrl),
        tokenUrl: oidcUrl("token endpoint", identityProvider.tokenUrl),
        apiUrl: oidcUrl("UserInfo endpoint", identityProvider.apiUrl),
        clientId: setting(line("a client ID").optional(), {
            description: "Client ID of Grafana in the identity provider. Required with oidc.",
            computed: "none",
            example: identityProvider.clientId,
            needs: withLogin,
        }),
        clientSecret: setting(secret().optional(), {
            description:
                "Client secret of Grafana in the identity provider. Set it with `pulumi config set --secret --path`. Not allowed together with existingSecret.",
            computed: "none",
            example: "a-long-client-secret",
            needs: { grafana: { oidc: identityProvider } },
        }),
        existingSecret: setting(subdomain().optional(), {
            description: "Name of a Secret with the key client-secret.",
            computed: "none: with clientSecret, the stack creates the Secret grafana-oidc",
            example: "grafana-oidc-client",
            needs: { grafana: { oidc: identityProvider } },
        }),
        scopes: setting(
            someOf(
                text("a scope without spaces", (value) => /^[^\s"]+$/.test(value)),
                "scopes",
            ).optional(),
            {
                description: "Scopes that Grafana requests.",
                computed: "openid, profile, email",
                example: ["openid", "profile", "email", "groups"],
                needs: withLogin,
            },
        ),
        roleAttributePath: setting(expression().optional(), {
            description:
                "JMESPath expression that finds the role of a user: Admin, Editor, Viewer or None. Users without a valid role are viewers.",
            computed: "none: every user is a viewer",
            example: "contains(groups[*], 'platform-admins') && 'Admin' || 'Viewer'",
            needs: withLogin,
        }),
        requireRole: setting(boolean().optional(), {
            description: "Whether users without a valid role in the result of roleAttributePath are rejected.",
            computed: "false",
            example: true,
            needs: { grafana: { oidc: { ...withLogin.grafana.oidc, roleAttributePath: "role" } } },
        }),
        groupsAttributePath: setting(expression().optional(), {
            description: "JMESPath expression that finds the list of groups of a user.",
            computed: "none",
            example: "groups",
            needs: withLogin,
        }),
        allowedGroups: setting(someOf(listEntry("the name of a group"), "groups").optional(), {
            description: "Groups whose members may log in. They need groupsAttributePath.",
            computed: "every user of the identity provider may log in",
            example: ["engineering", "support"],
            needs: { grafana: { oidc: { ...withLogin.grafana.oidc, groupsAttributePath: "groups" } } },
        }),
        allowedDomains: setting(someOf(text(names.hostForm, names.isHost), "domains").optional(), {
            description: "Domains of the e-mail addresses that may log in.",
            computed: "every domain",
            example: ["example.com"],
            needs: withLogin,
        }),
        allowSignUp: setting(boolean().optional(), {
            description:
                "Whether Grafana creates a user at the first login. With false, an administrator creates users.",
            computed: "true",
            example: false,
            needs: withLogin,
        }),
        autoLogin: setting(boolean().optional(), {
            description: "Whether Grafana starts the login without showing its login page.",
            computed: "false",
            example: true,
            needs: withLogin,
        }),
        signoutUrl: setting(text(urlForm("https://login.example.com/logout"), isUrl).optional(), {
            description:
                "URL to which Grafana redirects after a logout, to end the session in the identity provider too.",
            computed: "none",
            example: "https://login.example.com/logout",
            needs: withLogin,
        }),
    },
    {
        description:
            "Login with OpenID Connect (OIDC). The identity provider must allow the redirect URL: the URL of Grafana and /login/generic_oauth.",
        interface: "StackOidcArgs",
    },
);

export const grafana = group(
    {
        adminUser: setting(text("a user name").optional(), {
            description: "Name of the administrator. Not allowed together with existingSecret.",
            computed: "admin",
            example: "root",
        }),
        adminPassword: setting(secret().optional(), {
            description:
                "Password of the administrator. Set it with `pulumi config set --secret --path`. Not allowed together with existingSecret.",
            computed: "in dev mathtrail, in prod a random password",
            example: "a-long-password",
        }),
        existingSecret: setting(subdomain().optional(), {
            description: "Name of a Secret with the keys admin-user and admin-password.",
            computed: "none: the stack creates the Secret grafana-admin",
            example: "grafana-login",
        }),
        persistence: setting(boolean().default(true), {
            description:
                "Whether Grafana stores users and preferences on a volume. With false, they are lost when the pod is deleted.",
            example: false,
        }),
        rootUrl: setting(text(urlForm("https://grafana.example.com"), isUrl).optional(), {
            description: "URL of Grafana in the browser. With a path, Grafana serves below that path.",
            computed: "the URL of the ingress or of the gateway",
            example: "https://example.com/grafana",
        }),
        ingress: group(
            {
                enabled: setting(boolean().optional(), {
                    description: "Whether Grafana has an Ingress.",
                    computed: "true if any other key of ingress is set",
                    example: true,
                    needs: withHost,
                }),
                host: setting(text(names.hostForm, names.isHost).optional(), {
                    description: "Host name of the Ingress. Required if the Ingress is enabled.",
                    computed: "none",
                    example: "grafana.example.com",
                }),
                tlsSecret: setting(subdomain().optional(), {
                    description: "Name of a Secret with the certificate of the host.",
                    computed: "grafana-tls with clusterIssuer; otherwise none: plain HTTP",
                    example: "grafana-tls",
                    needs: withHost,
                }),
                clusterIssuer: setting(subdomain().optional(), {
                    description: "ClusterIssuer of cert-manager that issues the certificate of the host.",
                    computed: "none",
                    example: "letsencrypt",
                    needs: withHost,
                }),
                className: setting(subdomain().optional(), {
                    description: "Ingress class.",
                    computed: "the default class of the cluster",
                    example: "nginx",
                    needs: withHost,
                }),
                annotations: setting(annotations().optional(), {
                    description: "Annotations of the Ingress.",
                    computed: "none",
                    example: { "cert-manager.io/cluster-issuer": "letsencrypt" },
                    needs: withHost,
                }),
            },
            { description: "Ingress for access from outside the cluster.", interface: "StackIngressArgs" },
        ),
        gateway: group(
            {
                host: setting(text(names.hostForm, names.isHost).optional(), {
                    description: "Host name of the HTTPRoute. Required with gateway.",
                    computed: "none",
                    example: "grafana.example.com",
                    needs: withGateway,
                }),
                parents: gatewayParents(withGateway),
                tls: setting(boolean().optional(), {
                    description: "Whether the listener of the Gateway serves HTTPS. It decides the URL of Grafana.",
                    computed: "true",
                    example: false,
                    needs: withGateway,
                }),
                annotations: setting(annotations().optional(), {
                    description: "Annotations of the HTTPRoute.",
                    computed: "none",
                    example: { "external-dns.alpha.kubernetes.io/ttl": "60" },
                    needs: withGateway,
                }),
            },
            {
                description:
                    "Route for access from outside the cluster with the Gateway API, instead of ingress. The CRDs of the Gateway API and the Gateways must exist.",
                interface: "StackGatewayArgs",
            },
        ),
        oidc,
        passwordLogin: setting(boolean().default(true), {
            description:
                "Whether the login page accepts user names and passwords. With false, only single sign-on remains. The API always accepts the login of the administrator, because `npm run verify` and `npm run backup` use it.",
            example: false,
            needs: withLogin,
        }),
    },
    { description: "Login, storage and address of Grafana.", interface: "StackGrafanaArgs" },
);

export const dashboards = () =>
    group(
        {
            disabledFolders: setting(listOf(oneOf(...dashboardFolders()), "folders of dashboards").default([]), {
                description: `Dashboard folders that are not deployed: ${dashboardFolders().join(", ")}.`,
                example: ["cost"],
            }),
            storagePricePerGib: setting(
                number("a number of at least 0", (value) => value >= 0).default(defaultStoragePrice),
                {
                    description:
                        "Price of a stored GiB for a month, in any currency. The dashboard Cost by namespace multiplies it with the received data. The default is the list price of a disk in US dollars.",
                    example: 0.023,
                },
            ),
        },
        { description: "Dashboards of this project.", type: "DashboardsArgs" },
    );

export const dapr = group(
    {
        enabled: setting(boolean().default(false), {
            description:
                "Whether the stack creates a Dapr Configuration for tracing in each namespace of namespaces. Dapr must be installed.",
            example: true,
            needs: { dapr: { namespaces: ["shop"] } },
        }),
        configurationName: setting(subdomain().default("tracing"), {
            description: "Name of the Configuration. Pods refer to it with the annotation dapr.io/config.",
            example: "observability",
        }),
        namespaces: setting(listOf(label(), "namespaces").default([]), {
            description:
                "Application namespaces. The stack creates namespaces that do not exist, and never deletes one.",
            example: ["shop"],
        }),
    },
    { description: "Tracing of Dapr applications.", interface: "StackDaprArgs" },
);
