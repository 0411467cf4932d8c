import type { BackendsAuthArgs } from "../backend-auth";
import type { AlertmanagerKind, DashboardsArgs } from "../grafana/args";

/** Arguments of GrafanaProvisioning. */
export interface GrafanaProvisioningArgs {
    /** Namespace in which the sidecar of Grafana looks for ConfigMaps. It must exist. */
    namespace: string;
    /** Namespace of the stack. The dashboards select its components with it, and the names of the ConfigMaps start with it. */
    stackNamespace: string;
    /** Labels of the ConfigMap with data sources. Default: { grafana_datasource: "1" }. */
    dataSourceLabels?: { [key: string]: string };
    /** Labels of the ConfigMaps with dashboards. Default: { grafana_dashboard: "1" }. */
    dashboardLabels?: { [key: string]: string };
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
     * Authentication at the backends. Grafana must have the credentials as environment variables: LOKI_username and LOKI_password, or
     * LOKI_token, and the same for TEMPO, MIMIR and PYROSCOPE. Default: none.
     */
    auth?: BackendsAuthArgs;
    /** Tenant of all queries, for backends with multi-tenancy. Default: none. */
    tenant?: string;
    /** This project's dashboards. A panel exists only if its data source exists. Default: none. */
    dashboards?: DashboardsArgs;
    /** Whether the store of metrics has metrics of the nodes. With false, there is no dashboard of a node. Default: true. */
    nodeMetrics?: boolean;
    /** Components of the stack that do not exist. Dashboards that would show no data without them are left out. Default: none. */
    absentComponents?: string[];
}
