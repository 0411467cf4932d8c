import { execFile } from "child_process";
import { createHash } from "crypto";
import * as fs from "fs";
import * as path from "path";
import { pipeline } from "stream/promises";
import { promisify } from "util";
import { PulumiCommand } from "@pulumi/pulumi/automation";
import { version as pinnedVersion } from "@pulumi/pulumi/package.json";
import { SemVer } from "semver";

const execute = promisify(execFile);

/** The folder of the project to which the CLI is downloaded. It has one subfolder for each version. */
export const cliFolder = ".pulumi-cli";

// https://www.pulumi.com/docs/install/versions/ lists the archives and checksums at this URL.
const releasesUrl = () => process.env["PULUMI_RELEASES_URL"] ?? "https://get.pulumi.com/releases/sdk";

/**
 * Finds the Pulumi CLI in the version of the SDK, or a later one with the same major version: on the PATH, or in the folder of the project.
 * Downloads it if it is in neither place.
 *
 * @param log receives a line before a download.
 * @throws Error with the reason and a solution if the download fails.
 */
export async function findPulumi(log: (line: string) => void): Promise<PulumiCommand> {
    const version = new SemVer(pinnedVersion);
    const root = path.resolve(cliFolder, pinnedVersion);
    const onPath = await PulumiCommand.get({ version }).catch((error: Error) => error);
    if (!(onPath instanceof Error)) {
        return onPath;
    }
    const downloaded = await PulumiCommand.get({ version, root }).catch(() => undefined);
    if (downloaded) {
        return downloaded;
    }
    try {
        await install(root, log);
        return await PulumiCommand.get({ version, root });
    } catch (error) {
        throw new Error(
            `the Pulumi CLI ${pinnedVersion} or later is missing: ${pathProblem(onPath)}, and the download failed: ${(error as Error).message}. ` +
                "Install it from https://www.pulumi.com/docs/install/, or set PULUMI_RELEASES_URL to a mirror of https://get.pulumi.com/releases/sdk",
            { cause: error },
        );
    }
}

function pathProblem(error: Error): string {
    const [, older] = /your current CLI version is (\S+?)\.? /i.exec(error.message) ?? [];
    return older === undefined ? "it is not on the PATH" : `the version on the PATH is ${older}`;
}

/** Downloads the CLI, verifies its checksum and unpacks it. */
async function install(root: string, log: (line: string) => void): Promise<void> {
    const archive = archiveName(pinnedVersion);
    const url = `${releasesUrl()}/${archive}`;
    log(`Downloading the Pulumi CLI ${pinnedVersion} from ${url} to ${path.relative(".", root)} ...`);
    const sums = await (await get(`${releasesUrl()}/pulumi-${pinnedVersion}-checksums.txt`)).text();
    const expected = checksumOf(sums, archive);
    fs.mkdirSync(path.dirname(root), { recursive: true });
    const unpacked = fs.mkdtempSync(`${root}-`);
    try {
        const file = path.join(unpacked, archive);
        await fs.promises.writeFile(file, (await get(url)).body ?? "");
        const hash = createHash("sha256");
        await pipeline(fs.createReadStream(file), hash);
        const actual = hash.digest("hex");
        if (actual !== expected) {
            throw new Error(`the SHA-256 checksum of ${archive} is ${actual}, but the release lists ${expected}`);
        }
        fs.mkdirSync(path.join(unpacked, "bin"));
        await execute("tar", ["-xzf", file, "--strip-components=1", "-C", path.join(unpacked, "bin")]);
        fs.rmSync(file);
        fs.rmSync(root, { recursive: true, force: true });
        fs.renameSync(unpacked, root);
    } finally {
        fs.rmSync(unpacked, { recursive: true, force: true });
    }
}

/** @throws Error if there is no archive for this platform. */
function archiveName(version: string): string {
    const { platform, arch } = process;
    if (!["linux", "darwin"].includes(platform) || !["x64", "arm64"].includes(arch)) {
        throw new Error(
            `the download supports Linux and macOS on x64 and arm64, but this machine is ${platform} ${arch}`,
        );
    }
    return `pulumi-v${version}-${platform}-${arch}.tar.gz`;
}

/** @throws Error if the list does not contain the file. */
function checksumOf(sums: string, file: string): string {
    const line = sums.split("\n").find((candidate) => candidate.trim().split(/\s+/)[1] === file);
    if (line === undefined) {
        throw new Error(`the checksums of the release do not contain ${file}`);
    }
    return (line.trim().split(/\s+/)[0] ?? "").toLowerCase();
}

async function get(url: string): Promise<Response> {
    let response: Response;
    try {
        response = await fetch(url);
    } catch (error) {
        const { cause } = error as { cause?: Error };
        throw new Error(`cannot connect to ${url}: ${cause?.message ?? String(error)}`, { cause: error });
    }
    if (!response.ok) {
        throw new Error(`${url} returns status ${response.status}`);
    }
    return response;
}
