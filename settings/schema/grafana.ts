import { dashboardFolders } from "../../dashboards/folders";
import { defaultStoragePrice } from "../../dashboards/lib/options";
import * as names from "../../validation/names";
import { isUrl, urlForm } from "../../validation/urls";
import { group, setting } from "./setting";
import { annotations, boolean, label, listOf, number, oneOf, secret, subdomain, text } from "./types";

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
            computed: "the URL of the ingress",
            example: "https://example.com/grafana",
        }),
        ingress: group(
            {
                enabled: setting(boolean().optional(), {
                    description: "Whether Grafana has an Ingress.",
                    computed: "true if any other key of ingress is set",
                    example: true,
                    needs: { grafana: { ingress: { host: "grafana.example.com" } } },
                }),
                host: setting(text(names.hostForm, names.isHost).optional(), {
                    description: "Host name of the Ingress. Required if the Ingress is enabled.",
                    computed: "none",
                    example: "grafana.example.com",
                }),
                tlsSecret: setting(subdomain().optional(), {
                    description: "Name of a Secret with the certificate of the host.",
                    computed: "none: plain HTTP",
                    example: "grafana-tls",
                    needs: { grafana: { ingress: { host: "grafana.example.com" } } },
                }),
                className: setting(subdomain().optional(), {
                    description: "Ingress class.",
                    computed: "the default class of the cluster",
                    example: "nginx",
                    needs: { grafana: { ingress: { host: "grafana.example.com" } } },
                }),
                annotations: setting(annotations().optional(), {
                    description: "Annotations of the Ingress.",
                    computed: "none",
                    example: { "cert-manager.io/cluster-issuer": "letsencrypt" },
                    needs: { grafana: { ingress: { host: "grafana.example.com" } } },
                }),
            },
            { description: "Ingress for access from outside the cluster.", interface: "StackIngressArgs" },
        ),
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
