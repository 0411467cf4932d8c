/** A sequence of numbers from 0 up to, but not including, 1. The same seed gives the same sequence. */
export type Random = () => number;

/** Creates a sequence from a seed: splitmix32, with 32 random bits in each number. */
export function randomOf(seed: number): Random {
    let state = seed >>> 0;
    return () => {
        state = (state + 0x9e3779b9) >>> 0;
        let mixed = state ^ (state >>> 16);
        mixed = Math.imul(mixed, 0x21f0aaad);
        mixed ^= mixed >>> 15;
        mixed = Math.imul(mixed, 0x735a2d97);
        return ((mixed ^ (mixed >>> 15)) >>> 0) / 2 ** 32;
    };
}

/** A value below which a part of all values is: 0.5 for the median. @throws Error without values. */
export function quantile(values: number[], part: number): number {
    const sorted = [...values].sort((one, other) => one - other);
    const value = sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))];
    if (value === undefined) {
        throw new Error("there are no values");
    }
    return value;
}
