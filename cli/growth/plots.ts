import type { Growth, Point } from "./data";
import { type Curve, type Plot, plotSvg } from "./plot";

/** The lowest, the mean and the highest value of the runs of a point. */
export function rangeOf<T>(runs: T[], value: (run: T) => number): { low: number; mean: number; high: number } {
    const values = runs.map(value);
    return {
        low: Math.min(...values),
        mean: values.reduce((sum, one) => sum + one, 0) / values.length,
        high: Math.max(...values),
    };
}

function curve<T>(name: string, color: Curve["color"], points: Point<T>[], value: (run: T) => number): Curve {
    return { name, color, points: points.map(({ count, runs }) => ({ x: count, ...rangeOf(runs, value) })) };
}

/** The pictures of docs/growth.md: SVG by file. */
export function plots({ services, series, streams }: Growth): Record<string, string> {
    const memory = (title: string, x: string, points: Growth["series"]): Plot => ({
        title,
        x,
        y: "MiB",
        logarithmic: false,
        curves: [
            curve("resident memory", "two", points, ({ residentMib }) => residentMib),
            curve("heap after a garbage collection", "one", points, ({ heapMib }) => heapMib),
        ],
    });
    const all: Record<string, Plot> = {
        "growth-spans": {
            title: "Spans per second of CPU time",
            x: "services",
            y: "spans per CPU second",
            logarithmic: true,
            curves: [
                curve("Alloy receiver", "two", services, ({ receiver }) => receiver),
                curve("collector", "one", services, ({ collector }) => collector),
            ],
        },
        "growth-mimir": memory("Memory of Mimir", "active series", series),
        "growth-loki": memory("Memory of Loki", "streams", streams),
    };
    return Object.fromEntries(Object.entries(all).map(([name, plot]) => [`docs/images/${name}.svg`, plotSvg(plot)]));
}
