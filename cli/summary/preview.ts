import { z } from "zod";
import { flatten, type Scalar } from "../plan-format";
import { chartType } from "../evaluate";
import { shorten } from "../shorten";
import {
    type Effect,
    isGenerator,
    isPatch,
    kindOf,
    type ObjectChange,
    objectName,
    type Operation,
    redact,
    secretMarker,
    type SettingChange,
    type Tree,
} from "./effect";
import { usageOf } from "./usage";

const stateSchema = z.object({
    custom: z.boolean().optional(),
    inputs: z.record(z.string(), z.unknown()).optional(),
    dependencies: z.array(z.string()).nullish(),
    retainOnDelete: z.boolean().optional(),
});

const stepSchema = z.object({
    op: z.string(),
    urn: z.string(),
    oldState: stateSchema.nullish(),
    newState: stateSchema.nullish(),
    diffReasons: z.array(z.string()).nullish(),
    replaceReasons: z.array(z.string()).nullish(),
    detailedDiff: z.record(z.string(), z.object({ kind: z.string() })).nullish(),
});

/** The parts of the document that `pulumi preview --json` prints which the summary uses. */
export const previewSchema = z.object({
    steps: z.array(stepSchema).optional(),
    diagnostics: z.array(z.object({ severity: z.string().optional(), message: z.string().optional() })).optional(),
    changeSummary: z.record(z.string(), z.number()).optional(),
});

/** The document that `pulumi preview --json` prints. */
export type Preview = z.infer<typeof previewSchema>;

type Step = z.infer<typeof stepSchema>;

/** The program warns about a change that concerns stored data with this form, see settings/moves.ts. */
const announcement = /; the deployed stack (has|does not have it)\b/;

/** The last steps of a resource decide what happens to it, and which states are compared. */
interface ResourceStep extends Step {
    operation: Operation;
    type: string;
    name: string;
    component?: string;
}

/**
 * The errors of a preview in one sentence. Undefined if the preview succeeded. A preview that stopped early has no summary of the changes.
 */
export function previewFailure({ diagnostics = [], changeSummary }: Preview): string | undefined {
    const errors = diagnostics.filter(({ severity }) => severity === "error").map(({ message = "" }) => message);
    const first = errors[0];
    if (first !== undefined) {
        const others = errors.length === 1 ? "" : ` (and ${errors.length - 1} more)`;
        return shorten(first.replace(/^error: /, ""), 1000) + others;
    }
    return changeSummary === undefined ? "it ended before the changes were known" : undefined;
}

/**
 * The effect of a preview.
 *
 * @param nodes number of nodes, for the requests of DaemonSets.
 */
export function effectOfPreview(preview: Preview, nodes: number): Effect {
    const { steps = [], diagnostics = [], changeSummary = {} } = preview;
    const resources = resourceSteps(steps);
    const components = resources.filter((resource) => isComponent(resource));
    const objects = objectChanges(resources.filter((resource) => !isComponent(resource)));
    // The stack itself is one of the unchanged resources.
    const shown = new Set(steps.filter(({ op }) => op === "same").map(({ urn }) => urn)).size;
    const warnings = diagnostics
        .filter(({ severity }) => severity === "warning")
        .map(({ message = "" }) => message.replace(/^warning: /, "").trim());
    return {
        stack: steps[0]?.urn.split("::")[0]?.replace("urn:pulumi:", "") ?? "",
        source: "preview",
        settings: [
            ...components.flatMap((component) => settingChanges(component, labelOf(component, components))),
            ...versionChanges(objects),
        ],
        objects,
        usage: { before: usageOf(objects, "before", nodes), after: usageOf(objects, "after", nodes) },
        wholeStack: shown >= (changeSummary["same"] ?? 0),
        announcements: warnings.filter((warning) => announcement.test(warning)),
        warnings: warnings.filter((warning) => !announcement.test(warning)),
        otherDifferences: [],
    };
}

function resourceSteps(steps: Step[]): ResourceStep[] {
    const byUrn = new Map<string, Step[]>();
    for (const step of steps) {
        byUrn.set(step.urn, [...(byUrn.get(step.urn) ?? []), step]);
    }
    return [...byUrn.entries()].flatMap(([urn, own]): ResourceStep[] => {
        const operation = operationOf(own.map(({ op }) => op));
        const [, , types = "", ...name] = urn.split("::");
        const ancestors = types.split("$");
        const type = ancestors.pop() ?? "";
        if (operation === undefined || type === "pulumi:pulumi:Stack") {
            return [];
        }
        const states = {
            oldState: operation === "create" ? undefined : last(own, ({ oldState }) => oldState)?.oldState,
            newState: operation === "delete" ? undefined : last(own, ({ newState }) => newState)?.newState,
        };
        const parent = last(ancestors, (ancestor) => !/^(kubernetes|pulumi):/.test(ancestor));
        return [
            {
                op: operation,
                urn,
                diffReasons: last(own, ({ diffReasons }) => diffReasons)?.diffReasons,
                detailedDiff: last(own, ({ detailedDiff }) => detailedDiff)?.detailedDiff,
                ...states,
                replaceReasons: own.flatMap(({ replaceReasons }) => replaceReasons ?? []),
                operation,
                type,
                name: name.join("::"),
                component: parent?.split(":").pop(),
            },
        ];
    });
}

/** With --refresh, the steps that read the real objects come before the steps that change them. */
function operationOf(operations: string[]): Operation | undefined {
    if (operations.some((operation) => /replace/.test(operation) && operation !== "remove-pending-replace")) {
        return "replace";
    }
    const operation = last(operations, (candidate) => candidate !== "refresh");
    switch (operation) {
        case "create":
        case "import":
            return "create";
        case "update":
        case "delete":
        case "same":
            return operation;
        default:
            // The others, such as read, change nothing.
            return undefined;
    }
}

function last<T>(list: T[], condition: (entry: T) => unknown): T | undefined {
    return list.filter((entry) => condition(entry)).at(-1);
}

function isComponent({ oldState, newState }: ResourceStep): boolean {
    return (newState ?? oldState)?.custom === false;
}

function inputsOf(type: string, state: Step["oldState"]): Tree | undefined {
    return state ? redact(type, state.inputs ?? {}) : undefined;
}

function objectChanges(resources: ResourceStep[]): ObjectChange[] {
    const operations = new Map(resources.map(({ urn, operation }) => [urn, operation]));
    return resources.map((resource) => {
        const { type, name, component, operation, oldState, newState } = resource;
        const [before, after] = [inputsOf(type, oldState), inputsOf(type, newState)];
        const dependencies = (oldState ?? newState)?.dependencies ?? [];
        const retained = isPatch(type) || (oldState?.retainOnDelete ?? false);
        return {
            type,
            kind: kindOf(type),
            name: objectName(before ?? after, name),
            component,
            operation: retained && operation === "delete" ? "retain" : operation,
            before,
            after,
            replaceKeys: replaceKeys(resource),
            secretKeys: operation === "same" ? [] : changedSecrets(resource, before, after),
            retained,
            generators: dependencies
                .filter((urn) => isGenerator(urn.split("::")[2]?.split("$").pop() ?? ""))
                .map((urn) => ({ lost: ["delete", "replace"].includes(operations.get(urn) ?? "same") })),
        };
    });
}

function replaceKeys({ operation, detailedDiff, replaceReasons }: ResourceStep): string[] {
    if (operation !== "replace") {
        return [];
    }
    const detailed = Object.entries(detailedDiff ?? {}).filter(([, { kind }]) => kind.endsWith("-replace"));
    return [...new Set(detailed.length > 0 ? detailed.map(([key]) => key) : (replaceReasons ?? []))];
}

/** The engine names the keys that change. A secret has the same text before and after. */
function changedSecrets({ detailedDiff, diffReasons }: Step, before: Tree = {}, after: Tree = {}): string[] {
    const keys = Object.keys(detailedDiff ?? {});
    return (keys.length > 0 ? keys : (diffReasons ?? [])).filter((key) => {
        const [first = ""] = key.split(/[.[]/);
        const [old, fresh] = [JSON.stringify(before[first]), JSON.stringify(after[first])];
        return old === fresh && old?.includes(secretMarker) === true;
    });
}

/** The class of a component, with its name if there are several of this class. */
function labelOf({ type, name }: ResourceStep, components: ResourceStep[]): string {
    const several = components.filter((component) => component.type === type).length > 1;
    return several ? `${kindOf(type)} ${name}` : kindOf(type);
}

/** The engine does not store the inputs of a chart. Its objects show the effect. */
function settingChanges(resource: ResourceStep, component: string): SettingChange[] {
    const { type, operation, oldState, newState } = resource;
    if (type === chartType) {
        return [];
    }
    if (operation === "create" || operation === "delete") {
        return [wholeComponent(component, operation)];
    }
    const [before, after] = [inputsOf(type, oldState), inputsOf(type, newState)];
    return [
        ...settingDifferences(component, flatten(before), flatten(after)),
        ...changedSecrets(resource, before, after).map((setting) => ({
            component,
            setting,
            from: secretMarker,
            to: `${secretMarker} (changed)`,
        })),
    ];
}

/** The versions of charts and the images that change, from the labels and the containers of objects. */
function versionChanges(objects: ObjectChange[]): SettingChange[] {
    const changes = objects.flatMap(({ component, kind, name, before, after }) =>
        before === undefined || after === undefined
            ? []
            : settingDifferences(component ?? `${kind} ${name}`, versionsIn(before), versionsIn(after)),
    );
    return [...new Map(changes.map((change) => [JSON.stringify(change), change])).values()];
}

interface Versioned {
    metadata?: { labels?: Record<string, string> };
    spec?: { template?: { spec?: { containers?: Container[]; initContainers?: Container[] } } };
}

interface Container {
    name?: string;
    image?: string;
}

function versionsIn(inputs: Versioned): Record<string, Scalar> {
    const { containers = [], initContainers = [] } = inputs.spec?.template?.spec ?? {};
    const chart = inputs.metadata?.labels?.["helm.sh/chart"];
    return {
        ...(chart !== undefined && { chart }),
        ...Object.fromEntries(
            [...initContainers, ...containers].flatMap(({ name, image }) =>
                image === undefined ? [] : [[`image of container ${name}`, image]],
            ),
        ),
    };
}

/** The change of a component that is new, or that no longer exists. */
export function wholeComponent(component: string, operation: "create" | "delete"): SettingChange {
    return operation === "create"
        ? { component, setting: "", to: "deployed" }
        : { component, setting: "", from: "deployed" };
}

/** The settings that two maps have with different values. */
export function settingDifferences(
    component: string,
    before: Record<string, Scalar>,
    after: Record<string, Scalar>,
): SettingChange[] {
    return [...new Set([...Object.keys(before), ...Object.keys(after)])]
        .filter((setting) => before[setting] !== after[setting])
        .map((setting) => ({ component, setting, from: before[setting], to: after[setting] }));
}
