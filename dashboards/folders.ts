import * as fs from "fs";

/** Names of the folders with dashboards. Each is a folder in Grafana. */
export function dashboardFolders(): string[] {
    return fs
        .readdirSync(__dirname, { withFileTypes: true })
        .filter((entry) => entry.isDirectory() && entry.name !== "lib")
        .map(({ name }) => name)
        .sort();
}

/** The title of a folder in Grafana, such as "Kubernetes" for kubernetes. */
export function folderTitle(folder: string): string {
    if (folder === "ebpf") {
        return "eBPF";
    }
    return folder.charAt(0).toUpperCase() + folder.slice(1).replace(/-/g, " ");
}
