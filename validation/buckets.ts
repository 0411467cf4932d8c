/** The backends that keep their data in a bucket each. */
export const backends = ["loki", "tempo", "mimir", "pyroscope"] as const;
export type Backend = (typeof backends)[number];

/** The name of a backend's bucket: its own, or else the prefix and the backend's name. */
export function bucketName(
    backend: Backend,
    { bucketPrefix, buckets }: { bucketPrefix?: string; buckets?: Partial<Record<Backend, string>> },
): string {
    return buckets?.[backend] ?? (bucketPrefix === undefined ? backend : `${bucketPrefix}-${backend}`);
}
