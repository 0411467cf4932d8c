import type { Dashboard } from "@grafana/grafana-foundation-sdk/dashboard";
import * as fs from "fs";
import * as path from "path";
import { commonTag } from "./lib/board";
import type { DashboardOptions } from "./lib/options";

export type { DashboardOptions } from "./lib/options";

/** A dashboard as Grafana gets it. */
export interface ProvisionedDashboard {
    /** Name of its folder in dashboards/. */
    folder: string;
    uid: string;
    title: string;
    /** The whole dashboard, as JSON. */
    json: string;
}

/** Makes every dashboard. A file in a folder of dashboards/ is one: its default export makes it. */
export function dashboards(options: DashboardOptions): ProvisionedDashboard[] {
    return dashboardFolders()
        .filter((folder) => !options.disabledFolders?.includes(folder))
        .flatMap((folder) =>
            modules(folder).map((make) => {
                const made = { ...make(options), tags: [commonTag, folder] };
                return { folder, uid: made.uid ?? "", title: made.title ?? "", json: JSON.stringify(made) };
            }),
        );
}

/** Names of the folders, of which each becomes one in Grafana. */
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

function modules(folder: string): ((options: DashboardOptions) => Dashboard)[] {
    const files = fs.readdirSync(path.join(__dirname, folder)).sort();
    return (
        files
            // Sources, or what they were compiled to.
            .filter((file) => /(?<!\.d)\.(ts|js)$/.test(file))
            .map((file) => (module.require(path.join(__dirname, folder, file)) as { default: Make }).default)
    );
}

type Make = (options: DashboardOptions) => Dashboard;
