import { spawnSync } from "child_process";
import { createHash } from "crypto";
import * as fs from "fs";
import * as http from "http";
import type { AddressInfo } from "net";
import * as os from "os";
import * as path from "path";
import { version } from "@pulumi/pulumi/package.json";
import { chooseBackend } from "../../cli/up/backend";
import { findPulumi } from "../../cli/up/pulumi-cli";

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

/** A program that says that it is Pulumi in some version. */
function writePulumi(file: string, says: string): void {
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, `#!/bin/sh\necho v${says}\n`, { mode: 0o755 });
}

describe("the Pulumi CLI", () => {
    const archive = `pulumi-v${version}-${process.platform}-${process.arch}.tar.gz`;
    let files: Record<string, Buffer | string>;
    let asked: string[];
    let releases: http.Server;
    beforeEach(async () => {
        writePulumi("release/pulumi/pulumi", version);
        spawnSync("tar", ["-czf", "archive.tgz", "-C", "release", "pulumi"]);
        const content = fs.readFileSync("archive.tgz");
        const sum = createHash("sha256").update(content).digest("hex");
        files = {
            [`/${archive}`]: content,
            [`/pulumi-${version}-checksums.txt`]: `${"0".repeat(64)}  pulumi-v${version}-plan9-x64.tar.gz\n${sum}  ${archive}\n`,
        };
        asked = [];
        releases = http.createServer(({ url = "" }, response) => {
            asked.push(url);
            response.writeHead(url in files ? 200 : 404).end(files[url]);
        });
        await new Promise<void>((resolve) => releases.listen(0, "127.0.0.1", resolve));
        process.env["PULUMI_RELEASES_URL"] = `http://127.0.0.1:${(releases.address() as AddressInfo).port}`;
        delete process.env["PULUMI_AUTOMATION_API_SKIP_VERSION_CHECK"];
        // As much as installing takes, and no Pulumi.
        fs.mkdirSync("bin");
        for (const program of ["tar", "gzip", "sh"]) {
            fs.symlinkSync(spawnSync("which", [program], { encoding: "utf8" }).stdout.trim(), `bin/${program}`);
        }
        process.env["PATH"] = path.join(folder, "bin");
    });
    afterEach(() => releases.close());

    test("on the PATH is taken when it is the SDK's version or later", async () => {
        writePulumi("bin/pulumi", version.replace(/\d+$/, "99"));
        expect((await findPulumi(() => undefined)).command).toBe("pulumi");
        expect(asked).toEqual([]);
    });

    test("is downloaded, compared and kept where the one on the PATH is older", async () => {
        writePulumi("bin/pulumi", "3.100.0");
        const lines: string[] = [];
        const { command } = await findPulumi((line) => lines.push(line));
        expect(command).toBe(path.join(folder, ".pulumi-cli", version, "bin", "pulumi"));
        expect(lines).toEqual([expect.stringMatching(/^downloading the Pulumi CLI .* into \.pulumi-cli\//)]);
        expect(fs.readdirSync(".pulumi-cli")).toEqual([version]);
        const before = asked.length;
        await findPulumi(() => undefined);
        expect(asked).toHaveLength(before);
    });

    test.each<[string, () => void, RegExp]>([
        [
            "has another checksum than the release says",
            () => (files[`/${archive}`] = "something else"),
            /has the SHA-256 [0-9a-f]{64}, and the release says [0-9a-f]{64}\. Install it from https:/,
        ],
        [
            "has no checksum",
            () => (files[`/pulumi-${version}-checksums.txt`] = ""),
            /the release's checksums do not have pulumi-v/,
        ],
        ["is not there", () => (files = {}), /checksums\.txt answers 404\. Install/],
        [
            "cannot be reached",
            () => void releases.close(),
            /cannot reach http:\/\/127\.0\.0\.1:\d+\/.*ECONNREFUSED.*\. Install/,
        ],
    ])("that %s is not installed, and a sentence says what to do", async (_, prepare, message) => {
        prepare();
        const error = await findPulumi(() => undefined).catch((caught: Error) => caught);
        expect((error as Error).message).toMatch(/^there is no Pulumi CLI .* or later: there is none on the PATH, and/);
        expect((error as Error).message).toMatch(message);
        expect(fs.existsSync(path.join(".pulumi-cli", version))).toBe(false);
        expect(fs.existsSync(".pulumi-cli") ? fs.readdirSync(".pulumi-cli") : []).toEqual([]);
    });
});

describe("the state", () => {
    beforeEach(() => {
        fs.writeFileSync("Pulumi.yaml", "name: observability\n");
        fs.writeFileSync("Pulumi.dev.yaml", "config: {}\n");
    });
    // A home without a login.
    const nobody = () => ({ PULUMI_HOME: folder });

    test.each<[string, () => Record<string, string>, string]>([
        ["PULUMI_BACKEND_URL", () => ({ ...nobody(), PULUMI_BACKEND_URL: "s3://states" }), "s3://states"],
        ["PULUMI_ACCESS_TOKEN", () => ({ ...nobody(), PULUMI_ACCESS_TOKEN: "x" }), "Pulumi Cloud"],
        [
            "a login",
            () => {
                fs.writeFileSync("credentials.json", JSON.stringify({ current: "https://api.pulumi.com" }));
                return nobody();
            },
            "https://api.pulumi.com",
        ],
        [
            "Pulumi.yaml",
            () => {
                fs.writeFileSync("Pulumi.yaml", "backend: { url: 'gs://states' }\n");
                return nobody();
            },
            "gs://states",
        ],
    ])("is where %s says, and nothing is made here", (_, prepare, name) => {
        expect(chooseBackend("Pulumi.dev.yaml", prepare())).toEqual({ name, env: {} });
        expect(fs.existsSync(".pulumi")).toBe(false);
    });

    test("is else in the project's folder, with a passphrase that only the user can read and that stays", () => {
        const backend = chooseBackend("Pulumi.dev.yaml", nobody());
        const file = path.join(folder, ".pulumi", "passphrase");
        expect(backend.env).toEqual({ PULUMI_BACKEND_URL: `file://${folder}`, PULUMI_CONFIG_PASSPHRASE_FILE: file });
        expect(fs.statSync(file).mode & 0o777).toBe(0o600);
        const passphrase = fs.readFileSync(file, "utf8");
        expect(passphrase.trim()).toHaveLength(32);
        expect(chooseBackend("Pulumi.dev.yaml", nobody())).toEqual(backend);
        expect(fs.readFileSync(file, "utf8")).toBe(passphrase);
    });

    test("takes the passphrase of the environment, an empty one as well", () => {
        const { env } = chooseBackend("Pulumi.dev.yaml", { ...nobody(), PULUMI_CONFIG_PASSPHRASE: "" });
        expect(env).toEqual({ PULUMI_BACKEND_URL: `file://${folder}` });
        expect(fs.existsSync(path.join(".pulumi", "passphrase"))).toBe(false);
    });

    test("is refused for a stack that was encrypted with a passphrase that is not here", () => {
        fs.writeFileSync("Pulumi.dev.yaml", "encryptionsalt: v1:abc\n");
        expect(() => chooseBackend("Pulumi.dev.yaml", nobody())).toThrow(
            /^Pulumi\.dev\.yaml has an "encryptionsalt" that belongs to a passphrase, and there is none here: set/,
        );
    });
});
