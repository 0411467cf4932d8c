import * as fs from "fs";
import * as pulumi from "@pulumi/pulumi";
import { load } from "js-yaml";
import { recordProgram } from "../../cli/record";
import type { SettingsError } from "../../settings/error";
import { loadSettings } from "../../settings/load";
import { resolveSettings } from "../../settings/resolve";
import { settingsSchema } from "../../settings/schema";
import { warnings } from "../../settings/warnings";
import { innerSchema } from "./schema-node";
import { mistakes } from "./tables";

describe("the defaults", () => {
    test.each([
        ["dev", 1, ["2d", "2d", "7d", "2d"], [1, 1, 1, 1, 1, 1], "5Gi"],
        ["prod", 0.1, ["30d", "14d", "30d", "7d"], [3, 3, 1, 3, 3, 4], "100Gi"],
    ] as const)("of %s", (profile, ratio, retention, replicas, size) => {
        const settings = resolveSettings({ profile });
        expect(settings.tracing).toEqual({ samplingMode: "head", samplingRatio: ratio, dropSpans: [] });
        expect(Object.values(settings.retention)).toEqual(retention);
        expect(Object.values(settings.replicas)).toEqual(replicas);
        expect(settings.replicationFactor).toEqual({ loki: replicas[3], mimir: replicas[4] });
        expect(settings.storage.sizes).toMatchObject({ loki: size, tempo: size, mimir: size, pyroscope: size });
        expect([settings.namespace, settings.cluster, settings.objectStore.kind]).toEqual([
            "monitoring",
            profile,
            "minio",
        ]);
    });

    test("of Grafana's password: fixed in dev, random in prod, none with a Secret", () => {
        expect(resolveSettings({}).grafana.adminPassword).toBeDefined();
        expect(resolveSettings({ profile: "prod" }).grafana.adminPassword).toBeUndefined();
        expect(resolveSettings({ grafana: { existingSecret: "login" } }).grafana.adminPassword).toBeUndefined();
    });

    test("of a replication factor follow the replicas, up to 3", () => {
        expect(resolveSettings({ replicas: { loki: 5, mimir: 3 } }).replicationFactor).toEqual({ loki: 3, mimir: 3 });
        expect(resolveSettings({ replicas: { loki: 4, mimir: 6 } }).replicationFactor).toEqual({ loki: 3, mimir: 3 });
    });

    test("are stable if settings are resolved again", () => {
        const once = resolveSettings({ profile: "prod", replicas: { mimir: 5 } });
        expect(resolveSettings(once)).toEqual(once);
    });

    test("result in frozen settings", () => {
        const settings = resolveSettings({});
        expect(() => Object.assign(settings.replicas, { loki: 9 })).toThrow(TypeError);
    });
});

describe("stack config", () => {
    const read = async (config: Record<string, string>) =>
        (await recordProgram({ project: "shop", stack: "test", config }, loadSettings)).result;

    test("is read from the namespace of the project", async () => {
        const settings = await read({ "shop:namespace": "watch", "other:namespace": "elsewhere" });
        expect(settings.namespace).toBe("watch");
    });

    test("can contain numbers and booleans as texts, as `pulumi config set` writes them", async () => {
        const settings = await read({
            "shop:tracing": JSON.stringify({ samplingRatio: "0.25" }),
            "shop:replicas": JSON.stringify({ loki: "3" }),
            "shop:skipAwait": "true",
        });
        expect([settings.tracing.samplingRatio, settings.replicas.loki, settings.skipAwait]).toEqual([0.25, 3, true]);
    });

    test("treats an empty text as unset", async () => {
        expect((await read({ "shop:cluster": "" })).cluster).toBe("dev");
    });

    test("is rejected with the keys of the stack file", async () => {
        await expect(read({ "shop:tracing": '{"samplingRatio": "lots"}' })).rejects.toThrow(
            'shop:tracing.samplingRatio is "lots"; it must be a number from 0 to 1.',
        );
    });

    test("can be secret only for keys that stay secret", async () => {
        const secretly = (config: Record<string, string>, secretKeys: string[]) =>
            recordProgram({ project: "shop", stack: "test", config, secretKeys }, loadSettings);
        const keys = { "shop:grafana": '{"adminPassword": "hunter2"}', "shop:objectStore": '{"kind": "minio"}' };
        await expect(secretly(keys, Object.keys(keys))).resolves.toBeDefined();
        const refused = secretly({ ...keys, "shop:tracing": '{"samplingRatio": "hunter2"}', "shop:replicas": "x" }, [
            "shop:tracing",
        ]).catch((error: SettingsError) => error.mistakes);
        expect(await refused).toEqual([
            "shop:tracing is secret; only grafana.adminPassword, grafana.oidc.clientSecret, ingestion.external.credentials, objectStore.accessKeyId and objectStore.secretAccessKey may be secret, because every other value can appear in clear text in a chart.",
            expect.stringMatching(/^shop:replicas is "x"/) as string,
        ]);
    });

    test("keeps secrets secret and does not print them", async () => {
        const settings = await read({ "shop:grafana": '{"adminPassword": "hunter2"}' });
        const password = settings.grafana.adminPassword;
        expect(await pulumi.isSecret(pulumi.output(password))).toBe(true);
        expect(mistakes({ grafana: { adminPassword: ["hunter2"] } })).toEqual([
            "observability:grafana.adminPassword is [secret]; it must be a string that is not empty.",
        ]);
    });
});

describe("Pulumi.yaml", () => {
    interface Property {
        type?: string;
        default?: unknown;
        description?: string;
    }
    const { config } = load(fs.readFileSync("Pulumi.yaml", "utf8")) as { config: Record<string, Property> };
    const { shape } = settingsSchema("dev");

    test("describes exactly the existing keys", () => {
        const described = Object.keys(config).filter((key) => !key.startsWith("pulumi:"));
        expect(described.sort()).toEqual(Object.keys(shape).sort());
        for (const [key, path] of keysBelow(shape)) {
            expect({ key: path, text: config[path.split(".")[0] ?? ""]?.description }).toEqual({
                key: path,
                text: expect.stringMatching(new RegExp(`(^|\\W)${key}(\\W|$)`)) as string,
            });
        }
    });

    test("has defaults without effect, because Pulumi asks for keys without a default", () => {
        const defaults = Object.entries(config).flatMap(([key, { default: value }]) =>
            key.startsWith("pulumi:") || value === "" ? [] : [[key, value]],
        );
        expect(defaults.length).toBeGreaterThan(10);
        expect(warnings(resolveSettings(Object.fromEntries(defaults) as object))).toEqual([]);
        expect(JSON.stringify(resolveSettings(Object.fromEntries(defaults) as object))).toBe(
            JSON.stringify(resolveSettings({})),
        );
    });

    function keysBelow(shapeOf: Record<string, unknown>, path = ""): [string, string][] {
        return Object.entries(shapeOf).flatMap(([key, schema]) => {
            const node = innerSchema(schema);
            const here = path === "" ? key : `${path}.${key}`;
            const below = keysBelow(node.def?.shape ?? {}, here);
            return path === "" ? below : [[key, here] as [string, string], ...below];
        });
    }
});
