import type { Config } from "./config.ts";

/** Ratio of the journeys that fail, exactly 5 of each 100. */
export const errorRate = 0.05;
/** Ratio of the journeys that are slow, exactly 5 of each 100. A slow journey does not fail. */
export const slowRate = 0.05;

const blockSize = 100;
const second = 1000;

/** One visit of the shop. All durations are in milliseconds. */
export interface Journey {
    traceId: string;
    /** Whether the front end samples the trace. Otherwise no service sends spans of it. */
    sampled: boolean;
    failed: boolean;
    slow: boolean;
    auth: number;
    database: number;
    user: number;
    stock: number;
    produce: number;
    billing: number;
    /** The whole request, as the front end measures it. */
    total: number;
}

/** One run: the first 16 digits of its trace IDs, so that two runs with the same seed are different traces, and its seed. */
export interface Run {
    id: string;
    seed: number;
}

/** The number of journeys of a run. */
export function journeyCount({ vus, seconds, journeysPerSecond }: Config): number {
    return vus * seconds * journeysPerSecond;
}

/**
 * Journey number `index` of a run. It depends on the seed and on the number only, so that every virtual user, and the comparison at the end, know what
 * each of them plays.
 */
export function journey({ sampling }: Pick<Config, "sampling">, run: Run, index: number): Journey {
    const random = randomNumbers(mix(run.seed, index));
    const between = (low: number, high: number) => Math.round((low + random() * (high - low)) * 1000) / 1000;
    const traceId = run.id + hex(random, 16);
    const place = placeInBlock(run.seed, index);
    const failed = place < errorRate * blockSize;
    const slow = !failed && place < (errorRate + slowRate) * blockSize;
    const slowFrom = Math.max(1.5 * second, 1.25 * sampling.slowerThanMs);
    const auth = between(5, 20);
    const database = slow ? between(slowFrom, slowFrom + second / 2) : between(5, 40);
    const user = database + between(2, 5);
    const stock = between(10, 30);
    const produce = between(1, 3);
    const total = auth + user + stock + produce + between(2, 5);
    return {
        traceId,
        sampled: isSampled(traceId, sampling),
        failed,
        slow,
        auth,
        database,
        user,
        stock,
        produce,
        billing: between(5, 30),
        total,
    };
}

/** All journeys of a run. */
export function allJourneys(config: Config, run: Run): Journey[] {
    return Array.from({ length: journeyCount(config) }, (_, index) => journey(config, run, index));
}

/** The decision of a parent-based sampler for traces: as in SDKs, the last digits of the trace ID decide. */
function isSampled(traceId: string, { mode, ratio }: Config["sampling"]): boolean {
    const digits = 12;
    return mode === "tail" || parseInt(traceId.slice(-digits), 16) / 16 ** digits >= 1 - ratio;
}

/** Whether the collector keeps a trace in any case, with tail sampling. */
export function isAlwaysKept({ failed, slow }: Journey): boolean {
    return failed || slow;
}

/** The block that was shuffled last. Journeys are played in order, so that each block is shuffled once. */
let latest = { seed: NaN, block: NaN, places: [] as number[] };

/** The position of a journey in its block of 100, after the block was shuffled. The first positions fail or are slow. */
function placeInBlock(seed: number, index: number): number {
    const block = Math.floor(index / blockSize);
    if (latest.seed !== seed || latest.block !== block) {
        latest = { seed, block, places: shuffled(seed, block) };
    }
    return latest.places[index % blockSize] as number;
}

function shuffled(seed: number, block: number): number[] {
    const random = randomNumbers(mix(seed, -1 - block));
    const places = Array.from({ length: blockSize }, (_, place) => place);
    for (let last = blockSize - 1; last > 0; last--) {
        const other = Math.floor(random() * (last + 1));
        [places[last], places[other]] = [places[other] as number, places[last] as number];
    }
    return places;
}

/** Digits of an ID. The first one is not 0, because Tempo 2.10 does not find a span by an ID that starts with 0. */
export function hex(random: () => number, digits: number): string {
    const one = (from: number) => (from + Math.floor(random() * (16 - from))).toString(16);
    return one(1) + Array.from({ length: digits - 1 }, () => one(0)).join("");
}

/** Numbers from 0 to 1 that depend on the seed only (the generator "mulberry32"). */
export function randomNumbers(seed: number): () => number {
    let state = seed | 0;
    return () => {
        state = (state + 0x6d2b79f5) | 0;
        let value = Math.imul(state ^ (state >>> 15), 1 | state);
        value = (value + Math.imul(value ^ (value >>> 7), 61 | value)) ^ value;
        return ((value ^ (value >>> 14)) >>> 0) / 2 ** 32;
    };
}

function mix(seed: number, index: number): number {
    return Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul(index + 1, 0xc2b2ae35);
}
