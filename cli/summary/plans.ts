import { quantityValue } from "../../validation/quantities";
import { differences, formatDifferences } from "../compare";
import type { PlanDocument, PlannedResource, Scalar } from "../plan-format";
import { chartType } from "../evaluate";
import { podRequests } from "../up/requests";
import type { Effect, ObjectChange, SettingChange, Usage } from "./effect";
import { isPatch, kindOf } from "./effect";
import { settingDifferences, wholeComponent } from "./preview";

const componentType = /^observability:index:/;

/**
 * The effect of a change, from the plans before and after it. Plans do not contain the objects of charts. Therefore a release is listed as one
 * object.
 *
 * @param before undefined if the stack is new.
 * @param nodes number of nodes, for the requests of DaemonSets.
 */
export function effectOfPlans(before: PlanDocument | undefined, after: PlanDocument, nodes: number): Effect {
    const none: PlanDocument = { stack: after.stack, resources: [], charts: [], endpoints: {}, warnings: [] };
    const from = before ?? none;
    const resources = pairs(from.resources, after.resources, ({ type, name }) => `${type} ${name}`);
    return {
        stack: after.stack,
        source: "plans",
        settings: [...resources.flatMap(componentChanges), ...chartChanges(from, after)],
        objects: [
            ...resources.flatMap((pair) =>
                objectChange(pair, [...after.resources, ...from.resources], from.profile === "prod"),
            ),
            ...releaseChanges(from, after),
        ],
        usage: { before: usage(from, nodes), after: usage(after, nodes) },
        wholeStack: true,
        announcements: [],
        warnings: after.warnings.filter((warning) => !from.warnings.includes(warning)),
        otherDifferences: chartDifferences(from, after),
    };
}

/** The first line of formatted differences is a heading. */
function chartDifferences(before: PlanDocument, after: PlanDocument): string[] {
    const found = differences(before, after).filter(({ part, key }) => key !== "" && part.startsWith("release "));
    return formatDifferences(before.stack, after.stack, found).split("\n").slice(1);
}

type Pair<T> = [T | undefined, T | undefined];

/** The entries of both lists with the same key. */
function pairs<T>(before: T[], after: T[], keyOf: (entry: T) => string): Pair<T>[] {
    const [old, fresh] = [before, after].map((list) => new Map(list.map((entry) => [keyOf(entry), entry])));
    return [...new Set([...(old?.keys() ?? []), ...(fresh?.keys() ?? [])])].map((key) => [
        old?.get(key),
        fresh?.get(key),
    ]);
}

function componentChanges([before, after]: Pair<PlannedResource>): SettingChange[] {
    const { type = "" } = after ?? before ?? {};
    if (!componentType.test(type)) {
        return [];
    }
    const component = kindOf(type);
    if (before === undefined || after === undefined) {
        return [wholeComponent(component, before === undefined ? "create" : "delete")];
    }
    return settingDifferences(component, before.settings, after.settings);
}

function chartChanges(before: PlanDocument, after: PlanDocument): SettingChange[] {
    return pairs(before.charts, after.charts, ({ release }) => release).flatMap(([old, fresh]) =>
        old === undefined || fresh === undefined
            ? []
            : settingDifferences(`Chart ${fresh.release}`, source(old), source(fresh)),
    );
}

function source({
    chart,
    version,
    repository,
    namespace,
    digest,
}: PlanDocument["charts"][number]): Record<string, Scalar> {
    return { chart, version, repository, namespace, ...(digest !== undefined && { digest }) };
}

/** @param keepsNamespace whether Pulumi does not delete the namespace, see stack/index.ts. */
function objectChange(
    [before, after]: Pair<PlannedResource>,
    all: PlannedResource[],
    keepsNamespace: boolean,
): ObjectChange[] {
    const { type = "", name = "", parent } = after ?? before ?? {};
    if (
        parent === null ||
        componentType.test(type) ||
        type === chartType ||
        type.startsWith("kubernetes:apiextensions.k8s.io/v1:CustomResourceDefinition")
    ) {
        return [];
    }
    const nameOf = ({ settings }: PlannedResource) =>
        [settings["metadata.namespace"], settings["metadata.name"]].filter((part) => part !== undefined).join("/") ||
        name;
    const moved = before !== undefined && after !== undefined && nameOf(before) !== nameOf(after);
    const retained = isPatch(type) || (type === "kubernetes:core/v1:Namespace" && keepsNamespace);
    return [
        {
            type,
            kind: kindOf(type),
            name: nameOf((before ?? after) as PlannedResource),
            component: componentOf(parent, all),
            operation: retained && after === undefined ? "retain" : operation(before, after, moved),
            before: before?.settings,
            after: after?.settings,
            replaceKeys: moved
                ? ["metadata.namespace", "metadata.name"].filter((key) => before.settings[key] !== after.settings[key])
                : [],
            secretKeys: [],
            retained,
            generators: [],
        },
    ];
}

function componentOf(parent: string | null | undefined, resources: PlannedResource[]): string | undefined {
    const component = resources.find(({ name, type }) => name === parent && componentType.test(type));
    return component && kindOf(component.type);
}

function releaseChanges(before: PlanDocument, after: PlanDocument): ObjectChange[] {
    return pairs(before.charts, after.charts, ({ release }) => release).map(([old, fresh]) => {
        const moved = old !== undefined && fresh !== undefined && old.namespace !== fresh.namespace;
        const { release, namespace } = (old ?? fresh) as PlanDocument["charts"][number];
        return {
            type: chartType,
            kind: "Helm release",
            name: `${namespace}/${release}`,
            operation: operation(old, fresh, moved),
            replaceKeys: moved ? ["namespace"] : [],
            secretKeys: [],
            retained: false,
            generators: [],
        };
    });
}

function operation<T>(before: T | undefined, after: T | undefined, moved: boolean): ObjectChange["operation"] {
    if (before === undefined || after === undefined) {
        return before === undefined ? "create" : "delete";
    }
    return moved ? "replace" : JSON.stringify(before) === JSON.stringify(after) ? "same" : "update";
}

/** Jobs are ignored, because their pods end. */
function usage({ charts, resources }: PlanDocument, nodes: number): Usage {
    const workloads = charts.map(({ release, values }) => ({
        release,
        values: { ...values, jobResources: undefined },
    }));
    const pods = podRequests(workloads).map(({ cpu, memory, replicas, everyNode }) => {
        const count = everyNode ? nodes : replicas;
        return { cpu: cpu * count, memory: memory * count };
    });
    // The sizes of the claims of StatefulSets are resources. Grafana's claim belongs to its chart.
    const sizes = resources.map(({ type, settings }) =>
        type === "observability:index:Grafana"
            ? settings["persistence"] === true
                ? settings["size"]
                : undefined
            : settings["spec.resources.requests.storage"],
    );
    return {
        cpu: sum(pods.map(({ cpu }) => cpu)),
        memory: sum(pods.map(({ memory }) => memory)),
        storage: sum(sizes.map((size) => quantityValue(String(size ?? 0)) ?? 0)),
    };
}

function sum(values: number[]): number {
    return values.reduce((total, value) => total + value, 0);
}
