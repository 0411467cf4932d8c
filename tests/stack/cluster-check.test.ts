import { resolveSettings } from "../../settings/resolve";
import type { ClusterReader } from "../../stack/cluster";
import { checkCluster } from "../../stack/cluster-check";
import type { OwnStack } from "../../stack/existing-objects";

const own = { identity: "organization/observability/dev", namespace: undefined };
const deployed = { ...own, namespace: "monitoring" };
const settings = resolveSettings({
    dapr: { enabled: true, namespaces: ["shop", "mentor"] },
    storage: { sizes: { loki: "20Gi" } },
});
const core = "/api/v1/namespaces/monitoring";
const owner = `${core}/configmaps/observability-stack`;

let answers: Record<string, unknown>;
let asked: string[];
beforeEach(() => {
    answers = {};
    asked = [];
});
afterEach(() => {
    delete process.env["PULUMI_K8S_UPSERT_EXISTING_OBJECTS"];
});

const reader: ClusterReader = {
    read: <T>(path: string) => {
        asked.push(path);
        return Promise.resolve(answers[path] as T | undefined);
    },
};

function check(stack: OwnStack = own) {
    return checkCluster(reader, settings, stack);
}

const loki = { metadata: { name: "loki", namespace: "monitoring" } };
const claims = `${core}/persistentvolumeclaims`;
const classes = "/apis/storage.k8s.io/v1/storageclasses";
const claim = {
    metadata: { name: "storage-loki-0" },
    spec: { storageClassName: "fixed", resources: { requests: { storage: "5Gi" } } },
    status: { phase: "Bound", capacity: { storage: "5Gi" } },
};

describe("the check of a cluster", () => {
    test("finds nothing in an empty cluster", async () => {
        expect(await check()).toEqual({ mistakes: [], warnings: [] });
    });

    test("finds objects with names of the stack, and ignores the others", async () => {
        answers[`${core}/services`] = { items: [loki, { metadata: { name: "shop", namespace: "monitoring" } }] };
        answers["/apis/rbac.authorization.k8s.io/v1/clusterroles"] = {
            items: [{ metadata: { name: "lgtm-alloy-logs-monitoring" } }, { metadata: { name: "view" } }],
        };
        const { mistakes } = await check();
        expect(mistakes).toEqual([
            expect.stringContaining("but Service loki already exists in this namespace") as string,
            expect.stringContaining(
                "but ClusterRole lgtm-alloy-logs-monitoring already exists in the cluster",
            ) as string,
        ]);
    });

    test("ignores the claims in a namespace of another stack", async () => {
        answers[owner] = { data: { stack: "organization/observability/prod" } };
        answers[claims] = { items: [claim] };
        answers[classes] = { items: [] };
        expect((await check()).mistakes).toEqual([
            expect.stringContaining("has the Pulumi stack organization/observability/prod") as string,
        ]);
    });

    test("finds Dapr Configurations in application namespaces", async () => {
        answers["/apis/dapr.io/v1alpha1/namespaces/shop/configurations/tracing"] = {
            metadata: { name: "tracing", namespace: "shop" },
        };
        expect((await check(deployed)).mistakes).toEqual([
            expect.stringContaining('dapr.namespaces contains "shop"') as string,
        ]);
    });

    test("does not list the objects of a stack that is deployed, or that was interrupted", async () => {
        answers[`${core}/services`] = { items: [loki] };
        expect((await check(deployed)).mistakes).toEqual([]);
        answers[owner] = { data: { stack: own.identity } };
        expect((await check()).mistakes).toEqual([]);
        expect(asked).not.toContain(`${core}/services`);
    });

    test("reads the state only if it decides whether the namespace remains from an earlier deployment", async () => {
        const read: string[] = [];
        const isInState = (namespace: string) => {
            read.push(namespace);
            return Promise.resolve(false);
        };
        await checkCluster(reader, settings, own, [], isInState);
        expect(read).toEqual([]);
        answers[core] = { metadata: { annotations: { "observability.mathtrail/stack": own.identity } } };
        const { mistakes } = await checkCluster(reader, settings, own, [], isInState);
        expect(read).toEqual(["monitoring"]);
        expect(mistakes).toEqual([
            expect.stringContaining("namespace monitoring remains from an earlier deployment of this stack") as string,
        ]);
    });

    test("reads storage classes only if the size of a claim changes", async () => {
        answers[claims] = { items: [claim] };
        answers[classes] = { items: [{ metadata: { name: "fixed" }, provisioner: "x" }] };
        expect((await check(deployed)).mistakes).toEqual([
            expect.stringContaining("its storage class fixed") as string,
        ]);
        answers[claims] = { items: [{ ...claim, spec: { resources: { requests: { storage: "20Gi" } } } }] };
        asked.length = 0;
        expect((await check(deployed)).mistakes).toEqual([]);
        expect(asked).not.toContain(classes);
    });

    test("finds nothing that the user may not read", async () => {
        answers[claims] = { items: [claim] };
        expect((await check()).mistakes).toEqual([]);
    });

    test("finds no existing objects if the provider makes them part of the stack", async () => {
        answers[`${core}/services`] = { items: [loki] };
        process.env["PULUMI_K8S_UPSERT_EXISTING_OBJECTS"] = "true";
        expect((await check()).mistakes).toEqual([]);
    });
});
