import * as fs from "fs";

/** The file with the measured data of docs/growth.md. */
export const growthFile = "docs/growth.json";

/** What one run measured while services sent spans. */
export interface SpanRun {
    /** Spans for each second of CPU time of the collector. */
    collector: number;
    /** Spans for each second of CPU time of the Alloy receiver. */
    receiver: number;
    collectorMib: number;
    receiverMib: number;
}

/** What one run measured while a store held series or streams. */
export interface MemoryRun {
    /** Memory in use after a garbage collection. */
    heapMib: number;
    /** Resident memory. It includes memory that the garbage collection has not returned. */
    residentMib: number;
}

/** Runs with the same number of services, series or streams. */
export interface Point<T> {
    count: number;
    runs: T[];
}

/** Measured data of a stack that grows. */
export interface Growth {
    services: Point<SpanRun>[];
    series: Point<MemoryRun>[];
    streams: Point<MemoryRun>[];
}

export function readGrowth(file = growthFile): Growth {
    return fs.existsSync(file)
        ? (JSON.parse(fs.readFileSync(file, "utf8")) as Growth)
        : { services: [], series: [], streams: [] };
}

/** Adds a run to the file. */
export function addRun<K extends keyof Growth>(
    file: string,
    kind: K,
    count: number,
    run: Growth[K][number]["runs"][0],
) {
    const growth = readGrowth(file);
    const points = growth[kind] as Point<typeof run>[];
    const point = points.find((candidate) => candidate.count === count);
    if (point) {
        point.runs.push(run);
    } else {
        points.push({ count, runs: [run] });
        points.sort((one, other) => one.count - other.count);
    }
    fs.writeFileSync(file, `${JSON.stringify(growth, null, 4)}\n`);
}
