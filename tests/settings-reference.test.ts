import * as fs from "fs";
import { generatedFiles } from "../cli/generate";
import { flatten, settingsTree } from "../settings/reference/tree";
import { settingsSchema } from "../settings/schema";

const settings = flatten(settingsTree());

test.each(Object.entries(generatedFiles()))("%s is up to date (npm run generate)", (file, text) => {
    expect(fs.readFileSync(file, "utf8")).toBe(text);
});

test("every setting has a description that ends as a sentence", () => {
    expect(settings.length).toBeGreaterThan(120);
    expect(settings.filter(({ description }) => !/^[A-Z"a-z].*\.$/s.test(description)).map(({ path }) => path)).toEqual(
        [],
    );
});

test("every setting without children has a default or is required", () => {
    const withoutDefault = settings.filter(
        ({ children, required, computed, defaults }) =>
            children.length === 0 && !required && computed === undefined && defaults === undefined,
    );
    expect(withoutDefault.map(({ path }) => path)).toEqual([]);
});

describe("every example is accepted by the schema", () => {
    const schema = settingsSchema("prod");
    const withExample = settings.filter(({ path, example }) => example !== undefined && !path.includes("[]"));

    test.each(withExample.map(({ path, example }) => [path, example]))("%s: %j", (path, example) => {
        const nested = path.split(".").reduceRight<unknown>((value, key) => ({ [key]: value }), example);
        expect(schema.safeParse(nested).error?.issues).toBeUndefined();
    });

    test("examples of list entries", () => {
        const entries = settings.filter(({ path, kind }) => !path.includes("[]") && kind === "list of maps");
        expect(entries.map(({ path }) => path)).toEqual([
            "slos",
            "alerting.receivers",
            "alerting.routes",
            "tolerations",
        ]);
        for (const { path, children } of entries) {
            // Keys that exclude each other are checked by rules between keys, not by the schema.
            const entry = Object.fromEntries(children.map(({ key, example }) => [key, example]));
            const nested = path.split(".").reduceRight<unknown>((value, key) => ({ [key]: value }), [entry]);
            expect(schema.safeParse(nested).error?.issues).toBeUndefined();
        }
    });
});
