import { closest, distance } from "fastest-levenshtein";

/** Completes an error about an unknown name with the most similar known name, if there is a similar one. */
export function didYouMean(name: string, known: Iterable<string>): string {
    const names = [...known];
    const nearest = names.length === 0 ? undefined : closest(name, names);
    return nearest !== undefined && distance(name, nearest) <= Math.max(2, name.length / 3)
        ? `; did you mean "${nearest}"?`
        : "";
}
