import * as fs from "fs";
import * as os from "os";
import * as path from "path";
import { NoContextError } from "../../cli/cluster/kubeconfig";
import { confirm } from "../../cli/confirm";
import { progressText, supportedMachine } from "../../cli/up/download";
import { dockerProblem, kindOffer, offerKindCluster } from "../../cli/up/kind";
import { downloadKind, findKind, kind } from "../../cli/up/kind-cli";
import { writeProgram } from "../helpers/programs";
import { type Releases, serveReleases, sha256 } from "../helpers/releases";

jest.mock("../../cli/confirm");

describe("a missing kind", () => {
    const project = process.cwd();
    const environment = { ...process.env };
    const program = "#!/bin/sh\necho kind v0.0.0\n";
    const executable = path.join(kind.folder, "bin", "kind");
    let folder: string;
    let releases: Releases;
    let file: string;
    beforeEach(async () => {
        folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "kind-")));
        process.chdir(folder);
        process.env["PATH"] = path.join(folder, "bin");
        const system = process.platform;
        const architecture = process.arch === "x64" ? "amd64" : process.arch;
        file = `/v${path.basename(kind.folder)}/kind-${system}-${architecture}`;
        releases = await serveReleases({ [file]: program });
        process.env["KIND_RELEASES_URL"] = releases.url;
    });
    afterEach(async () => {
        process.env = { ...environment };
        process.chdir(project);
        await releases.close();
        fs.rmSync(folder, { recursive: true });
    });

    test("is downloaded, verified and kept", async () => {
        // An earlier run was killed during its download.
        writeProgram(path.join(`${kind.folder}-x1y2z3`, path.basename(file)), "exit 0");
        expect(findKind()).toBeUndefined();
        const lines: string[] = [];
        expect(await downloadKind((line) => lines.push(line), sha256(program))).toBe(executable);
        expect(lines).toEqual([`Downloading ${kind.title} from ${releases.url}${file} to ${kind.folder} ...`]);
        expect(fs.readdirSync(kind.folder, { recursive: true })).toEqual(["bin", path.join("bin", "kind")]);
        expect(fs.readFileSync(executable, "utf8")).toBe(program);
        expect(findKind()).toBe(executable);
    });

    test("is not downloaded if it is on the PATH, even if an earlier run downloaded it", async () => {
        await downloadKind(() => undefined, sha256(program));
        writeProgram(path.join("bin", "kind"), "exit 0");
        expect(findKind()).toBe("kind");
    });

    test.each<[string, () => unknown, RegExp]>([
        [
            "differs from the release",
            () => undefined,
            /the SHA-256 checksum of http.*\/kind-\w+-\w+ is [0-9a-f]{64}, but it must be [0-9a-f]{64}; the file was deleted\. Install it from https:.*KIND_RELEASES_URL/,
        ],
        ["does not exist", () => (releases.files = {}), /\/kind-\w+-\w+ returns status 404\. Install/],
        [
            "is interrupted",
            () =>
                (releases.files[file] = (response) => {
                    response.writeHead(200, { "content-length": 1000 }).write("#!/bin/sh\n", () => response.destroy());
                }),
            /the connection to http.*\/kind-\w+-\w+ was interrupted: .*\. Install/,
        ],
        ["cannot be downloaded", () => releases.close(), /cannot connect to http.*ECONNREFUSED.*\. Install/],
    ])("that %s is not installed, and the error contains a solution", async (_, prepare, message) => {
        await prepare();
        const error = await downloadKind(() => undefined).catch((caught: Error) => caught);
        expect((error as Error).message).toMatch(
            /^kind [\d.]+ is missing: it is not on the PATH, and the download failed: /,
        );
        expect((error as Error).message).toMatch(message);
        expect(fs.readdirSync(path.dirname(kind.folder))).toEqual([]);
    });
});

test("a program is not downloaded for a machine without a release", () => {
    expect(() => supportedMachine(["linux-x64", "linux-arm64"], "linux-s390x")).toThrow(
        "the download supports linux-x64, linux-arm64, but this machine is linux-s390x",
    );
});

describe("Docker", () => {
    let bin: string;
    beforeEach(() => (bin = fs.mkdtempSync(path.join(os.tmpdir(), "docker-"))));
    afterEach(() => fs.rmSync(bin, { recursive: true }));

    test.each<[string, string, object]>([
        [
            "that is not running must be started",
            "echo 'WARNING: no config' >&2; echo 'Is the docker daemon running?' >&2; exit 1",
            { solution: "start Docker", details: "`docker ps` fails: Is the docker daemon running?" },
        ],
        [
            "that refuses access must be made accessible",
            "echo 'permission denied' >&2; exit 1",
            { solution: "give your user access to Docker", details: "`docker ps` fails: permission denied" },
        ],
    ])("%s", (_, script, problem) => {
        writeProgram(path.join(bin, "docker"), script);
        expect(dockerProblem({ PATH: bin })).toEqual(problem);
        expect(dockerProblem({ PATH: bin, KIND_EXPERIMENTAL_PROVIDER: "podman" })).toBeUndefined();
    });

    test("that is missing must be installed, if there is no other program that kind supports", () => {
        expect(dockerProblem({ PATH: bin })).toMatchObject({ solution: "install Docker" });
        writeProgram(path.join(bin, "podman"), "exit 0");
        expect(dockerProblem({ PATH: bin })).toBeUndefined();
    });

    test("that responds is used", () => {
        writeProgram(path.join(bin, "docker"), "exit 0");
        expect(dockerProblem({ PATH: bin })).toBeUndefined();
    });
});

test("nothing is downloaded if the user declines", async () => {
    const environment = { ...process.env };
    const bin = fs.mkdtempSync(path.join(os.tmpdir(), "docker-"));
    writeProgram(path.join(bin, "docker"), "exit 0");
    Object.assign(process.env, { PATH: bin, KIND_RELEASES_URL: "http://127.0.0.1:1" });
    jest.mocked(confirm).mockResolvedValue(false);
    const noContext = new NoContextError("there is no kubeconfig", true);
    await expect(offerKindCluster(noContext, { kind: true })).rejects.toBe(noContext);
    expect(jest.mocked(confirm).mock.calls).toEqual([[expect.stringContaining("Download kind"), false]]);
    process.env = environment;
    fs.rmSync(bin, { recursive: true });
});

describe("a local cluster", () => {
    const facts = { dockerProblem: undefined, found: true, terminal: true };
    const create = "The kubeconfig has no cluster. Create a local cluster with kind?";
    const both = `The kubeconfig has no cluster, and kind is not installed. Download ${kind.title} to ${kind.folder}, and create a local cluster with it?`;
    const download = `kind is not installed. Download ${kind.title} to ${kind.folder}?`;

    test.each<[string, object, string, boolean]>([
        ["is created after a question", {}, create, false],
        ["is created without a question with --kind", { kind: true, terminal: false }, create, true],
        ["is not confirmed by --yes alone", { yes: true }, create, false],
        ["and the download of kind are one question", { found: false }, both, false],
        ["and the download of kind are not confirmed by --yes alone", { found: false, yes: true }, both, false],
        ["with --kind still needs a question for the download", { found: false, kind: true }, download, false],
        ["with --kind and --yes needs no question", { found: false, kind: true, yes: true }, download, true],
    ])("%s", (_, changes, question, confirmed) => {
        expect(kindOffer({ ...facts, ...changes })).toEqual({ question, confirmed });
    });

    test.each<[string, object, string]>([
        ["a terminal or --kind", { terminal: false, yes: true }, "use --kind to create a local cluster"],
        [
            "a terminal, or --kind and --yes if kind is missing",
            { terminal: false, found: false },
            "use --kind --yes to create a local cluster",
        ],
        [
            "Docker",
            { kind: true, yes: true, dockerProblem: { solution: "start Docker", details: "it is off" } },
            "start Docker and run this command again to create a local cluster (it is off)",
        ],
    ])("needs %s", (_, changes, alternative) => {
        expect(kindOffer({ ...facts, ...changes })).toEqual({ alternative });
    });
});

test.each<[number, number, string]>([
    [0, 10 * 2 ** 20, "0.0 of 10.0 MiB (0 %)"],
    [10 * 2 ** 20 - 1, 10 * 2 ** 20, "10.0 of 10.0 MiB (99 %)"],
    [1.5 * 2 ** 20, 0, "1.5 MiB"],
])("the progress of %i of %i bytes is readable", (received, total, text) => {
    expect(progressText(received, total)).toBe(text);
});
