import * as pulumi from "@pulumi/pulumi";
import { deployChart } from "../../components/helm/chart";
import { pins } from "../../components/helm/pins";
import { chartOf, record, refusal } from "../helpers/record";

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

describe("a chart's values", () => {
    test("reach it as they are", async () => {
        const values = { replicas: 3, config: { limits: [1, null] } };
        const { resources } = await record(deploy(values));
        expect(chartOf(resources, "mimir")["values"]).toEqual(values);
    });

    test.each([
        [{ config: { a: [{ b: pulumi.output("c") }] } }, "values.config.a[0].b is an Output or a promise"],
        [{ replicas: Promise.resolve(3) }, "values.replicas is an Output or a promise"],
    ])("are refused where they are not known yet: %#", async (values, message) => {
        expect(await refusal(deploy(values))).toContain(message);
    });
});
