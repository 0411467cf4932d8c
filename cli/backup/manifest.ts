import { createHash } from "crypto";
import * as fs from "fs";
import * as path from "path";
import { z } from "zod";
import { type Backend } from "../../validation/buckets";

const usage = z.object({ objects: z.number(), bytes: z.number() });
const file = z.object({ path: z.string(), bytes: z.number(), sha256: z.string() });

const manifestSchema = z.object({
    format: z.literal(1),
    stack: z.string(),
    namespace: z.string(),
    /** Start of the last copy, in ISO 8601. */
    time: z.string(),
    /** Whether the backends were stopped during the last copy. */
    paused: z.boolean(),
    buckets: z
        .object({
            /** URL of the S3 service with the copy. Undefined if the copy is in the folder. */
            url: z.string().optional(),
            /** Bucket and prefix, or the folder in the backup, of each backend. */
            places: z.record(z.string(), z.string()),
            usage: z.record(z.string(), usage),
        })
        .optional(),
    /** Database of Grafana. */
    grafana: z.array(file).optional(),
    /** Index of Pyroscope. */
    pyroscope: z.array(file).optional(),
    /** Name of Pyroscope in the Raft log of its index. Undefined if it is the default one of the namespace. */
    pyroscopeServerId: z.string().optional(),
    /** Number of replicas of the metastore in the Raft log of the index. Undefined in backups of older versions, in which it is 1. */
    pyroscopeMetastores: z.number().optional(),
    /** State of Pulumi and the stack file. */
    pulumi: z.array(file).optional(),
    /** What this backup does not contain, one sentence each. */
    missing: z.array(z.string()),
});

/** The description of a backup, in its file backup.json. */
export type Manifest = z.infer<typeof manifestSchema>;

/** A file of a backup. The path is relative to its folder. */
export type BackupFile = z.infer<typeof file>;

const manifestName = "backup.json";

/** @throws Error if the folder contains no backup, or an incomplete or unknown one. */
export function readManifest(folder: string): Manifest {
    const name = path.join(folder, manifestName);
    if (!fs.existsSync(name)) {
        throw new Error(
            `${folder} contains no complete backup: there is no file ${manifestName}. The command backup writes it at its end`,
        );
    }
    let json: unknown;
    try {
        json = JSON.parse(fs.readFileSync(name, "utf8"));
    } catch (error) {
        throw new Error(`${name} is not valid JSON: ${(error as Error).message}`, { cause: error });
    }
    const parsed = manifestSchema.safeParse(json);
    if (!parsed.success) {
        const issue = parsed.error.issues[0];
        throw new Error(`${name} is not a backup of this version: ${issue?.path.join(".")}: ${issue?.message}`);
    }
    return parsed.data;
}

/** Writes the manifest. It is the last file of a backup, so that a backup without it is incomplete. */
export function writeManifest(folder: string, manifest: Manifest): void {
    fs.writeFileSync(path.join(folder, manifestName), `${JSON.stringify(manifest, null, 2)}\n`);
}

/** Removes the manifest, because the backup in the folder is incomplete until its end. */
export function removeManifest(folder: string): void {
    fs.rmSync(path.join(folder, manifestName), { force: true });
}

/** Writes a file of a backup that only its owner can read. */
export function writeBackupFile(folder: string, name: string, data: Buffer | string): BackupFile {
    const target = path.join(folder, name);
    fs.mkdirSync(path.dirname(target), { recursive: true });
    fs.writeFileSync(target, data, { mode: 0o600 });
    const content = Buffer.from(data);
    return { path: name, bytes: content.length, sha256: sha256(content) };
}

/** Reads a file of a backup. @throws Error if it is missing or was changed. */
export function readBackupFile(folder: string, { path: name, sha256: expected }: BackupFile): Buffer {
    const source = path.join(folder, name);
    if (!fs.existsSync(source)) {
        throw new Error(`the backup is incomplete: ${source} is missing`);
    }
    const data = fs.readFileSync(source);
    if (sha256(data) !== expected) {
        throw new Error(`the backup is damaged: the checksum of ${source} differs from the one in ${manifestName}`);
    }
    return data;
}

/** For each backend, the folder of its objects in a backup. */
export function bucketFolder(backend: Backend): string {
    return path.join("buckets", backend);
}

export function sha256(data: Buffer): string {
    return createHash("sha256").update(data).digest("hex");
}
