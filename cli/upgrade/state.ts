import { isDeepStrictEqual } from "util";
import { objectAliases } from "../../components/helm/renames";
import { chartType, type Evaluation } from "../evaluate";
import type { KubernetesObject } from "../manifests";
import type { PlanDocument } from "../plan-format";
import type { FormerResource } from "../record";
import { immutableValues } from "./immutable";
import { title } from "./objects";

/** A resource in the state of a stack, as far as an upgrade depends on it. */
export interface StateResource {
    /** The types of its parents and its own type, joined by "$", and its name: the end of its URN. */
    id: string;
    /** Kind, namespace and name of its Kubernetes object. Default: none. */
    object?: string;
    /** Values that cannot change in place. Default: none. Only for resources that hold data. */
    fixed?: Record<string, unknown>;
}

/** The resources of a stack, with the former ids of renamed ones. */
export interface CurrentState {
    resources: StateResource[];
    /** Former ids by current id. */
    former: Record<string, string[]>;
}

/** A resource that a later version intentionally does not have. */
export interface RetiredResource {
    id: string;
    /** Why it can be deleted, and where this is documented. */
    reason: string;
}

/** Types that hold data, or the only copy of a password. They must never be deleted or replaced by an upgrade. */
const stateful =
    /(?:^|[$:])(?:kubernetes:apps\/v1:StatefulSet|kubernetes:core\/v1:(?:Namespace|PersistentVolumeClaim)|random:index\/randomPassword:RandomPassword)::/;

/** A Job runs once. The name of a Job in our charts contains a hash of its spec, so that another spec is another Job. */
const job = /\$kubernetes:batch\/v1:Job::/;

/** Arguments of a password whose change creates a new one. */
const passwordArguments = ["length", "special"];

/** The part of an evaluated program that its state depends on. */
export type StateSource = Pick<PlanDocument, "resources" | "charts">;

/**
 * The state of a stack after a deployment.
 *
 * @param objects the objects of each release. Without them, the state contains no objects of charts.
 * @param aliases former identities by name of the resource.
 */
export function stateOf(
    { resources, charts }: StateSource,
    objects = new Map<string, KubernetesObject[]>(),
    aliases: Record<string, FormerResource[]> = {},
): CurrentState {
    const byName = new Map(resources.map((resource) => [resource.name, resource]));
    const state: CurrentState = { resources: [], former: {} };
    const releases = charts.map(({ release, namespace }) => ({ release, namespace }));
    for (const { type, name, parent, settings } of resources) {
        // The stack itself.
        if (parent === null) {
            continue;
        }
        const id = idOf(name, byName);
        const kubernetesName = settings["metadata.name"];
        const namespace = settings["metadata.namespace"];
        const kind = type.split(":").pop() ?? "";
        add(state, id, formerIds(name, byName, aliases), {
            ...(kubernetesName !== undefined && {
                object: `${kind} ${namespace === undefined ? "" : `${String(namespace)}/`}${String(kubernetesName)}`,
            }),
            ...(kind === "RandomPassword" && {
                fixed: Object.fromEntries(passwordArguments.map((key) => [key, settings[key] ?? null])),
            }),
        });
        const release = type === chartType ? releases.shift() : undefined;
        for (const object of objects.get(release?.release ?? "") ?? []) {
            addChartObject(state, object, { chart: name, namespace: release?.namespace ?? "", byName, aliases });
        }
    }
    return state;
}

/** The state of an evaluated stack, with its aliases. */
export function stateOfEvaluation(
    { resources, charts }: Evaluation,
    plan: PlanDocument,
    objects?: Map<string, KubernetesObject[]>,
): CurrentState {
    const aliases = Object.fromEntries(resources.map((resource) => [resource.name, resource.aliases ?? []]));
    return stateOf({ resources: plan.resources, charts }, objects, aliases);
}

function add(state: CurrentState, id: string, former: string[], rest: Omit<StateResource, "id">): void {
    state.resources.push({ id, ...rest });
    if (former.length > 0) {
        state.former[id] = former;
    }
}

type ByName = Map<string, StateSource["resources"][number]>;

function addChartObject(
    state: CurrentState,
    object: KubernetesObject,
    chart: { chart: string; namespace: string; byName: ByName; aliases: Record<string, FormerResource[]> },
): void {
    const group = object.apiVersion.includes("/") ? object.apiVersion : `core/${object.apiVersion}`;
    const type = `kubernetes:${group}:${object.kind}`;
    const { namespace, name } = object.metadata;
    const resource = `${chart.chart}:${namespace === undefined ? "" : `${namespace}/`}${name}`;
    const parents = [idOf(chart.chart, chart.byName), ...formerIds(chart.chart, chart.byName, chart.aliases)];
    const names = [resource, ...objectAliases(type, resource, chart.namespace).map((alias) => alias.name)];
    const ids = parents.flatMap((parent) => {
        const [types = "", parentName = ""] = parent.split("::");
        return names.map((each) => `${types}$${type}::${inherited(each, chart.chart, parentName)}`);
    });
    const [id = "", ...former] = ids;
    const values = immutableValues(object);
    add(state, id, former, {
        object: title(object),
        ...(stateful.test(id) && Object.keys(values).length > 0 && { fixed: plainValues(values) }),
    });
}

/** JSON has no undefined. */
function plainValues(values: Record<string, unknown>): Record<string, unknown> {
    return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, value ?? null]));
}

function idOf(name: string, byName: ByName): string {
    const types: string[] = [];
    let resource = byName.get(name);
    while (resource !== undefined && resource.parent !== null) {
        types.unshift(resource.type);
        resource = byName.get(resource.parent);
    }
    return `${types.join("$")}::${name}`;
}

/** All former ids of a resource. As in Pulumi, it inherits those of its parent, and a child whose name begins with the name of its parent is renamed with it. */
function formerIds(name: string, byName: ByName, aliases: Record<string, FormerResource[]>): string[] {
    const resource = byName.get(name);
    if (resource === undefined || resource.parent === null) {
        return [];
    }
    const { parent, type } = resource;
    const own = [{}, ...(aliases[name] ?? [])];
    const ids = own.flatMap((alias: FormerResource) => {
        const above = alias.parent ?? parent;
        return [idOf(above, byName), ...formerIds(above, byName, aliases)].map((parentId) => {
            const [types = "", parentName = ""] = parentId.split("::");
            const chain = byName.get(above)?.parent === null ? "" : `${types}$`;
            return `${chain}${alias.type ?? type}::${alias.name ?? inherited(name, above, parentName)}`;
        });
    });
    return [...new Set(ids)].filter((id) => id !== idOf(name, byName));
}

function inherited(name: string, parent: string, formerParent: string): string {
    return name.startsWith(parent) ? `${formerParent}${name.slice(parent.length)}` : name;
}

/**
 * What an upgrade from the state of a release would delete or replace: one sentence for each mistake.
 *
 * @param complete whether the current state contains the objects of charts.
 */
export function stateMistakes(
    release: StateResource[],
    { resources, former }: CurrentState,
    retired: RetiredResource[],
    complete = true,
): string[] {
    const current = new Map<string, StateResource>();
    for (const resource of resources) {
        [resource.id, ...(former[resource.id] ?? [])].forEach((id) => current.set(id, resource));
    }
    return release
        .filter(({ id }) => !job.test(id) && (complete || !isChartObject(id)))
        .flatMap((old) => {
            const now = current.get(old.id);
            return now === undefined ? missing(old, retired) : replaced(old, now);
        });
}

function isChartObject(id: string): boolean {
    return id.includes(`${chartType}$`);
}

function missing({ id }: StateResource, retired: RetiredResource[]): string[] {
    const isRetired = retired.some((each) => each.id === id);
    if (stateful.test(id)) {
        return [
            `${id} holds data and would be deleted. Give the resource that replaces it an alias; a resource that holds data cannot be retired.`,
        ];
    }
    return isRetired
        ? []
        : [
              `${id} would be deleted. If it was renamed, give the resource an alias. Otherwise list it as retired, with a reason.`,
          ];
}

function replaced(old: StateResource, now: StateResource): string[] {
    if (!stateful.test(old.id)) {
        return [];
    }
    const changes = Object.entries(old.fixed ?? {}).filter(
        ([key, value]) => !isDeepStrictEqual(value, now.fixed?.[key] ?? null),
    );
    return [
        ...(old.object === now.object
            ? []
            : [`${old.id} would be replaced: ${old.object} has the new name ${now.object}.`]),
        ...changes.map(
            ([key, value]) =>
                `${old.id} would be replaced: ${key} changes from ${JSON.stringify(value)} to ${JSON.stringify(now.fixed?.[key])}.`,
        ),
    ];
}
