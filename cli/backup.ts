import * as fs from "fs";
import * as path from "path";
import { Command } from "commander";
import { metastoreReplicas } from "../settings/mode";
import type { Settings } from "../settings/resolve";
import { backends } from "../validation/buckets";
import { backUpGrafana, usesOtherDatabase } from "./backup/grafana";
import { flushBackends } from "./backup/flush";
import {
    type BackupFile,
    bucketFolder,
    type Manifest,
    removeManifest,
    writeBackupFile,
    writeManifest,
} from "./backup/manifest";
import { backUpPyroscope } from "./backup/pyroscope";
import { type BackupStore, openCopiers, parseRemote, remoteAccess } from "./backup/stores";
import type { Cluster } from "./cluster/kubeconfig";
import { clusterOf } from "./cluster/stack-cluster";
import { confirm } from "./confirm";
import { evaluateStack, type Evaluation, stackHelp } from "./evaluate";
import { exportState } from "./migrate/pulumi-state";
import { startBackends, stopBackends } from "./migrate/workloads";
import { contextHelp, verboseHelp, yesHelp } from "./options";
import { run, start } from "./run";
import { perBackend } from "./store/access";
import { type CopyResult, copyWhileRunning, describeUsage, differences } from "./store/copy";
import { requireMc } from "./store/local-copier";
import { withProgress } from "./tasks";
import { openStack, whereDeployed } from "./up/open-stack";

interface Options {
    to: string;
    buckets?: string | false;
    endpoint?: string;
    secret?: string;
    pause?: boolean;
    context?: string;
    yes?: boolean;
    verbose?: boolean;
}

export const command = new Command("backup")
    .description(
        "Copies everything that a deployment cannot create again to a folder: the buckets, the database of Grafana, and the state of Pulumi. " +
            "The same folder can be used again: then only new objects are copied.",
    )
    .argument("[stack]", stackHelp(), "dev")
    .requiredOption("--to <folder>", "folder of the backup")
    .option(
        "--buckets <url>",
        "copy the buckets to s3://BUCKET/PREFIX, with a Job in the cluster, instead of the folder",
    )
    .option("--no-buckets", "do not copy the buckets, for example if the S3 service has its own backup")
    .option("--endpoint <url>", "with --buckets: URL of the S3 service")
    .option(
        "--secret <name>",
        "with --buckets: Secret with AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY in the namespace",
    )
    .option(
        "--pause",
        "stop Loki, Tempo, Mimir and Pyroscope during the last copy. Otherwise the backup does not contain the index of Pyroscope, without which its profiles cannot be read.",
    )
    .option("--context <name>", contextHelp)
    .option("--yes", yesHelp)
    .option("--verbose", verboseHelp)
    .action((stack: string, options: Options) => run(() => backup(stack, options), options));

async function backup(name: string, options: Options): Promise<void> {
    const remote =
        typeof options.buckets === "string"
            ? parseRemote(options.buckets, options.endpoint, options.secret)
            : undefined;
    const evaluation = await evaluateStack(name);
    const { settings } = evaluation;
    const cluster = clusterOf(name, settings, options.context);
    const store: BackupStore | undefined =
        options.buckets === false ? undefined : remote === undefined ? { folder: options.to } : { remote };
    if (store !== undefined && "folder" in store) {
        await requireMc();
    }
    const opened = await openStack(evaluation);
    if ((await whereDeployed(cluster, opened.state)) !== "this cluster") {
        throw new Error(
            `stack ${name} is not deployed to the cluster of context "${cluster.context}" (${cluster.server}); select its cluster with --context`,
        );
    }
    const question = `This stops Loki, Tempo, Mimir and Pyroscope in namespace ${settings.namespace} during the last copy. Queries and alerts are unavailable until they are ready again. Continue?`;
    if (options.pause && !(await confirm(question, options.yes))) {
        throw new Error("the stop was not confirmed; nothing was copied. Without --pause, the backends keep running");
    }
    fs.mkdirSync(options.to, { recursive: true, mode: 0o700 });
    removeManifest(options.to);
    const manifest: Manifest = {
        format: 1,
        stack: name,
        namespace: settings.namespace,
        pyroscopeServerId: settings.storage.pyroscopeServerId,
        pyroscopeMetastores: metastoreReplicas(settings),
        time: new Date().toISOString(),
        paused: options.pause ?? false,
        missing: missingParts(settings, options),
    };
    manifest.pulumi = [
        writeBackupFile(options.to, "pulumi/state.json", await exportState(opened)),
        writeBackupFile(options.to, `pulumi/Pulumi.${name}.yaml`, fs.readFileSync(`Pulumi.${name}.yaml`)),
    ];
    manifest.grafana = await withProgress("Copy the database of Grafana", () =>
        backUpGrafana(cluster, settings, options.to),
    );
    await copyBackends(cluster, evaluation, options, store, manifest);
    writeManifest(options.to, manifest);
    printSummary(options.to, manifest);
}

/** Copies the buckets and the index of Pyroscope, and adds them to the manifest. */
async function copyBackends(
    cluster: Cluster,
    { settings }: Evaluation,
    { to, pause }: Options,
    store: BackupStore | undefined,
    manifest: Manifest,
): Promise<void> {
    const { namespace } = settings;
    const copiers = store && (await openCopiers(cluster, settings, store));
    try {
        await copiers?.backUp("check", () => undefined);
        if (copiers) {
            await withProgress("Copy the buckets", (progress) => copyWhileRunning(copiers.backUp, progress));
        }
        const problems = await withProgress("Flush Loki, Tempo and Mimir", () => flushBackends(cluster, namespace));
        manifest.missing.push(...problems);
        const last = async () => {
            manifest.time = new Date().toISOString();
            const result =
                copiers && (await withProgress("Copy the rest", (progress) => copiers.backUp("exact", progress)));
            if (result !== undefined && store !== undefined) {
                manifest.buckets = bucketsOf(store, result);
                if (pause) {
                    requireEqual(result);
                }
            }
        };
        if (pause) {
            await withProgress("Stop the backends", (progress) => stopBackends(cluster, namespace, progress));
            try {
                await last();
                manifest.pyroscope = await withProgress("Copy the index of Pyroscope", () =>
                    backUpPyroscope(cluster, settings, to),
                );
            } finally {
                await withProgress("Start the backends", (progress) => startBackends(cluster, namespace, progress));
            }
        } else {
            await last();
        }
    } finally {
        await copiers?.close();
    }
}

function bucketsOf(store: BackupStore, { to }: CopyResult): NonNullable<Manifest["buckets"]> {
    return "remote" in store
        ? { url: store.remote.url, places: remoteAccess(store.remote).places, usage: to }
        : { places: perBackend(bucketFolder), usage: to };
}

function requireEqual(result: CopyResult): void {
    const found = differences(result);
    if (found.length > 0) {
        throw new Error(`the copy differs from the object store:${found.map((line) => `\n  - ${line}`).join("")}`);
    }
}

/** What the backup cannot contain, one sentence each. */
function missingParts(settings: Settings, { buckets, pause }: Options): string[] {
    const secrets = [
        settings.objectStore.existingSecret,
        settings.grafana.existingSecret,
        ...settings.images.pullSecrets,
    ].filter((name) => name !== undefined);
    return [
        "The passphrase of the state of Pulumi, or the access to its secrets provider. Without it, the passwords in the state cannot be read.",
        ...(secrets.length > 0
            ? [`The Secrets that you created yourself: ${secrets.join(", ")}, and those of alert receivers.`]
            : []),
        ...(buckets === false ? ["The buckets, because of --no-buckets."] : []),
        ...(pause
            ? ["Data that the backends received between the flush and the stop. It is on their volumes."]
            : [
                  "The index of Pyroscope, which can be copied only with --pause. Without it, the profiles in the bucket cannot be read.",
                  "Data that the backends have not written to their buckets yet. Loki uploads the index of new lines after up to 15 minutes, and when it stops.",
              ]),
        ...(usesOtherDatabase(settings)
            ? ["The database of Grafana, because it is not in the cluster. Use the backup of the database."]
            : settings.grafana.persistence
              ? []
              : ["The database of Grafana, because grafana.persistence is false."]),
    ];
}

function printSummary(folder: string, { buckets, grafana, pyroscope, missing }: Manifest): void {
    const bytes = (files: BackupFile[]) => files.reduce((sum, file) => sum + file.bytes, 0);
    console.log(`\nThe backup in ${path.resolve(folder)} is complete:`);
    for (const backend of backends) {
        const usage = buckets?.usage[backend];
        if (usage !== undefined) {
            console.log(
                `  ${backend.padEnd(10)} ${describeUsage(usage)} in ${buckets?.url ?? ""} ${buckets?.places[backend]}`,
            );
        }
    }
    if (grafana !== undefined) {
        console.log(`  grafana    database (${bytes(grafana)} bytes)`);
    }
    if (pyroscope !== undefined) {
        console.log(`  pyroscope  index (${pyroscope.length} files, ${bytes(pyroscope)} bytes)`);
    }
    console.log("  pulumi     state with encrypted secrets, and the stack file");
    console.log(`\nIt does not contain:${missing.map((sentence) => `\n  - ${sentence}`).join("")}`);
}

start(command, module);
