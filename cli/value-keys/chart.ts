import { execFileSync } from "child_process";
import * as fs from "fs";
import * as os from "os";
import * as path from "path";
import { load } from "js-yaml";
import { type KeyTree, type KnownKeys, looseMark } from "../../components/helm/key-tree";
import { templateUses } from "./template";

interface Schema {
    additionalProperties?: boolean | object;
    properties?: Record<string, Schema>;
    $ref?: string;
    $defs?: Record<string, Schema>;
    definitions?: Record<string, Schema>;
}

/**
 * Returns the keys that the values of a packaged chart can have: the keys in values.yaml and values.schema.json, and other keys that the
 * templates read.
 *
 * @param archive path of the .tgz file.
 * @throws Error if the file does not exist.
 */
export function chartKeys(archive: string): KnownKeys {
    if (!fs.existsSync(archive)) {
        throw new Error(`the chart package ${archive} does not exist; download it with .ci/charts FOLDER`);
    }
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "chart-"));
    try {
        execFileSync("tar", ["-xzf", archive, "-C", folder]);
        const [name = ""] = fs.readdirSync(folder);
        return keysOf(path.join(folder, name));
    } finally {
        fs.rmSync(folder, { recursive: true });
    }
}

/** Returns the keys that the values of a chart in a folder can have. */
export function keysOf(folder: string): KnownKeys {
    const { name, version } = yaml(path.join(folder, "Chart.yaml")) as { name: string; version: string };
    const tree = treeOf(yaml(path.join(folder, "values.yaml"))) as KeyTree;
    const templates = fs
        .readdirSync(path.join(folder, "templates"), { recursive: true, encoding: "utf8" })
        .filter((file) => /\.(ya?ml|tpl|txt)$/.test(file))
        .map((file) => fs.readFileSync(path.join(folder, "templates", file), "utf8"));
    // Values can be templates too: some charts have configuration files in values.yaml.
    const uses = templateUses([...templates, fs.readFileSync(path.join(folder, "values.yaml"), "utf8")]);
    uses.read.forEach((place) => add(tree, place));
    uses.passed.forEach((place) => markLoose(tree, place));
    uses.whole.forEach((place) => allowAny(tree, place));
    // A subchart has its values under its alias. Every chart has global values.
    for (const { name: chart, alias } of subcharts(folder)) {
        tree[alias ?? chart] = "*";
    }
    tree["global"] ??= {};
    const schema = path.join(folder, "values.schema.json");
    if (fs.existsSync(schema)) {
        const root = JSON.parse(fs.readFileSync(schema, "utf8")) as Schema;
        addSchema(tree, root, root);
    }
    allowAnyKubernetesField(tree);
    return { name, version, keys: sorted(tree), names: [...uses.names].sort() };
}

const kubernetesField =
    /(securityContext|resources|affinity|annotations|labels|selector|probe|lifecycle|strategy|dnsConfig|retentionPolicy)$/i;

/** Allows any key in maps that charts copy into Kubernetes objects. The API server validates them. */
function allowAnyKubernetesField(tree: KeyTree): void {
    for (const [key, below] of Object.entries(tree)) {
        if (kubernetesField.test(key)) {
            tree[key] = "*";
        } else if (below !== "*") {
            allowAnyKubernetesField(below);
        }
    }
}

function subcharts(folder: string): { name: string; alias?: string }[] {
    const { dependencies = [] } = yaml(path.join(folder, "Chart.yaml")) as {
        dependencies?: { name: string; alias?: string }[];
    };
    return dependencies;
}

function yaml(file: string): unknown {
    return load(fs.readFileSync(file, "utf8"));
}

/** The keys of example values. An empty map can have any key. */
function treeOf(value: unknown): KeyTree | "*" {
    return isMap(value) && Object.keys(value).length > 0
        ? Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, treeOf(inner)]))
        : "*";
}

function addSchema(tree: KeyTree, schema: Schema, root: Schema): void {
    const { properties = {}, additionalProperties } = dereferenced(schema, root);
    // Helm rejects every other key.
    const strict = additionalProperties === false;
    Object.keys(tree)
        .filter((key) => strict && !(key in properties))
        .forEach((key) => delete tree[key]);
    for (const [key, inner] of Object.entries(properties)) {
        const below = dereferenced(inner, root).properties === undefined ? "*" : {};
        const known = (tree[key] ??= below);
        if (known !== "*") {
            addSchema(known, inner, root);
        }
    }
}

function dereferenced(schema: Schema, root: Schema): Schema {
    const [, place, name = ""] = /^#\/(\$defs|definitions)\/(.+)$/.exec(schema.$ref ?? "") ?? [];
    return place === undefined ? schema : (root[place as "$defs" | "definitions"]?.[name] ?? schema);
}

function add(tree: KeyTree, [key, ...rest]: string[]): void {
    if (key === undefined) {
        return;
    }
    const known = (tree[key] ??= rest.length === 0 ? "*" : {});
    if (known !== "*") {
        add(known, rest);
    }
}

function markLoose(tree: KeyTree, [key, ...rest]: string[]): void {
    const known = key === undefined ? tree : tree[key];
    if (known === undefined || known === "*") {
        return;
    }
    if (rest.length === 0) {
        loosen(known);
    } else {
        markLoose(known, rest);
    }
}

/** Another template can read any key in a map that is passed to it, and in the maps inside. */
function loosen(tree: KeyTree): void {
    tree[looseMark] = "*";
    Object.values(tree)
        .filter((below) => below !== "*")
        .forEach(loosen);
}

function allowAny(tree: KeyTree, [key, ...rest]: string[]): void {
    if (key === undefined) {
        return;
    }
    const known = tree[key];
    if (rest.length === 0) {
        tree[key] = "*";
    } else if (known !== undefined && known !== "*") {
        allowAny(known, rest);
    }
}

export function sorted(tree: KeyTree): KeyTree {
    return Object.fromEntries(
        Object.entries(tree)
            .sort(([one], [other]) => (one < other ? -1 : 1))
            .map(([key, below]) => [key, below === "*" ? below : sorted(below)]),
    );
}

function isMap(value: unknown): value is Record<string, unknown> {
    return typeof value === "object" && value !== null && !Array.isArray(value);
}
