import { execFile } from "child_process";
import * as path from "path";
import { promisify } from "util";
import { PulumiCommand } from "@pulumi/pulumi/automation";
import { version as pinnedVersion } from "@pulumi/pulumi/package.json";
import { SemVer } from "semver";
import { download, downloadError, get, type Program, type ReleaseFile, releaseUrl, supportedMachine } from "./download";

const execute = promisify(execFile);

const pulumi: Program = {
    title: `the Pulumi CLI ${pinnedVersion}`,
    folder: path.join(".pulumi-cli", pinnedVersion),
    // https://www.pulumi.com/docs/install/versions/ lists the archives and checksums at this URL.
    releases: "https://get.pulumi.com/releases/sdk",
    mirrorVariable: "PULUMI_RELEASES_URL",
    instructions: "https://www.pulumi.com/docs/install/",
};

/**
 * Finds the Pulumi CLI in the version of the SDK, or a later one with the same major version: on the PATH, or in the folder of the project.
 * Downloads it if it is in neither place.
 *
 * @param log receives a line before a download.
 * @throws Error with the reason and a solution if the download fails.
 */
export async function findPulumi(log: (line: string) => void): Promise<PulumiCommand> {
    const version = new SemVer(pinnedVersion);
    const root = path.resolve(pulumi.folder);
    const onPath = await PulumiCommand.get({ version }).catch((error: Error) => error);
    if (!(onPath instanceof Error)) {
        return onPath;
    }
    const downloaded = await PulumiCommand.get({ version, root }).catch(() => undefined);
    if (downloaded) {
        return downloaded;
    }
    try {
        await download(pulumi, await releaseFile(), log);
        return await PulumiCommand.get({ version, root });
    } catch (error) {
        throw downloadError({ ...pulumi, title: `${pulumi.title} or later` }, pathProblem(onPath), error);
    }
}

function pathProblem(error: Error): string {
    const [, older] = /your current CLI version is (\S+?)\.? /i.exec(error.message) ?? [];
    return older === undefined ? "it is not on the PATH" : `the version on the PATH is ${older}`;
}

/**
 * The archive for this machine. Its checksum comes from the release, because the version is that of the SDK and changes with it.
 *
 * @throws Error if there is no archive or no checksum for this machine.
 */
async function releaseFile(): Promise<ReleaseFile> {
    const machine = supportedMachine(["linux-x64", "linux-arm64", "darwin-x64", "darwin-arm64"]);
    const archive = `pulumi-v${pinnedVersion}-${machine}.tar.gz`;
    const sums = await (await get(releaseUrl(pulumi, `pulumi-${pinnedVersion}-checksums.txt`))).text();
    return {
        path: archive,
        sha256: checksumOf(sums, archive),
        unpack: async (file, bin) => void (await execute("tar", ["-xzf", file, "--strip-components=1", "-C", bin])),
    };
}

/** @throws Error if the list does not contain the file. */
function checksumOf(sums: string, file: string): string {
    const line = sums.split("\n").find((candidate) => candidate.trim().split(/\s+/)[1] === file);
    if (line === undefined) {
        throw new Error(`the checksums of the release do not contain ${file}`);
    }
    return (line.trim().split(/\s+/)[0] ?? "").toLowerCase();
}
