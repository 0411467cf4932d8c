import type { Dashboard } from "@grafana/grafana-foundation-sdk/dashboard";
import * as fs from "fs";
import * as path from "path";
import { dashboardFolders } from "./folders";
import { commonTag } from "./lib/dashboard";
import type { DashboardOptions } from "./lib/options";

export type { DashboardOptions } from "./lib/options";

/** A dashboard that is ready to be provisioned. */
export interface ProvisionedDashboard {
    /** Name of its folder in dashboards/. */
    folder: string;
    uid: string;
    title: string;
    /** The complete dashboard as JSON. */
    json: string;
}

type DashboardFactory = (options: DashboardOptions) => Dashboard;

const created = new Map<string, ProvisionedDashboard[]>();

/**
 * Creates all dashboards. The default export of each file in a folder of dashboards/ creates one. Dashboards for the same options are created
 * once, because commands that compare stacks need them several times.
 */
export function dashboards(options: DashboardOptions): ProvisionedDashboard[] {
    const key = JSON.stringify(options);
    const all = created.get(key) ?? createDashboards(options);
    created.set(key, all);
    return all;
}

function createDashboards(options: DashboardOptions): ProvisionedDashboard[] {
    const { disabledFolders = [], nodeMetrics = true } = options;
    // The uid of a dashboard starts with its folder.
    const disabled = [...disabledFolders.map((folder) => `${folder}-`), ...(nodeMetrics ? [] : [nodeDashboard])];
    const isDisabled = ({ uid = "" }: Dashboard) => disabled.some((prefix) => uid.startsWith(prefix));
    return dashboardFolders()
        .filter((folder) => !disabledFolders.includes(folder))
        .flatMap((folder) =>
            factoriesIn(folder)
                .map((create) => create(options))
                .filter((dashboard) => !isDisabled(dashboard))
                .map((dashboard) =>
                    provisioned(folder, disabled.length === 0 ? dashboard : withoutBrokenLinks(dashboard, disabled)),
                ),
        );
}

const nodeDashboard = "kubernetes-node";

/** Removes links to dashboards that do not exist. @param disabled prefixes of their uids. */
function withoutBrokenLinks<T>(node: T, disabled: string[]): T {
    const isBroken = (item: unknown) =>
        disabled.some((prefix) => (item as { url?: string } | null)?.url?.startsWith(`/d/${prefix}`));
    if (Array.isArray(node)) {
        return node.filter((item) => !isBroken(item)).map((item: unknown) => withoutBrokenLinks(item, disabled)) as T;
    }
    return typeof node === "object" && node !== null
        ? (Object.fromEntries(
              Object.entries(node).map(([key, value]) => [key, withoutBrokenLinks(value, disabled)]),
          ) as T)
        : node;
}

function factoriesIn(folder: string): DashboardFactory[] {
    return (
        fs
            .readdirSync(path.join(__dirname, folder))
            // TypeScript in the repository, JavaScript in the package.
            .filter((file) => /(?<!\.d)\.(ts|js)$/.test(file))
            .sort()
            .map(
                (file) => (module.require(path.join(__dirname, folder, file)) as { default: DashboardFactory }).default,
            )
    );
}

function provisioned(folder: string, { uid = "", title = "", ...rest }: Dashboard): ProvisionedDashboard {
    // One line for each key, so that a preview shows which key changes. Without indentation, because Pulumi copies and logs the whole text
    // several times.
    const json = JSON.stringify({ uid, title, ...rest, tags: [commonTag, folder] }, null, 1).replace(/^ +/gm, "");
    return { folder, uid, title, json };
}
