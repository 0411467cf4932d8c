import * as dashboard from "@grafana/grafana-foundation-sdk/dashboard";
import { arrange, columns, type SizedPanel } from "./layout";
import { type Drilldown, drilldownLinks } from "./links";
import type { Variable } from "./variables";

export interface Row {
    title: string;
    panels: SizedPanel[];
}

export function row(title: string, ...panels: SizedPanel[]): Row {
    return { title, panels };
}

export interface DashboardArgs {
    /** FOLDER-FILE. It must not change, because links and bookmarks contain it. */
    uid: string;
    title: string;
    /** One sentence. The titles of the rows are appended. */
    description: string;
    variables: Variable[];
    /** Links in the menu of each panel. */
    drilldown: Drilldown;
}

/** The tag of every dashboard. The dropdown menu "Dashboards" lists the dashboards with this tag. */
export const commonTag = "observability";

/** Creates a dashboard from rows. */
export function createDashboard(
    { uid, title, description, variables, drilldown: defaultDrilldown }: DashboardArgs,
    ...rows: Row[]
): dashboard.Dashboard {
    const builder = new dashboard.DashboardBuilder(title)
        .uid(uid)
        .description(`${description}\n\nRows:\n${rows.map((row) => `- ${row.title}`).join("\n")}`)
        .readonly()
        .refresh("1m")
        .time({ from: "now-1h", to: "now" })
        .timezone("browser")
        .tooltip(dashboard.DashboardCursorSync.Crosshair)
        .annotations([])
        .variables(variables)
        .links([
            new dashboard.DashboardLinkBuilder("Dashboards")
                .type(dashboard.DashboardLinkType.Dashboards)
                .tags([commonTag])
                .asDropdown(true)
                .includeVars(true)
                .keepTime(true),
        ]);
    let id = 0;
    let y = 0;
    for (const { title: rowTitle, panels } of rows) {
        builder.withRow(new dashboard.RowBuilder(rowTitle).id(++id).gridPos({ x: 0, y: y++, w: columns, h: 1 }));
        let bottom = y;
        for (const { panel: sized, x, y: fromTop, width } of arrange(panels)) {
            const { panel, height, drilldown = defaultDrilldown } = sized;
            panel.id(++id);
            panel.gridPos({ x, y: y + fromTop, w: width, h: height });
            panel.links(drilldownLinks(drilldown));
            builder.withPanel(panel);
            bottom = y + fromTop + height;
        }
        y = bottom;
    }
    return builder.build();
}
