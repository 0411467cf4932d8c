import { distance } from "fastest-levenshtein";

/** The known name that is most similar to a misspelled name. Undefined if none is similar. */
export function nearest(name: string, known: readonly string[]): string | undefined {
    const [best] = known
        .map((candidate) => ({ candidate, score: dissimilarity(name, candidate) }))
        .filter(({ score }) => score <= 0.4)
        .sort((one, other) => one.score - other.score);
    return best?.candidate;
}

/** From 0 (the same name apart from case, "-" and "_") to 1 (no similarity). A common beginning lowers the result. */
function dissimilarity(name: string, candidate: string): number {
    const [one, other] = [name, candidate].map((text) => text.toLowerCase().replace(/[-_]/g, "")) as [string, string];
    const longest = Math.max(one.length, other.length);
    const shortest = Math.min(one.length, other.length);
    const begins = commonStart(one, other);
    // Letters in another order are a common mistake, and count as one edit: "kye" for "key".
    const edits = (sorted(one) === sorted(other) ? Math.min(1, distance(one, other)) : distance(one, other)) / longest;
    // In "replicaCount" for "replicas" only the beginning shows the intention.
    return begins >= 5 && begins >= shortest - 1 ? Math.min(edits, 0.2 - begins / 1000) : edits;
}

const sorted = (text: string) => [...text].sort().join("");

function commonStart(one: string, other: string): number {
    const index = [...one].findIndex((letter, position) => letter !== other[position]);
    return index === -1 ? one.length : index;
}
