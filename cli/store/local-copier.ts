import { spawn } from "child_process";
import * as fs from "fs";
import * as os from "os";
import * as path from "path";
import { type Backend, backends } from "../../validation/buckets";
import { type Copier, progressText, resultOf } from "./copy";
import { copyScript, type CopyPlaces, credentialVariable, parseEvents, type Side } from "./copy-script";

/** An access key. */
export interface Keys {
    id: string;
    key: string;
}

/** One side of a copy on this machine. */
export interface LocalSide {
    places: CopyPlaces;
    /** Not needed for folders. */
    keys?: Record<Backend, Keys>;
}

/** A copier that runs on this machine. It needs mc and a shell. */
export function localCopier(from: LocalSide, to: LocalSide): Copier {
    return async (mode, onProgress) => {
        const started = Date.now();
        // mc saves the keys in this folder.
        const config = fs.mkdtempSync(path.join(os.tmpdir(), "mc-"));
        try {
            for (const { places } of [from, to]) {
                if (places.url === undefined) {
                    Object.values(places.places).forEach((folder) => fs.mkdirSync(folder, { recursive: true }));
                }
            }
            const env = { ...variables("FROM", from.keys), ...variables("TO", to.keys), MC_CONFIG_DIR: config };
            const { status, output } = await shell(copyScript(mode, from.places, to.places), env, (soFar) =>
                onProgress(progressText(parseEvents(soFar))),
            );
            return resultOf(output, status === 0, (Date.now() - started) / 1000);
        } finally {
            fs.rmSync(config, { recursive: true, force: true });
        }
    };
}

/** @throws Error with instructions if mc is not on the PATH. */
export async function requireMc(): Promise<void> {
    const { status } = await shell("command -v mc", {}, () => undefined);
    if (status !== 0) {
        throw new Error(
            "mc is not on the PATH, but it copies the objects to and from this machine; install the MinIO client, or copy the file /usr/bin/mc from the MinIO image. Backups to an S3 service do not need it",
        );
    }
}

function variables(side: Side, keys: LocalSide["keys"]): Record<string, string> {
    return Object.fromEntries(
        backends.flatMap((backend) => {
            const { id, key } = keys?.[backend] ?? { id: "", key: "" };
            return [
                [credentialVariable(side, backend, "ID"), id],
                [credentialVariable(side, backend, "KEY"), key],
            ];
        }),
    );
}

/** Runs a shell script and collects its output. */
async function shell(
    script: string,
    env: Record<string, string>,
    onOutput: (output: string) => void,
): Promise<{ status: number | null; output: string }> {
    const child = spawn("/bin/sh", ["-c", script], {
        env: { ...process.env, ...env },
        stdio: ["ignore", "pipe", "pipe"],
    });
    let output = "";
    const collect = (chunk: Buffer) => {
        output += chunk.toString();
        onOutput(output);
    };
    child.stdout.on("data", collect);
    child.stderr.on("data", collect);
    const status = await new Promise<number | null>((resolve, reject) => {
        child.once("error", reject);
        child.once("close", resolve);
    });
    return { status, output };
}
