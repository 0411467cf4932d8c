import { load } from "js-yaml";
import { type Difference, valueDifferences } from "../compare";
import type { KubernetesObject } from "../manifests";
import { flatten, type Scalar } from "../plan-format";
import { type Finding, findings } from "./finding";

/** Two versions of the same object, or of an object and the one that replaces it. */
export interface ObjectPair {
    from: KubernetesObject;
    to: KubernetesObject;
}

/** How the objects of one rendering differ from those of another one. */
export interface ObjectChanges {
    added: KubernetesObject[];
    removed: KubernetesObject[];
    /** Objects of one kind that are so similar that only the name has changed. */
    renamed: ObjectPair[];
    /** Objects that both renderings have. They can differ in their fields. */
    kept: ObjectPair[];
}

/** Kinds whose objects hold data, or own the volumes that hold data. */
export const statefulKinds = ["StatefulSet", "PersistentVolumeClaim", "PersistentVolume", "Namespace"];

/** Two objects with this share of equal fields are a renamed object. Objects of one chart share labels, which are less than half of their fields. */
const renamedSimilarity = 0.6;

/** Kind, namespace and name of an object, such as "Service monitoring/loki". */
export function title({ kind, metadata }: KubernetesObject): string {
    return `${kind} ${metadata.namespace === undefined ? "" : `${metadata.namespace}/`}${metadata.name}`;
}

/** Finds the objects of one rendering in another one. The version of an API is not part of the identity of an object, but its group is. */
export function matchObjects(before: KubernetesObject[], after: KubernetesObject[]): ObjectChanges {
    const byId = new Map(after.map((object) => [identity(object), object]));
    const kept = before.flatMap((from) => {
        const to = byId.get(identity(from));
        return to === undefined ? [] : [{ from, to }];
    });
    const known = new Set(kept.flatMap(({ from, to }) => [from, to]));
    const removed = before.filter((object) => !known.has(object));
    const added = after.filter((object) => !known.has(object));
    const renamed = renamedPairs(removed, added);
    const paired = new Set(renamed.flatMap(({ from, to }) => [from, to]));
    return {
        added: added.filter((object) => !paired.has(object)),
        removed: removed.filter((object) => !paired.has(object)),
        renamed,
        kept,
    };
}

function identity(object: KubernetesObject): string {
    const group = object.apiVersion.includes("/") ? object.apiVersion.split("/")[0] : "";
    return `${group} ${title(object)}`;
}

/** The pairs of similar objects, the most similar first. */
function renamedPairs(removed: KubernetesObject[], added: KubernetesObject[]): ObjectPair[] {
    const candidates = removed
        .flatMap((from) =>
            added
                .filter(({ kind }) => kind === from.kind)
                .map((to) => ({ from, to, score: similarity(from, to) }))
                .filter(({ score }) => score >= renamedSimilarity),
        )
        .sort((one, other) => other.score - one.score);
    const used = new Set<KubernetesObject>();
    return candidates.flatMap(({ from, to }) => {
        if (used.has(from) || used.has(to)) {
            return [];
        }
        used.add(from).add(to);
        return [{ from, to }];
    });
}

/** The share of equal fields of two objects, from 0 to 1. The name of each object is replaced in all of its fields. */
function similarity(one: KubernetesObject, other: KubernetesObject): number {
    const [fields, otherFields] = [one, other].map(
        (object) =>
            new Set(
                Object.entries(flatten(object)).map(([path, value]) =>
                    `${path}=${String(value)}`.replaceAll(object.metadata.name, "NAME"),
                ),
            ),
    ) as [Set<string>, Set<string>];
    const common = [...fields].filter((field) => otherFields.has(field)).length;
    return common / (fields.size + otherFields.size - common);
}

/** What the objects of a chart that are added, removed or renamed mean. Services are in the check of the contract. */
export function objectFindings({ added, removed, renamed }: ObjectChanges): Finding[] {
    const becomes = (object: KubernetesObject) => {
        const same = added.find(
            ({ kind, metadata }) =>
                kind !== object.kind && podKinds.includes(kind) && metadata.name === object.metadata.name,
        );
        return same === undefined || !podKinds.includes(object.kind)
            ? ""
            : ` A ${same.kind} of the same name is added.`;
    };
    const isStateful = ({ kind }: KubernetesObject) => statefulKinds.includes(kind);
    return [
        ...findings(
            "objects",
            "unsafe",
            removed
                .filter(isStateful)
                .map((object) => `${title(object)} is removed. Nothing reads its volumes any more.${becomes(object)}`),
        ),
        ...findings(
            "objects",
            "unsafe",
            renamed
                .filter(({ from }) => isStateful(from))
                .map(
                    ({ from, to }) =>
                        `${title(from)} is renamed to ${title(to)}. The new object has new, empty volumes; the data stays in the volumes of the old name.`,
                ),
        ),
        ...findings(
            "objects",
            "work",
            removed
                .filter((object) => podKinds.includes(object.kind) && !isStateful(object))
                .map((object) => `${title(object)} is removed, with its pods.${becomes(object)}`),
        ),
        ...findings(
            "objects",
            "note",
            renamed
                .filter(({ from }) => !isStateful(from) && from.kind !== "Service")
                .map(
                    ({ from, to }) =>
                        `${title(from)} is renamed to ${title(to)}. Pulumi creates the new object and deletes the old one.`,
                ),
        ),
        ...findings(
            "objects",
            "note",
            removed
                .filter((object) => !isStateful(object) && ![...podKinds, "Service", crdKind].includes(object.kind))
                .map((object) => `${title(object)} is removed.`),
        ),
        ...findings(
            "objects",
            "note",
            added.filter(({ kind }) => kind !== crdKind).map((object) => `${title(object)} is added.`),
        ),
    ];
}

/** Kind of custom resource definitions. They have a check of their own. */
export const crdKind = "CustomResourceDefinition";

const podKinds = ["Deployment", "StatefulSet", "DaemonSet", "Job"];

/** The workloads whose pods Kubernetes replaces, because their template changes. */
export function restartFindings(kept: ObjectPair[]): Finding[] {
    const template = ({ spec }: KubernetesObject) =>
        JSON.stringify(sortKeys((spec as { template?: unknown }).template));
    return findings(
        "objects",
        "note",
        kept
            .filter(({ from }) => podKinds.includes(from.kind) && from.kind !== "Job")
            .filter(({ from, to }) => template(from) !== template(to))
            .map(({ to }) => `The template of the pods of ${title(to)} changes. ${rollout(to)}`),
    );
}

function rollout({ spec }: KubernetesObject): string {
    const { strategy, updateStrategy } = spec as Record<string, { type?: string } | undefined>;
    switch ((strategy ?? updateStrategy)?.type) {
        case "Recreate":
            return "Kubernetes stops all pods before it starts new ones.";
        case "OnDelete":
            return "Existing pods keep the old template until somebody deletes them.";
        default:
            return "Kubernetes replaces them in a rolling update.";
    }
}

function sortKeys(value: unknown): unknown {
    if (Array.isArray(value)) {
        return value.map(sortKeys);
    }
    return typeof value === "object" && value !== null
        ? Object.fromEntries(
              Object.entries(value)
                  .sort(([one], [other]) => (one < other ? -1 : 1))
                  .map(([key, inner]) => [key, sortKeys(inner)]),
          )
        : value;
}

/** Labels of objects that contain the version of the chart. They change with every version, and have no effect. */
const versionLabel = /^metadata\.labels\.(helm\.sh\/chart|app\.kubernetes\.io\/version)$/;

/**
 * Every field that changes in the objects that both renderings have, except for labels with the version of the chart. Configuration files in
 * ConfigMaps are compared key by key.
 */
export function changedFields(kept: ObjectPair[]): Difference[] {
    return kept
        .flatMap(({ from, to }) => valueDifferences(title(from), fieldsOf(from), fieldsOf(to)))
        .filter(({ key }) => !versionLabel.test(key));
}

function fieldsOf(object: KubernetesObject): Record<string, Scalar> {
    if (object.kind === "Secret") {
        return Object.fromEntries(Object.keys(object["data"] ?? {}).map((key) => [`data.${key}`, "[secret]"]));
    }
    const data = object["data"];
    if (object.kind !== "ConfigMap" || typeof data !== "object" || data === null) {
        return flatten(object);
    }
    const parsed = Object.entries(data).map(([key, text]) => [key, parseConfig(text)] as const);
    return flatten({ ...object, data: Object.fromEntries(parsed) });
}

/** A YAML file as a tree, and any other text unchanged. */
function parseConfig(text: unknown): unknown {
    if (typeof text !== "string") {
        return text;
    }
    try {
        const tree: unknown = load(text);
        return typeof tree === "object" && tree !== null ? tree : text;
    } catch {
        return text;
    }
}
