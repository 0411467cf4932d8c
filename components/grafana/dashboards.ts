import type { ProvisionedDashboard } from "../../dashboards";
import { folderTitle } from "../../dashboards/folders";
import type { HelmValues } from "../helm/values";

/** What one sees first. */
const home = { folder: "platform", uid: "platform-overview" };

/** Where the chart mounts the ConfigMap of a provider. */
const mountFolder = "/var/lib/grafana/dashboards";

/** Name of the ConfigMap that holds a folder's dashboards. */
export function dashboardConfigMapName(folder: string): string {
    return `grafana-dashboards-${folder}`;
}

/** A file each, by folder. */
export function dashboardFiles(dashboards: ProvisionedDashboard[]): Map<string, { [file: string]: string }> {
    const files = new Map<string, { [file: string]: string }>();
    for (const { folder, uid, json } of dashboards) {
        files.set(folder, { ...files.get(folder), [`${uid}.json`]: json });
    }
    return files;
}

/** Helm values that have Grafana read the folders' ConfigMaps, and again whenever these have changed. */
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
                    // A dashboard whose file is gone goes too.
                    disableDeletion: false,
                    allowUiUpdates: false,
                    updateIntervalSeconds: 30,
                    options: { path: `${mountFolder}/${folder}` },
                })),
            },
        },
    };
}
