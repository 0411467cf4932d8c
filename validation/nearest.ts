import { distance } from "fastest-levenshtein";

/** The known name that a misspelled one most probably means; undefined if none is close. */
export function nearest(name: string, known: readonly string[]): string | undefined {
    const [best] = known
        .map((candidate) => ({ candidate, score: dissimilarity(name, candidate) }))
        .filter(({ score }) => score <= 0.4)
        .sort((one, other) => one.score - other.score);
    return best?.candidate;
}

/** 0 for the same name in another spelling, 1 for names without anything in common. A common beginning counts for much. */
function dissimilarity(name: string, candidate: string): number {
    const [one, other] = [name, candidate].map((text) => text.toLowerCase().replace(/[-_]/g, "")) as [string, string];
    const longest = Math.max(one.length, other.length);
    const shortest = Math.min(one.length, other.length);
    const begins = commonStart(one, other);
    const edits = distance(one, other) / longest;
    // "replicaCount" for "replicas": the beginning tells what is meant, the end does not.
    return begins >= 5 && begins >= shortest - 1 ? Math.min(edits, 0.2 - begins / 1000) : edits;
}

function commonStart(one: string, other: string): number {
    const index = [...one].findIndex((letter, position) => letter !== other[position]);
    return index === -1 ? one.length : index;
}
