import type { DashboardOptions, ProvisionedDashboard } from "../../dashboards";
import { folderTitle } from "../../dashboards/folders";
import { dataSourceUids } from "../../dashboards/lib/data-sources";
import { optionalSources, queriedSources, stackComponents } from "../../validation/components";
import type { HelmValues } from "../helm/values";
import type { DashboardsArgs } from "./args";
import { type DataSourceArgs, dataSources } from "./datasources";

/** The home dashboard. */
const home = { folder: "platform", uid: "platform-overview" };

/** Folder in which the chart mounts the ConfigMaps of providers. */
const mountFolder = "/var/lib/grafana/dashboards";

/** Name of the ConfigMap with the dashboards of a folder. */
export function dashboardConfigMapName(folder: string): string {
    return `grafana-dashboards-${folder}`;
}

/** Arguments of a component that decide which dashboards have data. */
interface DashboardArgs {
    nodeMetrics?: boolean;
    absentComponents?: string[];
    optionalSources?: string[];
}

/** Options of the dashboards for data sources. */
export function dashboardOptions(
    namespace: string,
    options: DashboardsArgs,
    { nodeMetrics, absentComponents = [], optionalSources: given = [], ...sources }: DashboardArgs & DataSourceArgs,
): DashboardOptions {
    const existing = dataSources(sources).datasources.map(({ uid }) => uid);
    return {
        namespace,
        ...options,
        nodeMetrics,
        absentComponents: stackComponents.filter((component) => absentComponents.includes(component)),
        optionalSources: optionalSources.filter((source) => given.includes(source)),
        absentSources: queriedSources.filter((source) => !existing.includes(dataSourceUids[source])),
    };
}

/** Dashboards as files, by folder. */
export function dashboardFiles(dashboards: ProvisionedDashboard[]): Map<string, { [file: string]: string }> {
    const files = new Map<string, { [file: string]: string }>();
    for (const { folder, uid, json } of dashboards) {
        files.set(folder, { ...files.get(folder), [`${uid}.json`]: json });
    }
    return files;
}

/** Helm values that make Grafana load dashboards from the ConfigMaps of folders, and load them again after a change. */
export function dashboardValues(folders: string[]): HelmValues {
    if (folders.length === 0) {
        return {};
    }
    const homeFile = `${mountFolder}/${home.folder}/${home.uid}.json`;
    return {
        ...(folders.includes(home.folder) && {
            "grafana.ini": { dashboards: { default_home_dashboard_path: homeFile } },
        }),
        dashboardsConfigMaps: Object.fromEntries(folders.map((folder) => [folder, dashboardConfigMapName(folder)])),
        dashboardProviders: {
            "dashboardproviders.yaml": {
                apiVersion: 1,
                providers: folders.map((folder) => ({
                    name: folder,
                    folder: folderTitle(folder),
                    folderUid: folder,
                    type: "file",
                    // Grafana deletes a dashboard if its file is deleted.
                    disableDeletion: false,
                    allowUiUpdates: false,
                    updateIntervalSeconds: 30,
                    options: { path: `${mountFolder}/${folder}` },
                })),
            },
        },
    };
}
