import * as fs from "fs";
import * as path from "path";
import { loadSettings } from "../settings/load";
import { isSecretKey, secretKeys } from "../settings/schema";
import { valueAt } from "../settings/paths";
import { warnings } from "../settings/warnings";
import { deploy } from "../stack/program";
import { projectFolder, runCommand } from "./helpers/command";
import { chartMirror, describeWith } from "./helpers/prerequisites";
import {
    clearText,
    everyExistingSecret,
    everySecret,
    isInSecret,
    recordSecretly,
    type Registered,
    secretValues,
} from "./helpers/secrets";

// Collects every secret value that a stack uses, given or generated, and looks for it in everything that leaves the program.

const given = Object.values(secretValues);
const prefix = "observability:";
/** A stack file, in which the values are not encrypted. */
const config = Object.fromEntries(Object.entries(everySecret).map(([key, value]) => [prefix + key, value]));
const asText = (settings: object) =>
    Object.fromEntries(Object.entries(settings).map(([key, value]) => [prefix + key, JSON.stringify(value)]));

test("the settings with secrets have a value for every secret setting", () => {
    const missing = secretKeys.filter((key) => valueAt(everySecret, key.split(".")) === undefined);
    expect(missing).toEqual([]);
    expect(isSecretKey("ingestion.external.credentials.edge")).toBe(true);
    expect(isSecretKey("ingestion.external.clients")).toBe(false);
});

describe.each(["dev", "prod"])("the inputs and outputs of a %s stack", (profile) => {
    let registered: Registered;
    let values: string[];
    beforeAll(async () => {
        const secretly = [`${prefix}grafana`, `${prefix}ingestion`, `${prefix}objectStore`];
        const settings = { [`${prefix}profile`]: profile, ...asText(everySecret) };
        registered = await recordSecretly(settings, secretly, () => deploy(loadSettings()));
        values = [...given, ...registered.generated];
    });

    test("contain every secret value, marked as secret", () => {
        expect(registered.generated).toHaveLength(1);
        const secrets = registered.inputs.filter(({ type }) => type === "kubernetes:core/v1:Secret");
        expect(secrets.map(({ inputs }) => valueAt(inputs, ["metadata", "name"])).sort()).toEqual([
            "grafana-admin",
            "grafana-oidc",
            "object-store",
            "otlp-ingestion",
        ]);
        const missing = values.filter((value) => !secrets.some(({ inputs }) => isInSecret(inputs, value)));
        expect(missing).toEqual([]);
    });

    test("contain no secret value in clear text", () => {
        const found = registered.inputs.flatMap(({ name, inputs }) => clearText(inputs, values, name));
        expect(found).toEqual([]);
        expect(registered.outputs.length).toBeGreaterThan(8);
        expect(registered.outputs.flatMap((outputs, index) => clearText(outputs, values, `${index}`))).toEqual([]);
    });
});

describe("a stack with existing Secrets", () => {
    let registered: Registered;
    beforeAll(async () => {
        registered = await recordSecretly(asText(everyExistingSecret), [], () => deploy(loadSettings()));
    });

    test("creates and generates no secret", () => {
        expect(registered.generated).toEqual([]);
        expect(registered.inputs.filter(({ type }) => type === "kubernetes:core/v1:Secret")).toEqual([]);
    });

    test("with MinIO generates no login", async () => {
        const settings = { objectStore: { createSecrets: false }, grafana: { existingSecret: "login" } };
        const { inputs, generated } = await recordSecretly(asText(settings), [], () => deploy(loadSettings()));
        expect(generated).toEqual([]);
        expect(inputs.filter(({ type }) => type === "kubernetes:core/v1:Secret")).toEqual([]);
        const minio = inputs.find(
            ({ type, inputs: chart }) => /Chart$/.test(type) && valueAt(chart, ["name"]) === "minio",
        );
        expect(valueAt(minio?.inputs, ["values", "rootSecret"])).toBe("minio-root");
    });

    test("uses each of them", () => {
        const charts = JSON.stringify(registered.inputs.map(({ inputs }) => valueAt(inputs, ["values"])));
        const names = JSON.stringify(everyExistingSecret).match(/zq-\w+/g) ?? [];
        expect(names).toHaveLength(8);
        expect(names.filter((name) => !charts.includes(name))).toEqual([]);
    });
});

describe("messages", () => {
    const failure = async (settings: object) => {
        try {
            await recordSecretly(asText(settings), [], loadSettings);
        } catch (error) {
            return (error as Error).message;
        }
        throw new Error("the settings are valid");
    };

    test("about mistakes beside secret values contain none of them", async () => {
        const message = await failure({
            ...everySecret,
            grafana: {
                ...everySecret.grafana,
                existingSecret: "login",
                oidc: { ...everySecret.grafana.oidc, scopes: 3 },
            },
            ingestion: { external: { ...everySecret.ingestion.external, existingSecret: "clients" } },
            objectStore: { ...everySecret.objectStore, existingSecret: "keys", region: "a b" },
        });
        expect(message).toContain("grafana.adminPassword and grafana.existingSecret are both set");
        expect(message).toContain("ingestion.external.credentials and ingestion.external.existingSecret are both set");
        expect(clearText(message, given)).toEqual([]);
    });

    test("about a credential that is too short do not contain it", async () => {
        const message = await failure({
            ingestion: { external: { enabled: true, credentials: { edge: "zq-short" } } },
        });
        expect(message).toContain(
            "observability:ingestion.external.credentials.edge has 8 characters; a credential needs at least 16.",
        );
        expect(message).not.toContain("zq-short");
    });

    test("about values that are not encrypted, and other warnings, contain none of them", async () => {
        const folder = projectFolder();
        const { status, stdout, stderr } = await runCommand(folder, "plan", ["test"], config);
        expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
        expect(stdout).toContain("ingestion.external.credentials.given is in clear text in Pulumi.test.yaml");
        expect(stdout).toContain("grafana.oidc.clientSecret is in clear text in Pulumi.test.yaml");
        expect(clearText(stdout, given)).toEqual([]);
        let found: string[] = [];
        await recordSecretly(asText(everySecret), [], () => {
            found = warnings(loadSettings());
            return {};
        });
        expect(clearText(found, given)).toEqual([]);
        fs.rmSync(folder, { recursive: true });
    });
});

describe("the commands", () => {
    const folder = projectFolder();
    afterAll(() => fs.rmSync(folder, { recursive: true }));
    const run = (command: string, args: string[], settings: object = config) =>
        runCommand(folder, command, args, settings);

    test("plan and summary print no secret value", async () => {
        const json = await run("plan", ["test", "--json"]);
        fs.writeFileSync(path.join(folder, "plan.json"), json.stdout);
        const base = await run("plan", ["test", "--json"], {});
        fs.writeFileSync(path.join(folder, "base.json"), base.stdout);
        const compared = await run("summary", ["plan.json", "--against", "base.json"]);
        expect(compared.stdout).toContain("otlp-ingestion");
        const printed = [json, compared].map(({ stdout, stderr }) => stdout + stderr);
        expect(clearText(printed, given)).toEqual([]);
    });

    test("plan accepts encrypted values", async () => {
        const secure = { secure: "v1:abc" };
        const { status, stderr } = await run("plan", ["test"], {
            [`${prefix}grafana`]: { oidc: { ...everySecret.grafana.oidc, clientSecret: secure } },
            [`${prefix}ingestion`]: { external: { enabled: true, credentials: { edge: secure } } },
        });
        expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    });
});

describeWith({ programs: ["helm"], mirror: true }, "rendered files", () => {
    const folder = projectFolder();
    afterAll(() => fs.rmSync(folder, { recursive: true }));
    const mirror = path.resolve(chartMirror ?? "");
    const render = async (out: string, ...args: string[]) => {
        const { status, stdout, stderr } = await runCommand(
            folder,
            "render",
            ["test", "--out", out, "--mirror", mirror, ...args],
            config,
        );
        expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
        const files = fs.readdirSync(path.join(folder, out), { recursive: true, encoding: "utf8" });
        const texts = Object.fromEntries(
            files
                .filter((name) => fs.statSync(path.join(folder, out, name)).isFile())
                .map((name) => [name, fs.readFileSync(path.join(folder, out, name), "utf8")]),
        );
        return { stdout, texts };
    };

    test("contain no secret value", async () => {
        const { stdout, texts } = await render("plain");
        expect(Object.keys(texts).length).toBeGreaterThan(40);
        expect(clearText([stdout, texts], given)).toEqual([]);
        expect(texts["monitoring/Secret-otlp-ingestion.yaml"]).toContain("#   - generated\n#   - given\n");
    });

    test("contain an ExternalSecret for each Secret with --secret-store", async () => {
        const { texts } = await render("store", "--for", "argocd", "--secret-store", "vault");
        expect(clearText(texts, given)).toEqual([]);
        const external = Object.keys(texts).filter((name) => /ExternalSecret-/.test(name));
        expect(external.sort()).toEqual(
            ["grafana-admin", "grafana-oidc", "object-store", "otlp-ingestion"].map(
                (name) => `monitoring/ExternalSecret-${name}.yaml`,
            ),
        );
        expect(Object.keys(texts).filter((name) => /(^|\/)Secret-/.test(name))).toEqual([]);
    });
});
