/** The backends, each of which has a bucket. */
export const backends = ["loki", "tempo", "mimir", "pyroscope"] as const;
export type Backend = (typeof backends)[number];

/** The name of a backend's bucket: the configured name, or the prefix and the name of the backend. */
export function bucketName(
    backend: Backend,
    { bucketPrefix, buckets }: { bucketPrefix?: string; buckets?: Partial<Record<Backend, string>> },
): string {
    return buckets?.[backend] ?? (bucketPrefix === undefined ? backend : `${bucketPrefix}-${backend}`);
}
