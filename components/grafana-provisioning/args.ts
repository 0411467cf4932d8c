import type { GrafanaContentArgs } from "../grafana/args";

/** Arguments of GrafanaProvisioning. */
export interface GrafanaProvisioningArgs extends GrafanaContentArgs {
    /** Namespace in which the sidecar of Grafana looks for ConfigMaps. It must exist. */
    namespace: string;
    /** Namespace of the stack. The dashboards select its components with it, and the names of the ConfigMaps start with it. */
    stackNamespace: string;
    /** Labels of the ConfigMap with data sources. Default: { grafana_datasource: "1" }. */
    dataSourceLabels?: { [key: string]: string };
    /** Labels of the ConfigMaps with dashboards. Default: { grafana_dashboard: "1" }. */
    dashboardLabels?: { [key: string]: string };
}
