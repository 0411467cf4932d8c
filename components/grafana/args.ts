import type * as pulumi from "@pulumi/pulumi";
import type { ChartArgs } from "../helm/args";

/** How browsers reach Grafana from outside of the cluster. */
export interface GrafanaIngressArgs {
    host: string;
    /** A Secret with the host's certificate. Default: none, plain HTTP. */
    tlsSecret?: string;
    /** Default: the cluster's own. */
    className?: string;
    annotations?: { [key: string]: string };
}

/** Which of this project's dashboards are shown. */
export interface DashboardsArgs {
    /** Folders that are left out, by their names in dashboards/. Default: none. */
    disabledFolders?: string[];
}

export interface GrafanaArgs extends ChartArgs {
    /** Default "admin". */
    adminUser?: string;
    /** Default: a random one. */
    adminPassword?: pulumi.Input<string>;
    /** A Secret with admin-user and admin-password, instead of user and password. */
    existingSecret?: string;
    /** Keep users, preferences and annotations on a volume. Default true. */
    persistence?: boolean;
    /** Size of the volume. Default: the chart's 10Gi. */
    size?: string;
    /** Class of the volume. Default: the cluster's own. */
    storageClass?: string;
    /** The URL that browsers use. With a path, Grafana answers below that path. Default: that of the ingress. */
    rootUrl?: string;
    /** Default: none. */
    ingress?: GrafanaIngressArgs;
    /** Where Loki answers. Default: no data source for logs. */
    lokiUrl?: string;
    /** Where Tempo answers. Default: no data source for traces. */
    tempoUrl?: string;
    /** Where Mimir answers. Default: no data source for metrics. */
    mimirUrl?: string;
    /** Where Pyroscope answers. Default: no data source for profiles. */
    pyroscopeUrl?: string;
    /** Where Mimir answers, if it runs an Alertmanager. Default: no data source for alerts and silences. */
    alertmanagerUrl?: string;
    /** This project's dashboards, which ask all four stores. Default: none. */
    dashboards?: DashboardsArgs;
    /** Tenant that every data source asks for, where the stores have several. */
    tenant?: string;
}
