import { spawnSync } from "child_process";
import * as fs from "fs";
import * as path from "path";
import { binFolder, download, downloadError, type Program, type ReleaseFile, supportedMachine } from "./download";

const version = "0.33.0";

export const kind: Program = {
    title: `kind ${version}`,
    folder: path.join(".kind", version),
    releases: "https://github.com/kubernetes-sigs/kind/releases/download",
    mirrorVariable: "KIND_RELEASES_URL",
    instructions: "https://kind.sigs.k8s.io/docs/user/quick-start/#installation",
};

/**
 * The files of the release by machine, with their SHA-256 checksums. To change the version, copy the checksums from the file NAME.sha256sum of each
 * binary. They are fixed here, so that a file that was replaced later, in the release or in a mirror, is refused.
 */
const binaries: Record<string, { name: string; sha256: string }> = {
    "linux-x64": {
        name: "kind-linux-amd64",
        sha256: "aee6151561422756b764a4ae28e7f44cda5af5a9eead3cc9985112b1de8d8e0d",
    },
    "linux-arm64": {
        name: "kind-linux-arm64",
        sha256: "20022bee6cfcd5086cb7234d218e3454e6090022f2a8f55d1fa7fcf42c3867a2",
    },
    "darwin-x64": {
        name: "kind-darwin-amd64",
        sha256: "5a99f26f57246dc9319dd294803313197a0f34d33c525b3ea8b655db5916ece0",
    },
    "darwin-arm64": {
        name: "kind-darwin-arm64",
        sha256: "0c8c7dbe5e23594a198b786c4bc13dacc101fa6196b0cb0b23a1ca44e61f4b4f",
    },
    "win32-x64": {
        name: "kind-windows-amd64",
        sha256: "4b22adaa135368c5a465d56bbd8e520cbea87272a06ca00b6078e7b81515c9fc",
    },
};

const executable = process.platform === "win32" ? "kind.exe" : "kind";

/** Finds kind on the PATH, in any version, or in the folder of the project. Undefined if it is in neither place. */
export function findKind(env = process.env): string | undefined {
    return ["kind", downloadedKind()].find(
        (command) => spawnSync(command, ["version"], { stdio: "ignore", env }).status === 0,
    );
}

/** Relative, because messages contain it. */
function downloadedKind(): string {
    return path.relative(process.cwd(), path.join(binFolder(kind), executable));
}

/**
 * Downloads kind to the folder of the project.
 *
 * @param log receives a line before the download.
 * @param sha256 expected checksum. Default: the checksum of the release for this machine.
 * @returns the path of the executable.
 * @throws Error with the reason and a solution if the download fails.
 */
export async function downloadKind(log: (line: string) => void, sha256?: string): Promise<string> {
    try {
        const file = releaseFile();
        await download(kind, { ...file, sha256: sha256 ?? file.sha256 }, log);
        return downloadedKind();
    } catch (error) {
        throw downloadError(kind, "it is not on the PATH", error);
    }
}

/** @throws Error if the release has no binary for this machine. */
function releaseFile(): ReleaseFile {
    const { name, sha256 } = binaries[supportedMachine(Object.keys(binaries))] as { name: string; sha256: string };
    return {
        path: `v${version}/${name}`,
        sha256,
        unpack: async (file, bin) => {
            await fs.promises.chmod(file, 0o755);
            await fs.promises.rename(file, path.join(bin, executable));
        },
    };
}
