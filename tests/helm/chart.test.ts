import * as pulumi from "@pulumi/pulumi";
import { deployChart } from "../../components/helm/chart";
import { pins } from "../../components/helm/pins";
import { chartOf, record, errorMessage } from "../helpers/record";

function deploy(values: object) {
    return ({ provider }: { provider: pulumi.ProviderResource }) => {
        const parent = new pulumi.ComponentResource("test:index:Parent", "parent", {}, { provider });
        return deployChart(
            "one",
            { pin: pins.mimir, release: "mimir", values, overrides: undefined },
            { namespace: "watch" },
            { parent },
        );
    };
}

describe("the values of a chart", () => {
    test("are passed to the chart unchanged", async () => {
        const values = { replicas: 3, config: { limits: [1, null] } };
        const { resources } = await record(deploy(values));
        expect(chartOf(resources, "mimir")["values"]).toEqual(values);
    });

    test.each([
        [{ config: { a: [{ b: pulumi.output("c") }] } }, "values.config.a[0].b is an Output or a promise"],
        [{ replicas: Promise.resolve(3) }, "values.replicas is an Output or a promise"],
    ])("are rejected if they contain an Output or a promise: %#", async (values, message) => {
        expect(await errorMessage(deploy(values))).toContain(message);
    });
});
