import { spawnSync } from "child_process";
import * as fs from "fs";
import * as os from "os";
import * as path from "path";
import { version } from "@pulumi/pulumi/package.json";
import { chooseBackend, pulumiHint, withCli } from "../../cli/up/backend";
import { findPulumi } from "../../cli/up/pulumi-cli";
import { runCommand } from "../helpers/command";
import { writeProgram } from "../helpers/programs";
import { type Releases, serveReleases, sha256 } from "../helpers/releases";

const project = process.cwd();
const environment = { ...process.env };
let folder: string;
beforeEach(() => {
    folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "pulumi-")));
    process.chdir(folder);
});
afterEach(() => {
    process.env = { ...environment };
    process.chdir(project);
    fs.rmSync(folder, { recursive: true });
});

/** Writes a program that prints a version like the Pulumi CLI. */
function writePulumi(file: string, printedVersion: string): void {
    writeProgram(file, `echo v${printedVersion}`);
}

describe("the Pulumi CLI", () => {
    const archive = `pulumi-v${version}-${process.platform}-${process.arch}.tar.gz`;
    let releases: Releases;
    beforeEach(async () => {
        writePulumi("release/pulumi/pulumi", version);
        spawnSync("tar", ["-czf", "archive.tgz", "-C", "release", "pulumi"]);
        const content = fs.readFileSync("archive.tgz");
        releases = await serveReleases({
            [`/${archive}`]: content,
            [`/pulumi-${version}-checksums.txt`]: `${"0".repeat(64)}  pulumi-v${version}-plan9-x64.tar.gz\n${sha256(content)}  ${archive}\n`,
        });
        process.env["PULUMI_RELEASES_URL"] = releases.url;
        delete process.env["PULUMI_AUTOMATION_API_SKIP_VERSION_CHECK"];
        // Only the programs that the installation needs.
        fs.mkdirSync("bin");
        for (const program of ["tar", "gzip", "sh"]) {
            fs.symlinkSync(spawnSync("which", [program], { encoding: "utf8" }).stdout.trim(), `bin/${program}`);
        }
        process.env["PATH"] = path.join(folder, "bin");
    });
    afterEach(() => releases.close());

    test("on the PATH is used if its version is that of the SDK or later", async () => {
        writePulumi("bin/pulumi", version.replace(/\d+$/, "99"));
        expect((await findPulumi(() => undefined)).command).toBe("pulumi");
        expect(releases.requested).toEqual([]);
    });

    test("is downloaded, verified and kept if the version on the PATH is older", async () => {
        writePulumi("bin/pulumi", "3.100.0");
        const lines: string[] = [];
        const { command } = await findPulumi((line) => lines.push(line));
        expect(command).toBe(path.join(folder, ".pulumi-cli", version, "bin", "pulumi"));
        expect(lines).toEqual([expect.stringMatching(/^Downloading the Pulumi CLI .* to \.pulumi-cli\//)]);
        expect(fs.readdirSync(".pulumi-cli")).toEqual([version]);
        const before = releases.requested.length;
        await findPulumi(() => undefined);
        expect(releases.requested).toHaveLength(before);
    });

    test.each<[string, () => unknown, RegExp]>([
        [
            "has a wrong checksum",
            () => (releases.files[`/${archive}`] = "something else"),
            /the SHA-256 checksum of http.*\/pulumi-v.* is [0-9a-f]{64}, but it must be [0-9a-f]{64}; the file was deleted\. Install it from https:/,
        ],
        [
            "has no checksum",
            () => (releases.files[`/pulumi-${version}-checksums.txt`] = ""),
            /the checksums of the release do not contain pulumi-v/,
        ],
        ["does not exist", () => (releases.files = {}), /checksums\.txt returns status 404\. Install/],
        [
            "cannot be downloaded",
            () => releases.close(),
            /cannot connect to http:\/\/127\.0\.0\.1:\d+\/.*ECONNREFUSED.*\. Install/,
        ],
    ])("that %s is not installed, and the error contains a solution", async (_, prepare, message) => {
        await prepare();
        const error = await findPulumi(() => undefined).catch((caught: Error) => caught);
        expect((error as Error).message).toMatch(/^the Pulumi CLI .* or later is missing: it is not on the PATH, and/);
        expect((error as Error).message).toMatch(message);
        expect(fs.existsSync(path.join(".pulumi-cli", version))).toBe(false);
        expect(fs.existsSync(".pulumi-cli") ? fs.readdirSync(".pulumi-cli") : []).toEqual([]);
    });
});

describe("the command pulumi-cli", () => {
    const run = (env: Record<string, string>) => runCommand(folder, "pulumi-cli", [], {}, env);

    test("prints only the folder of a CLI on the PATH, for scripts", async () => {
        writePulumi("bin/pulumi", version);
        const result = await run({ PATH: `${path.join(folder, "bin")}:/usr/bin:/bin` });
        expect(result).toEqual({ status: 0, stdout: `${path.join(folder, "bin")}\n`, stderr: "" });
    });

    test("prints the folder of the downloaded CLI, and its messages to the standard error", async () => {
        const archive = `pulumi-v${version}-${process.platform}-${process.arch}.tar.gz`;
        writePulumi("release/pulumi/pulumi", version);
        spawnSync("tar", ["-czf", "archive.tgz", "-C", "release", "pulumi"]);
        const content = fs.readFileSync("archive.tgz");
        const releases = await serveReleases({
            [`/${archive}`]: content,
            [`/pulumi-${version}-checksums.txt`]: `${sha256(content)}  ${archive}\n`,
        });
        const tools = path.join(folder, "tools");
        fs.mkdirSync(tools);
        for (const program of ["tar", "gzip", "sh"]) {
            fs.symlinkSync(
                spawnSync("which", [program], { encoding: "utf8" }).stdout.trim(),
                path.join(tools, program),
            );
        }
        const { status, stdout, stderr } = await run({ PATH: tools, PULUMI_RELEASES_URL: releases.url });
        await releases.close();
        const bin = path.join(folder, ".pulumi-cli", version, "bin");
        expect({ status, stdout }).toEqual({ status: 0, stdout: `${bin}\n` });
        expect(stderr).toMatch(/^Downloading the Pulumi CLI /);
        expect(fs.existsSync(path.join(bin, "pulumi"))).toBe(true);
    });

    test("answers a failed download with a sentence and exit code 1", async () => {
        const tools = path.join(folder, "tools");
        fs.mkdirSync(tools);
        const { status, stdout, stderr } = await run({ PATH: tools, PULUMI_RELEASES_URL: "http://127.0.0.1:9" });
        expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
        expect(stderr).toMatch(
            /^error: the Pulumi CLI .* is missing: it is not on the PATH, and the download failed: /,
        );
    });
});

describe("the state", () => {
    beforeEach(() => {
        fs.writeFileSync("Pulumi.yaml", "name: observability\n");
        fs.writeFileSync("Pulumi.dev.yaml", "config: {}\n");
    });
    // A home folder without a login.
    const loggedOut = () => ({ PULUMI_HOME: folder });

    test.each<[string, () => Record<string, string>, string]>([
        ["PULUMI_BACKEND_URL", () => ({ ...loggedOut(), PULUMI_BACKEND_URL: "s3://states" }), "s3://states"],
        ["PULUMI_ACCESS_TOKEN", () => ({ ...loggedOut(), PULUMI_ACCESS_TOKEN: "x" }), "Pulumi Cloud"],
        [
            "a login",
            () => {
                fs.writeFileSync("credentials.json", JSON.stringify({ current: "https://api.pulumi.com" }));
                return loggedOut();
            },
            "https://api.pulumi.com",
        ],
        [
            "Pulumi.yaml",
            () => {
                fs.writeFileSync("Pulumi.yaml", "backend: { url: 'gs://states' }\n");
                return loggedOut();
            },
            "gs://states",
        ],
    ])("is in the backend that %s configures, and no folder is created", (_, prepare, name) => {
        expect(chooseBackend("Pulumi.dev.yaml", prepare())).toEqual({ name, env: {} });
        expect(fs.existsSync(".pulumi")).toBe(false);
    });

    test("is in the folder of the project by default, with a permanent passphrase that only the user can read", () => {
        const backend = chooseBackend("Pulumi.dev.yaml", loggedOut());
        const file = path.join(folder, ".pulumi", "passphrase");
        expect(backend.env).toEqual({ PULUMI_BACKEND_URL: `file://${folder}`, PULUMI_CONFIG_PASSPHRASE_FILE: file });
        expect(fs.statSync(file).mode & 0o777).toBe(0o600);
        const passphrase = fs.readFileSync(file, "utf8");
        expect(passphrase.trim()).toHaveLength(32);
        expect(chooseBackend("Pulumi.dev.yaml", loggedOut())).toEqual(backend);
        expect(fs.readFileSync(file, "utf8")).toBe(passphrase);
    });

    test("uses the passphrase of the environment, even an empty one", () => {
        const { env } = chooseBackend("Pulumi.dev.yaml", { ...loggedOut(), PULUMI_CONFIG_PASSPHRASE: "" });
        expect(env).toEqual({ PULUMI_BACKEND_URL: `file://${folder}` });
        expect(fs.existsSync(path.join(".pulumi", "passphrase"))).toBe(false);
    });

    test("causes an error for a stack that was encrypted with an unknown passphrase", () => {
        fs.writeFileSync("Pulumi.dev.yaml", "encryptionsalt: v1:abc\n");
        expect(() => chooseBackend("Pulumi.dev.yaml", loggedOut())).toThrow(
            /^Pulumi\.dev\.yaml has an "encryptionsalt", but the passphrase for it is unknown; set/,
        );
    });

    test("is described for the shell, with the CLI if it was downloaded", () => {
        const backend = chooseBackend("Pulumi.dev.yaml", loggedOut());
        const state = "export PULUMI_BACKEND_URL=file://. PULUMI_CONFIG_PASSPHRASE_FILE=.pulumi/passphrase";
        const downloaded = path.join(process.cwd(), ".pulumi-cli", "3.1.0", "bin", "pulumi");
        expect(withCli(backend, "pulumi").shell).toBe(state);
        expect(pulumiHint(withCli(backend, downloaded))).toBe(
            `\nBefore you use pulumi, run:\n  export PATH="$PWD/.pulumi-cli/3.1.0/bin:$PATH"\n  ${state}`,
        );
        expect(pulumiHint(withCli({ name: "Pulumi Cloud", env: {} }, "pulumi"))).toBe("");
    });
});
