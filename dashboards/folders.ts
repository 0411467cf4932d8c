import * as fs from "fs";

/** Names of the folders of dashboards, of which each becomes one in Grafana. */
export function dashboardFolders(): string[] {
    return fs
        .readdirSync(__dirname, { withFileTypes: true })
        .filter((entry) => entry.isDirectory() && entry.name !== "lib")
        .map(({ name }) => name)
        .sort();
}

/** What Grafana calls a folder: kubernetes is Kubernetes. */
export function folderTitle(folder: string): string {
    return folder.charAt(0).toUpperCase() + folder.slice(1).replace(/-/g, " ");
}
