import * as fs from "fs";
import * as os from "os";
import * as path from "path";
import { type DatabaseFiles, readConsistently, usesOtherDatabase } from "../../cli/backup/grafana";
import {
    type Manifest,
    readBackupFile,
    readManifest,
    removeManifest,
    writeBackupFile,
    writeManifest,
} from "../../cli/backup/manifest";
import { parseRemote, remoteAccess, stackAccess } from "../../cli/backup/stores";
import { partsOf, requireMetastores, requireSameServer, restoreBuckets } from "../../cli/restore";
import { perBackend } from "../../cli/store/access";
import {
    type Copier,
    copyWhileRunning,
    type CopyResult,
    differences,
    progressText,
    resultOf,
} from "../../cli/store/copy";
import { copyJob } from "../../cli/store/copy-job";
import { type CopyMode, copyScript, parseEvents } from "../../cli/store/copy-script";
import { minioImage } from "../../cli/store/image";
import { missingData, queryStoredData } from "../../cli/store/stored-data";
import { resolveSettings, type Settings } from "../../settings/resolve";
import type { Backend } from "../../validation/buckets";
import { projectFolder, runCommand } from "../helpers/command";

let folder: string;
beforeEach(() => (folder = fs.mkdtempSync(path.join(os.tmpdir(), "backup-"))));
afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

const quiet = () => undefined;
const manifest: Manifest = {
    format: 1,
    stack: "prod",
    namespace: "monitoring",
    time: "2026-11-28T06:00:00.000Z",
    paused: true,
    missing: [],
};

describe("a backup", () => {
    test("is complete only with its manifest", () => {
        expect(() => readManifest(folder)).toThrow(`${folder} contains no complete backup`);
        writeManifest(folder, manifest);
        expect(readManifest(folder)).toEqual(manifest);
        removeManifest(folder);
        expect(() => readManifest(folder)).toThrow("contains no complete backup");
    });

    test.each([
        ["{", "is not valid JSON"],
        ['{"format": 2}', "is not a backup of this version: format"],
    ])("with the manifest %s is refused", (text, message) => {
        fs.writeFileSync(path.join(folder, "backup.json"), text);
        expect(() => readManifest(folder)).toThrow(message);
    });

    test("contains files that only their owner can read, and finds changed and lost ones", () => {
        const file = writeBackupFile(folder, "pulumi/state.json", "{}");
        expect(file).toEqual({
            path: "pulumi/state.json",
            bytes: 2,
            sha256: "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a",
        });
        expect(fs.statSync(path.join(folder, file.path)).mode & 0o777).toBe(0o600);
        expect(readBackupFile(folder, file).toString()).toBe("{}");
        fs.writeFileSync(path.join(folder, file.path), "[]");
        expect(() => readBackupFile(folder, file)).toThrow("the backup is damaged: the checksum of");
        fs.rmSync(path.join(folder, file.path));
        expect(() => readBackupFile(folder, file)).toThrow("the backup is incomplete:");
    });

    test("has parts that can be restored on their own", () => {
        const buckets = { places: {}, usage: {} };
        expect(partsOf(undefined, { ...manifest, buckets, grafana: [] })).toEqual(["buckets", "grafana"]);
        expect(partsOf("grafana", { ...manifest, buckets, grafana: [] })).toEqual(["grafana"]);
        expect(() => partsOf("grafana", { ...manifest, buckets })).toThrow(
            "the backup does not contain grafana; it contains buckets",
        );
        expect(() => partsOf("secrets", manifest)).toThrow(
            '--only contains "secrets"; the parts are buckets, grafana, pyroscope',
        );
    });
});

describe("the index of Pyroscope", () => {
    const serverId = "pyroscope-0.pyroscope-headless.monitoring.svc.cluster.local.:9099";
    const stack = (config: object) => ({ namespace: "monitoring", storage: {}, ...config }) as Settings;

    test.each<[string, Partial<Manifest>, object]>([
        ["the same namespace", {}, {}],
        ["the name in the backup", { pyroscopeServerId: "old" }, { storage: { pyroscopeServerId: "old" } }],
        ["the name of the old namespace", {}, { namespace: "obs", storage: { pyroscopeServerId: serverId } }],
    ])("is restored to a stack with %s", (_, changed, config) => {
        expect(() => requireSameServer({ ...manifest, ...changed }, stack(config))).not.toThrow();
    });

    test.each<[string, Partial<Manifest>, object, string]>([
        ["another namespace", {}, { namespace: "obs" }, serverId],
        ["another name", { pyroscopeServerId: "old" }, {}, "old"],
    ])(
        "is not restored to a stack with %s, because Pyroscope would not become ready",
        (...[, changed, config, name]) => {
            expect(() => requireSameServer({ ...manifest, ...changed }, stack(config))).toThrow(
                `in the index of the backup, Pyroscope has the name ${name}, and in this stack `,
            );
        },
    );

    const distributed = { profile: "prod", mode: { pyroscope: "distributed" } };

    test.each<[string, Partial<Manifest>, object]>([
        ["one replica to a monolithic stack", {}, {}],
        ["one replica to a stack with several", { pyroscopeMetastores: 1 }, distributed],
        ["as many replicas as the stack has", { pyroscopeMetastores: 3 }, distributed],
    ])("is restored from a backup of %s", (_, changed, config) => {
        expect(() => requireMetastores({ ...manifest, ...changed }, resolveSettings(config))).not.toThrow();
    });

    test.each<[object, number]>([
        [{ profile: "prod" }, 1],
        [{ ...distributed, replicas: { pyroscopeMetastore: 1 } }, 1],
        [distributed, 3],
    ])("is not restored from a backup of 5 replicas to a stack with fewer: %j", (config, replicas) => {
        expect(() => requireMetastores({ ...manifest, pyroscopeMetastores: 5 }, resolveSettings(config))).toThrow(
            `the index of the backup belongs to 5 replicas of the metastore of Pyroscope, and this stack has ${replicas}.`,
        );
    });
});

describe("the database of Grafana", () => {
    const state = (text: string): DatabaseFiles => new Map([["grafana.db", Buffer.from(text)]]);
    const reads = (states: (DatabaseFiles | undefined)[]) => {
        let index = 0;
        return { read: () => Promise.resolve(states[index++]), count: () => index };
    };

    test("is copied again until two copies are equal, and no transaction is in progress", async () => {
        const { read, count } = reads([state("a"), undefined, state("a"), state("b"), state("b"), state("c")]);
        expect(await readConsistently(read, 0)).toEqual(state("b"));
        expect(count()).toBe(5);
    });

    test("is not equal if only one copy has a write-ahead log", async () => {
        const withLog = new Map([...state("a"), ["grafana.db-wal", Buffer.from("w")]]);
        const { read } = reads([state("a"), withLog, withLog]);
        expect(await readConsistently(read, 0)).toEqual(withLog);
    });

    test("cannot be copied if it changes all the time", async () => {
        let index = 0;
        await expect(readConsistently(() => Promise.resolve(state(String(index++))), 0)).rejects.toThrow(
            "the database of Grafana changed during each of 20 attempts",
        );
    });

    test.each([
        [{}, false],
        [{ type: "sqlite3", wal: true }, false],
        [{ type: "postgres" }, true],
        [{ url: "mysql://db" }, true],
    ])("with the configuration %j is elsewhere: %s", (database, elsewhere) => {
        const settings = resolveSettings({ values: { grafana: { "grafana.ini": { database } } } });
        expect(usesOtherDatabase(settings)).toBe(elsewhere);
    });
});

describe("the copy of the buckets", () => {
    const usage = (objects: number, bytes = objects) => ({ objects, bytes });
    const result = (from: number, to: number, copied = 0, seconds = 1): CopyResult => ({
        copied: { ...perBackend(() => 0), loki: copied },
        from: perBackend(() => usage(from)),
        to: perBackend(() => usage(to)),
        seconds,
    });
    /** A copier that returns these results, one after another. */
    const copier = (results: CopyResult[]): { copy: Copier; modes: CopyMode[] } => {
        const modes: CopyMode[] = [];
        return {
            modes,
            copy: (mode) => {
                modes.push(mode);
                return Promise.resolve(results[modes.length - 1] as CopyResult);
            },
        };
    };

    test("is repeated until a pass copies few objects, or is short", async () => {
        const passes = [
            result(9000, 9000, 9000, 900),
            result(9500, 9500, 500, 61),
            result(9700, 9700, 200, 61),
            result(9900, 9900, 900, 900),
        ];
        const { copy, modes } = copier(passes);
        expect(await copyWhileRunning(copy, quiet)).toBe(passes[2]);
        expect(modes).toEqual(["copy", "copy", "copy"]);
        const short = copier([result(9000, 9000, 9000, 900), result(9500, 9500, 500, 60)]);
        await copyWhileRunning(short.copy, quiet);
        expect(short.modes).toHaveLength(2);
    });

    test("lists the backends with different objects or bytes", () => {
        const found = differences({
            from: perBackend(() => usage(3, 2 ** 20)),
            to: { ...perBackend(() => usage(3, 2 ** 20)), tempo: usage(2, 2 ** 20), mimir: usage(3, 2 ** 21) },
        });
        expect(found).toEqual([
            "tempo: the source has 3 objects (1.0 MiB), and the target has 2 objects (1.0 MiB)",
            "mimir: the source has 3 objects (1.0 MiB), and the target has 3 objects (2.0 MiB)",
        ]);
    });

    test("is read from the output of the script, without an incomplete last line", () => {
        const output = [
            'mc: {"status":"success"}',
            '@@ {"event":"progress","backend":"loki","objects":200}',
            '@@ {"event":"copied","backend":"loki","objects":302}',
            '@@ {"event":"usage","backend":"loki","side":"to","usage":{"prefix":"loki","size":77,"objects":302}}',
            '@@ {"event":"usa',
        ].join("\n");
        expect(parseEvents(output)).toHaveLength(3);
        const { copied, to } = resultOf(output, true, 5);
        expect([copied.loki, to.loki]).toEqual([302, { objects: 302, bytes: 77 }]);
        const tempo = [{ event: "progress" as const, backend: "tempo" as const, objects: 200 }];
        expect(progressText([...parseEvents(output), ...tempo])).toBe("502 objects copied, now tempo");
        expect(progressText([])).toBe("");
    });

    test("fails with the messages of mc, each once", () => {
        const error = JSON.stringify({ status: "error", error: { message: "Failed", cause: { message: "Denied" } } });
        const output = `${error}\n${error}\n@@ {"event":"failed","backend":"loki","step":"write to to/acme-loki"}\n`;
        expect(() => resultOf(output, false, 1)).toThrow(
            new Error("cannot write to acme-loki in the target:\n  - Failed: Denied"),
        );
    });

    test("is restored only if the backup is the one of the manifest, and the buckets are empty", async () => {
        const buckets = { places: {}, usage: perBackend(() => usage(3)) };
        const restore = (results: CopyResult[], replace?: boolean) => {
            const { copy, modes } = copier(results);
            return restoreBuckets(copy, { ...manifest, buckets }, quiet, replace).then(() => modes);
        };
        expect(await restore([result(3, 0), result(3, 3)])).toEqual(["check", "exact"]);
        await expect(restore([result(3, 1)])).rejects.toThrow(
            "the buckets of the stack are not empty; nothing was copied. Use --replace",
        );
        expect(await restore([result(3, 1), result(3, 3)], true)).toEqual(["check", "exact"]);
        await expect(restore([result(2, 0)], true)).rejects.toThrow("loki: 2 objects (0.0 MiB), expected 3 objects");
        await expect(restore([result(3, 0), result(3, 2)])).rejects.toThrow("the buckets differ from the backup:");
    });
});

describe("the Job that copies", () => {
    const settings = resolveSettings({
        images: { registry: "registry.example.com/mirror", pullSecrets: ["login"] },
        nodeSelector: { pool: "observability" },
    });
    const remote = parseRemote("s3://backups/prod/", "https://s3.example.com", "backup-keys");
    const { spec } = copyJob(settings, "copy", "copy", stackAccess(settings), remoteAccess(remote));
    const pod = spec?.template.spec;
    const container = pod?.containers[0];

    test("has the image of MinIO from the registry of the stack", () => {
        expect(container?.image).toMatch(/^registry\.example\.com\/mirror\/minio\/minio:RELEASE\./);
        expect(minioImage(resolveSettings({ values: { minio: { image: { tag: "v1" } } } })).image).toBe(
            "quay.io/minio/minio:v1",
        );
        expect(pod?.imagePullSecrets).toEqual([{ name: "login" }]);
        expect(pod?.nodeSelector).toEqual({ pool: "observability" });
    });

    test("has credentials only from Secrets", () => {
        const secrets = (container?.env ?? []).flatMap(({ name, value, valueFrom }) =>
            value === undefined ? [[name, valueFrom?.secretKeyRef?.name, valueFrom?.secretKeyRef?.key]] : [],
        );
        expect(secrets).toContainEqual(["FROM_LOKI_ID", "object-store-loki", "AWS_ACCESS_KEY_ID"]);
        expect(secrets).toContainEqual(["TO_TEMPO_KEY", "backup-keys", "AWS_SECRET_ACCESS_KEY"]);
        expect(secrets).toHaveLength(16);
    });

    test("copies each bucket to its prefix", () => {
        const script = container?.args?.[0] ?? "";
        expect(script).toContain("\nFROM_URL='http://minio.monitoring.svc.cluster.local:9000' FROM_PATH=on\n");
        expect(script).toContain("\nTO_URL='https://s3.example.com' TO_PATH=auto\n");
        expect(script).toContain(
            `\nmove loki 'from/loki' 'to/backups/prod/loki' "\${FROM_LOKI_ID:-}" "\${FROM_LOKI_KEY:-}" "\${TO_LOKI_ID:-}" "\${TO_LOKI_KEY:-}"\n`,
        );
    });

    test("quotes places for the shell", () => {
        const places = perBackend(() => "/it's/$HOME");
        expect(copyScript("copy", { places }, { places })).toContain(`move loki '/it'\\''s/$HOME'`);
    });
});

describe("the place of the buckets of a backup", () => {
    test("is a bucket with a prefix", () => {
        const url = "http://127.0.0.1:9000";
        expect(parseRemote("s3://backups/a/b/", url, "keys")).toEqual({
            bucket: "backups",
            prefix: "a/b",
            url,
            secret: "keys",
        });
        expect(remoteAccess(parseRemote("s3://backups", url, "keys")).places.loki).toBe("backups/loki");
    });

    test.each<[string, string | undefined, string | undefined, string]>([
        ["backups", "https://s3", "keys", '--buckets is "backups"; it must be s3://BUCKET'],
        ["s3://backups", undefined, "keys", "--endpoint is missing"],
        ["s3://backups", "not a url", "keys", '--endpoint is "not a url"; it must be the URL'],
        ["s3://backups", "https://s3.example.com", undefined, "--secret is missing"],
    ])("%s with endpoint %s and Secret %s is refused", (location, endpoint, secret, message) => {
        expect(() => parseRemote(location, endpoint, secret)).toThrow(message);
    });
});

describe("the data that the backends return", () => {
    test("is queried for 24 hours", async () => {
        const answers: Record<Backend, any> = {
            loki: { data: { result: [{ value: [0, "12"] }] } },
            mimir: { data: { result: [] } },
            tempo: { traces: [{}, {}] },
            pyroscope: { profileTypes: [{ ID: "cpu" }], flamegraph: { total: "7" } },
        };
        const asked: string[] = [];
        const data = await queryStoredData(
            (backend, run) =>
                backend === "mimir"
                    ? Promise.reject(new Error("mimir is down"))
                    : run((route) => {
                          asked.push(decodeURIComponent(route));
                          return Promise.resolve(answers[backend]);
                      }),
            "monitoring",
            Date.UTC(2026, 10, 28, 6),
        );
        expect(data).toEqual({ loki: 12, mimir: undefined, tempo: 2, pyroscope: 7 });
        expect(asked).toContain(
            '/loki/api/v1/query?query=sum(count_over_time({namespace="monitoring"}[24h]))&time=1795845600',
        );
        expect(asked).toContain("/api/search?q={}&limit=1000&spss=1&start=1795759200&end=1795845600");
    });

    test("may increase, but not decrease", () => {
        const before = { loki: 10, tempo: 5, mimir: undefined, pyroscope: 1 };
        expect(missingData(before, { loki: 11, tempo: 4, mimir: 3, pyroscope: undefined })).toEqual([
            "tempo returned 5 traces before, and 4 now",
            "pyroscope returned 1 units of a profile before, and an error now",
        ]);
    });
});

describe("the commands report an error for", () => {
    let project: string;
    beforeEach(() => (project = projectFolder()));
    afterEach(() => fs.rmSync(project, { recursive: true, force: true }));

    test.each<[string, string, string[], string]>([
        ["a folder without a backup", "restore", ["test", "--from", "nowhere"], "nowhere contains no complete backup"],
        [
            "a bucket without a service",
            "backup",
            ["test", "--to", "b", "--buckets", "s3://backups"],
            "--endpoint is missing",
        ],
        ["an unknown plan", "migrate", ["minio-to-s4", "test"], 'plan "minio-to-s4" does not exist; the plans are'],
        ["a stack without a stack file", "migrate", ["minio-to-s3", "staging"], 'stack "staging" does not exist'],
    ])("%s", async (_, command, args, message) => {
        const { status, stdout, stderr } = await runCommand(project, command, args);
        expect(stderr).toContain(`error: ${message}`);
        expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
    });

    test("no plan: migrate then lists the plans", async () => {
        const { status, stdout } = await runCommand(project, "migrate", []);
        expect(stdout).toMatch(/^Plans:\n {2}minio-to-s3 +Moves all stored data/);
        expect(status).toBe(0);
    });
});
