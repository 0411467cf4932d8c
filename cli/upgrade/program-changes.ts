import { differences } from "../compare";
import type { PlanDocument, PlannedResource } from "../plan-format";
import { type Finding, findings } from "./finding";
import type { StackFindings } from "./report";

/** Resources whose deletion loses data or the only copy of a password. */
const dataTypes = [
    "kubernetes:core/v1:Namespace",
    "kubernetes:core/v1:PersistentVolumeClaim",
    "kubernetes:core/v1:Secret",
    "random:index/randomPassword:RandomPassword",
];

/** What changes in the resources that belong to no chart, such as Secrets, passwords and the sizes of claims. */
export function programChanges(before: PlanDocument, after: PlanDocument): StackFindings {
    const old = new Map(before.resources.map((resource) => [idOf(resource), resource]));
    const current = new Map(after.resources.map((resource) => [idOf(resource), resource]));
    const removed = [...old.values()].filter((resource) => !current.has(idOf(resource)));
    const added = [...current.values()].filter((resource) => !old.has(idOf(resource)));
    const replaced = [...current.values()].flatMap((to) => {
        const from = old.get(idOf(to));
        const names = from && [objectNameOf(from), objectNameOf(to)];
        return names === undefined || names[0] === names[1]
            ? []
            : [{ to, text: `${names[0]} is replaced by ${names[1]}.` }];
    });
    const found: Finding[] = [
        ...removed.map((resource) => finding(resource, `${describe(resource)} is removed.`)),
        ...replaced.map(({ to, text }) => finding(to, text)),
        ...findings(
            "objects",
            "note",
            added.map((resource) => `${describe(resource)} is added.`),
        ),
    ];
    return {
        stack: after.stack,
        release: "program",
        chart: "program",
        findings: found,
        images: [],
        fields: differences({ ...before, charts: [] }, { ...after, charts: [] }).filter(({ key }) => key !== ""),
    };
}

function idOf({ type, name }: PlannedResource): string {
    return `${type} ${name}`;
}

/** The deletion of a resource. */
function finding({ type }: PlannedResource, text: string): Finding {
    return dataTypes.includes(type)
        ? {
              severity: "unsafe",
              check: "objects",
              text: `${text} The old one holds data, or the only copy of a password.`,
          }
        : { severity: "note", check: "objects", text };
}

function describe({ type, name }: PlannedResource): string {
    return `${type.split(":").pop()} ${name}`;
}

/** Kind, namespace and name of the Kubernetes object of a resource. Another name or namespace replaces the object. */
function objectNameOf({ type, settings }: PlannedResource): string | undefined {
    const [name, namespace] = [settings["metadata.name"], settings["metadata.namespace"]];
    return name === undefined
        ? undefined
        : `${type.split(":").pop()} ${namespace === undefined ? "" : `${String(namespace)}/`}${String(name)}`;
}
