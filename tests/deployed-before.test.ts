import * as pulumi from "@pulumi/pulumi";
import program from "../index";

// Runs the whole program for a stack that was deployed before. Its outputs come from the engine.
describe("the program of a deployed stack", () => {
    const project = "observability";
    const dapr = { enabled: false };

    /** Runs the program. Returns its outputs, or throws its error. */
    async function run(config: Record<string, unknown>, readOutputs: () => object) {
        const calls: object[] = [];
        await pulumi.runtime.setMocks(
            {
                newResource: ({ id, name, inputs }) => ({ id: id ?? name, state: { ...inputs, result: "generated" } }),
                call: ({ token, inputs }) => {
                    calls.push({ token, inputs });
                    return token === "pulumi:pulumi:readStackOutputs" ? readOutputs() : {};
                },
            },
            project,
            "prod",
            false,
            "acme",
        );
        pulumi.runtime.setAllConfig(
            Object.fromEntries(
                Object.entries(config).map(([key, value]) => [
                    `${project}:${key}`,
                    typeof value === "string" ? value : JSON.stringify(value),
                ]),
            ),
        );
        try {
            return { calls, outputs: await program() };
        } finally {
            // Waits until all resources are registered.
            await pulumi.runtime.disconnect();
        }
    }

    const kubeconfig = process.env["KUBECONFIG"];
    beforeAll(() => {
        // The program reads the cluster, if there is one.
        process.env["KUBECONFIG"] = "/nowhere/kubeconfig";
    });
    afterAll(() => {
        if (kubeconfig === undefined) {
            delete process.env["KUBECONFIG"];
        } else {
            process.env["KUBECONFIG"] = kubeconfig;
        }
    });

    let warnings: string[];
    beforeEach(() => {
        warnings = [];
        jest.spyOn(pulumi.log, "warn").mockImplementation((message) => {
            warnings.push(message);
            return Promise.resolve();
        });
    });
    afterEach(() => jest.restoreAllMocks());

    test("reads the settings of the last deployment from the outputs of the same stack", async () => {
        const { calls, outputs } = await run({ profile: "prod", dapr }, () => ({ outputs: {} }));
        expect(calls).toContainEqual({
            token: "pulumi:pulumi:readStackOutputs",
            inputs: { name: "acme/observability/prod" },
        });
        expect(outputs.applied).toMatchObject({
            profile: "prod",
            namespace: "monitoring",
            objectStore: { kind: "minio" },
        });
    });

    test("fails before it creates a resource if a change loses data", async () => {
        const { outputs } = await run({ profile: "prod", dapr }, () => ({ outputs: {} }));
        await expect(
            run({ profile: "prod", dapr, namespace: "obs" }, () => ({ outputs: { applied: outputs.applied } })),
        ).rejects.toThrow(
            /^The stack cannot be deployed; nothing was changed.\n {2}- observability:namespace is "obs"; the deployed stack has "monitoring"\./,
        );
    });

    test("warns of a change without loss", async () => {
        const { outputs } = await run({ profile: "prod", dapr }, () => ({ outputs: {} }));
        await run({ profile: "prod", dapr, retention: { logs: "7d" } }, () => ({
            outputs: { applied: outputs.applied },
        }));
        expect(warnings).toContain(
            'observability:retention.logs is "7d"; the deployed stack has "30d". Stored logs that are older than 7d are deleted.',
        );
    });

    test("warns if the outputs cannot be read, and is deployed", async () => {
        const { outputs } = await run({ profile: "prod", dapr }, () => {
            throw new Error("unknown stack");
        });
        expect(outputs.namespace).toBe("monitoring");
        expect(warnings.join("\n")).toMatch(
            /^The settings of the last deployment could not be read, so changes that lose data are not recognized:/,
        );
    });
});
