import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { recordProgram } from "../../cli/record";
import { type StateResource, type StateSource, stateMistakes, stateOf } from "../../cli/upgrade/state";
import { objectAliases } from "../../components/helm/renames";

const chartType = "kubernetes:helm.sh/v4:Chart";
const statefulSet = {
    apiVersion: "apps/v1",
    kind: "StatefulSet",
    metadata: { name: "loki", namespace: "monitoring" },
    spec: { serviceName: "loki-headless" },
};

/** A stack with one component, which deploys one chart. */
function source(component = "stack-loki"): StateSource {
    const resource = (type: string, name: string, parent: string | null) => ({ type, name, parent, settings: {} });
    return {
        resources: [
            resource("pulumi:pulumi:Stack", "root", null),
            resource("a:b:Loki", component, "root"),
            resource(chartType, `${component}-chart`, component),
        ],
        charts: [
            { release: "loki", chart: "loki", version: "1.0.0", repository: "r", namespace: "monitoring", values: {} },
        ],
    };
}

const objects = new Map([["loki", [statefulSet]]]);
const setId = `a:b:Loki$${chartType}$kubernetes:apps/v1:StatefulSet::stack-loki-chart:monitoring/loki`;

describe("the state of a stack", () => {
    test("has an id for each resource and each object of a chart, and the fixed fields of what holds data", () => {
        expect(stateOf(source(), objects)).toEqual({
            resources: [
                { id: "a:b:Loki::stack-loki" },
                { id: `a:b:Loki$${chartType}::stack-loki-chart` },
                {
                    id: setId,
                    object: "StatefulSet monitoring/loki",
                    fixed: {
                        "spec.podManagementPolicy": "OrderedReady",
                        "spec.revisionHistoryLimit": 10,
                        "spec.selector": null,
                        "spec.serviceName": "loki-headless",
                    },
                },
            ],
            former: {},
        });
    });

    test("has the former ids of a renamed component, of its children and of the objects of its chart", () => {
        const renamed = stateOf(source("stack-logs"), objects, { "stack-logs": [{ name: "stack-loki" }] });
        expect(Object.values(renamed.former).flat()).toEqual([
            "a:b:Loki::stack-loki",
            `a:b:Loki$${chartType}::stack-loki-chart`,
            setId,
        ]);
    });

    test("has the former ids of a resource with another type, and of one that has moved to another parent", () => {
        const { former } = stateOf(source(), new Map(), {
            "stack-loki": [{ type: "a:b:OldLoki" }],
            "stack-loki-chart": [{ parent: "root" }],
        });
        expect(former).toEqual({
            "a:b:Loki::stack-loki": ["a:b:OldLoki::stack-loki"],
            [`a:b:Loki$${chartType}::stack-loki-chart`]: [
                `a:b:OldLoki$${chartType}::stack-loki-chart`,
                `${chartType}::stack-loki-chart`,
            ],
        });
    });
});

describe("an upgrade", () => {
    const release = stateOf(source(), objects).resources;
    const mistakes = (
        after: { component?: string; object?: object; aliases?: Record<string, object[]> },
        retired: string[] = [],
    ) => {
        const { component, object = {}, aliases = {} } = after;
        const changed = { ...statefulSet, ...object };
        const state = stateOf(source(component), new Map([["loki", [changed]]]), aliases);
        return stateMistakes(
            release,
            state,
            retired.map((id) => ({ id, reason: "test" })),
        );
    };

    test("that changes nothing has no mistakes", () => {
        expect(mistakes({})).toEqual([]);
    });

    test("must not rename a component without an alias", () => {
        expect(mistakes({ component: "stack-logs" })).toEqual([
            "a:b:Loki::stack-loki would be deleted. If it was renamed, give the resource an alias. Otherwise list it as retired, with a reason.",
            `a:b:Loki$${chartType}::stack-loki-chart would be deleted. If it was renamed, give the resource an alias. Otherwise list it as retired, with a reason.`,
            `${setId} holds data and would be deleted. Give the resource that replaces it an alias; a resource that holds data cannot be retired.`,
        ]);
        expect(mistakes({ component: "stack-logs", aliases: { "stack-logs": [{ name: "stack-loki" }] } })).toEqual([]);
    });

    test("can retire a resource, but not one that holds data", () => {
        const retired = release.map(({ id }) => id);
        expect(mistakes({ component: "other" }, retired)).toEqual([expect.stringContaining(setId) as string]);
    });

    test("must not rename an object that holds data, or change its immutable fields", () => {
        const spec = { serviceName: "other" };
        expect(mistakes({ object: { spec } })).toEqual([
            `${setId} would be replaced: spec.serviceName changes from "loki-headless" to "other".`,
        ]);
        const before: StateResource[] = [{ id: "kubernetes:core/v1:Namespace::ns", object: "Namespace monitoring" }];
        const after = { resources: [{ id: "kubernetes:core/v1:Namespace::ns", object: "Namespace obs" }], former: {} };
        expect(stateMistakes(before, after, [])).toEqual([
            "kubernetes:core/v1:Namespace::ns would be replaced: Namespace monitoring has the new name Namespace obs.",
        ]);
    });

    test("can replace a Job, whose name contains a hash", () => {
        const job = [{ id: `a:b:C$${chartType}$kubernetes:batch/v1:Job::x:monitoring/job-1` }];
        expect(stateMistakes(job, { resources: [], former: {} }, [])).toEqual([]);
    });
});

test("the objects of a cluster have their former name without the namespace as an alias", () => {
    const role = "kubernetes:rbac.authorization.k8s.io/v1:ClusterRole";
    expect(objectAliases(role, "stack-logs:lgtm-alloy-logs-obs", "obs")).toEqual([
        { name: "stack-logs:lgtm-alloy-logs" },
    ]);
    expect(objectAliases(role, "stack-logs:lgtm-alloy-logs", "obs")).toEqual([]);
    expect(objectAliases("kubernetes:core/v1:ServiceAccount", "stack-logs:obs/a-obs", "obs")).toEqual([]);
});

test("the aliases of resources are recorded", async () => {
    const { resources } = await recordProgram({ project: "test", stack: "test" }, () => {
        const parent = new pulumi.ComponentResource("a:b:C", "parent", {}, { aliases: [{ name: "old" }] });
        const former = new pulumi.ComponentResource("a:b:C", "former");
        const provider = new k8s.Provider("cluster", {});
        const urn = "urn:pulumi:test::test::a:b:C$kubernetes:core/v1:Secret::b";
        new k8s.core.v1.ConfigMap("a", {}, { parent, provider, aliases: [{ parent: former }, urn] });
    });
    const aliases = (name: string) => resources.find((resource) => resource.name === name)?.aliases;
    expect(aliases("parent")).toEqual([{ name: "old" }]);
    expect(aliases("a")).toEqual(
        expect.arrayContaining([{ parent: "former" }, { type: "kubernetes:core/v1:Secret", name: "b" }]),
    );
    expect(aliases("former")).toBeUndefined();
});
