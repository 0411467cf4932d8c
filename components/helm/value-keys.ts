import * as fs from "fs";
import * as path from "path";
import { didYouMean, nearest } from "../../validation/nearest";
import { type KeyTree, type KnownKeys, looseMark } from "./key-tree";
import { packageRoot } from "./package-root";
import type { ChartPin } from "./pins";
import type { HelmValues } from "./values";

/** A key in Helm values that has no effect: it is unknown, or its value is a scalar instead of a map. */
export interface UnknownValue {
    /** Path of the key. */
    path: string[];
    /** The chart or configuration without the key, such as "chart loki 18.11.0". */
    missingIn: string;
    /** A similar known key. */
    suggestion?: string | undefined;
    /** The scalar, if the key is known and needs a map. */
    scalar?: string | number | boolean;
}

/** A part of a chart's values that contains a part of a program's configuration. */
interface ProgramPart {
    /** Path in the values. */
    at: string;
    program: string;
    /** Path in the configuration. Empty for the whole configuration. */
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

const distributedTempoParts = [
    ["overrides", "overrides"],
    ["metricsGenerator.config.processor", "metrics_generator.processor"],
    ["metricsGenerator.config.registry", "metrics_generator.registry"],
    ["metricsGenerator.config.storage", "metrics_generator.storage"],
    ["tempo.structuredConfig", ""],
].map(([at, to]) => ({ at: at ?? "", program: "tempo-config", to: to ?? "" }));

const programParts: Record<string, ProgramPart[]> = {
    loki: lokiParts,
    tempo: tempoParts,
    "tempo-distributed": distributedTempoParts,
    mimir: [{ at: "config", program: "mimir-config", to: "" }],
    pyroscope: [{ at: "pyroscope.structuredConfig", program: "pyroscope-config", to: "" }],
};

const loaded = new Map<string, KnownKeys>();

/** The known keys of a chart or of a program's configuration, from the files that `npm run value-keys` writes. */
export function knownKeys(name: string): KnownKeys {
    const file = path.join(packageRoot, "components", "helm", "keys", `${name}.json`);
    const keys = loaded.get(name) ?? (JSON.parse(fs.readFileSync(file, "utf8")) as KnownKeys);
    loaded.set(name, keys);
    return keys;
}

/**
 * The keys in Helm values that neither the chart nor its program has. Helm ignores such keys without an error.
 *
 * @param values the values of the caller. null for a key removes the default of the chart. Its key is checked too.
 */
export function unknownValues(pin: ChartPin, values: HelmValues): UnknownValue[] {
    return unknownKeys(values, knownKeys(pin.name), programParts[pin.name]);
}

/**
 * The keys in Helm values that are not among the known keys of a chart.
 *
 * @param parts the parts of the values that are checked against the keys of a program. Default: none, and a program's configuration is not checked.
 */
export function unknownKeys(values: HelmValues, chart: KnownKeys, parts: ProgramPart[] = []): UnknownValue[] {
    return unknownIn(values, { tree: chart.keys, keys: chart, path: [], parts, root: [] });
}

/** State of the check at one map in the values. */
interface Position {
    /** Known keys of the map. */
    tree: KeyTree;
    /** Known keys of the chart or program. */
    keys: KnownKeys;
    /** Path of the map in the values. */
    path: string[];
    /** Parts of the chart's values that contain configuration of a program. */
    parts: ProgramPart[];
    /** Path in the values at which `keys` begin. */
    root: string[];
}

function unknownIn(values: HelmValues, position: Position): UnknownValue[] {
    const { tree, keys, path: parent } = position;
    return Object.entries(values).flatMap(([key, value]): UnknownValue[] => {
        const at = [...parent, key];
        const below = Object.prototype.hasOwnProperty.call(tree, key) && key !== looseMark ? tree[key] : undefined;
        if (below === undefined) {
            return tree[looseMark] === "*" && keys.names.includes(key)
                ? []
                : [{ path: at, missingIn: describe(keys), suggestion: suggestion(key, position) }];
        }
        if (isMap(value)) {
            return unknownBelow(value, below, at, position);
        }
        return below !== "*" && isScalar(value) ? [{ path: at, missingIn: describe(keys), scalar: value }] : [];
    });
}

function unknownBelow(values: HelmValues, below: KeyTree | "*", at: string[], position: Position): UnknownValue[] {
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
            : unknownIn(values, { tree, keys, path: at, parts: [], root: at });
    }
    return below === "*" ? [] : unknownIn(values, { ...position, tree: below, path: at });
}

function describe({ name, version }: KnownKeys): string {
    if (!name.endsWith("-config")) {
        return `chart ${name} ${version}`;
    }
    const [, branch, date] = /^(\S+) of (\S+)$/.exec(version) ?? [];
    const program = name[0]?.toUpperCase() + name.slice(1, -"-config".length);
    return `the configuration of ${program} ${branch === undefined ? version : `(${branch} branch, ${date})`}`;
}

/** A known key of the same map with a similar name, or the path of a key with the same name elsewhere. */
function suggestion(key: string, { tree, keys, path: parent, root }: Position): string | undefined {
    const siblings = Object.keys(tree).filter((name) => name !== looseMark);
    const similar = nearest(key, siblings) ?? (tree[looseMark] === "*" ? nearest(key, keys.names) : undefined);
    const elsewhere = pathsOf(key, keys.keys)[0];
    return similar !== undefined
        ? [...parent, similar].join(".")
        : elsewhere === undefined
          ? undefined
          : [...root, ...elsewhere].join(".");
}

/** All paths of a key, the shortest first. */
function pathsOf(name: string, tree: KeyTree): string[][] {
    const here = Object.prototype.hasOwnProperty.call(tree, name) ? [[name]] : [];
    const below = Object.entries(tree).flatMap(([key, inner]) =>
        inner === "*" ? [] : pathsOf(name, inner).map((rest) => [key, ...rest]),
    );
    return [...here, ...below].sort((one, other) => one.length - other.length);
}

/** The rest of a sentence that begins with an unknown key. */
export function unknownSentence({ missingIn, suggestion: similar, scalar }: UnknownValue, prefix = ""): string {
    return scalar === undefined
        ? `does not exist in ${missingIn}${didYouMean(similar === undefined ? undefined : prefix + similar)}`
        : `is ${JSON.stringify(scalar)}; it must be a map, as in ${missingIn}`;
}

function isScalar(value: unknown): value is string | number | boolean {
    return ["string", "number", "boolean"].includes(typeof value);
}

function isMap(value: unknown): value is HelmValues {
    return typeof value === "object" && value !== null && !Array.isArray(value);
}
