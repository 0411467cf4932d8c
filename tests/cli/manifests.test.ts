import { load } from "js-yaml";
import { manifestFiles, parseManifests } from "../../cli/manifests";

const configMap = (name: string, data: object) => ({
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name, namespace: "watch" },
    data,
});

describe("parsing the output of Helm", () => {
    test("interprets numbers and booleans in the same way as Kubernetes", () => {
        const [object] = parseManifests(
            "apiVersion: v1\nkind: A\nmetadata: {name: a}\nmode: 0644\non: yes\nbase60: 1:30\ndate: 2024-04-01\n---\n# nothing\n---\n",
            "watch",
        );
        expect(object).toMatchObject({ mode: 420, base60: "1:30", date: "2024-04-01" });
        expect(Object.values(object ?? {})).toContain(true);
    });

    test("adds the namespace of the release to namespaced objects without a namespace", () => {
        const yaml = ["ConfigMap", "ClusterRole"]
            .map((kind) => `apiVersion: v1\nkind: ${kind}\nmetadata: {name: a}\n`)
            .join("---\n");
        expect(parseManifests(yaml, "watch").map(({ metadata }) => metadata)).toEqual([
            { name: "a", namespace: "watch" },
            { name: "a" },
        ]);
    });
});

describe("manifest files", () => {
    test("contain one object each, and do not depend on the order of objects and keys", () => {
        const one = configMap("one", { b: "1", a: "2" });
        const two = configMap("two", {});
        const files = manifestFiles([two, one]);
        expect(files.map(({ path }) => path)).toEqual(["watch/ConfigMap-one.yaml", "watch/ConfigMap-two.yaml"]);
        expect(manifestFiles([{ ...one, data: { a: "2", b: "1" } }, two])).toEqual(files);
    });

    test("contain the object without changes", () => {
        const object = configMap("one", {
            a: "on",
            b: "0644",
            c: "1:30",
            d: "x\n\ty\n",
            e: "null",
            f: "",
            g: " x ",
            h: "a: b",
        });
        expect(manifestFiles([object]).map(({ text }) => load(text))).toEqual([object]);
    });

    test("contain configuration files line by line, even with tabs", () => {
        const [file] = manifestFiles([configMap("one", { "config.alloy": 'a "b" {\n\tc = 1\n}\n' })]);
        expect(file?.text).toContain('  config.alloy: |\n    a "b" {\n    \tc = 1\n    }\n');
    });

    test("contain only the name and the keys of a Secret, as a comment", () => {
        const secret = {
            apiVersion: "v1",
            kind: "Secret",
            metadata: { name: "login", namespace: "watch" },
            stringData: { password: "hunter2", user: "x" },
        };
        const [file] = manifestFiles([secret]);
        expect(file?.path).toBe("watch/Secret-login.yaml");
        expect(file?.text).not.toContain("hunter2");
        expect(load(file?.text.replace(/^# The.*$/m, "").replace(/^# /gm, "") ?? "")).toMatchObject({
            metadata: { name: "login", namespace: "watch" },
            keys: ["password", "user"],
        });
        expect(file?.text.split("\n").filter((line) => line !== "" && !line.startsWith("#"))).toEqual([]);
    });

    test("cause an error if two objects have the same kind and name", () => {
        expect(() => manifestFiles([configMap("one", {}), configMap("one", {})])).toThrow(
            "two manifests have the same kind, namespace and name: ConfigMap watch/one; change the Helm values so that only one of them is rendered",
        );
    });
});
