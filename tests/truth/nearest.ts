import { closest, distance } from "fastest-levenshtein";

/** The end of a sentence about a name that does not exist: the existing one that was probably meant, if any is near. */
export function didYouMean(name: string, known: Iterable<string>): string {
    const names = [...known];
    const nearest = names.length === 0 ? undefined : closest(name, names);
    return nearest !== undefined && distance(name, nearest) <= Math.max(2, name.length / 3)
        ? `; did you mean "${nearest}"?`
        : "";
}
