import { createHash } from "crypto";
import * as fs from "fs";
import * as path from "path";
import { clearLine, cursorTo } from "readline";
import { pipeline } from "stream/promises";

/** A program that the commands download if it is missing. */
export interface Program {
    /** For messages, with the version: "kind 0.33.0". */
    title: string;
    /** Folder of the project for this version. It is created at the end of a download. */
    folder: string;
    /** URL of the releases. */
    releases: string;
    /** Environment variable with the URL of a mirror of the releases. */
    mirrorVariable: string;
    /** URL of the instructions for a manual installation. */
    instructions: string;
}

/** The file of a release that contains a program. */
export interface ReleaseFile {
    /** Path below the URL of the releases. */
    path: string;
    /** Expected SHA-256 checksum, in hexadecimal digits. */
    sha256: string;
    /** Creates the program in the folder bin from the downloaded file. */
    unpack: (file: string, bin: string) => Promise<void>;
}

/** The URL of a file of a release, from the mirror if one is configured. */
export function releaseUrl({ releases, mirrorVariable }: Program, file: string): string {
    return `${process.env[mirrorVariable] ?? releases}/${file}`;
}

/** The folder of this version that contains the executable. */
export function binFolder({ folder }: Program): string {
    return path.join(path.resolve(folder), "bin");
}

/**
 * This machine in the notation of Node.js, such as "linux-x64".
 *
 * @param supported machines for which the program has a release.
 * @throws Error if this machine is not among them.
 */
export function supportedMachine(supported: string[], machine = `${process.platform}-${process.arch}`): string {
    if (!supported.includes(machine)) {
        throw new Error(`the download supports ${supported.join(", ")}, but this machine is ${machine}`);
    }
    return machine;
}

/**
 * Downloads a program to its folder and verifies its checksum.
 *
 * @param log receives a line before the download.
 * @throws Error with the reason if the download fails. Then the folder is unchanged.
 */
export async function download(program: Program, file: ReleaseFile, log: (line: string) => void): Promise<void> {
    const url = releaseUrl(program, file.path);
    const folder = path.resolve(program.folder);
    log(`Downloading ${program.title} from ${url} to ${program.folder} ...`);
    fs.mkdirSync(path.dirname(folder), { recursive: true });
    // The folder gets its final name at the end. Otherwise a later run would use the incomplete file of a killed run.
    const incomplete = fs.mkdtempSync(`${folder}-`);
    try {
        const saved = path.join(incomplete, path.basename(file.path));
        const sha256 = await save(url, saved);
        if (sha256 !== file.sha256) {
            throw new Error(
                `the SHA-256 checksum of ${url} is ${sha256}, but it must be ${file.sha256}; the file was deleted`,
            );
        }
        const bin = path.join(incomplete, "bin");
        fs.mkdirSync(bin);
        await file.unpack(saved, bin);
        fs.rmSync(saved, { force: true });
        fs.rmSync(folder, { recursive: true, force: true });
        fs.renameSync(incomplete, folder);
    } finally {
        fs.rmSync(incomplete, { recursive: true, force: true });
    }
}

/** The error for a failed download, with the manual alternatives. */
export function downloadError(program: Program, problem: string, error: unknown): Error {
    const { title, releases, mirrorVariable, instructions } = program;
    return new Error(
        `${title} is missing: ${problem}, and the download failed: ${(error as Error).message}. ` +
            `Install it from ${instructions}, or set ${mirrorVariable} to a mirror of ${releases}`,
        { cause: error },
    );
}

/** Saves a file. Returns its SHA-256 checksum in hexadecimal digits. */
async function save(url: string, file: string): Promise<string> {
    const response = await get(url);
    const total = Number(response.headers.get("content-length") ?? 0);
    const hash = createHash("sha256");
    const observe = async function* () {
        let received = 0;
        for await (const chunk of chunksOf(response, url)) {
            hash.update(chunk);
            received += chunk.length;
            showProgress(progressText(received, total));
            yield chunk;
        }
    };
    try {
        await pipeline(observe, fs.createWriteStream(file));
    } finally {
        showProgress("");
    }
    return hash.digest("hex");
}

async function* chunksOf({ body }: Response, url: string): AsyncGenerator<Uint8Array> {
    try {
        yield* body ?? [];
    } catch (error) {
        throw new Error(`the connection to ${url} was interrupted: ${reasonOf(error)}`, { cause: error });
    }
}

/** The downloaded part of a file, without the total if it is unknown. */
export function progressText(received: number, total: number): string {
    const mebibytes = (bytes: number) => (bytes / 2 ** 20).toFixed(1);
    return total === 0
        ? `${mebibytes(received)} MiB`
        : `${mebibytes(received)} of ${mebibytes(total)} MiB (${Math.floor((100 * received) / total)} %)`;
}

/** Replaces the current line of a terminal. */
function showProgress(text: string): void {
    if (process.stdout.isTTY) {
        cursorTo(process.stdout, 0);
        process.stdout.write(text);
        clearLine(process.stdout, 1);
    }
}

/** @throws Error if the server cannot be reached, or responds with an error. */
export async function get(url: string): Promise<Response> {
    let response: Response;
    try {
        response = await fetch(url);
    } catch (error) {
        throw new Error(`cannot connect to ${url}: ${reasonOf(error)}`, { cause: error });
    }
    if (!response.ok) {
        throw new Error(`${url} returns status ${response.status}`);
    }
    return response;
}

/** `fetch` hides the reason of the network in the cause of its error. */
function reasonOf(error: unknown): string {
    return ((error as Error).cause as Error | undefined)?.message ?? String(error);
}
