/**
 * Known keys, as a tree. "*" accepts any value: a scalar, a list, or a map with keys that the user chooses. A map with the key "~" also
 * accepts all names in `KnownKeys.names`, because a template or a program reads the whole map.
 */
export interface KeyTree {
    [key: string]: KeyTree | "*";
}

/** Known keys of the values of one chart, or of the configuration file of one program. */
export interface KnownKeys {
    /** Name of the chart or of the program. */
    name: string;
    version: string;
    /** The tree of known keys. */
    keys: KeyTree;
    /** Names that maps with the key "~" accept. */
    names: string[];
}

/** Key that marks a map that also accepts all names in `KnownKeys.names`. */
export const looseMark = "~";
