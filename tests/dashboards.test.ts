import type { Dashboard, DashboardLink, Panel, RowPanel } from "@grafana/grafana-foundation-sdk/dashboard";
import * as fs from "fs";
import * as path from "path";
import { dashboards } from "../dashboards";
import { dashboardFolders } from "../dashboards/folders";
import { dataSourceUids, loki } from "../dashboards/lib/data-sources";
import { dashboardUrl, drilldownLinks, exploreUrl } from "../dashboards/lib/links";
import { optionalSources } from "../validation/components";
import { dashboardsPage } from "../cli/dashboards-page";

const all = dashboards({ namespace: "monitoring", optionalSources }).map((provisioned) => ({
    ...provisioned,
    dashboard: JSON.parse(provisioned.json) as Dashboard,
}));
const isPanel = (panel: Panel | RowPanel): panel is Panel => panel.type !== "row";
const panelsOf = ({ panels = [] }: Dashboard) => panels.filter(isPanel);
const linksOf = (panel: Panel) => [
    ...(panel.links ?? []),
    ...(panel.fieldConfig?.overrides ?? []).flatMap(({ properties }) =>
        properties.filter(({ id }) => id === "links").flatMap(({ value }) => value as DashboardLink[]),
    ),
];
const uids = all.map(({ uid }) => uid);

test("every file in a folder of dashboards/ creates a dashboard with the uid FOLDER-FILE", () => {
    const files = dashboardFolders().flatMap((folder) =>
        fs.readdirSync(path.join("dashboards", folder)).map((file) => `${folder}-${file.replace(/\.ts$/, "")}`),
    );
    expect([...uids].sort()).toEqual(files.sort());
    expect(new Set(uids).size).toBe(uids.length);
    expect(uids.filter((uid) => uid.length > 40)).toEqual([]);
    expect(new Set(all.map(({ title }) => title)).size).toBe(all.length);
});

test("disabledFolders removes the dashboards of these folders", () => {
    const folders = (disabledFolders: string[]) => [
        ...new Set(
            dashboards({ namespace: "monitoring", optionalSources, disabledFolders }).map(({ folder }) => folder),
        ),
    ];
    expect(folders([])).toEqual([
        "control-plane",
        "cost",
        "dapr",
        "databases",
        "ebpf",
        "kafka",
        "kubernetes",
        "platform",
        "stack",
        "stores",
    ]);
    expect(folders(["dapr", "cost"])).toEqual([
        "control-plane",
        "databases",
        "ebpf",
        "kafka",
        "kubernetes",
        "platform",
        "stack",
        "stores",
    ]);
});

test("without metrics of the nodes there is no dashboard of a node, and no link to it", () => {
    const uidsOf = (nodeMetrics?: boolean) =>
        dashboards({ namespace: "monitoring", optionalSources, nodeMetrics }).map((dashboard) => dashboard.uid);
    expect(uidsOf().filter((uid) => !uidsOf(false).includes(uid))).toEqual(["kubernetes-node"]);
    const remaining = dashboards({ namespace: "monitoring", optionalSources, nodeMetrics: false });
    expect(remaining.filter(({ json }) => json.includes("/d/kubernetes-node"))).toEqual([]);
});

test.each(dashboardFolders())("without the folder %s, only the links to its dashboards are removed", (folder) => {
    const remaining = dashboards({ namespace: "monitoring", optionalSources, disabledFolders: [folder] });
    expect(remaining.filter(({ json }) => json.includes(`/d/${folder}-`)).map(({ uid }) => uid)).toEqual([]);
    const others = dashboardFolders().filter((other) => other !== folder);
    const linkCount = (provisioned: { folder: string; json: string }[]) =>
        provisioned
            .filter((dashboard) => dashboard.folder !== folder)
            .flatMap(({ json }) => [...json.matchAll(/"\/d\/([a-z]+)-/g)].map(([, target = ""]) => target))
            .filter((target) => others.includes(target)).length;
    expect(linkCount(remaining)).toBe(linkCount(all));
});

test("queries of the stack's components select the namespace of the stack", () => {
    const json = dashboards({ namespace: "watch" }).find(({ uid }) => uid === "stores-loki")?.json;
    expect(json).toContain('namespace=\\"watch\\", job=~\\"loki\\"');
    expect(json).not.toContain("monitoring");
});

// `kubectl apply` copies the object into an annotation. Annotations are limited to 256 KiB, objects to 1 MiB.
test("the ConfigMap of each folder is at most 90 % of the size that kubectl apply allows", () => {
    const sizes = dashboardFolders().map((folder) => {
        const files = all.filter((dashboard) => dashboard.folder === folder).map(({ uid, json }) => [uid, json]);
        return [folder, Buffer.byteLength(JSON.stringify(Object.fromEntries(files)))] as const;
    });
    expect(sizes.filter(([, bytes]) => bytes > 0.9 * 256 * 1024)).toEqual([]);
});

describe.each(all)("$uid", ({ dashboard }) => {
    const panels = panelsOf(dashboard);

    test("has a description that lists its rows", () => {
        const [summary, , , ...listed] = (dashboard.description ?? "").split(/\n/);
        const rows = (dashboard.panels ?? []).filter((panel) => !isPanel(panel));
        expect(summary).toMatch(/^[A-Z].*\.$/);
        expect(listed).toEqual(rows.map(({ title }) => `- ${title}`));
    });

    test("has titles without question marks, and descriptions of full sentences", () => {
        const titles = (dashboard.panels ?? []).map(({ title = "" }) => title);
        expect(titles.filter((title) => title.endsWith("?"))).toEqual([]);
        const descriptions = panels.map(({ description = "" }) => description);
        expect(descriptions.filter((description) => !/^(?:[A-Z0-9].*)\.$/.test(description))).toEqual([]);
    });

    test("has panels with a unique id, a title, a description and, for numbers, a unit", () => {
        const ids = (dashboard.panels ?? []).map(({ id }) => id);
        expect(new Set(ids).size).toBe(ids.length);
        expect(panels.filter(({ title, description }) => !title || !description)).toEqual([]);
        const numeric = panels.filter(({ type }) => ["timeseries", "stat", "bargauge"].includes(type));
        expect(numeric.filter(({ fieldConfig }) => !fieldConfig?.defaults?.unit)).toEqual([]);
    });

    test("has no overlapping panels and no panels beyond the right edge", () => {
        const places = (dashboard.panels ?? []).map(({ gridPos }) => gridPos as Required<Panel>["gridPos"]);
        expect(places.filter(({ x, w, h }) => x < 0 || w < 1 || h < 1 || x + w > 24)).toEqual([]);
        const overlap = places.flatMap((one, index) =>
            places
                .slice(index + 1)
                .filter((other) => one.x < other.x + other.w && other.x < one.x + one.w)
                .filter((other) => one.y < other.y + other.h && other.y < one.y + one.h)
                .map((other) => [one, other]),
        );
        expect(overlap).toEqual([]);
    });

    test("has no holes: each line of panels fills the width, and its panels have the same height", () => {
        const places = (dashboard.panels ?? []).map(({ gridPos }) => gridPos as Required<Panel>["gridPos"]);
        const lineOf = ({ y }: { y: number }) => places.filter((other) => other.y === y);
        expect(places.filter((place) => lineOf(place).reduce((sum, { w }) => sum + w, 0) !== 24)).toEqual([]);
        expect(places.filter((place) => lineOf(place).some(({ h }) => h !== place.h))).toEqual([]);
    });

    test("shows the legend of every time series", () => {
        const hidden = panels.filter(
            ({ type, options }) =>
                type === "timeseries" && !(options as { legend?: { showLegend?: boolean } }).legend?.showLegend,
        );
        expect(hidden.map(({ title }) => title)).toEqual([]);
    });

    test("queries only provisioned data sources", () => {
        const used = [
            ...panels.flatMap(({ datasource, targets = [] }) => [
                datasource?.uid,
                ...targets.map((target) => (target as { datasource?: { uid?: string } }).datasource?.uid),
            ]),
            ...(dashboard.templating?.list ?? []).map(({ datasource }) => datasource?.uid),
        ];
        expect(used.filter((uid) => !Object.values<unknown>(dataSourceUids).includes(uid))).toEqual([]);
        expect(panels.filter(({ targets = [] }) => targets.length === 0)).toEqual([]);
    });

    test("uses only variables that it defines", () => {
        const defined = (dashboard.templating?.list ?? []).map(({ name }) => name);
        const used = [...JSON.stringify(dashboard.panels).matchAll(/\$\{?(?!__)([a-z]+)/g)].map(([, name]) => name);
        expect([...new Set(used)].filter((name) => !defined.includes(name as string))).toEqual([]);
        expect(defined[0]).toBe("cluster");
    });

    test("has links in every panel, and only to existing dashboards and to Explore", () => {
        expect(panels.filter(({ links = [] }) => links.length === 0).map(({ title }) => title)).toEqual([]);
        const urls = panels.flatMap(linksOf).map(({ url }) => url ?? "");
        expect(urls.filter((url) => !/^\/(d|explore)[/?]/.test(url))).toEqual([]);
        const linked = urls.flatMap((url) => /^\/d\/([\w-]+)/.exec(url)?.[1] ?? []);
        expect(linked.filter((uid) => !uids.includes(uid))).toEqual([]);
    });

    test("passes only variables that the linked dashboard defines", () => {
        const undefinedVariables = panels.flatMap(linksOf).flatMap(({ url = "" }) => {
            const uid = /^\/d\/([\w-]+)/.exec(url)?.[1];
            const target = all.find((other) => other.uid === uid)?.dashboard;
            const defined = (target?.templating?.list ?? []).map(({ name }) => name);
            return [...url.matchAll(/var-(\w+)=/g)]
                .filter(([, name]) => !defined.includes(name as string))
                .map(([, name]) => `${uid}: ${name}`);
        });
        expect(undefinedVariables).toEqual([]);
    });

    test("has table links only in columns of labels that its queries return", () => {
        const tables = panels.filter(({ type, datasource }) => type === "table" && datasource?.uid === "mimir");
        for (const { fieldConfig, targets = [] } of tables) {
            const linked = (fieldConfig?.overrides ?? [])
                .filter(({ properties }) => properties.some(({ id }) => id === "links"))
                .map(({ matcher }) => matcher.options as string);
            const [expr = ""] = targets.map((target) => (target as unknown as { expr: string }).expr);
            expect(linked.filter((label) => !new RegExp(`by \\([^)]*\\b${label}\\b`).test(expr))).toEqual([]);
        }
    });
});

describe("links", () => {
    test("to Explore are valid JSON after Grafana has interpolated the variables", () => {
        const url = exploreUrl(loki, { expr: '{namespace=~"$namespace"} |= `a & b`' });
        const interpolated = url.replace("${namespace:pipe}", "a|b").replace("${__from}", "1").replace("${__to}", "2");
        const panes = JSON.parse(new URL(interpolated, "http://grafana").searchParams.get("panes") ?? "");
        expect(panes).toEqual({
            panel: {
                datasource: "loki",
                queries: [{ refId: "A", expr: '{namespace=~"a|b"} |= `a & b`' }],
                range: { from: "1", to: "2" },
            },
        });
    });

    test("to a dashboard set each variable once", () => {
        expect(dashboardUrl("x")).toBe("/d/x?${__all_variables}&${__url_time_range}");
        expect(dashboardUrl("x", { pod: "p" })).toBe("/d/x?${cluster:queryparam}&var-pod=p&${__url_time_range}");
    });

    test("exist for each signal and dashboard of a drilldown", () => {
        const titles = (drilldown: object) => drilldownLinks(drilldown).map((link) => link.build().title);
        expect(titles({})).toEqual([]);
        expect(titles({ logs: "{}", traces: "{}", profiles: "", metrics: "up", dashboards: { x: "Other" } })).toEqual([
            "Other",
            "Logs",
            "Traces",
            "Profiles",
            "Metrics",
        ]);
    });
});

test("docs/dashboards.md is up to date (npm run docs)", () => {
    expect(fs.readFileSync("docs/dashboards.md", "utf8")).toBe(dashboardsPage());
});
