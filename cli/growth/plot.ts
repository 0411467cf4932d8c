/** A point of a curve: the range of all runs, and their mean. */
export interface PlotPoint {
    x: number;
    low: number;
    mean: number;
    high: number;
}

export interface Curve {
    name: string;
    /** Class of its color: "one" or "two". */
    color: "one" | "two";
    points: PlotPoint[];
}

export interface Plot {
    title: string;
    x: string;
    y: string;
    /** Whether each step of the x axis multiplies by the same factor. Then all values must be above 0. */
    logarithmic: boolean;
    curves: Curve[];
}

const [width, height] = [720, 380];
const margin = { left: 96, right: 20, top: 46, bottom: 56 };

// The background is part of the picture, so that the text is legible wherever the picture is shown.
const style = `
    text { font: 13px sans-serif; fill: #24292f; }
    .title { font-size: 15px; font-weight: bold; }
    .back { fill: #ffffff; }
    .grid { stroke: #d0d7de; stroke-width: 1; }
    .line { fill: none; stroke-width: 2; }
    .one { stroke: #0550ae; } .two { stroke: #a04100; }
    .dot.one, .name.one { fill: #0550ae; stroke: none; } .dot.two, .name.two { fill: #a04100; stroke: none; }
    @media (prefers-color-scheme: dark) {
        text { fill: #e6edf3; }
        .back { fill: #0d1117; }
        .grid { stroke: #30363d; }
        .one { stroke: #79c0ff; } .two { stroke: #ffa657; }
        .dot.one, .name.one { fill: #79c0ff; } .dot.two, .name.two { fill: #ffa657; }
    }
`;

/** A line plot as SVG, with a bar from the lowest to the highest run at each point. It has colors for light and for dark pages. */
export function plotSvg({ title, x, y, logarithmic, curves }: Plot): string {
    const points = curves.flatMap((curve) => curve.points);
    const xs = [...new Set(points.map((point) => point.x))].sort((one, other) => one - other);
    const [first = 0, last = 1] = [xs[0], xs.at(-1)];
    const step = niceStep(Math.max(...points.map(({ high }) => high)) / 5);
    const top = step * Math.ceil(Math.max(...points.map(({ high }) => high)) / step);
    const scaled = (value: number) => (logarithmic ? Math.log(value) : value);
    const spread = scaled(last) - scaled(first) || 1;
    const atX = (value: number) =>
        round(
            margin.left + 20 + ((scaled(value) - scaled(first)) / spread) * (width - margin.left - margin.right - 50),
        );
    const atY = (value: number) =>
        round(height - margin.bottom - (value / top) * (height - margin.top - margin.bottom));
    const ticks = Array.from({ length: Math.round(top / step) + 1 }, (_, index) => index * step);
    return [
        `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${title}">`,
        `<style>${style}</style>`,
        `<rect class="back" width="${width}" height="${height}"/>`,
        `<text class="title" x="${margin.left}" y="26">${title}</text>`,
        ...ticks.flatMap((tick) => [
            `<line class="grid" x1="${margin.left}" x2="${width - margin.right}" y1="${atY(tick)}" y2="${atY(tick)}"/>`,
            `<text x="${margin.left - 8}" y="${atY(tick) + 4}" text-anchor="end">${formatTick(tick)}</text>`,
        ]),
        ...labelled(xs, atX).map(
            (value) =>
                `<text x="${atX(value)}" y="${height - margin.bottom + 20}" text-anchor="middle">${formatTick(value)}</text>`,
        ),
        `<text x="${(width + margin.left) / 2}" y="${height - 12}" text-anchor="middle">${x}</text>`,
        `<text transform="rotate(-90 18 ${height / 2})" x="18" y="${height / 2}" text-anchor="middle">${y}</text>`,
        ...curves.flatMap((curve, index) => [
            `<polyline class="line ${curve.color}" points="${curve.points.map((point) => `${atX(point.x)},${atY(point.mean)}`).join(" ")}"/>`,
            ...curve.points.flatMap((point) => [
                `<line class="line ${curve.color}" x1="${atX(point.x)}" x2="${atX(point.x)}" y1="${atY(point.low)}" y2="${atY(point.high)}"/>`,
                `<circle class="dot ${curve.color}" cx="${atX(point.x)}" cy="${atY(point.mean)}" r="4"/>`,
            ]),
            `<text class="name ${curve.color}" x="${width - margin.right}" y="${20 + 16 * index}" text-anchor="end">${curve.name}</text>`,
        ]),
        "</svg>",
        "",
    ].join("\n");
}

/** Values whose labels do not overlap. */
function labelled(values: number[], at: (value: number) => number): number[] {
    const shown: number[] = [];
    for (const value of values) {
        const previous = shown.at(-1);
        if (previous === undefined || at(value) - at(previous) > 55) {
            shown.push(value);
        }
    }
    return shown;
}

/** The next of 1, 2, 5, 10, 20, … */
function niceStep(value: number): number {
    const unit = 10 ** Math.floor(Math.log10(value));
    return ([1, 2, 5, 10].find((factor) => factor * unit >= value) ?? 10) * unit;
}

function formatTick(value: number): string {
    return new Intl.NumberFormat("en-US").format(value);
}

function round(value: number): number {
    return Math.round(value * 10) / 10;
}
