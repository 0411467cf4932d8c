import type * as pulumi from "@pulumi/pulumi";
import type { BackendsAuthArgs } from "../backend-auth";
import type { GatewayParentArgs } from "../gateway";
import type { ChartArgs } from "../helm/args";

/** Software of an Alertmanager. Grafana uses different paths for each. */
export const AlertmanagerKind = { Mimir: "mimir", Prometheus: "prometheus" } as const;
export type AlertmanagerKind = (typeof AlertmanagerKind)[keyof typeof AlertmanagerKind];

/** Ingress of Grafana. */
export interface GrafanaIngressArgs {
    /** Host name, without scheme, port or path. */
    host: string;
    /**
     * Name of the Secret with the TLS certificate of the host. Default: "grafana-tls" with `clusterIssuer`, otherwise none; then the ingress serves
     * plain HTTP.
     */
    tlsSecret?: string;
    /** Name of the ClusterIssuer of cert-manager that issues the certificate. Default: none. */
    clusterIssuer?: string;
    /** Name of the IngressClass. Default: the cluster's default IngressClass. */
    className?: string;
    /** Annotations of the Ingress. Default: none. */
    annotations?: { [key: string]: string };
}

/** Route of Grafana in the Gateway API. */
export interface GrafanaGatewayArgs {
    /** Host name, without scheme, port or path. */
    host: string;
    /** Gateways to which the HTTPRoute is attached. They must exist. */
    parents: GatewayParentArgs[];
    /** Whether the listener of the Gateway serves HTTPS. Default: true. */
    tls?: boolean;
    /** Annotations of the HTTPRoute. Default: none. */
    annotations?: { [key: string]: string };
}

/**
 * Login with OpenID Connect (OIDC). Grafana does not read the discovery document of the issuer, so all URLs are needed. The identity provider
 * must allow the redirect URL: the URL of Grafana and "/login/generic_oauth".
 */
export interface GrafanaOidcArgs {
    /** Name of the login on the login page. Default: "Single sign-on". */
    name?: string;
    /** URL of the authorization endpoint. */
    authUrl: string;
    /** URL of the token endpoint. */
    tokenUrl: string;
    /** URL of the UserInfo endpoint. */
    apiUrl: string;
    /** Client ID of Grafana in the identity provider. */
    clientId: string;
    /** Client secret of Grafana in the identity provider. Default: none; then `existingSecret` is required. */
    clientSecret?: pulumi.Input<string>;
    /** Name of an existing Secret with the key client-secret, instead of `clientSecret`. */
    existingSecret?: string;
    /** Scopes that Grafana requests. Default: "openid", "profile" and "email". */
    scopes?: string[];
    /** JMESPath expression for the role: "Admin", "Editor", "Viewer" or "None". Default: none; then every user is a viewer. */
    roleAttributePath?: string;
    /** Whether users without a valid role in the result of `roleAttributePath` are rejected. Default: false; then they are viewers. */
    requireRole?: boolean;
    /** JMESPath expression for the list of groups. `allowedGroups` needs it. Default: none. */
    groupsAttributePath?: string;
    /** Groups whose members may log in. Default: none; then every user of the identity provider may log in. */
    allowedGroups?: string[];
    /** Domains of e-mail addresses that may log in. Default: none; then every domain may log in. */
    allowedDomains?: string[];
    /** Whether Grafana creates a user at the first login. Default: true. */
    allowSignUp?: boolean;
    /** Whether Grafana starts the login without showing its login page. Default: false. */
    autoLogin?: boolean;
    /** URL to which Grafana redirects after a logout, to end the session in the identity provider too. Default: none. */
    signoutUrl?: string;
}

/** Selection of this project's dashboards. */
export interface DashboardsArgs {
    /** Folders that are excluded, by their names in dashboards/. Default: none. */
    disabledFolders?: string[];
    /** Price of a stored GiB for a month, in any currency, for the dashboard "Cost by namespace". Default: 0.04. */
    storagePricePerGib?: number;
}

/** What Grafana shows: data sources and dashboards. */
export interface GrafanaContentArgs {
    /** URL of Loki. Default: none; then there is no data source for logs. */
    lokiUrl?: string;
    /** URL of Tempo. Default: none; then there is no data source for traces. */
    tempoUrl?: string;
    /** URL of Mimir. Default: none; then there is no data source for metrics, without `prometheusUrl`. */
    mimirUrl?: string;
    /** URL of a Prometheus API, if the store of metrics is not Mimir. Default: the path /prometheus of `mimirUrl`. */
    prometheusUrl?: string;
    /** URL of a Prometheus with a short retention, as a further data source. Default: none. */
    localPrometheusUrl?: string;
    /** URL of another ruler of Mimir with a querier, whose rules Grafana lists as those of a further data source. Default: none. */
    rulerUrl?: string;
    /** URL of Pyroscope. Default: none; then there is no data source for profiles. */
    pyroscopeUrl?: string;
    /** URL of an Alertmanager, or of Mimir if it runs one. Default: none; then there is no data source for alerts and silences. */
    alertmanagerUrl?: string;
    /** Software of the Alertmanager. Default: "mimir". */
    alertmanagerKind?: AlertmanagerKind;
    /**
     * Authentication at the backends. An existing Grafana must have the credentials as environment variables: LOKI_username and LOKI_password, or
     * LOKI_token, and the same for TEMPO, MIMIR and PYROSCOPE. Default: none.
     */
    auth?: BackendsAuthArgs;
    /** This project's dashboards. A panel exists only if its data source exists. Default: none. */
    dashboards?: DashboardsArgs;
    /** Whether Mimir has metrics of the nodes. With false, there is no dashboard of a node. Default: true. */
    nodeMetrics?: boolean;
    /**
     * Components of the stack that do not exist. Dashboards that would show no data without them are left out: "otelCollector", "alloyReceiver",
     * "alloyLogs", "alloyMetrics", "alloySingleton", "alloyProfiles", "alloyKafka", "autoInstrumentation", "ingestionProxy", "kubeStateMetrics", "prometheus", "redpanda", "loki",
     * "tempo", "mimir", "pyroscope", "grafana" and "minio". Default: none.
     */
    absentComponents?: string[];
    /**
     * Optional sources of data that exist, and have dashboards: "apiServer", "autoInstrumentation", "controllers", "coreDns", "ebpfProfiles", "etcd", "kafka",
     * "kubeStateMetrics", "kubernetesEvents", "mongodb", "mysql", "otherClusters", "postgresql", "probes", "prometheus", "prometheusOperator", "prometheusRules",
     * "redis" and "redpanda". Default: none.
     */
    optionalSources?: string[];
    /** Tenant of all queries, for backends with multi-tenancy. Default: none. */
    tenant?: string;
}

/** Arguments of Grafana. */
export interface GrafanaArgs extends ChartArgs, GrafanaContentArgs {
    /** User name of the administrator. Default: "admin". */
    adminUser?: string;
    /** Password of the administrator. Default: a generated password. */
    adminPassword?: pulumi.Input<string>;
    /** Name of an existing Secret with the keys admin-user and admin-password, instead of `adminUser` and `adminPassword`. */
    existingSecret?: string;
    /** Whether users, preferences and annotations are on a persistent volume. Default: true. */
    persistence?: boolean;
    /** Size of the volume, as a Kubernetes quantity. Default: "10Gi", from the chart. */
    size?: string;
    /** StorageClass of the volume. Default: the cluster's default StorageClass. */
    storageClass?: string;
    /** URL for browsers. If it has a path, Grafana serves below this path. Default: the URL of the ingress or of the gateway. */
    rootUrl?: string;
    /** Ingress of Grafana. Not together with `gateway`. Default: none. */
    ingress?: GrafanaIngressArgs;
    /** Route of Grafana in the Gateway API. Its CRDs must be installed. Not together with `ingress`. Default: none. */
    gateway?: GrafanaGatewayArgs;
    /** Login with OpenID Connect. Default: none. */
    oidc?: GrafanaOidcArgs;
    /** Whether the login page accepts user names and passwords. The API accepts the login of the administrator in any case. Default: true. */
    passwordLogin?: boolean;
}
