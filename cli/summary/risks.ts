import { chartType } from "../evaluate";
import type { Effect, ObjectChange, SettingChange } from "./effect";
import { isGenerator } from "./effect";
import { code, formatGibibytes } from "./format";
import { statefulSetClaims } from "./usage";

/** A change that may lose data. */
export interface Risk {
    /** What happens to which object, in Markdown: "Delete Namespace `monitoring`". */
    change: string;
    /** What it means for the data, in sentences. */
    consequence: string;
}

/** Whether a change deletes the object, possibly to create it again. */
export function isRemoved({ operation, retained }: ObjectChange): boolean {
    return !retained && (operation === "delete" || operation === "replace");
}

/**
 * Describes changes in Markdown, one for each kind with the same reason: "Replace StatefulSet `monitoring/loki` (`spec.serviceName`)", or
 * "Delete 2 ConfigMaps: `monitoring/a`, `monitoring/b`".
 */
export function describeRemovals(objects: ObjectChange[]): string[] {
    return groupBy(objects, groupKey).map((group) => {
        const [{ operation = "delete", kind = "", replaceKeys = [] } = {}] = group;
        const verb = operation === "delete" ? "Delete" : "Replace";
        const keys = replaceKeys.length === 0 ? "" : ` (${replaceKeys.map(code).join(", ")})`;
        const names = group.map(({ name }) => code(name)).join(", ");
        return group.length === 1
            ? `${verb} ${kind} ${names}${keys}`
            : `${verb} ${group.length} ${kind}s${keys}: ${names}`;
    });
}

function groupKey({ operation, kind, replaceKeys }: ObjectChange): string {
    return JSON.stringify([operation, kind, replaceKeys]);
}

function groupBy<T>(list: T[], keyOf: (entry: T) => string): T[][] {
    const groups = new Map<string, T[]>();
    for (const entry of list) {
        groups.set(keyOf(entry), [...(groups.get(keyOf(entry)) ?? []), entry]);
    }
    return [...groups.values()];
}

/**
 * Names what happens to data that exists only once. Undefined if the object holds no such data.
 *
 * @param deletedNamespaces names of the namespaces that the deployment deletes.
 */
function riskOf(object: ObjectChange, deletedNamespaces: string[]): keyof typeof consequences | undefined {
    if (!isRemoved(object)) {
        return undefined;
    }
    const { type, operation, before, generators } = object;
    switch (type) {
        case "kubernetes:core/v1:Namespace":
            return "namespace";
        case "kubernetes:core/v1:PersistentVolumeClaim":
            return "claim";
        case "kubernetes:core/v1:PersistentVolume":
            return "volume";
        case "kubernetes:apps/v1:StatefulSet":
            if (statefulSetClaims(before ?? {}).length === 0) {
                return undefined;
            }
            return isIn(object, deletedNamespaces)
                ? "statefulSetWithNamespace"
                : operation === "delete"
                  ? "statefulSet"
                  : "replacedStatefulSet";
        case "kubernetes:core/v1:Secret":
            // A Secret whose values come from generators that remain can be created again.
            if (generators.length > 0) {
                return generators.some(({ lost }) => lost) ? "generatedSecret" : undefined;
            }
            return operation === "delete" ? "secret" : undefined;
        case chartType:
            return "release";
    }
    if (isGenerator(type)) {
        return operation === "delete" ? "generator" : "replacedGenerator";
    }
    return isBucket(type) ? "bucket" : undefined;
}

const claimSize = (objects: ObjectChange[]) => {
    const claims = objects.flatMap(({ before }) => statefulSetClaims(before ?? {}));
    const size = formatGibibytes(claims.reduce((sum, [, bytes]) => sum + bytes, 0));
    return claims.length === 1 ? `One claim (${size})` : `${claims.length} claims (${size})`;
};

/** What happens to the data, for one or more objects. */
const consequences = {
    namespace: () =>
        "Kubernetes deletes all objects in the namespace, with all claims. Only volumes with the reclaim policy Retain remain.",
    claim: () => "Volumes are deleted with their data, unless the reclaim policy is Retain.",
    volume: () => "The cluster loses the reference to the data.",
    statefulSet: (objects: ObjectChange[]) => `${claimSize(objects)} will remain, but no pod will use the data.`,
    replacedStatefulSet: (objects: ObjectChange[]) =>
        `All pods are deleted before the new ones start. ${claimSize(objects)} will remain.`,
    statefulSetWithNamespace: (objects: ObjectChange[]) => `${claimSize(objects)} will be deleted with the namespace.`,
    generatedSecret: () => "Generated values are lost.",
    secret: () => "Check that the values also exist elsewhere.",
    release: () =>
        "This includes all objects of the chart, also those that hold data. A plan does not list them; run `pulumi preview` to see them.",
    generator: () => "Generated values exist only in the state of Pulumi, and are lost.",
    replacedGenerator: () =>
        "New values are generated, and the old ones are lost. What was created with an old value may still need it.",
    bucket: () => "All objects in the bucket may be lost.",
};

/** Whether a change deletes or replaces an object that holds no data. */
export function isHarmlessRemoval(object: ObjectChange): boolean {
    return isRemoved(object) && riskOf(object, []) === undefined;
}

function isIn({ before }: ObjectChange, namespaces: string[]): boolean {
    const { namespace } = (before?.["metadata"] ?? {}) as { namespace?: string };
    return namespace !== undefined && namespaces.includes(namespace);
}

function isBucket(type: string): boolean {
    return /:(S3)?Bucket(V2)?$/.test(type) || /^azure.*:(Blob)?Container$/.test(type);
}

/** All changes that may lose data, or that leave data where nothing reads it. */
export function risksOf({ objects, settings, announcements }: Effect): Risk[] {
    const deletedNamespaces = objects
        .filter((object) => object.type === "kubernetes:core/v1:Namespace" && isRemoved(object))
        .map(({ name }) => name);
    const atRisk = objects.flatMap((object) => {
        const risk = riskOf(object, deletedNamespaces);
        return risk === undefined ? [] : [{ object, risk }];
    });
    const removed = groupBy(atRisk, ({ object, risk }) => `${risk} ${groupKey(object)}`).map((group) => {
        const changes = group.map(({ object }) => object);
        return {
            change: describeRemovals(changes).join(", "),
            consequence: group[0] === undefined ? "" : consequences[group[0].risk](changes),
        };
    });
    const remaining = objects.filter((object) => !isIn(object, deletedNamespaces));
    const announced = announcements.map((announcement) => {
        const [change = "", ...sentences] = announcement.replace(/\.$/, "").split(". ");
        return { change, consequence: sentences.map((sentence) => `${sentence}.`).join(" ") };
    });
    return [...announced, ...removed, ...retainedObjects(remaining), ...movedBuckets(settings)];
}

/** Objects that hold data, and that remain in the cluster without belonging to the stack. */
function retainedObjects(objects: ObjectChange[]): Risk[] {
    const retained = objects.filter(
        ({ kind, operation, retained }) =>
            ["Namespace", "PersistentVolumeClaim", "StatefulSet"].includes(kind) &&
            (operation === "retain" || (retained && operation === "replace")),
    );
    return groupBy(retained, ({ kind }) => kind).map((group) => {
        const kind = group.length === 1 ? group[0]?.kind : `${group.length} ${group[0]?.kind}s`;
        const names = group.map(({ name }) => code(name)).join(", ");
        return {
            change: `Remove ${kind} ${names} from the stack`,
            consequence:
                group.length === 1
                    ? "Pulumi does not delete it, and it keeps its data, but the stack no longer uses it."
                    : "Pulumi does not delete them, and they keep their data, but the stack no longer uses them.",
        };
    });
}

/** A backend that gets another bucket finds none of its data. */
function movedBuckets(settings: SettingChange[]): Risk[] {
    const moved = settings.filter(
        ({ setting, from, to }) =>
            ["bucket.bucket", "bucket.endpoint"].includes(setting) && from !== undefined && to !== undefined,
    );
    const components = groupBy(moved, ({ component }) => component);
    const describe = (changes: SettingChange[]) =>
        changes
            .map(
                ({ setting, from, to }) => `${code(setting)} changes from ${code(String(from))} to ${code(String(to))}`,
            )
            .join(", and ");
    return groupBy(components, describe).map((group) => ({
        change: `${group.map((changes) => changes[0]?.component).join(", ")}: another bucket`,
        consequence: `${describe(group[0] ?? [])}. Pulumi does not copy the data in the old bucket, and queries do not find it.`,
    }));
}
