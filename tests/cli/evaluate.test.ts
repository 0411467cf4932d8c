import * as fs from "fs";
import * as os from "os";
import * as path from "path";
import { differences } from "../../cli/compare";
import { evaluateStack } from "../../cli/evaluate";
import { planDocument } from "../../cli/plan-format";
import { pins } from "../../components/helm/pins";

const home = process.cwd();
let folder: string;
beforeEach(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), "stack-"));
    fs.copyFileSync("Pulumi.yaml", path.join(folder, "Pulumi.yaml"));
    process.chdir(folder);
});
afterEach(() => {
    process.chdir(home);
    fs.rmSync(folder, { recursive: true });
});

function evaluate(stackFile: string) {
    fs.writeFileSync("Pulumi.test.yaml", stackFile);
    return evaluateStack("test");
}

describe("a stack file", () => {
    test.each(["# Nothing differs here.\n", "config:\n"])("can be empty: %j", async (text) => {
        const { endpoints } = await evaluate(text);
        expect(endpoints["loki"]).toBe("http://loki.monitoring.svc.cluster.local:3100");
    });

    test.each([
        ["- config\n", "Pulumi.test.yaml must contain exactly one YAML document, a map"],
        ["config\n", "Pulumi.test.yaml must contain exactly one YAML document, a map"],
        ["a: 1\n---\nb: 2\n", "Pulumi.test.yaml must contain exactly one YAML document, a map"],
        ["config: [a]\n", 'the key "config" in Pulumi.test.yaml must be a map of settings'],
        ["config: a\n", 'the key "config" in Pulumi.test.yaml must be a map of settings'],
        ["config: [\n", 'in "Pulumi.test.yaml" (2:1)'],
    ])("that is invalid is rejected: %j", async (text, message) => {
        await expect(evaluate(text)).rejects.toThrow(message);
    });
});

test("a chart mirror changes only the repository of the charts", async () => {
    fs.mkdirSync("mirror");
    Object.values(pins).forEach(({ name, version }) => fs.writeFileSync(`mirror/${name}-${version}.tgz`, ""));
    const plans = [await evaluate(""), await evaluateStack("test", { charts: { mirror: "mirror" } })].map(planDocument);
    const [from, to] = plans as [(typeof plans)[0], (typeof plans)[0]];
    expect(new Set(differences(from, to).map(({ key }) => key))).toEqual(new Set(["repository"]));
});

describe("an encrypted value", () => {
    const config = (settings: object) => JSON.stringify({ config: settings });
    const encrypted = { secure: "v1:abc" };

    test("is replaced by a placeholder if the setting can be secret", async () => {
        const { resources } = await evaluate(config({ "observability:grafana": { adminPassword: encrypted } }));
        const grafana = resources.find(({ type }) => type === "observability:index:Grafana");
        expect(grafana?.inputs["adminPassword"]).toBe("[secret]");
    });

    test.each<[string, object]>([
        ["namespace", { namespace: encrypted }],
        ["grafana", { grafana: encrypted }],
        ["grafana.rootUrl", { grafana: { adminPassword: encrypted, rootUrl: encrypted } }],
        ["values.loki.password", { values: { loki: { password: encrypted } } }],
        ["dapr.namespaces[0]", { dapr: { enabled: true, namespaces: [encrypted] } }],
        ["retention", { retention: encrypted }],
    ])("is rejected in every other setting: %s", async (key, settings) => {
        const withFullKeys = Object.entries(settings).map(([name, value]) => [
            `observability:${name}`,
            value as unknown,
        ]);
        await expect(evaluate(config(Object.fromEntries(withFullKeys) as object))).rejects.toThrow(
            `Pulumi.test.yaml has a mistake; nothing was created.\n  - observability:${key} is secret; only grafana.adminPassword, grafana.oidc.clientSecret, ingestion.external.credentials, objectStore.accessKeyId and objectStore.secretAccessKey may be`,
        );
    });
});
