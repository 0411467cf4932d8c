import type * as cog from "@grafana/grafana-foundation-sdk/cog";
import type * as dashboard from "@grafana/grafana-foundation-sdk/dashboard";
import type { Drilldown } from "./links";

/** The methods of a panel builder that the layout of a dashboard needs. */
export interface Panel extends cog.Builder<dashboard.Panel> {
    id(id: number): unknown;
    gridPos(position: dashboard.GridPos): unknown;
    links(links: cog.Builder<dashboard.DashboardLink>[]): unknown;
}

/** A panel with its size and links. */
export interface SizedPanel {
    panel: Panel;
    /** In columns. A dashboard has 24. Default: the panels without a width share the line. */
    width?: number;
    /** In grid units of 30 pixels. */
    height: number;
    /** Links in the panel's menu. Default: those of the dashboard. */
    drilldown?: Drilldown;
}

/** A panel with its place in a row. */
export interface PlacedPanel {
    panel: SizedPanel;
    x: number;
    /** From the top of the row. */
    y: number;
    width: number;
}

/** The width of a dashboard. */
export const columns = 24;
// The titles of wider groups are cut off on a screen of 1600 pixels, because icons need a part of the width.
const maxSharing = 4;

/** Arranges the panels of a row in lines from left to right. Each line is full, so that the row has no holes. */
export function arrange(panels: SizedPanel[]): PlacedPanel[] {
    let y = 0;
    return linesOf(panels).flatMap((line) => {
        const top = y;
        y += line[0]?.panel.height ?? 0;
        const spare = columns - widthOf(line);
        let x = 0;
        return line.map(({ panel, width }, index) => {
            const more = Math.floor((spare * (index + 1)) / line.length) - Math.floor((spare * index) / line.length);
            const placed = { panel, x, y: top, width: width + more };
            x += placed.width;
            return placed;
        });
    });
}

type Line = { panel: SizedPanel; width: number }[];

/** A line ends before a panel that has another height or does not fit. */
function linesOf(panels: SizedPanel[]): Line[] {
    const lines: Line[] = [];
    panels.forEach((panel, index) => {
        const width = panel.width ?? sharedWidth(panels, index);
        const line = lines.at(-1);
        if (line === undefined || line[0]?.panel.height !== panel.height || widthOf(line) + width > columns) {
            lines.push([{ panel, width }]);
        } else {
            line.push({ panel, width });
        }
    });
    return lines;
}

/** The width of a panel that shares its lines with the panels without a width beside it. Five panels become lines of three and two. */
function sharedWidth(panels: SizedPanel[], index: number): number {
    const shares = (panel: SizedPanel | undefined) => panel !== undefined && panel.width === undefined;
    let first = index;
    while (shares(panels[first - 1])) {
        first--;
    }
    let end = index;
    while (shares(panels[end])) {
        end++;
    }
    const count = end - first;
    return Math.floor(columns / Math.ceil(count / Math.ceil(count / maxSharing)));
}

function widthOf(line: Line): number {
    return line.reduce((sum, { width }) => sum + width, 0);
}
