import type * as pulumi from "@pulumi/pulumi";
import type { BackendsAuthArgs } from "../backend-auth";
import type { ChartArgs } from "../helm/args";

/** Software of an Alertmanager. Grafana uses different paths for each. */
export const AlertmanagerKind = { Mimir: "mimir", Prometheus: "prometheus" } as const;
export type AlertmanagerKind = (typeof AlertmanagerKind)[keyof typeof AlertmanagerKind];

/** Ingress of Grafana. */
export interface GrafanaIngressArgs {
    /** Host name, without scheme, port or path. */
    host: string;
    /** Name of the Secret with the TLS certificate of the host. Default: none; then the ingress serves plain HTTP. */
    tlsSecret?: string;
    /** Name of the IngressClass. Default: the cluster's default IngressClass. */
    className?: string;
    /** Annotations of the Ingress. Default: none. */
    annotations?: { [key: string]: string };
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
     * "alloyLogs", "alloyMetrics", "loki", "tempo", "mimir", "pyroscope", "grafana" and "minio". Default: none.
     */
    absentComponents?: string[];
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
    /** URL for browsers. If it has a path, Grafana serves below this path. Default: the URL of the ingress. */
    rootUrl?: string;
    /** Ingress of Grafana. Default: none. */
    ingress?: GrafanaIngressArgs;
}
