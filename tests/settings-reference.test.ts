import * as fs from "fs";
import { generatedFiles } from "../cli/generate";
import { type HelmValues, mergeValues } from "../components/helm/values";
import { flatten, settingsTree } from "../settings/reference/tree";
import { mistakesOf } from "./helpers/mistakes";

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

describe("every example is accepted together with the settings that the reference names with it", () => {
    const withExample = settings.filter(({ example }) => example !== undefined);
    const nested = (path: string, value: unknown) =>
        path.split(".").reduceRight<unknown>((inner, key) => ({ [key]: inner }), value) as HelmValues;
    const settingAt = (path: string) => settings.find((setting) => setting.path === path);

    /** An entry of a list: the example of the list with the key, or only the required keys and those that the key needs. */
    const entry = (list: string, key: string, { example, needs }: (typeof settings)[number]) => {
        const [whole] = settingAt(list)?.example as object[];
        const required = settings.filter((other) => other.required && other.path === `${list}[].${other.key}`);
        const base =
            needs === undefined ? whole : Object.fromEntries(required.map((other) => [other.key, other.example]));
        return mergeValues({ ...base, ...needs }, nested(key, example));
    };

    test.each(
        withExample.flatMap((setting) => ["dev", "prod"].map((profile) => [setting.path, profile, setting] as const)),
    )("%s in %s", (path, profile, setting) => {
        const [list = "", key] = path.split("[].");
        const value = key === undefined ? setting.example : [entry(list, key, setting)];
        const needs = key === undefined ? setting.needs : settingAt(list)?.needs;
        expect(mistakesOf({ profile, ...mergeValues((needs ?? {}) as HelmValues, nested(list, value)) })).toEqual([]);
    });
});
