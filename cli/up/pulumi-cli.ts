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

/** The folder of the project that the CLI is installed into, one folder a version. */
export const cliFolder = ".pulumi-cli";

// https://www.pulumi.com/docs/install/versions/ lists the archives and the checksums of each version under this address.
const releases = () => process.env["PULUMI_RELEASES_URL"] ?? "https://get.pulumi.com/releases/sdk";

/**
 * The Pulumi CLI in the version of the SDK, or a newer one of the same major version: the one on the PATH, or else that of the
 * project's own folder, or else the official download.
 *
 * @param log told before something is downloaded.
 * @throws Error that says what was tried and what to do.
 */
export async function findPulumi(log: (line: string) => void): Promise<PulumiCommand> {
    const version = new SemVer(pinnedVersion);
    const root = path.resolve(cliFolder, pinnedVersion);
    const onPath = await PulumiCommand.get({ version }).catch((error: Error) => error);
    if (!(onPath instanceof Error)) {
        return onPath;
    }
    const own = await PulumiCommand.get({ version, root }).catch(() => undefined);
    if (own) {
        return own;
    }
    try {
        await install(root, log);
        return await PulumiCommand.get({ version, root });
    } catch (error) {
        throw new Error(
            `there is no Pulumi CLI ${pinnedVersion} or later: ${pathFault(onPath)}, and the download failed: ${(error as Error).message}. ` +
                "Install it from https://www.pulumi.com/docs/install/, or name a mirror of its releases in PULUMI_RELEASES_URL",
            { cause: error },
        );
    }
}

function pathFault(error: Error): string {
    const [, older] = /your current CLI version is (\S+?)\.? /i.exec(error.message) ?? [];
    return older === undefined ? "there is none on the PATH" : `the one on the PATH is ${older}`;
}

/** Downloads the CLI, compares it with the release's checksum, and only then unpacks it. */
async function install(root: string, log: (line: string) => void): Promise<void> {
    const archive = archiveName(pinnedVersion);
    const url = `${releases()}/${archive}`;
    log(`downloading the Pulumi CLI ${pinnedVersion} from ${url} into ${path.relative(".", root)}`);
    const sums = await (await get(`${releases()}/pulumi-${pinnedVersion}-checksums.txt`)).text();
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
            throw new Error(`${archive} has the SHA-256 ${actual}, and the release says ${expected}`);
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

/** @throws Error where there is no archive that can be unpacked here. */
function archiveName(version: string): string {
    const { platform, arch } = process;
    if (!["linux", "darwin"].includes(platform) || !["x64", "arm64"].includes(arch)) {
        throw new Error(`it can be installed here on Linux and macOS (x64, arm64), and this is ${platform} ${arch}`);
    }
    return `pulumi-v${version}-${platform}-${arch}.tar.gz`;
}

/** @throws Error where the list does not have the file. */
function checksumOf(sums: string, file: string): string {
    const line = sums.split("\n").find((candidate) => candidate.trim().split(/\s+/)[1] === file);
    if (line === undefined) {
        throw new Error(`the release's checksums do not have ${file}`);
    }
    return (line.trim().split(/\s+/)[0] ?? "").toLowerCase();
}

async function get(url: string): Promise<Response> {
    let response: Response;
    try {
        response = await fetch(url);
    } catch (error) {
        const { cause } = error as { cause?: Error };
        throw new Error(`cannot reach ${url}: ${cause?.message ?? String(error)}`, { cause: error });
    }
    if (!response.ok) {
        throw new Error(`${url} answers ${response.status}`);
    }
    return response;
}
