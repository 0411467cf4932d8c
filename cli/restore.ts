import * as path from "path";
import { Command } from "commander";
import { contract } from "../components/contract";
import { defaultServerId } from "../components/pyroscope";
import { metastoreReplicas } from "../settings/mode";
import type { Settings } from "../settings/resolve";
import { backends } from "../validation/buckets";
import { grafanaRuns, restoreGrafana } from "./backup/grafana";
import { type Manifest, readBackupFile, readManifest } from "./backup/manifest";
import { restorePyroscope } from "./backup/pyroscope";
import { type BackupStore, openCopiers, parseRemote } from "./backup/stores";
import type { Cluster } from "./cluster/kubeconfig";
import { clusterOf } from "./cluster/stack-cluster";
import { confirm } from "./confirm";
import { evaluateStack, type Evaluation, stackHelp } from "./evaluate";
import { provisionMinio } from "./migrate/provision";
import { runningBackends, startBackends, startRestored, startStatefulSet, stopBackends } from "./migrate/workloads";
import { contextHelp, verboseHelp, yesHelp } from "./options";
import { run, start } from "./run";
import { type Copier, type CopyResult, describeUsage, differences } from "./store/copy";
import { requireMc } from "./store/local-copier";
import { withProgress } from "./tasks";

/** The parts of a backup that can be restored on their own. */
const parts = ["buckets", "grafana", "pyroscope"] as const;
type Part = (typeof parts)[number];

interface Options {
    from: string;
    only?: string;
    replace?: boolean;
    secret?: string;
    context?: string;
    yes?: boolean;
    verbose?: boolean;
}

export const command = new Command("restore")
    .description(
        "Copies a backup of `npm run backup` back to a deployed stack: the buckets, the database of Grafana, and the index of Pyroscope. " +
            "It refuses to overwrite a stack that runs or has data, unless --replace is set.",
    )
    .argument("[stack]", stackHelp(), "dev")
    .requiredOption("--from <folder>", "folder of the backup")
    .option("--only <parts>", `restore only some parts, separated by commas: ${parts.join(", ")}`)
    .option(
        "--replace",
        "stop the backends and Grafana, replace their data by that of the backup, and start them again",
    )
    .option("--secret <name>", "Secret with the keys of the S3 service that has the copy of the buckets")
    .option("--context <name>", contextHelp)
    .option("--yes", yesHelp)
    .option("--verbose", verboseHelp)
    .action((stack: string, options: Options) => run(() => restore(stack, options), options));

async function restore(name: string, options: Options): Promise<void> {
    const manifest = readManifest(options.from);
    const wanted = partsOf(options.only, manifest);
    // Damaged files are found before anything is stopped.
    [...(manifest.grafana ?? []), ...(manifest.pyroscope ?? [])].forEach((file) => readBackupFile(options.from, file));
    const evaluation = await evaluateStack(name);
    const { namespace } = evaluation.settings;
    if (wanted.includes("pyroscope")) {
        requireSameServer(manifest, evaluation.settings);
        requireMetastores(manifest, evaluation.settings);
    }
    const cluster = clusterOf(name, evaluation.settings, options.context);
    const store = storeOf(manifest, options);
    if (wanted.includes("buckets") && "folder" in store) {
        await requireMc();
    }
    console.log(
        `Backup:     stack ${manifest.stack}, namespace ${manifest.namespace}, ${manifest.time}\n` +
            `Stack:      ${name}\nCluster:    context "${cluster.context}" (${cluster.server})\nNamespace:  ${namespace}`,
    );
    await requireStopped(cluster, namespace, wanted, options);
    const question = `This replaces ${listOf(wanted)} of stack ${name} in namespace ${namespace} by the backup of ${manifest.time}. Continue?`;
    if (!(await confirm(question, options.yes))) {
        throw new Error("the restore was not confirmed; nothing was changed");
    }
    await restoreBackends(cluster, evaluation, manifest, wanted, store, options);
    if (wanted.includes("grafana")) {
        await withProgress("Restore the database of Grafana", () =>
            restoreGrafana(cluster, evaluation.settings, options.from, manifest.grafana ?? []),
        );
    }
    console.log(
        `\nStack ${name} has the data of the backup: ${listOf(wanted)}. Check it:\n  npm run verify -- ${name}`,
    );
}

/** The parts to restore. @throws Error if a part is unknown, or if the backup does not contain it. */
export function partsOf(only: string | undefined, manifest: Manifest): Part[] {
    const contained = parts.filter((part) => (manifest[part] === undefined ? false : part));
    if (only === undefined) {
        return contained;
    }
    return only.split(",").map((text) => {
        const part = parts.find((candidate) => candidate === text.trim());
        if (part === undefined) {
            throw new Error(`--only contains "${text.trim()}"; the parts are ${parts.join(", ")}`);
        }
        if (!contained.includes(part)) {
            throw new Error(`the backup does not contain ${part}; it contains ${contained.join(", ") || "nothing"}`);
        }
        return part;
    });
}

/** @throws Error if Pyroscope has another name in the Raft log of the backup. It would not become ready. */
export function requireSameServer(
    { namespace, pyroscopeServerId }: Manifest,
    settings: Pick<Settings, "namespace" | "storage">,
): void {
    const backup = pyroscopeServerId ?? defaultServerId(namespace);
    const current = settings.storage.pyroscopeServerId ?? defaultServerId(settings.namespace);
    if (backup !== current) {
        throw new Error(
            `in the index of the backup, Pyroscope has the name ${backup}, and in this stack ${current}. With another name, it does not become ready; nothing was changed. Set observability:storage.pyroscopeServerId to the name of the backup, deploy the stack, and restore again`,
        );
    }
}

/** @throws Error if the stack has fewer replicas of the metastore than the Raft log of the backup. Without a majority of them, Pyroscope would not become ready. */
export function requireMetastores(
    { pyroscopeMetastores: backup = 1 }: Manifest,
    settings: Parameters<typeof metastoreReplicas>[0],
): void {
    const current = metastoreReplicas(settings);
    if (current < backup) {
        throw new Error(
            `the index of the backup belongs to ${backup} replicas of the metastore of Pyroscope, and this stack has ${current}. Without more than half of the ${backup} replicas, Pyroscope does not become ready; nothing was changed. Set observability:mode.pyroscope to "distributed" and observability:replicas.pyroscopeMetastore to ${backup}, deploy the stack, and restore again`,
        );
    }
}

function storeOf({ buckets }: Manifest, { from, secret }: Options): BackupStore {
    if (buckets?.url === undefined) {
        return { folder: from };
    }
    const [place = ""] = Object.values(buckets.places);
    return { remote: parseRemote(`s3://${path.posix.dirname(place)}`, buckets.url, secret) };
}

/** @throws Error if a part that is replaced runs, unless --replace is set. */
async function requireStopped(
    cluster: Cluster,
    namespace: string,
    wanted: Part[],
    { replace }: Options,
): Promise<void> {
    const needsBackends = wanted.includes("buckets") || wanted.includes("pyroscope");
    const running: string[] = needsBackends ? await runningBackends(cluster, namespace) : [];
    if (wanted.includes("grafana") && (await grafanaRuns(cluster, namespace))) {
        running.push("grafana");
    }
    if (running.length > 0 && !replace) {
        throw new Error(
            `the stack in namespace ${namespace} runs: ${running.join(", ")}. A restore would overwrite data that these programs use; nothing was changed. Use --replace to stop them, to replace their data by that of the backup, and to start them again`,
        );
    }
}

async function restoreBackends(
    cluster: Cluster,
    { settings }: Evaluation,
    manifest: Manifest,
    wanted: Part[],
    store: BackupStore,
    { from, replace }: Options,
): Promise<void> {
    const { namespace } = settings;
    const affected = wanted.includes("buckets") ? backends : (["pyroscope"] as const);
    if (!wanted.includes("buckets") && !wanted.includes("pyroscope")) {
        return;
    }
    await withProgress("Stop the backends", (progress) => stopBackends(cluster, namespace, progress, affected));
    const startWith = (start: typeof startRestored) =>
        withProgress("Start the backends", (progress) => start(cluster, namespace, progress, affected));
    try {
        if (wanted.includes("buckets")) {
            await replaceBuckets(cluster, settings, manifest, store, replace);
        }
    } catch (error) {
        if (error instanceof NothingCopiedError) {
            await startWith(startBackends);
        }
        throw error;
    }
    if (wanted.includes("pyroscope")) {
        await withProgress("Restore the index of Pyroscope", () => restorePyroscope(cluster, settings, from, manifest));
    }
    await startWith(startRestored);
}

async function replaceBuckets(
    cluster: Cluster,
    settings: Settings,
    manifest: Manifest,
    store: BackupStore,
    replace: boolean | undefined,
): Promise<void> {
    const { namespace } = settings;
    if (settings.objectStore.kind === "minio") {
        await withProgress("Create the buckets and users of MinIO", async (progress) => {
            await startStatefulSet(cluster, namespace, contract.minio.release, progress);
            await provisionMinio(cluster, namespace);
        });
    }
    const copiers = await openCopiers(cluster, settings, store);
    try {
        await withProgress("Restore the buckets", (progress) =>
            restoreBuckets(copiers.restore, manifest, progress, replace),
        );
    } finally {
        await copiers.close();
    }
}

/** The restore was refused before it changed a bucket. */
export class NothingCopiedError extends Error {}

/**
 * Copies the buckets of a backup back, and compares the result.
 *
 * @throws Error if the backup differs from its manifest, if a bucket has objects and `replace` is not set, or if the result differs.
 */
export async function restoreBuckets(
    copy: Copier,
    { buckets }: Manifest,
    onProgress: (text: string) => void,
    replace = false,
): Promise<CopyResult> {
    const checked = await copy("check", onProgress);
    const expected = buckets?.usage ?? {};
    const damaged = backends.filter((backend) => {
        const { objects, bytes } = expected[backend] ?? { objects: 0, bytes: 0 };
        return checked.from[backend].objects !== objects || checked.from[backend].bytes !== bytes;
    });
    if (damaged.length > 0) {
        const list = damaged.map(
            (backend) =>
                `\n  - ${backend}: ${describeUsage(checked.from[backend])}, expected ${describeUsage(expected[backend] ?? { objects: 0, bytes: 0 })}`,
        );
        throw new NothingCopiedError(
            `the buckets in the backup are not those of its manifest; nothing was copied:${list.join("")}`,
        );
    }
    const used = backends.filter((backend) => checked.to[backend].objects > 0);
    if (used.length > 0 && !replace) {
        const list = used.map((backend) => `\n  - ${backend}: ${describeUsage(checked.to[backend])}`);
        throw new NothingCopiedError(
            `the buckets of the stack are not empty; nothing was copied. Use --replace to delete what the backup does not contain:${list.join("")}`,
        );
    }
    const result = await copy("exact", onProgress);
    const found = differences(result);
    if (found.length > 0) {
        throw new Error(`the buckets differ from the backup:${found.map((line) => `\n  - ${line}`).join("")}`);
    }
    return result;
}

function listOf(wanted: Part[]): string {
    const names: Record<Part, string> = {
        buckets: "the buckets",
        grafana: "the database of Grafana",
        pyroscope: "the index of Pyroscope",
    };
    const texts = wanted.map((part) => names[part]);
    return texts.length < 2 ? texts.join("") : `${texts.slice(0, -1).join(", ")} and ${texts.at(-1)}`;
}

start(command, module);
