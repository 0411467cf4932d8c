import * as pulumi from "@pulumi/pulumi";
import { plainInputs } from "../plugin/inputs";

const unknownOutput = () =>
    new (pulumi.Output as unknown as new (...args: unknown[]) => pulumi.Output<string>)(
        [],
        Promise.resolve(undefined),
        Promise.resolve(false),
        Promise.resolve(false),
        Promise.resolve([]),
    );

describe("the inputs of a component in another language", () => {
    test("are plain values, if they are known Outputs", async () => {
        const inputs = {
            namespace: pulumi.output("logs"),
            bucket: pulumi.output({ endpoint: pulumi.output("minio:9000"), insecure: true }),
            dropLines: ["a", pulumi.output("b")],
            replicas: 3,
        };
        expect(await plainInputs(inputs)).toEqual({
            namespace: "logs",
            bucket: { endpoint: "minio:9000", insecure: true },
            dropLines: ["a", "b"],
            replicas: 3,
        });
    });

    test("stay Outputs, if they are secret or unknown", async () => {
        const inputs = { adminPassword: pulumi.secret("p"), alertmanager: { receivers: [{ url: unknownOutput() }] } };
        const { adminPassword, alertmanager } = await plainInputs(inputs);
        expect(adminPassword).toBe(inputs.adminPassword);
        expect(pulumi.Output.isInstance(alertmanager.receivers[0].url)).toBe(true);
    });
});
