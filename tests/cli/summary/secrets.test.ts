import * as fs from "fs";
import * as path from "path";
import { stackFileChanges } from "../../../cli/summary/stack-files";
import { projectFolder } from "../../helpers/command";
import { comment, section } from "../../helpers/comment";

let folder: string;
beforeEach(() => {
    folder = projectFolder();
});
afterEach(() => fs.rmSync(folder, { recursive: true }));

const write = (name: string, content: string | object) =>
    fs.writeFileSync(path.join(folder, name), typeof content === "string" ? content : JSON.stringify(content));

describe("secrets", () => {
    test("never appear, even if the preview was created with --show-secrets", () => {
        const signed = { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", value: "hunter1" };
        const manifest = { "kubectl.kubernetes.io/last-applied-configuration": "hunter2" };
        const text = comment([
            {
                type: "kubernetes:core/v1:Secret",
                before: {
                    metadata: { name: "a", annotations: manifest },
                    data: { key: "hunter3" },
                    stringData: { key: "hunter4" },
                },
                after: { metadata: { name: "a" }, data: { key: "hunter5" }, stringData: { key: "hunter6" } },
                detailedDiff: { "data.key": { kind: "update" } },
            },
            { type: "kubernetes:core/v1:ConfigMap", before: { data: { a: "1" } }, after: { data: signed } },
            {
                type: "observability:index:Grafana",
                before: { adminPassword: "hunter7" },
                after: { adminPassword: "hunter8" },
                diffReasons: ["adminPassword"],
            },
            {
                type: "pulumi:providers:kubernetes",
                before: { kubeconfig: "~/.kube/config" },
                after: { kubeconfig: "users: [{ token: hunter10 }]" },
            },
            { type: "random:index/randomPassword:RandomPassword", before: { keepers: { a: "hunter9" } }, after: {} },
        ]);
        expect(text).not.toContain("hunter");
        expect(text).toContain("    ~ data.key: [secret] → [secret] (changed)\n");
        expect(section(text, "Changed components").at(-1)).toBe(
            "| Grafana | `adminPassword` | `[secret]` | `[secret] (changed)` |",
        );
    });

    test("of a stack file never appear, encrypted or not", () => {
        write(
            "base.yaml",
            "config:\n  observability:grafana:\n    adminPassword: { secure: v1:aaa }\n  observability:objectStore: { secretAccessKey: hunter1 }\n",
        );
        write(
            "head.yaml",
            "config:\n  observability:grafana:\n    adminPassword: { secure: v1:bbb }\n  observability:objectStore: { accessKeyId: hunter2 }\n",
        );
        expect(stackFileChanges(path.join(folder, "base.yaml"), path.join(folder, "head.yaml"))).toEqual([
            { setting: "grafana.adminPassword", from: "[secret]", to: "[secret] (changed)" },
            { setting: "objectStore.secretAccessKey", from: "[secret]", to: undefined },
            { setting: "objectStore.accessKeyId", from: undefined, to: "[secret]" },
        ]);
    });

    test("values that are unknown before the deployment are named", () => {
        const text = comment([
            {
                type: "kubernetes:core/v1:ConfigMap",
                before: { data: { a: "1" } },
                after: { data: { a: "04da6b54-80e4-46f7-96ec-b56ff0331ba9" } },
            },
        ]);
        expect(text).toContain("    ~ data.a: 1 → (known after the deployment)\n");
    });
});
