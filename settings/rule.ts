import type { CheckedSettings } from "./schema";

/** A mistake in the settings of a stack: the key, and the end of the sentence "KEY is VALUE; it must be …". */
export interface Mistake {
    path: Path;
    /** The allowed values; or, if `sentence` is true, everything after the key. */
    message: string;
    sentence?: boolean;
    /** For an unknown key: all keys that are allowed at its place. */
    allowedKeys?: string[];
}

export type Path = (string | number)[];

/** A rule between several keys. It reads settings whose single values are valid. */
export interface Rule {
    /** The keys that the rule reads. It does not run if one of them has a mistake of its own, because its message would be wrong. */
    reads: string[];
    mistakes: (settings: CheckedSettings) => Mistake[];
}
