import { distance } from "fastest-levenshtein";

/** The most similar of the known names. undefined if none is similar. */
export function nearest(name: string, known: readonly string[]): string | undefined {
    const [best] = known
        .map((candidate) => ({ candidate, score: dissimilarity(name, candidate) }))
        .filter(({ score }) => score <= 0.4)
        .sort((one, other) => one.score - other.score);
    return best?.candidate;
}

/** A question that continues a sentence about an unknown name. Empty if no known name is similar. */
export function didYouMean(meant: string | undefined): string {
    return meant === undefined ? "" : `. Did you mean ${meant}?`;
}

const longestList = 10;

/**
 * Allowed values for an error message: "one of "a", "b"", with the most similar one. A long list is replaced by the number of its values if
 * one of them is similar, because a reader would not find it in the list.
 *
 * @param given the invalid value.
 * @param whole whether a long list is printed too. Default: false.
 */
export function oneOfText(given: unknown, allowed: readonly string[], whole = false): string {
    const quoted = allowed.map((value) => JSON.stringify(value));
    const meant = typeof given === "string" ? nearest(given, allowed) : undefined;
    const list =
        whole || meant === undefined || allowed.length <= longestList
            ? `${quoted.length === 1 ? "" : "one of "}${quoted.join(", ")}`
            : `one of ${allowed.length} allowed values`;
    return list + didYouMean(meant === undefined ? undefined : JSON.stringify(meant));
}

/** From 0 for names that differ only in case, "-" and "_", to 1 for different names. A long common prefix reduces it. */
function dissimilarity(name: string, candidate: string): number {
    const [one, other] = [name, candidate].map((text) => text.toLowerCase().replace(/[-_]/g, "")) as [string, string];
    const longest = Math.max(one.length, other.length);
    const shortest = Math.min(one.length, other.length);
    const prefix = commonPrefixLength(one, other);
    // Letters in another order are a common mistake, and count as one edit: "kye" for "key".
    const edits = (sorted(one) === sorted(other) ? Math.min(1, distance(one, other)) : distance(one, other)) / longest;
    // A common prefix is more important than the rest, as in "replicaCount" and "replicas".
    return prefix >= 5 && prefix >= shortest - 1 ? Math.min(edits, 0.2 - prefix / 1000) : edits;
}

const sorted = (text: string) => [...text].sort().join("");

function commonPrefixLength(one: string, other: string): number {
    const index = [...one].findIndex((letter, position) => letter !== other[position]);
    return index === -1 ? one.length : index;
}
