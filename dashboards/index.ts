import type { Dashboard } from "@grafana/grafana-foundation-sdk/dashboard";
import * as fs from "fs";
import * as path from "path";
import { missingIn } from "../validation/components";
import { withoutLinks, withoutSources } from "./absent-sources";
import { dashboardFolders } from "./folders";
import { commonTag } from "./lib/dashboard";
import type { DashboardOptions } from "./lib/options";
import { hasData } from "./needs";

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
    const { disabledFolders = [], nodeMetrics = true, absentSources = [] } = options;
    const missing = missingIn(options.absentComponents, options.optionalSources);
    const all = dashboardFolders().flatMap((folder) =>
        factoriesIn(folder).map((create) => ({ folder, dashboard: create(options) })),
    );
    const kept = all.flatMap(({ folder, dashboard }) => {
        const { uid = "" } = dashboard;
        const isWanted =
            !disabledFolders.includes(folder) && (nodeMetrics || uid !== nodeDashboard) && hasData(uid, missing);
        const remaining = isWanted ? withoutSources(dashboard, absentSources) : undefined;
        return remaining === undefined ? [] : [{ folder, dashboard: remaining }];
    });
    const uids = kept.map(({ dashboard }) => dashboard.uid);
    const removed = all.map(({ dashboard }) => dashboard.uid).filter((uid) => !uids.includes(uid));
    return kept.map(({ folder, dashboard }) => provisioned(folder, withoutLinksTo(removed, dashboard)));
}

const nodeDashboard = "kubernetes-node";

/** Removes links to dashboards that are not created. */
function withoutLinksTo(uids: (string | undefined)[], dashboard: Dashboard): Dashboard {
    return uids.length === 0
        ? dashboard
        : withoutLinks(dashboard, (url) => uids.includes(/^\/d\/([\w-]+)/.exec(url)?.[1]));
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
