import type { Dashboard } from "@grafana/grafana-foundation-sdk/dashboard";
import * as fs from "fs";
import * as path from "path";
import { dashboardFolders } from "./folders";
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

type Make = (options: DashboardOptions) => Dashboard;

/** Makes every dashboard. A file in a folder of dashboards/ is one: its default export makes it. */
export function dashboards(options: DashboardOptions): ProvisionedDashboard[] {
    return dashboardFolders()
        .filter((folder) => !options.disabledFolders?.includes(folder))
        .flatMap((folder) =>
            makersIn(folder).map((make) => provisioned(folder, alive(make(options), options.disabledFolders ?? []))),
        );
}

/** The same without links to what is not there. A dashboard's uid begins with its folder. */
function alive<T>(node: T, disabledFolders: string[]): T {
    const dead = (item: unknown) =>
        disabledFolders.some((folder) => (item as { url?: string } | null)?.url?.startsWith(`/d/${folder}-`));
    if (Array.isArray(node)) {
        return node.filter((item) => !dead(item)).map((item: unknown) => alive(item, disabledFolders)) as T;
    }
    return typeof node === "object" && node !== null
        ? (Object.fromEntries(Object.entries(node).map(([key, value]) => [key, alive(value, disabledFolders)])) as T)
        : node;
}

function makersIn(folder: string): Make[] {
    return (
        fs
            .readdirSync(path.join(__dirname, folder))
            // Sources, or what they were compiled to.
            .filter((file) => /(?<!\.d)\.(ts|js)$/.test(file))
            .sort()
            .map((file) => (module.require(path.join(__dirname, folder, file)) as { default: Make }).default)
    );
}

function provisioned(folder: string, { uid = "", title = "", ...rest }: Dashboard): ProvisionedDashboard {
    // A line for each key, so that a preview shows which one has changed.
    const json = JSON.stringify({ uid, title, ...rest, tags: [commonTag, folder] }, null, 1);
    return { folder, uid, title, json };
}
