import { isDeepStrictEqual } from "util";
import { quantityValue } from "../../validation/quantities";
import { type Finding, findings } from "./finding";
import { imagesOf } from "./images";
import { type ObjectPair, statefulKinds, title } from "./objects";

/**
 * Fields that cannot change in place, by kind. Pulumi replaces an object if one of them changes, or Kubernetes refuses the change. The
 * sources are the validation of Kubernetes and the list of replacing fields of the Pulumi Kubernetes provider (provider/pkg/provider/diff.go).
 */
const immutableFields: Record<string, string[]> = {
    ClusterRoleBinding: ["roleRef"],
    DaemonSet: ["spec.selector"],
    Deployment: ["spec.selector"],
    Job: ["spec.completions", "spec.parallelism", "spec.selector", "spec.template"],
    PersistentVolumeClaim: ["spec.dataSource", "spec.selector", "spec.volumeMode", "spec.volumeName"],
    RoleBinding: ["roleRef"],
    Secret: ["type"],
    Service: ["spec.clusterIP"],
    StatefulSet: ["spec.podManagementPolicy", "spec.revisionHistoryLimit", "spec.selector", "spec.serviceName"],
    StorageClass: ["parameters", "provisioner", "reclaimPolicy", "volumeBindingMode"],
};

/** Values of absent fields. They are the defaults of Kubernetes. */
const defaults: Record<string, unknown> = {
    "Job spec.completions": 1,
    "Job spec.parallelism": 1,
    "PersistentVolumeClaim spec.volumeMode": "Filesystem",
    "Secret type": "Opaque",
    "Service spec.clusterIP": "",
    "StatefulSet spec.podManagementPolicy": "OrderedReady",
    "StatefulSet spec.revisionHistoryLimit": 10,
};

/** A field that cannot change in place, with both of its values. */
export interface ImmutableChange {
    field: string;
    from: unknown;
    to: unknown;
}

/** The immutable fields that change in an object. Claims of StatefulSets are in {@link volumeFindings}. */
export function immutableChanges({ from, to }: ObjectPair): ImmutableChange[] {
    return (immutableFields[from.kind] ?? [])
        .map((field) => {
            const absent = defaults[`${from.kind} ${field}`];
            return { field, from: fieldOf(from, field) ?? absent, to: fieldOf(to, field) ?? absent };
        })
        .filter((change) => !isDeepStrictEqual(change.from, change.to));
}

/** The values of the immutable fields of an object. */
export function immutableValues(object: ObjectPair["from"]): Record<string, unknown> {
    return Object.fromEntries(
        (immutableFields[object.kind] ?? []).map((field) => [
            field,
            fieldOf(object, field) ?? defaults[`${object.kind} ${field}`],
        ]),
    );
}

function fieldOf(object: object, field: string): unknown {
    return field
        .split(".")
        .reduce<unknown>((node, key) => (node as Record<string, unknown> | undefined)?.[key], object);
}

/** What changes of immutable fields mean. */
export function immutableFindings(kept: ObjectPair[]): Finding[] {
    return kept.flatMap((pair) =>
        immutableChanges(pair).flatMap(({ field, from, to }) => {
            const stateful = statefulKinds.includes(pair.from.kind);
            const change = `${title(pair.from)}: the field ${field} is immutable and changes from ${text(from)} to ${text(to)}.`;
            return findings("immutable", stateful ? "unsafe" : "work", [`${change} ${effect(pair.from.kind)}`]);
        }),
    );
}

function effect(kind: string): string {
    switch (kind) {
        case "StatefulSet":
            return "Pulumi deletes the StatefulSet with all of its pods and creates it again; the claims stay. With protected data, the preview fails.";
        case "PersistentVolumeClaim":
            return "Pulumi deletes the claim with its data and creates an empty one. With protected data, the preview fails.";
        case "Deployment":
        case "DaemonSet":
            return `Pulumi deletes the ${kind} with all of its pods and creates it again.`;
        case "Service":
            return "Pulumi deletes the Service and creates it again; clients cannot resolve or reach it in between.";
        default:
            return `Pulumi deletes the ${kind} and creates it again.`;
    }
}

function text(value: unknown): string {
    return value === undefined ? "nothing" : JSON.stringify(value);
}

interface Claim {
    metadata: { name: string };
    spec: { resources?: { requests?: { storage?: string } } };
}

/**
 * What changes of volumes and of the number of replicas mean. The stack ignores changes of claim templates in existing StatefulSets, and
 * sets the sizes of existing claims itself.
 */
export function volumeFindings(kept: ObjectPair[]): Finding[] {
    return kept.flatMap((pair) => {
        switch (pair.from.kind) {
            case "StatefulSet":
                return [...templateFindings(pair), ...replicaFindings(pair)];
            case "PersistentVolumeClaim":
                return sizeFindings(title(pair.from), pair.from as unknown as Claim, pair.to as unknown as Claim);
            default:
                return [];
        }
    });
}

function templateFindings({ from, to }: ObjectPair): Finding[] {
    const [before, after] = [from, to].map(
        (object) =>
            new Map(
                ((fieldOf(object, "spec.volumeClaimTemplates") ?? []) as Claim[]).map((claim) => [
                    claim.metadata.name,
                    claim,
                ]),
            ),
    ) as [Map<string, Claim>, Map<string, Claim>];
    const names = [...new Set([...before.keys(), ...after.keys()])];
    return names.flatMap((name) => {
        const [old, changed] = [before.get(name), after.get(name)];
        if (old === undefined || changed === undefined) {
            return findings("volumes", "unsafe", [
                `${title(from)}: the claim template "${name}" is ${old === undefined ? "added" : "removed"}. ` +
                    "The claim templates of an existing StatefulSet cannot change, and the stack ignores the change. " +
                    (old === undefined
                        ? "Pods that mount the new volume are refused."
                        : "The data in the volumes of this template is no longer mounted."),
            ]);
        }
        return sizeFindings(`${title(from)}, claim template "${name}"`, old, changed);
    });
}

function sizeFindings(subject: string, from: Claim, to: Claim): Finding[] {
    const [old, size] = [from, to].map((claim) => claim.spec.resources?.requests?.storage ?? "") as [string, string];
    const other = !isDeepStrictEqual(withoutSize(from), withoutSize(to));
    const change = (quantityValue(size) ?? NaN) - (quantityValue(old) ?? NaN);
    return [
        ...(change < 0
            ? findings("volumes", "unsafe", [
                  `${subject}: the size shrinks from ${old} to ${size}. Kubernetes refuses to shrink a volume.`,
              ])
            : []),
        ...(change > 0
            ? findings("volumes", "note", [
                  `${subject}: the size grows from ${old} to ${size}. If it comes from a setting of the stack, the volumes grow in place.`,
              ])
            : []),
        ...(other
            ? findings("volumes", "note", [
                  `${subject}: its spec changes. Existing claims keep their spec, and only new claims have the new one.`,
              ])
            : []),
    ];
}

function withoutSize({ spec }: Claim): object {
    return { ...spec, resources: undefined };
}

function replicaFindings({ from, to }: ObjectPair): Finding[] {
    const [old, replicas] = [from, to].map(
        (object) => (fieldOf(object, "spec.replicas") as number | undefined) ?? 1,
    ) as [number, number];
    const change = `${title(from)}: the number of replicas changes from ${old} to ${replicas}.`;
    if (replicas !== old && imagesOf([to]).some(({ repository }) => repository.endsWith("/minio/minio"))) {
        return findings("volumes", "unsafe", [`${change} MinIO does not start with another number of drives.`]);
    }
    if (replicas < old) {
        return findings("volumes", "work", [
            `${change} The claims of the removed replicas stay, and what only these replicas hold is no longer available.`,
        ]);
    }
    return replicas > old
        ? findings("volumes", "note", [`${change} ${replicas - old} new pods start with new, empty volumes.`])
        : [];
}
