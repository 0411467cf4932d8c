/**
 * Known keys: a map of keys to what is known below them. "*" stands for any value: a scalar, a list, or a map with names that the user
 * chooses. A map with the key "~" also accepts every name of the file's list of names, because a template or a program reads it as a whole.
 */
export interface KeyTree {
    [key: string]: KeyTree | "*";
}

/** Known keys of the values of one chart, or of the configuration file of one program. */
export interface KnownKeys {
    /** Name of the chart or of the program. */
    name: string;
    version: string;
    keys: KeyTree;
    /** Names that maps marked with "~" accept. */
    names: string[];
}

export const looseMark = "~";
