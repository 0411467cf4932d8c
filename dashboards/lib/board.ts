import type * as cog from "@grafana/grafana-foundation-sdk/cog";
import * as dashboard from "@grafana/grafana-foundation-sdk/dashboard";
import { type Behind, linksTo } from "./links";
import type { Variable } from "./variables";

/** A panel as far as a board arranges it. */
export interface Panel extends cog.Builder<dashboard.Panel> {
    id(id: number): unknown;
    gridPos(position: dashboard.GridPos): unknown;
    links(links: cog.Builder<dashboard.DashboardLink>[]): unknown;
}

/** A panel with the room that it wants, of 24 columns and of rows of 30 pixels, and what is behind it where the board's own does not fit. */
export interface Placed {
    panel: Panel;
    width: number;
    height: number;
    behind?: Behind;
}

/** A question and the panels that answer it. */
export interface Row {
    question: string;
    panels: Placed[];
}

export function row(question: string, ...panels: Placed[]): Row {
    return { question, panels };
}

export interface Board {
    /** Never to be changed: links and bookmarks name it. FOLDER-FILE. */
    uid: string;
    title: string;
    /** What it is about, in a sentence. The questions of the rows follow by themselves. */
    about: string;
    variables: Variable[];
    /** What the panels' menus lead to. */
    behind: Behind;
}

/** Every dashboard has it, and the menu of dashboards goes by it. */
export const commonTag = "observability";

const columns = 24;

/** Makes a dashboard of rows: gives panels their place, number and links. */
export function board({ uid, title, about, variables, behind }: Board, ...rows: Row[]): dashboard.Dashboard {
    const builder = new dashboard.DashboardBuilder(title)
        .uid(uid)
        .description(`${about}\n\nAnswers:\n${rows.map(({ question }) => `- ${question}`).join("\n")}`)
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
    for (const { question, panels } of rows) {
        builder.withRow(new dashboard.RowBuilder(question).id(++id).gridPos({ x: 0, y: y++, w: columns, h: 1 }));
        let x = 0;
        let lineHeight = 0;
        for (const { panel, width, height, behind: own = behind } of panels) {
            if (x + width > columns) {
                x = 0;
                y += lineHeight;
                lineHeight = 0;
            }
            panel.id(++id);
            panel.gridPos({ x, y, w: width, h: height });
            panel.links(linksTo(own));
            builder.withPanel(panel);
            x += width;
            lineHeight = Math.max(lineHeight, height);
        }
        y += lineHeight;
    }
    return builder.build();
}
