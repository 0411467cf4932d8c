import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { ObservabilityStack } from "../stack";
import type { ObservabilityStackArgs } from "../stack/args";

/** The objects with data of a stack, by name, each with its protection. For a chart, this is the protection of its StatefulSet. */
async function protection(args: ObservabilityStackArgs, object = "any"): Promise<Record<string, boolean | undefined>> {
    const found: Record<string, boolean | undefined> = {};
    const charts: pulumi.runtime.MockResourceArgs[] = [];
    await pulumi.runtime.setMocks({
        newResource: (resource) => {
            if (resource.type === "kubernetes:helm.sh/v4:Chart") {
                charts.push(resource);
            }
            return { id: resource.name, state: { ...resource.inputs, result: "generated" } };
        },
        call: () => ({}),
    });
    await pulumi.runtime.runInPulumiStack(() => {
        pulumi.runtime.registerStackTransformation(({ name, type, opts }) => {
            if (["kubernetes:core/v1:Namespace", "random:index/randomPassword:RandomPassword"].includes(type)) {
                // Pulumi keeps the namespace when it is removed from the stack.
                found[name] = opts.retainOnDelete ?? opts.protect;
            }
            return undefined;
        });
        const provider = new k8s.Provider("cluster", { enableConfigMapMutable: true });
        new ObservabilityStack("stack", args, { provider });
        return Promise.resolve({});
    });
    await pulumi.runtime.disconnect();
    for (const { name, transforms = [] } of charts) {
        const statefulSet = { type: "kubernetes:apps/v1:StatefulSet", name: object, custom: true, props: {}, opts: {} };
        const results = await Promise.all(transforms.map(async (transform) => transform(statefulSet)));
        found[name] = results.map((result) => result?.opts.protect).find((protect) => protect !== undefined);
    }
    return found;
}

describe("the data of a stack", () => {
    test("is protected in every component with the profile prod", async () => {
        const found = await protection({ profile: "prod" });
        expect(Object.keys(found)).toEqual(
            expect.arrayContaining([
                "stack-namespace",
                "stack-grafana-password",
                "stack-loki-chart",
                "stack-otel-collector-chart",
            ]),
        );
        expect(Object.entries(found).filter(([, protect]) => protect !== true)).toEqual([]);
    });

    test.each([
        ["stack-loki-chart", "loki-chunks-cache", false],
        ["stack-loki-chart", "loki-results-cache", false],
        ["stack-mimir-chart", "mimir-index-cache", false],
        ["stack-tempo-chart", "tempo-memcached", false],
        ["stack-loki-chart", "loki-ingester", true],
        ["stack-mimir-chart", "mimir-store-gateway", true],
    ])("does not include caches, so that they can be removed: %s, %s", async (chart, object, expected) => {
        const found = await protection({ profile: "prod" }, `${chart}:monitoring/${object}`);
        expect(found[chart]).toBe(expected);
    });

    test("is not protected if it may be lost", async () => {
        const found = await protection({ profile: "prod", allowDataLoss: ["loki"] });
        expect(Object.entries(found).filter(([, protect]) => protect !== true)).toEqual([["stack-loki-chart", false]]);
    });

    test("does not include the credentials of clients outside, so that a client can be removed, and its credential replaced", async () => {
        const found = await protection({
            profile: "prod",
            ingestion: { external: { enabled: true, clients: ["edge"] } },
        });
        expect(Object.entries(found).filter(([, protect]) => protect !== true)).toEqual([
            ["stack-otel-collector-client-edge", undefined],
        ]);
    });

    test.each<[ObservabilityStackArgs, boolean]>([
        [{ profile: "prod", protectData: false }, false],
        [{ profile: "dev" }, false],
        [{ profile: "dev", protectData: true }, true],
    ])("is protected in every component or in none, with %j", async (args, expected) => {
        const found = await protection(args);
        expect(Object.keys(found).length).toBeGreaterThan(10);
        expect(Object.entries(found).filter(([, protect]) => protect !== expected)).toEqual([]);
    });
});
