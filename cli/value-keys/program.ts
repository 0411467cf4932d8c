import { load } from "js-yaml";
import { type KeyTree, looseMark } from "../../components/helm/key-tree";

/** An entry of the configuration descriptor of Mimir. */
interface Descriptor {
    kind: "block" | "field" | "map" | "slice";
    name: string;
    blockEntries?: Descriptor[];
}

/** Reads keys from a JSON descriptor, as published by Mimir. */
export function keysFromDescriptor(text: string): KeyTree {
    const tree = (entries: Descriptor[]): KeyTree =>
        Object.fromEntries(
            entries.map(({ kind, name, blockEntries }) => [
                name,
                kind === "block" && blockEntries !== undefined && blockEntries.length > 0 ? tree(blockEntries) : "*",
            ]),
        );
    return tree((JSON.parse(text) as Descriptor).blockEntries ?? []);
}

/**
 * Reads keys from a generated reference page, as published by Loki and Pyroscope. A line of its YAML is `[key: <type> | default = …]`, a map
 * `key:` with indented lines, or a reference `[key: <block>]` to a block that has a separate heading and listing.
 */
export function keysFromReference(markdown: string): KeyTree {
    const listings = new Map<string, string>();
    let heading = "";
    for (const [, title, code] of markdown.matchAll(/^#{2,3} (.+)$|^```yaml\n([\s\S]*?)^```$/gm)) {
        if (title !== undefined) {
            heading = title.trim();
        } else if (!listings.has(heading)) {
            listings.set(heading, code ?? "");
        }
    }
    const [root = ""] = [...listings].find(([, code]) => /^\[target: /m.test(code)) ?? [];
    const tree = (name: string, ancestors: string[]): KeyTree | "*" => {
        const listing = listings.get(name);
        return listing === undefined || ancestors.includes(name)
            ? "*"
            : listingKeys(listing, (block) => tree(block, [...ancestors, name]));
    };
    return tree(root, []) as KeyTree;
}

function listingKeys(listing: string, block: (name: string) => KeyTree | "*"): KeyTree | "*" {
    const root: KeyTree = {};
    const open: { indent: number; tree: KeyTree }[] = [{ indent: -1, tree: root }];
    for (const line of listing.split("\n")) {
        const [, spaces = "", key, type = ""] = /^(\s*)(?:\[)?([\w-]+|<\w+>):\s*(.*?)\]?$/.exec(line) ?? [];
        if (key === undefined || line.trim().startsWith("#")) {
            continue;
        }
        while ((open.at(-1)?.indent ?? -1) >= spaces.length) {
            open.pop();
        }
        const parent = open.at(-1)?.tree ?? root;
        const [, reference] = /^<([\w.]+)>$/.exec(type) ?? [];
        if (type === "") {
            const inner: KeyTree = {};
            parent[key] = inner;
            open.push({ indent: spaces.length, tree: inner });
        } else {
            parent[key] = reference === undefined ? "*" : block(reference);
        }
    }
    return emptyIsAny(root);
}

/** A map without listed keys, or with a placeholder such as <name>, can have any key. */
function emptyIsAny(tree: KeyTree): KeyTree | "*" {
    const keys = Object.keys(tree);
    return keys.length === 0 || keys.some((key) => key.startsWith("<"))
        ? "*"
        : Object.fromEntries(keys.map((key) => [key, inside(tree[key])]));
}

function inside(below: KeyTree | "*" | undefined): KeyTree | "*" {
    return below === undefined || below === "*" ? "*" : emptyIsAny(below);
}

/**
 * Reads keys from a page with all defaults as YAML, as published by Tempo. The page omits keys without a default. Therefore every map also
 * accepts the names in the source code of the program.
 */
export function keysFromDefaults(markdown: string): KeyTree {
    const [, code = ""] = /^```yaml\n([\s\S]*?)^```$/m.exec(markdown) ?? [];
    const tree = (value: unknown): KeyTree | "*" =>
        typeof value === "object" && value !== null && !Array.isArray(value) && Object.keys(value).length > 0
            ? {
                  ...Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, tree(inner)])),
                  [looseMark]: "*",
              }
            : "*";
    const keys = tree(load(code)) as KeyTree;
    delete keys[looseMark];
    return keys;
}

/** Reads the names of YAML keys from the struct tags in Go files. */
export function yamlTags(sources: string[]): string[] {
    const tags = sources.flatMap((source) =>
        [...source.matchAll(/yaml:"([A-Za-z_]\w*)[,"]/g)].map(([, tag]) => tag ?? ""),
    );
    return [...new Set(tags)].sort();
}
