import type { CheckedSettings } from "./schema";

/** A mistake in the settings of a stack: the key, and the end of the sentence "KEY is VALUE; it must be …". */
export interface Mistake {
    path: Path;
    /** A second key that takes part. The sentence begins with both keys. */
    also?: Path;
    /** The allowed values; or, if `sentence` is true, everything after the key. */
    message: string;
    sentence?: boolean;
    /** For an unknown key: all keys that are allowed at its place. */
    allowedKeys?: string[];
    /** For an unknown key: the key that was probably meant. */
    meant?: Path;
    /** All allowed values, if the message has only the most similar one. */
    choices?: string[];
}

export type Path = (string | number)[];

/** What a rule can know about invalid settings. */
export interface Context {
    /** The configured settings, with the invalid ones. */
    raw: object;
    /** Whether a value, a map that contains it, or a value in it has a mistake of its own. */
    isWrong: (path: Path) => boolean;
}

/** A rule between several keys. It reads settings whose single values are valid. Invalid entries of lists and maps are left out. */
export interface Rule {
    /** The keys that the rule reads. It does not run if one of them, or a map that contains it, has a mistake of its own. */
    reads: string[];
    /** Those of these keys that only decide whether the rule applies. */
    conditions?: string[];
    mistakes: (settings: CheckedSettings, context: Context) => Mistake[];
}
