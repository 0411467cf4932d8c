import { contract } from "./contract";

/** The caches of distributed stores, as they are in the names of their StatefulSets. They hold no data that is not in the object store. */
export const caches = {
    loki: ["chunks-cache", "results-cache"],
    mimir: ["chunks-cache", "index-cache", "results-cache"],
    tempo: ["memcached"],
} as const;

const names: string[] = Object.entries(caches).flatMap(([store, parts]) =>
    parts.map((part) => `${contract[store as keyof typeof caches].release}-${part}`),
);

/** Whether a StatefulSet is a cache, by its name. */
export function isCache(statefulSet: string): boolean {
    return names.includes(statefulSet);
}
