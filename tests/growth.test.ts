import * as fs from "fs";
import { type Growth, readGrowth } from "../cli/growth/data";
import { plotSvg } from "../cli/growth/plot";
import { plots } from "../cli/growth/plots";
import { growthPage, withTables } from "../cli/growth/tables";
import { withoutAlignment } from "./helpers/docs";

describe("docs/growth.md", () => {
    const growth = readGrowth();

    test("has a table and a picture of the measured data", () => {
        const page = fs.readFileSync(growthPage, "utf8");
        expect(withoutAlignment(withTables(page, growth))).toBe(withoutAlignment(page));
        for (const [file, svg] of Object.entries(plots(growth))) {
            expect({ file, svg: fs.readFileSync(file, "utf8") }).toEqual({ file, svg });
        }
    });

    test("has the data of 1, 10, 100 and 1,000 services, each with several runs", () => {
        expect(growth.services.map(({ count }) => count)).toEqual([1, 10, 100, 1000]);
        expect(Math.min(...growth.services.map(({ runs }) => runs.length))).toBeGreaterThanOrEqual(3);
    });
});

describe("the tables", () => {
    const growth: Growth = {
        services: [{ count: 1000, runs: [{ collector: 20_000, receiver: 1, collectorMib: 2, receiverMib: 3 }] }],
        series: [],
        streams: [
            {
                count: 5,
                runs: [
                    { heapMib: 1.4, residentMib: 9 },
                    { heapMib: 3, residentMib: 7 },
                ],
            },
        ],
    };
    const marks = (name: string) => `<!-- table ${name} -->\nold\n<!-- end of table ${name} -->`;

    test("replace what is between their marks, with the range of all runs", () => {
        const page = `begin\n${["spans", "mimir", "loki"].map(marks).join("\n")}\nend`;
        const changed = withTables(page, growth);
        expect(changed).toContain("| 1,000 | 20,000 | 1 | 2 | 3 |");
        expect(changed).toContain("| 5 | 1 to 3 | 7 to 9 |");
        expect(changed).not.toContain("old");
        expect(changed.startsWith("begin\n")).toBe(true);
        expect(changed.endsWith("\nend")).toBe(true);
    });

    test("need their marks in the page", () => {
        expect(() => withTables(marks("spans"), growth)).toThrow(
            'docs/growth.md must contain "<!-- table mimir -->" and then "<!-- end of table mimir -->"',
        );
    });
});

describe("a plot", () => {
    const point = (x: number, mean: number) => ({ x, low: mean - 1, mean, high: mean + 1 });
    const svg = plotSvg({
        title: "Title",
        x: "services",
        y: "spans",
        logarithmic: true,
        curves: [{ name: "curve", color: "one", points: [point(1, 10), point(10, 20), point(100, 9)] }],
    });

    test("has equal distances between powers of ten, and smaller y for larger values", () => {
        const points =
            /points="(.*)"/
                .exec(svg)?.[1]
                ?.split(" ")
                .map((pair) => pair.split(",").map(Number)) ?? [];
        const [one, ten, hundred] = points as [number[], number[], number[]];
        expect((ten[0] ?? 0) - (one[0] ?? 0)).toBeCloseTo((hundred[0] ?? 0) - (ten[0] ?? 0), 0);
        expect(ten[1] ?? 0).toBeLessThan(one[1] ?? 0);
    });

    test.each(Object.entries(plots(readGrowth())))(
        "%s has space between the title of the y axis and its numbers",
        (_, text) => {
            // The widest digits of common fonts have 0.65 of the font size, which is 13 px. Descenders of the title end 4 px after its baseline.
            const widest = 0.65 * 13;
            const starts = [...text.matchAll(/<text x="(\d+)" y="[\d.]+" text-anchor="end">([\d,]+)</g)].map(
                ([, end = "", tick = ""]) => Number(end) - tick.length * widest,
            );
            const title = Number(/<text transform="rotate\(-90 (\d+)/.exec(text)?.[1]) + 4;
            expect(starts.length).toBeGreaterThan(3);
            expect(Math.min(...starts) - title).toBeGreaterThan(6);
        },
    );

    test("has colors and a background for light and for dark pages", () => {
        const [light = "", dark = ""] = svg.split("@media (prefers-color-scheme: dark)");
        expect(light).toContain(".back { fill: #ffffff; }");
        expect(dark).toContain(".back { fill: #0d1117; }");
    });
});
