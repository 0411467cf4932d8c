import type { Dashboard, DashboardLink, Panel, RowPanel } from "@grafana/grafana-foundation-sdk/dashboard";
import * as fs from "fs";
import * as path from "path";
import { dashboards } from "../dashboards";
import { dashboardFolders } from "../dashboards/folders";
import { dashboardUrl, exploreUrl, linksTo } from "../dashboards/lib/links";
import { loki } from "../dashboards/lib/sources";
import { dashboardsPage } from "../cli/dashboards-page";
import { dataSourceUids } from "../dashboards/lib/sources";

const all = dashboards({ namespace: "monitoring" }).map((provisioned) => ({
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

test("every file in a folder of dashboards/ is a dashboard, whose uid is the folder's name and its own", () => {
    const files = dashboardFolders().flatMap((folder) =>
        fs.readdirSync(path.join("dashboards", folder)).map((file) => `${folder}-${file.replace(/\.ts$/, "")}`),
    );
    expect([...uids].sort()).toEqual(files.sort());
    expect(new Set(uids).size).toBe(uids.length);
    expect(uids.filter((uid) => uid.length > 40)).toEqual([]);
    expect(new Set(all.map(({ title }) => title)).size).toBe(all.length);
});

test("folders can be left out", () => {
    const folders = (disabledFolders: string[]) => [
        ...new Set(dashboards({ namespace: "monitoring", disabledFolders }).map(({ folder }) => folder)),
    ];
    expect(folders([])).toEqual(["cost", "dapr", "kubernetes", "platform", "stack", "stores"]);
    expect(folders(["dapr", "cost"])).toEqual(["kubernetes", "platform", "stack", "stores"]);
});

test.each(dashboardFolders())("no link leads to the folder %s where that is left out", (folder) => {
    const left = dashboards({ namespace: "monitoring", disabledFolders: [folder] });
    expect(left.filter(({ json }) => json.includes(`/d/${folder}-`)).map(({ uid }) => uid)).toEqual([]);
    // And all others stay.
    const others = dashboardFolders().filter((other) => other !== folder);
    const targets = (from: { folder: string; json: string }[]) =>
        from
            .filter((dashboard) => dashboard.folder !== folder)
            .flatMap(({ json }) => [...json.matchAll(/"\/d\/([a-z]+)-/g)].map(([, target = ""]) => target))
            .filter((target) => others.includes(target)).length;
    expect(targets(left)).toBe(targets(all));
});

test("the stack's own pods are looked for in the namespace that it is in", () => {
    const elsewhere = dashboards({ namespace: "watch" }).find(({ uid }) => uid === "stores-loki")?.json;
    expect(elsewhere).toContain('namespace=\\"watch\\", job=~\\"loki\\"');
    expect(elsewhere).not.toContain("monitoring");
});

// `kubectl apply` keeps the object once more in an annotation, and those may have 256 KiB; the object itself 1 MiB.
test("a folder's dashboards leave a tenth of what an object can hold that is applied", () => {
    const sizes = dashboardFolders().map((folder) => {
        const files = all.filter((dashboard) => dashboard.folder === folder).map(({ uid, json }) => [uid, json]);
        return [folder, Buffer.byteLength(JSON.stringify(Object.fromEntries(files)))] as const;
    });
    expect(sizes.filter(([, bytes]) => bytes > 0.9 * 256 * 1024)).toEqual([]);
});

describe.each(all)("$uid", ({ dashboard }) => {
    const panels = panelsOf(dashboard);

    test("says which questions it answers, and has a row for each", () => {
        const [about, , , ...questions] = (dashboard.description ?? "").split(/\n/);
        const rows = (dashboard.panels ?? []).filter((panel) => !isPanel(panel));
        expect(about).not.toBe("");
        expect(questions).toEqual(rows.map(({ title }) => `- ${title}`));
        expect(rows.filter(({ title }) => !title?.endsWith("?"))).toEqual([]);
    });

    test("has panels with a number, a title and a description each, and a unit where they show numbers", () => {
        const ids = (dashboard.panels ?? []).map(({ id }) => id);
        expect(new Set(ids).size).toBe(ids.length);
        expect(panels.filter(({ title, description }) => !title || !description)).toEqual([]);
        const numeric = panels.filter(({ type }) => ["timeseries", "stat", "bargauge"].includes(type));
        expect(numeric.filter(({ fieldConfig }) => !fieldConfig?.defaults?.unit)).toEqual([]);
    });

    test("has no panel over another, or beyond the edge", () => {
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

    test("asks only data sources that there are", () => {
        const asked = [
            ...panels.flatMap(({ datasource, targets = [] }) => [
                datasource?.uid,
                ...targets.map((target) => (target as { datasource?: { uid?: string } }).datasource?.uid),
            ]),
            ...(dashboard.templating?.list ?? []).map(({ datasource }) => datasource?.uid),
        ];
        expect(asked.filter((uid) => !Object.values<unknown>(dataSourceUids).includes(uid))).toEqual([]);
        expect(panels.filter(({ targets = [] }) => targets.length === 0)).toEqual([]);
    });

    test("uses only variables that it has", () => {
        const known = (dashboard.templating?.list ?? []).map(({ name }) => name);
        const used = [...JSON.stringify(dashboard.panels).matchAll(/\$\{?(?!__)([a-z]+)/g)].map(([, name]) => name);
        expect([...new Set(used)].filter((name) => !known.includes(name as string))).toEqual([]);
        expect(known[0]).toBe("cluster");
    });

    test("leads from every panel to what is behind it, and to no dashboard that is not there", () => {
        expect(panels.filter(({ links = [] }) => links.length === 0).map(({ title }) => title)).toEqual([]);
        const urls = panels.flatMap(linksOf).map(({ url }) => url ?? "");
        expect(urls.filter((url) => !/^\/(d|explore)[/?]/.test(url))).toEqual([]);
        const opened = urls.flatMap((url) => /^\/d\/([\w-]+)/.exec(url)?.[1] ?? []);
        expect(opened.filter((uid) => !uids.includes(uid))).toEqual([]);
    });

    test("hands on only variables that the other dashboard has", () => {
        const handed = panels.flatMap(linksOf).flatMap(({ url = "" }) => {
            const uid = /^\/d\/([\w-]+)/.exec(url)?.[1];
            const target = all.find((other) => other.uid === uid)?.dashboard;
            const known = (target?.templating?.list ?? []).map(({ name }) => name);
            return [...url.matchAll(/var-(\w+)=/g)]
                .filter(([, name]) => !known.includes(name as string))
                .map(([, name]) => `${uid}: ${name}`);
        });
        expect(handed).toEqual([]);
    });

    test("shows in a table only columns that it asks for, and links only from labels", () => {
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
    test("to Explore carry a query that is JSON once Grafana has filled it in", () => {
        const url = exploreUrl(loki, { expr: '{namespace=~"$namespace"} |= `a & b`' });
        const filled = url.replace("${namespace:pipe}", "a|b").replace("${__from}", "1").replace("${__to}", "2");
        const panes = JSON.parse(new URL(filled, "http://grafana").searchParams.get("panes") ?? "");
        expect(panes).toEqual({
            behind: {
                datasource: "loki",
                queries: [{ refId: "A", expr: '{namespace=~"a|b"} |= `a & b`' }],
                range: { from: "1", to: "2" },
            },
        });
    });

    test("to a dashboard give each variable one value", () => {
        expect(dashboardUrl("x")).toBe("/d/x?${__all_variables}&${__url_time_range}");
        expect(dashboardUrl("x", { pod: "p" })).toBe("/d/x?${cluster:queryparam}&var-pod=p&${__url_time_range}");
    });

    test("are as many as there are signals behind a panel", () => {
        const titles = (behind: object) => linksTo(behind).map((link) => link.build().title);
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

test("the page about dashboards is up to date; otherwise: npm run docs", () => {
    expect(fs.readFileSync("docs/dashboards.md", "utf8")).toBe(dashboardsPage());
});
