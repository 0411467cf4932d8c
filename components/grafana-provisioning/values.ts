import { dashboards } from "../../dashboards";
import { dashboardFiles, dashboardOptions } from "../grafana/dashboards";
import { dataSources } from "../grafana/datasources";
import type { GrafanaProvisioningArgs } from "./args";

/** A ConfigMap that the sidecar of Grafana loads. */
export interface ProvisioningFile {
    /** Part of the name of the ConfigMap, such as "data-sources". */
    part: string;
    labels: { [key: string]: string };
    data: { [file: string]: string };
}

/** The ConfigMaps: one with the data sources, and one with dashboards for each folder. */
export function provisioningFiles(args: GrafanaProvisioningArgs): ProvisioningFile[] {
    const { dataSourceLabels = { grafana_datasource: "1" }, dashboardLabels = { grafana_dashboard: "1" } } = args;
    const { apiVersion, datasources } = dataSources(args);
    // Grafana does not start with two default data sources.
    const notDefault = datasources.map((source) => ({ ...source, isDefault: false }));
    const folders = dashboardFiles(
        args.dashboards === undefined ? [] : dashboards(dashboardOptions(args.stackNamespace, args.dashboards, args)),
    );
    return [
        {
            part: "data-sources",
            labels: dataSourceLabels,
            // JSON is YAML.
            data: { [`${args.stackNamespace}.yaml`]: JSON.stringify({ apiVersion, datasources: notDefault }) },
        },
        ...[...folders].map(([folder, data]) => ({ part: `dashboards-${folder}`, labels: dashboardLabels, data })),
    ];
}
