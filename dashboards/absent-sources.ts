import type { Dashboard, Panel } from "@grafana/grafana-foundation-sdk/dashboard";
import type { QueriedSource } from "../validation/components";
import { dataSourceUids } from "./lib/data-sources";

/**
 * Removes everything that queries a data source which does not exist: panels, rows without panels, and links to Explore. Undefined if
 * nothing remains, or if a variable of the dashboard needs the data source.
 */
export function withoutSources(dashboard: Dashboard, absent: readonly QueriedSource[]): Dashboard | undefined {
    const uids = absent.map((source) => dataSourceUids[source]) as string[];
    if (uids.length === 0) {
        return dashboard;
    }
    const isAbsent = (uid: string | undefined) => uid !== undefined && uids.includes(uid);
    const variables = dashboard.templating?.list ?? [];
    if (variables.some(({ datasource }) => isAbsent(datasource?.uid))) {
        return undefined;
    }
    const queries = (panel: Panel) => [
        panel.datasource?.uid,
        ...(panel.targets ?? []).map((target) => (target as { datasource?: { uid?: string } }).datasource?.uid),
    ];
    const kept = (dashboard.panels as Panel[]).filter((panel) => !queries(panel).some(isAbsent));
    // A row is followed by its panels.
    const panels = kept.filter((panel, index) => panel.type !== "row" || isData(kept[index + 1]));
    return panels.some(isData)
        ? withoutLinks({ ...dashboard, panels }, (url) => uids.some((uid) => isExploreOf(uid, url)))
        : undefined;
}

function isData(panel: Panel | undefined): boolean {
    return panel !== undefined && panel.type !== "row";
}

function isExploreOf(uid: string, url: string): boolean {
    return (
        url.startsWith("/explore?") &&
        decodeURIComponent(url.replace(/\$\{[^}]+\}/g, "")).includes(`"datasource":"${uid}"`)
    );
}

/** Removes the entries of lists whose `url` matches, at any depth. */
export function withoutLinks<T>(node: T, isBroken: (url: string) => boolean): T {
    if (Array.isArray(node)) {
        return node
            .filter((item: { url?: unknown } | null) => !(typeof item?.url === "string" && isBroken(item.url)))
            .map((item: unknown) => withoutLinks(item, isBroken)) as T;
    }
    return typeof node === "object" && node !== null
        ? (Object.fromEntries(
              Object.entries(node).map(([key, value]) => [key, withoutLinks(value as unknown, isBroken)]),
          ) as T)
        : node;
}
