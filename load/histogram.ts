/** A cumulative bucket of a histogram: how many values are at most the bound. */
export interface Bucket {
    bound: number;
    count: number;
}

/** The index of the bucket of a value. The last one has no bound. */
export function bucketIndex(bounds: number[], value: number): number {
    const index = bounds.findIndex((bound) => value <= bound);
    return index === -1 ? bounds.length : index;
}

/** A quantile of a histogram, as PromQL estimates it: linear in its bucket. NaN if the histogram is empty. */
export function quantile(buckets: Bucket[], ratio: number): number {
    const sorted = [...buckets].sort((one, other) => one.bound - other.bound);
    const rank = ratio * (sorted.at(-1)?.count ?? 0);
    const index = sorted.findIndex(({ count }) => count >= rank && count > 0);
    const found = sorted[index];
    if (found === undefined) {
        return NaN;
    }
    const below = sorted[index - 1] ?? { bound: 0, count: 0 };
    return found.bound === Infinity
        ? below.bound
        : below.bound + ((found.bound - below.bound) * (rank - below.count)) / (found.count - below.count);
}

/**
 * Where the quantile of a histogram can be if the histogram contains these values: in the bucket of the true quantile.
 *
 * @param sorted the values in ascending order.
 * @param margin how far the rank may be wrong, as a ratio, because a part of the values may be missing.
 */
export function quantileRange(
    sorted: number[],
    bounds: number[],
    ratio: number,
    margin: number,
): { low: number; high: number } {
    const at = (rank: number) => {
        const index = Math.min(sorted.length - 1, Math.max(0, Math.ceil(rank * sorted.length) - 1));
        return bucketIndex(bounds, sorted[index] ?? 0);
    };
    const low = at(ratio - margin);
    const high = at(ratio + margin);
    return { low: bounds[low - 1] ?? 0, high: bounds[high] ?? bounds.at(-1) ?? 0 };
}
