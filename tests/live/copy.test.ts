import { spawn, spawnSync } from "child_process";
import * as fs from "fs";
import * as os from "os";
import * as path from "path";
import { bucketFolder, type Manifest } from "../../cli/backup/manifest";
import { restoreBuckets } from "../../cli/restore";
import { perBackend } from "../../cli/store/access";
import { copyWhileRunning, type CopyResult, differences } from "../../cli/store/copy";
import { type Keys, localCopier, type LocalSide } from "../../cli/store/local-copier";
import { type Backend, backends } from "../../validation/buckets";
import { describeWith } from "../helpers/prerequisites";
import { renderStack } from "../helpers/rendered";
import { finished } from "../helpers/project";
import { pause, Process } from "./process";
import { LiveStack } from "./stack";
import { closeConnections, get, post } from "./telemetry";

jest.setTimeout(300_000);

const root = "root-of-the-store";
const quiet = () => undefined;

/** A second MinIO, with the buckets and users that the Job of the stack creates. */
class Store {
    private constructor(
        readonly process: Process,
        readonly url: string,
        readonly host: string,
    ) {}

    static async start(folder: string, host: string, job: string): Promise<Store> {
        const url = `http://${host}:9000`;
        fs.mkdirSync(path.join(folder, "data"), { recursive: true });
        const process = new Process("minio", {
            program: "minio",
            args: ["server", path.join(folder, "data"), `--address=${host}:9000`],
            env: { MINIO_ROOT_USER: root, MINIO_ROOT_PASSWORD: root, MINIO_BROWSER: "off", MINIO_UPDATE: "off" },
            folder,
            memoryLimitMib: 1024,
            readyUrl: `${url}/minio/health/live`,
        });
        process.start();
        await process.ready();
        const users = backends.flatMap((backend, index) => [
            [`USER_${index}_ID`, userKeys[backend].id],
            [`USER_${index}_KEY`, userKeys[backend].key],
        ]);
        const env = {
            ...globalThis.process.env,
            STORE_URL: url,
            ROOT_USER: root,
            ROOT_PASSWORD: root,
            MC_CONFIG_DIR: path.join(folder, "mc"),
            ...(Object.fromEntries(users) as Record<string, string>),
        };
        const { status, stdout, stderr } = await finished(
            spawn("/bin/sh", ["-c", job], { env, stdio: ["ignore", "pipe", "pipe"] }),
        );
        expect({ status, output: status === 0 ? "" : stdout + stderr }).toEqual({ status: 0, output: "" });
        return new Store(process, url, host);
    }

    /** With the users of the backends, who can access only their own bucket. */
    side(keys: Record<Backend, Keys> = userKeys): LocalSide {
        return { places: { url: this.url, pathStyle: true, places: perBackend((backend) => backend) }, keys };
    }
}

const userKeys = perBackend((backend): Keys => ({ id: `user-of-${backend}`, key: `the-key-of-${backend}` }));
const rootKeys = perBackend((): Keys => ({ id: root, key: root }));

/** Runs mc with an alias "store" for a MinIO. */
function mc(url: string, args: string[], input = ""): string {
    const env = { ...process.env, MC_HOST_store: url.replace("://", `://${root}:${root}@`) };
    const { status, stdout, stderr } = spawnSync("mc", args, { env, input, encoding: "utf8" });
    if (status !== 0) {
        throw new Error(`mc ${args.join(" ")}: ${stderr}`);
    }
    return stdout;
}

describeWith(
    { programs: ["helm", "minio", "mc", "loki"], mirror: true },
    "the copy of an object store, live, with data of Loki",
    () => {
        let live: LiveStack;
        let target: Store;
        let folder: string;
        let job: string;
        let source: LocalSide;
        let sourceUrl: string;
        let sent = 0;
        let writing: NodeJS.Timeout | undefined;

        beforeAll(async () => {
            folder = fs.mkdtempSync(path.join(os.tmpdir(), "copy-"));
            const { objects } = await renderStack("dev");
            job = (objects.find(({ kind }) => kind === "Job") as any).spec.template.spec.containers[0].args[0];
            live = await LiveStack.start("dev", {}, ["minio", "loki"], undefined, (part) =>
                // Chunks are written while the copy runs.
                part === "loki" ? { ingester: { chunk_idle_period: "1s", flush_check_period: "1s" } } : {},
            );
            sourceUrl = `http://${live.address("minio")}:9000`;
            source = {
                places: { url: sourceUrl, pathStyle: true, places: perBackend((backend) => backend) },
                keys: rootKeys,
            };
            target = await Store.start(path.join(folder, "target"), live.podAddress(0), job);
        });

        afterAll(async () => {
            clearInterval(writing);
            closeConnections();
            await target?.process.stop("SIGKILL");
            await live?.stop();
            fs.rmSync(folder, { recursive: true, force: true });
        });

        const push = async () => {
            const batch = Array.from({ length: 50 }, (_, index) => [
                `${Date.now()}${String(index).padStart(6, "0")}`,
                `line ${sent + index}`,
            ]);
            const streams = [{ stream: { service_name: "writer", batch: String(sent) }, values: batch }];
            const answer = await post(`http://${live.address("loki")}:3100/loki/api/v1/push`, { streams });
            expect(answer.status).toBe(204);
            sent += batch.length;
        };
        const storedLines = async () => {
            const query = 'sum(count_over_time({service_name="writer"}[1h]))';
            const { data } = await get(`http://${live.address("loki")}:3100/loki/api/v1/query`, { query });
            return Number(data.result[0]?.value[1] ?? 0);
        };
        const usage = ({ to }: CopyResult) => to;

        test("copies a store that is written at the same time, until little is left", async () => {
            for (let batch = 0; batch < 40; batch++) {
                await push();
            }
            writing = setInterval(() => void push(), 200);
            await post(`http://${live.address("loki")}:3100/flush`, {});
            await pause(5);
            const last = await copyWhileRunning(localCopier(source, target.side()), quiet);
            expect(last.to.loki.objects).toBeGreaterThan(20);
        });

        test("an exact copy replaces an object of the same size, and deletes objects that the source no longer has", async () => {
            mc(sourceUrl, ["pipe", "store/tempo/single-tenant/index"], "first!");
            mc(sourceUrl, ["pipe", "store/tempo/single-tenant/old"], "old");
            const copy = localCopier(source, target.side());
            await copy("copy", quiet);
            await pause(1.1);
            mc(sourceUrl, ["pipe", "store/tempo/single-tenant/index"], "second");
            mc(sourceUrl, ["rm", "store/tempo/single-tenant/old"]);
            expect((await copy("copy", quiet)).to.tempo.objects).toBe(2);
            expect((await copy("exact", quiet)).to.tempo).toEqual({ objects: 1, bytes: 6 });
            expect(mc(target.url, ["cat", "store/tempo/single-tenant/index"])).toBe("second");
        });

        test("a check copies nothing, and reports a rejected key and a missing bucket", async () => {
            mc(sourceUrl, ["pipe", "store/mimir/blocks/new"], "new");
            const checked = await localCopier(source, target.side())("check", quiet);
            expect([checked.from.mimir.objects, checked.to.mimir.objects]).toEqual([1, 0]);
            const wrong = { ...userKeys, mimir: { id: "nobody", key: "wrong-secret" } };
            await expect(localCopier(source, target.side(wrong))("check", quiet)).rejects.toThrow(
                /^cannot write to mimir in the target:\n {2}- .*(Access Key Id|Access Denied)/,
            );
            mc(target.url, ["rb", "--force", "store/pyroscope"]);
            await expect(localCopier(source, target.side())("check", quiet)).rejects.toThrow(
                /^cannot write to pyroscope in the target:\n {2}- .*[Bb]ucket.*does not exist/,
            );
            mc(target.url, ["mb", "store/pyroscope"]);
        });

        test("after the writers are stopped, the exact copy has the same objects, and Loki finds every line in it", async () => {
            clearInterval(writing);
            await pause(0.5);
            expect(await storedLines()).toBe(sent);
            await live.process("loki").stop();
            const result = await localCopier(source, target.side())("exact", quiet);
            expect(differences(result)).toEqual([]);
            expect(result.to).toEqual(result.from);
            // The switch of the setting, with the old store stopped.
            await live.process("minio").stop();
            const config = path.join(live.mounted("loki", "/etc/loki/config"), "config.yaml");
            const text = fs.readFileSync(config, "utf8");
            expect(text).toContain(`${live.address("minio")}:9000`);
            fs.writeFileSync(config, text.replaceAll(live.address("minio"), target.host));
            live.process("loki").start();
            await live.process("loki").ready();
            expect(await storedLines()).toBe(sent);
            live.process("minio").start();
            await live.process("minio").ready();
        });

        test("Loki writes new lines to the new store, and all lines that it has flushed are there after it has stopped", async () => {
            const before = sent;
            await push();
            expect(await storedLines()).toBe(before + 50);
            await post(`http://${live.address("loki")}:3100/flush`, {});
            await pause(3);
            await live.process("loki").stop();
        });

        test("a backup in a folder is restored into an empty store, with the same objects and lines", async () => {
            const places = perBackend((backend) => path.join(folder, "backup", bucketFolder(backend)));
            const backup: LocalSide = { places: { places } };
            const copied = await localCopier(target.side(), backup)("exact", quiet);
            expect(differences(copied)).toEqual([]);
            const manifest = { buckets: { places, usage: usage(copied) } } as unknown as Manifest;
            const empty = await Store.start(path.join(folder, "restored"), live.podAddress(1), job);
            try {
                const restore = localCopier(backup, empty.side());
                const result = await restoreBuckets(restore, manifest, quiet);
                expect(result.to).toEqual(usage(copied));
                await expect(restoreBuckets(restore, manifest, quiet)).rejects.toThrow(
                    /^the buckets of the stack are not empty; nothing was copied. Use --replace .*:\n {2}- loki: \d+ objects/,
                );
                // Loki reads the restored store, with an empty volume.
                const config = path.join(live.mounted("loki", "/etc/loki/config"), "config.yaml");
                const text = fs.readFileSync(config, "utf8");
                fs.writeFileSync(config, text.replaceAll(target.host, empty.host));
                fs.rmSync(live.mounted("loki", "/var/loki"), { recursive: true });
                fs.mkdirSync(live.mounted("loki", "/var/loki"));
                live.process("loki").start();
                await live.process("loki").ready();
                expect(await storedLines()).toBe(sent);
                await live.process("loki").stop();
                // A lost file is found before anything is copied.
                fs.rmSync(path.join(places.tempo, "single-tenant"), { recursive: true });
                await expect(restoreBuckets(restore, manifest, quiet, true)).rejects.toThrow(
                    "the buckets in the backup are not those of its manifest; nothing was copied:\n  - tempo: 0 objects (0.0 MiB), expected 1 objects (0.0 MiB)",
                );
            } finally {
                await empty.process.stop("SIGKILL");
            }
        });
    },
);
