import { type Chart, chartType, type Evaluation } from "./evaluate";
import type { Resource } from "./record";

/** The document that `plan --json` prints. */
export interface PlanDocument {
    stack: string;
    /** "dev" or "prod". Undefined in a plan of an older version. */
    profile?: string;
    resources: PlannedResource[];
    charts: Chart[];
    endpoints: Record<string, string>;
    warnings: string[];
}

/** A resource with its settings instead of all inputs. */
export interface PlannedResource {
    type: string;
    name: string;
    parent: string | null;
    /** Scalars by path, such as "receiver.replicas": 3. Never contains a secret. */
    settings: Record<string, Scalar>;
}

export type Scalar = string | number | boolean | null;

const componentPrefix = "observability:index:";

const derived = /^bucket\.(?!bucket$)|Url$|Endpoint$/;

/** Whether a setting of a component follows from other settings. */
export function isDerived(setting: string): boolean {
    return derived.test(setting);
}

// The default false is omitted in the tree.
const isUnchecked = /(?:^|\.)valuesUnchecked$/;

// Settings that are the same for every component, or that the tree shows elsewhere.
const shared = ["namespace", "profile", "skipAwait", "values", "rules"];

/** The plan as data, for other programs and for comparisons. */
export function planDocument({ stack, settings, resources, charts, endpoints, warnings }: Evaluation): PlanDocument {
    return {
        stack,
        profile: settings.profile,
        resources: resources.map(({ type, name, parent, inputs }) => ({
            type,
            name,
            parent,
            settings: settingsOf(type, inputs),
        })),
        charts: charts.map(({ release, chart, version, repository, namespace, values, digest }) => ({
            release,
            chart,
            version,
            repository,
            namespace,
            values,
            digest,
        })),
        endpoints,
        warnings,
    };
}

/** The plan as text: a tree of components with their settings and charts, then the endpoints and the warnings. */
export function formatPlan(evaluation: Evaluation): string {
    const root = evaluation.resources.find(({ parent }) => parent === null);
    const tree = root ? [root.name, ...branches(evaluation, root.name, "")] : [];
    const width = Math.max(...Object.keys(evaluation.endpoints).map((name) => name.length));
    return [
        ...tree,
        "",
        "Endpoints",
        ...Object.entries(evaluation.endpoints).map(([name, url]) => `  ${name.padEnd(width)}  ${url}`),
        "",
        ...(evaluation.warnings.length === 0
            ? ["No warnings."]
            : ["Warnings", ...evaluation.warnings.map((warning) => `  ! ${warning}.`)]),
    ].join("\n");
}

function branches(evaluation: Evaluation, parent: string, indent: string): string[] {
    const children = evaluation.resources.filter((resource) => resource.parent === parent);
    return children.flatMap((child, index) => {
        const last = index === children.length - 1;
        const below = `${indent}${last ? "   " : "│  "}`;
        const settings = child.type.startsWith(componentPrefix) ? settingsOf(child.type, child.inputs) : {};
        const details = wrap(
            Object.entries(joinLists(settings))
                .filter(([key, value]) => !isDerived(key) && !(isUnchecked.test(key) && value === false))
                .map(([key, value]) => `${key} ${value}`),
        );
        const grandchildren = branches(evaluation, child.name, below);
        return [
            `${indent}${last ? "└─ " : "├─ "}${title(evaluation, child)}`,
            ...details.map((line) => `${below}${grandchildren.length > 0 ? "│  " : "   "}${line}`),
            ...grandchildren,
        ];
    });
}

/** Joins the entries of each list of scalars, or counts them if there are many. */
function joinLists(settings: Record<string, Scalar>): Record<string, Scalar> {
    const lists: Record<string, Scalar[]> = {};
    for (const [key, value] of Object.entries(settings)) {
        (lists[key.replace(/\[\d+\]$/, "")] ??= []).push(value);
    }
    return Object.fromEntries(
        Object.entries(lists).map(([key, values]) => [
            key,
            values.length === 1 ? (values[0] ?? null) : values.length > 3 ? `(${values.length})` : values.join(" "),
        ]),
    );
}

function title(evaluation: Evaluation, { type, name, inputs }: Resource): string {
    if (type === chartType) {
        const chart = evaluation.charts.find(({ release }) => release === inputs["name"]);
        return chart
            ? `chart ${chart.chart} ${chart.version} as release ${chart.release} in namespace ${chart.namespace}, from ${chart.repository}`
            : `chart ${name}`;
    }
    if (type.startsWith(componentPrefix)) {
        return `${type.slice(componentPrefix.length)} (${name})`;
    }
    if (type.startsWith("pulumi:providers:")) {
        return `provider ${name}`;
    }
    const metadata = inputs["metadata"] as { name?: string; namespace?: string } | undefined;
    const kind = type.split(":").pop() ?? type;
    return metadata?.name === undefined
        ? `${kind} ${name}`
        : `${kind} ${[metadata.namespace, metadata.name].filter(Boolean).join("/")}`;
}

function settingsOf(type: string, inputs: Record<string, unknown>): Record<string, Scalar> {
    const hidden = type === "kubernetes:core/v1:Secret" || type === chartType || type.startsWith("pulumi:");
    return hidden ? {} : flatten(inputs, type.startsWith(componentPrefix) ? shared : []);
}

/** Returns the scalars of a tree by path. Empty branches are omitted. */
export function flatten(tree: unknown, omitted: string[] = [], path = ""): Record<string, Scalar> {
    if (typeof tree !== "object" || tree === null) {
        return tree === undefined ? {} : { [path]: tree as Scalar };
    }
    const entries = Object.entries(tree).filter(([key]) => !omitted.includes(key));
    return Object.assign(
        {},
        ...entries.map(([key, value]) =>
            flatten(value, omitted, Array.isArray(tree) ? `${path}[${key}]` : `${path}${path ? "." : ""}${key}`),
        ),
    ) as Record<string, Scalar>;
}

function wrap(parts: string[], width = 100): string[] {
    const lines: string[] = [];
    for (const part of parts) {
        const last = lines.length - 1;
        const line = lines[last];
        if (line !== undefined && line.length + part.length + 2 <= width) {
            lines[last] = `${line}, ${part}`;
        } else {
            lines.push(part);
        }
    }
    return lines;
}
