import * as fs from "fs";
import * as path from "path";
import { nearest } from "../../validation/nearest";
import { type KeyTree, type KnownKeys, looseMark } from "./key-tree";
import { packageRoot } from "./package-root";
import type { ChartPin } from "./pins";
import type { HelmValues } from "./values";

/** A key in Helm values that has no effect, because neither the chart nor the program knows it. */
export interface UnknownValue {
    /** The keys that lead to it. */
    path: string[];
    /** What does not know the key, such as "chart loki 18.11.0". */
    unknownTo: string;
    /** The key that was probably meant. */
    suggestion: string | undefined;
}

/** Where a chart's values hold the configuration of its program: place in the values, and place in the configuration. */
interface ProgramPart {
    at: string;
    program: string;
    to: string;
}

const lokiParts = [
    ...[
        ...[
            "analytics",
            "bloom_build",
            "bloom_gateway",
            "compactor",
            "compactor_grpc_client",
            "distributor",
            "frontend",
        ],
        ...["frontend_worker", "index_gateway", "ingester", "ingester_client", "limits_config", "operational_config"],
        ...["pattern_ingester", "querier", "query_range", "query_scheduler", "server", "storage_config", "tracing"],
    ].map((name) => [name, name]),
    ["commonConfig", "common"],
    ["extraMemberlistConfig", "memberlist"],
    ["memberlistConfig", "memberlist"],
    ["rulerConfig", "ruler"],
    ["schemaConfig", "schema_config"],
    ["structuredConfig", ""],
].map(([at, to]) => ({ at: `loki.${at}`, program: "loki-config", to: to ?? "" }));

const tempoParts = [
    ["ingester", "ingester"],
    ["metricsGenerator.processor", "metrics_generator.processor"],
    ["metricsGenerator.registry", "metrics_generator.registry"],
    ["overrides", "overrides"],
    ["querier", "querier"],
    ["queryFrontend", "query_frontend"],
    ["server", "server"],
    ["storage", "storage"],
].map(([at, to]) => ({ at: `tempo.${at}`, program: "tempo-config", to: to ?? "" }));

const programParts: Record<string, ProgramPart[]> = {
    loki: lokiParts,
    tempo: tempoParts,
    mimir: [{ at: "config", program: "mimir-config", to: "" }],
    pyroscope: [{ at: "pyroscope.structuredConfig", program: "pyroscope-config", to: "" }],
};

const loaded = new Map<string, KnownKeys>();

/** The known keys of a chart or of a program's configuration. `npm run value-keys` writes them. */
export function knownKeys(name: string): KnownKeys {
    const file = path.join(packageRoot, "components", "helm", "keys", `${name}.json`);
    const keys = loaded.get(name) ?? (JSON.parse(fs.readFileSync(file, "utf8")) as KnownKeys);
    loaded.set(name, keys);
    return keys;
}

/**
 * The keys in Helm values that neither the chart nor its program knows. Helm ignores such keys in silence.
 *
 * @param pin the chart.
 * @param values what the caller sets; null for a key deletes the chart's default, and is checked by its name only.
 */
export function unknownValues(pin: ChartPin, values: HelmValues): UnknownValue[] {
    const chart = knownKeys(pin.name);
    return unknownIn(values, {
        tree: chart.keys,
        keys: chart,
        place: [],
        parts: programParts[pin.name] ?? [],
        root: [],
    });
}

/** Where a check stands: the known keys there, and the place in the values. */
interface Position {
    tree: KeyTree;
    keys: KnownKeys;
    place: string[];
    /** Parts of the chart's values that hold the configuration of a program. */
    parts: ProgramPart[];
    /** Place in the values at which `keys` begin. */
    root: string[];
}

function unknownIn(values: HelmValues, position: Position): UnknownValue[] {
    const { tree, keys, place } = position;
    return Object.entries(values).flatMap(([key, value]): UnknownValue[] => {
        const at = [...place, key];
        const below = Object.prototype.hasOwnProperty.call(tree, key) && key !== looseMark ? tree[key] : undefined;
        if (below === undefined) {
            return tree[looseMark] === "*" && keys.names.includes(key)
                ? []
                : [{ path: at, unknownTo: describe(keys), suggestion: suggestion(key, position) }];
        }
        return isMap(value) ? inside(value, below, at, position) : [];
    });
}

function inside(values: HelmValues, below: KeyTree | "*", at: string[], position: Position): UnknownValue[] {
    const part = position.parts.find((candidate) => candidate.at === at.join("."));
    if (part !== undefined) {
        const keys = knownKeys(part.program);
        const tree = part.to
            .split(".")
            .reduce<KeyTree | "*" | undefined>(
                (node, name) => (name === "" || node === undefined || node === "*" ? node : node[name]),
                keys.keys,
            );
        return tree === undefined || tree === "*"
            ? []
            : unknownIn(values, { tree, keys, place: at, parts: [], root: at });
    }
    return below === "*" ? [] : unknownIn(values, { ...position, tree: below, place: at });
}

function describe({ name, version }: KnownKeys): string {
    return name.endsWith("-config")
        ? `the configuration of ${name.slice(0, -"-config".length)} ${version}`
        : `chart ${name} ${version}`;
}

/** A sibling with a similar name, or the place of the same name elsewhere. */
function suggestion(key: string, { tree, keys, place, root }: Position): string | undefined {
    const siblings = Object.keys(tree).filter((name) => name !== looseMark);
    const similar = nearest(key, siblings) ?? (tree[looseMark] === "*" ? nearest(key, keys.names) : undefined);
    const elsewhere = placesOf(key, keys.keys)[0];
    return similar !== undefined
        ? [...place, similar].join(".")
        : elsewhere === undefined
          ? undefined
          : [...root, ...elsewhere].join(".");
}

/** Every place of a name, those nearest to the top first. */
function placesOf(name: string, tree: KeyTree): string[][] {
    const here = Object.prototype.hasOwnProperty.call(tree, name) ? [[name]] : [];
    const below = Object.entries(tree).flatMap(([key, inner]) =>
        inner === "*" ? [] : placesOf(name, inner).map((rest) => [key, ...rest]),
    );
    return [...here, ...below].sort((one, other) => one.length - other.length);
}

/** A sentence about an unknown key, after the key itself. */
export function unknownSentence({ unknownTo, suggestion: meant }: UnknownValue, prefix = ""): string {
    const question = meant === undefined ? "" : `. Did you mean ${prefix}${meant}?`;
    return `is not known to ${unknownTo}${question}`;
}

function isMap(value: unknown): value is HelmValues {
    return typeof value === "object" && value !== null && !Array.isArray(value);
}
