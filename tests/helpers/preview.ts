import type { Preview } from "../../cli/summary/preview";

type Step = NonNullable<Preview["steps"]>[number];

/** A step of a preview, without what follows from the other parts. */
export interface StepOptions extends Partial<Omit<Step, "urn" | "oldState" | "newState">> {
    type: string;
    name?: string;
    /** Types of the ancestors, such as "observability:index:Loki". */
    parents?: string[];
    before?: Record<string, unknown>;
    after?: Record<string, unknown>;
    /** Further fields of both states. */
    state?: Partial<NonNullable<Step["oldState"]>>;
}

/** The URN of a resource in stack "prod" of project "observability". */
export function urn(type: string, name: string, parents: string[] = []): string {
    return `urn:pulumi:prod::observability::${[...parents, type].join("$")}::${name}`;
}

/** A step of a preview. By default, the operation follows from the states. */
export function step({ type, name = "it", parents, before, after, state, ...more }: StepOptions): Step {
    const operation = before === undefined ? "create" : after === undefined ? "delete" : "update";
    const custom = !type.startsWith("observability:") && !type.startsWith("kubernetes:helm.sh/v4:");
    const stateOf = (inputs: Record<string, unknown> | undefined) => inputs && { custom, inputs, ...state };
    return {
        op: operation,
        urn: urn(type, name, parents),
        ...(before && { oldState: stateOf(before) }),
        ...(after && { newState: stateOf(after) }),
        ...more,
    };
}

/** A successful preview with these steps. */
export function preview(steps: Step[], more: Partial<Preview> = {}): Preview {
    return { steps, diagnostics: [], changeSummary: { same: count(steps, "same") }, ...more };
}

function count(steps: Step[], operation: string): number {
    return steps.filter(({ op }) => op === operation).length;
}

/** Metadata of a Kubernetes object. */
export function metadata(name: string, namespace?: string): { metadata: object } {
    return { metadata: { name, ...(namespace !== undefined && { namespace }) } };
}
