import { mimirRates } from "../../settings/sizing/rates";
import type { Growth } from "./data";
import { rangeOf } from "./plots";

/** The page with the tables. */
export const growthPage = "docs/growth.md";

const MiB = 2 ** 20;

/** Tables by their name in the page. The formatter of the repository aligns the columns. */
function tables({ services, series, streams }: Growth): Record<string, string[][]> {
    return {
        spans: [
            [
                "Services",
                "Collector, spans per CPU second",
                "Receiver, spans per CPU second",
                "Collector, MiB",
                "Receiver, MiB",
            ],
            ...services.map(({ count, runs }) => [
                format(count),
                text(runs, ({ collector }) => collector),
                text(runs, ({ receiver }) => receiver),
                text(runs, ({ collectorMib }) => collectorMib),
                text(runs, ({ receiverMib }) => receiverMib),
            ]),
        ],
        mimir: [
            ["Series", "Heap, MiB", "Resident, MiB", "`npm run size`, MiB"],
            ...series.map(({ count, runs }) => [
                format(count),
                text(runs, ({ heapMib }) => heapMib),
                text(runs, ({ residentMib }) => residentMib),
                (["low", "value"] as const)
                    .map((side) =>
                        format((mimirRates.memoryAtRest[side] + count * mimirRates.memoryPerSeries[side]) / MiB),
                    )
                    .join(" to "),
            ]),
        ],
        loki: [
            ["Streams", "Heap, MiB", "Resident, MiB"],
            ...streams.map(({ count, runs }) => [
                format(count),
                text(runs, ({ heapMib }) => heapMib),
                text(runs, ({ residentMib }) => residentMib),
            ]),
        ],
    };
}

/**
 * The page with new tables between the comments that mark them.
 *
 * @throws Error if the page does not have the marks of a table.
 */
export function withTables(page: string, growth: Growth): string {
    return Object.entries(tables(growth)).reduce((changed, [name, rows]) => {
        const [begin, end] = [`<!-- table ${name} -->`, `<!-- end of table ${name} -->`];
        const [from, to] = [changed.indexOf(begin), changed.indexOf(end)];
        if (from < 0 || to < from) {
            throw new Error(`${growthPage} must contain "${begin}" and then "${end}"`);
        }
        const [head = [], ...body] = rows;
        const lines = [head, head.map(() => "---"), ...body].map((cells) => `| ${cells.join(" | ")} |`);
        return `${changed.slice(0, from)}${begin}\n\n${lines.join("\n")}\n\n${changed.slice(to)}`;
    }, page);
}

function text<T>(runs: T[], value: (run: T) => number): string {
    const { low, high } = rangeOf(runs, value);
    const [from, to] = [format(low), format(high)];
    return from === to ? from : `${from} to ${to}`;
}

function format(value: number): string {
    return new Intl.NumberFormat("en-US", { maximumFractionDigits: 0 }).format(value);
}
