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
    const groups = groupBy(objects, ({ operation, kind, replaceKeys }) =>
        JSON.stringify([operation, kind, replaceKeys]),
    );
    return groups.map((group) => {
        const [{ operation = "delete", kind = "", replaceKeys = [] } = {}] = group;
        const verb = operation === "delete" ? "Delete" : "Replace";
        const keys = replaceKeys.length === 0 ? "" : ` (${replaceKeys.map(code).join(", ")})`;
        const names = group.map(({ name }) => code(name)).join(", ");
        return group.length === 1
            ? `${verb} ${kind} ${names}${keys}`
            : `${verb} ${group.length} ${kind}s${keys}: ${names}`;
    });
}

function groupBy<T>(list: T[], keyOf: (entry: T) => string): T[][] {
    const groups = new Map<string, T[]>();
    for (const entry of list) {
        groups.set(keyOf(entry), [...(groups.get(keyOf(entry)) ?? []), entry]);
    }
    return [...groups.values()];
}

/** What a change does to the data of an object. Undefined if the object holds no data that exists only once. */
export function consequenceFor(object: ObjectChange): string | undefined {
    if (!isRemoved(object)) {
        return undefined;
    }
    const { type, operation, before } = object;
    switch (type) {
        case "kubernetes:core/v1:Namespace":
            return "Kubernetes deletes every object in it, with all claims. Only volumes with the reclaim policy Retain remain.";
        case "kubernetes:core/v1:PersistentVolumeClaim":
            return "Its volume is deleted with its data, unless the reclaim policy is Retain.";
        case "kubernetes:core/v1:PersistentVolume":
            return "The cluster no longer knows the volume.";
        case "kubernetes:apps/v1:StatefulSet": {
            const claims = statefulSetClaims(before ?? {});
            const size = claims.reduce((sum, [, bytes]) => sum + bytes, 0);
            const count = claims.length === 1 ? "Its claim remains" : `Its ${claims.length} claims remain`;
            const use =
                operation === "delete" ? ", but no pod uses them" : ". All pods are deleted before the new ones start";
            return claims.length === 0
                ? "It has no claims."
                : `${count} (${formatGibibytes(size)})${claims.length === 1 ? use.replace("them", "it") : use}.`;
        }
        case "kubernetes:core/v1:Secret":
            return secretConsequence(object);
        case chartType:
            return "This includes all objects of the chart, also those that hold data. A plan does not list them; run `pulumi preview` to see them.";
    }
    if (isGenerator(type)) {
        return operation === "delete"
            ? "The generated value exists only in the state of Pulumi, and is lost."
            : "A new value is generated, and the old one is lost. What was created with the old value may still need it.";
    }
    return isBucket(type) ? "All objects in the bucket may be lost." : undefined;
}

/** A Secret whose values come from generators that remain can be created again. */
function secretConsequence({ operation, generators }: ObjectChange): string | undefined {
    if (generators.length > 0) {
        return generators.some(({ lost }) => lost) ? "Its generated values are lost." : undefined;
    }
    return operation === "delete"
        ? "Check that its values also exist elsewhere."
        : "Check that its new values are those that are in use.";
}

function isBucket(type: string): boolean {
    return /:(S3)?Bucket(V2)?$/.test(type) || /^azure.*:(Blob)?Container$/.test(type);
}

/** All changes that may lose data, or that leave data where nothing reads it. */
export function risksOf({ objects, settings, announcements }: Effect): Risk[] {
    const atRisk = objects.filter((object) => consequenceFor(object) !== undefined);
    const removed = groupBy(atRisk, (object) => consequenceFor(object) ?? "").flatMap((group) =>
        describeRemovals(group).map((change) => ({
            change,
            consequence: consequenceFor(group[0] as ObjectChange) ?? "",
        })),
    );
    const announced = announcements.map((announcement) => {
        const [change = "", ...sentences] = announcement.replace(/\.$/, "").split(". ");
        return { change, consequence: sentences.map((sentence) => `${sentence}.`).join(" ") };
    });
    return [...announced, ...removed, ...retainedObjects(objects), ...movedBuckets(settings)];
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
