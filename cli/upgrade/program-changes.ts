import { differences } from "../compare";
import type { PlanDocument } from "../plan-format";
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
    const ids = ({ resources }: PlanDocument) => resources.map(({ type, name }) => `${type} ${name}`);
    const [old, current] = [ids(before), ids(after)];
    const removed = old.filter((id) => !current.includes(id));
    const isData = (id: string) => dataTypes.includes(id.split(" ")[0] ?? "");
    const sentence = (id: string, verb: string) => `${describe(id)} is ${verb}.`;
    const found: Finding[] = [
        ...findings(
            "objects",
            "unsafe",
            removed
                .filter(isData)
                .map((id) => `${sentence(id, "removed")} It holds data, or the only copy of a password.`),
        ),
        ...findings(
            "objects",
            "note",
            removed.filter((id) => !isData(id)).map((id) => sentence(id, "removed")),
        ),
        ...findings(
            "objects",
            "note",
            current.filter((id) => !old.includes(id)).map((id) => sentence(id, "added")),
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

function describe(id: string): string {
    const [type = "", name = ""] = id.split(" ");
    return `${type.split(":").pop()} ${name}`;
}
