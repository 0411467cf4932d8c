import * as fs from "fs";
import * as os from "os";
import * as path from "path";
import { type BackupFile, writeBackupFile } from "../../cli/backup/manifest";
import { restorePyroscope } from "../../cli/backup/pyroscope";
import type { VolumeFiles } from "../../cli/backup/volume-pod";
import { type Cluster, findCluster } from "../../cli/cluster/kubeconfig";
import { setOtherIndexesAside } from "../../cli/migrate/metastore";
import { resolveSettings } from "../../settings/resolve";
import { type KubernetesApi, serveKubernetesApi } from "../helpers/kubernetes-api";

/** The files of each volume, by claim and path. */
const volumes: Record<string, Record<string, string>> = {};

jest.mock("../../cli/backup/volume-pod", () => ({
    withVolume: (_: unknown, __: unknown, claim: string, ___: unknown, use: (files: Partial<VolumeFiles>) => unknown) =>
        use({
            write: (file, data) => {
                volumes[claim] = { ...volumes[claim], [file]: data.toString() };
                return Promise.resolve();
            },
            rename: (from, to) => {
                const renamed = (file: string) => file.replace(new RegExp(`^${from.replace(".", "\\.")}/`), `${to}/`);
                volumes[claim] = Object.fromEntries(
                    Object.entries(volumes[claim] ?? {}).map(([file, text]) => [renamed(file), text]),
                );
                return Promise.resolve();
            },
        }),
}));

const settings = resolveSettings({ profile: "prod", mode: { pyroscope: "distributed" }, namespace: "watch" });
const claims = ["data-pyroscope-0", "data-pyroscope-1", "data-pyroscope-2", "data-pyroscope-4", "data-pyroscope-10"];
const others = ["data-mimir-1", "data-pyroscope-segment-writer-0"];
let api: KubernetesApi;
let cluster: Cluster;
let folder: string;
let file: BackupFile;
const kubeconfig = process.env["KUBECONFIG"];

beforeAll(async () => {
    const items = [...claims, ...others].map((name) => ({ metadata: { name } }));
    api = await serveKubernetesApi({ "/api/v1/namespaces/watch/persistentvolumeclaims": { items } });
    process.env["KUBECONFIG"] = api.kubeconfig;
    cluster = findCluster("fake");
    folder = fs.mkdtempSync(path.join(os.tmpdir(), "index-"));
    file = writeBackupFile(folder, "pyroscope/.metastore/raft", "new");
});
afterAll(async () => {
    await api.close();
    fs.rmSync(folder, { recursive: true });
    if (kubeconfig === undefined) {
        delete process.env["KUBECONFIG"];
    } else {
        process.env["KUBECONFIG"] = kubeconfig;
    }
});
beforeEach(() => {
    Object.keys(volumes).forEach((claim) => delete volumes[claim]);
    [...claims, ...others].forEach((claim) => (volumes[claim] = { ".metastore/raft": `old ${claim}` }));
});

/** The content of each index that has not been renamed. */
const indexes = () =>
    Object.fromEntries(Object.entries(volumes).map(([claim, found]) => [claim, found[".metastore/raft"]]));
/** What each renamed index contains. */
const renamed = () =>
    Object.values(volumes).flatMap((found) =>
        Object.entries(found).flatMap(([name, text]) => (name.startsWith(".metastore.before-") ? [text] : [])),
    );
const untouched = Object.fromEntries(others.map((claim) => [claim, `old ${claim}`]));

describe("a restore of the index of Pyroscope", () => {
    test("writes it to each replica of the backup, because more than half of them must have it", async () => {
        await restorePyroscope(cluster, settings, folder, { pyroscope: [file], pyroscopeMetastores: 3 });
        expect(indexes()).toEqual({
            ...untouched,
            "data-pyroscope-0": "new",
            "data-pyroscope-1": "new",
            "data-pyroscope-2": "new",
        });
        expect(renamed().sort()).toEqual(claims.map((claim) => `old ${claim}`).sort());
    });

    test("writes the index of a single replica to the first one only, which the others join", async () => {
        await restorePyroscope(cluster, settings, folder, { pyroscope: [file] });
        expect(indexes()).toEqual({ ...untouched, "data-pyroscope-0": "new" });
        expect(renamed().length).toBe(claims.length);
    });
});

test("a change of the mode renames the old indexes of all replicas but the first one, also if claims between them are gone", async () => {
    const applied = { namespace: "watch" };
    await setOtherIndexesAside({ cluster, applied, settings, onProgress: () => undefined } as never);
    expect(indexes()).toEqual({ ...untouched, "data-pyroscope-0": "old data-pyroscope-0" });
});
