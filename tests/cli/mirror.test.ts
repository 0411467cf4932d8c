import * as fs from "fs";
import * as os from "os";
import * as path from "path";
import { fileDigest } from "../../cli/mirror/charts";
import { checkNames, fullReference, mirroredName } from "../../cli/mirror/content";
import { imageDigest } from "../../cli/mirror/crane";
import { layoutMistake } from "../../cli/mirror/layout";
import { readLock, writeLock } from "../../cli/mirror/lock";
import { type ChartPin, pins } from "../../components/helm/pins";
import { defaultImages, scriptImage } from "../../components/helm/images";
import { projectFolder, runCommand } from "../helpers/command";
import { chartMirror, describeWith } from "../helpers/prerequisites";
import { Registry } from "../helpers/registry";

let folder: string;
beforeEach(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), "mirror-test-"));
});
afterEach(() => fs.rmSync(folder, { recursive: true }));

describe("the name of an image", () => {
    test.each([
        ["grafana/loki:3.7.3", "docker.io/grafana/loki:3.7.3"],
        ["quay.io/minio/minio:a@sha256:0", "quay.io/minio/minio:a@sha256:0"],
        ["busybox", "docker.io/library/busybox"],
    ])("%s is %s with its registry", (image, full) => {
        expect(fullReference(image)).toBe(full);
    });

    test("in a mirror is its path", () => {
        expect(mirroredName("docker.io/grafana/loki:3.7.3", "r.example.com/mirror")).toBe(
            "r.example.com/mirror/grafana/loki:3.7.3",
        );
    });

    test("must be different in a mirror", () => {
        expect(() => checkNames(["docker.io/a/b:1", "quay.io/a/b:2"])).not.toThrow();
        expect(() => checkNames(["docker.io/a/b:1", "quay.io/a/b:1"])).toThrow(
            "the images docker.io/a/b:1 and quay.io/a/b:1 would have the same name in a registry",
        );
    });
});

describe("the lock file", () => {
    const digest = `sha256:${"0".repeat(64)}`;

    test("is sorted, so that a new image adds one line", () => {
        const file = path.join(folder, "lock.json");
        const lock = { charts: {}, images: { b: digest, a: digest }, platform: "all" };
        writeLock(file, lock);
        expect(Object.keys(readLock(file)?.images ?? {})).toEqual(["a", "b"]);
        expect(readLock(file)).toEqual(lock);
    });

    test.each([
        ["{", "it is not JSON"],
        ["{}", "the key charts is missing or wrong"],
        [`{"charts":{},"images":{"a":"sha256:1"},"platform":"all"}`, "the key images.a is missing or wrong"],
    ])("with the content %s is refused", (text, reason) => {
        const file = path.join(folder, "lock.json");
        fs.writeFileSync(file, text);
        expect(() => readLock(file)).toThrow(`${file} is not a lock file of the mirror: ${reason}`);
    });

    test("does not have to exist", () => {
        expect(readLock(path.join(folder, "lock.json"))).toBeUndefined();
    });
});

describe("options that contradict each other", () => {
    test.each([
        [[], "set --out to a folder or --registry to a registry, or use --list"],
        [["--out", "a", "--registry", "r.example.com"], "set --out to a folder or --registry to a registry"],
        [["--from", "a", "--out", "b"], "--from needs --registry, and none of --out, --list and --check"],
        [["--from", "missing", "--registry", "r.example.com"], "the folder missing of --from does not exist"],
        [["--registry", "http://r.example.com"], "It must be a registry with optional port and path, without scheme"],
    ])("%j are refused", async (args, message) => {
        const project = projectFolder();
        const { status, stderr } = await runCommand(project, "mirror", args);
        expect(status).toBe(1);
        expect(stderr).toContain(message);
        fs.rmSync(project, { recursive: true });
    });
});

describeWith({ programs: ["helm"], mirror: true }, "the images of the stacks", () => {
    test("are those of the charts, and all charts are listed", async () => {
        const args = ["--list", "--stack", "dev", "prod", "--mirror", path.resolve(chartMirror ?? "")];
        for (const stack of ["dev", "prod"]) {
            fs.copyFileSync(`Pulumi.${stack}.yaml`, path.join(folder, `Pulumi.${stack}.yaml`));
        }
        fs.copyFileSync("Pulumi.yaml", path.join(folder, "Pulumi.yaml"));
        const { stdout, stderr, status } = await runCommand(folder, "mirror", args);
        expect([status, stderr]).toEqual([0, ""]);
        const lines = stdout.split("\n").filter((line) => line.includes("/"));
        const images = lines.map((line) => line.replace(/:[^/]*$/, ""));
        // These are not part of a stack by default.
        const absent = ["kubeStateMetrics", "prometheus", "redpanda", "autoInstrumentation", "ingestionProxy"];
        const deployed = Object.entries(defaultImages).flatMap(([name, image]) =>
            absent.includes(name) ? [] : [image],
        );
        expect(images).toEqual([...new Set([...deployed, scriptImage])].sort());
        expect(lines.filter((line) => !/:[^/]*\d/.test(line))).toEqual([]);
        expect(stdout).toContain("loki-18.11.0.tgz\n");
        expect(stdout).toContain("beyla-1.16.11.tgz\n");
    });
});

describeWith({ programs: ["helm", "crane"], mirror: true }, "a mirror", () => {
    let upstream: Registry;
    let target: Registry;
    let project: string;
    beforeAll(async () => {
        [upstream, target] = await Promise.all([Registry.start(), Registry.start()]);
        for (const image of new Set(Object.values(defaultImages))) {
            upstream.addImage(image.split("/").slice(1).join("/"), "1.0.0", image);
        }
        project = projectFolder();
    });
    afterAll(() => {
        upstream.stop();
        target.stop();
        fs.rmSync(project, { recursive: true });
    });

    // Only Mimir, so that the test renders one small chart of this repository; its image comes from the registry on the loopback interface.
    const settings = () => {
        const image = { registry: upstream.address, tag: "1.0.0" };
        const names = ["otelCollector", "alloyReceiver", "alloyLogs", "alloyMetrics", "loki", "tempo", "pyroscope"];
        return {
            "observability:components": { ...Object.fromEntries(names.map((name) => [name, false])), grafana: true },
            "observability:values": {
                mimir: { image },
                minio: { image },
                grafana: { image, "grafana.ini": {} },
            },
        };
    };
    const mirror = (...args: string[]) =>
        runCommand(
            project,
            "mirror",
            [
                ...args,
                "--stack",
                "test",
                "--mirror",
                path.resolve(chartMirror ?? ""),
                "--lock",
                path.join(folder, "lock.json"),
            ],
            settings(),
        );

    test("in a folder is complete, and can be uploaded to a registry", async () => {
        const out = path.join(folder, "out");
        const created = await mirror("--out", out);
        expect(created).toMatchObject({ status: 0, stderr: "" });
        const lock = readLock(path.join(folder, "lock.json"));
        const charts = Object.values<ChartPin>(pins).filter(({ repository }) => repository !== undefined);
        expect(Object.keys(lock?.charts ?? {}).sort()).toEqual(
            [...new Set(charts.map(({ name, version }) => `${name}-${version}.tgz`))].sort(),
        );
        expect(lock?.images).toEqual(
            Object.fromEntries(
                ["grafana/grafana", "grafana/mimir", "minio/minio"].map((name) => [
                    `${upstream.address}/${name}:1.0.0`,
                    upstream.digest(`${name}:1.0.0`),
                ]),
            ),
        );
        expect(await mirror("--check", "--out", out)).toMatchObject({ status: 0 });

        const registry = `${target.address}/mirror`;
        const before = await mirror("--check", "--registry", registry, "--plain-http");
        expect(before.status).toBe(1);
        expect(before.stderr).toContain(`  - image ${registry}/grafana/mimir:1.0.0 is missing\n`);
        expect(before.stderr).toContain("  - chart grafana-12.11.1.tgz is missing\n");

        const uploaded = await mirror("--from", out, "--registry", registry, "--plain-http");
        expect(uploaded).toMatchObject({ status: 0, stderr: "" });
        expect(uploaded.stdout).toContain(`    mirror: oci://${registry}/charts\n`);
        expect(target.digest("mirror/grafana/mimir:1.0.0")).toBe(upstream.digest("grafana/mimir:1.0.0"));
        expect(await mirror("--check", "--registry", registry, "--plain-http")).toMatchObject({ status: 0 });
    });

    test("in a registry is a copy with the same digests", async () => {
        const registry = `${target.address}/direct`;
        expect(await mirror("--registry", registry, "--plain-http")).toMatchObject({ status: 0, stderr: "" });
        expect(target.digest("direct/minio/minio:1.0.0")).toBe(upstream.digest("minio/minio:1.0.0"));
        expect(await mirror("--check", "--registry", registry, "--plain-http")).toMatchObject({ status: 0 });
    });

    test("with a changed file is refused", async () => {
        const out = path.join(folder, "out");
        await mirror("--out", out);
        const chart = path.join(out, "charts", "grafana-12.11.1.tgz");
        const expected = await fileDigest(chart);
        fs.appendFileSync(chart, "x");
        const blobs = fs
            .readdirSync(out, { recursive: true, encoding: "utf8" })
            .filter((file) => file.includes("mimir") && /[0-9a-f]{64}$/.test(file));
        fs.appendFileSync(path.join(out, blobs[0] ?? ""), "x");
        const { status, stderr } = await mirror("--from", out, "--registry", target.address, "--plain-http");
        expect(status).toBe(1);
        expect(stderr).toContain("is not complete, and nothing was uploaded:");
        expect(stderr).toContain(
            `  - chart grafana-12.11.1.tgz has the checksum ${await fileDigest(chart)}, but the lock file has ${expected}`,
        );
        expect(stderr).toMatch(
            / {2}- image localhost:\d+\/grafana\/mimir:1\.0\.0 is corrupted: the blob sha256:\w+ has another checksum/,
        );
    });

    test("is not created from an image whose tag was moved", async () => {
        await mirror("--out", path.join(folder, "out"));
        const before = upstream.digest("grafana/mimir:1.0.0");
        const after = upstream.addImage("grafana/mimir", "1.0.0", "moved");
        const { status, stderr } = await mirror("--out", path.join(folder, "other"));
        expect(status).toBe(1);
        expect(stderr).toContain(
            `  - image ${upstream.address}/grafana/mimir:1.0.0 has the checksum ${after}, but the lock file has ${before}\n`,
        );
        expect(await mirror("--out", path.join(folder, "other"), "--update-lock")).toMatchObject({ status: 0 });
    });

    test("contains only images that exist", async () => {
        expect(
            await imageDigest(`${upstream.address}/grafana/mimir:2.0.0`, { platform: "all", insecure: true }),
        ).toBeUndefined();
        expect(await layoutMistake(folder, "sha256:0")).toBe("is missing");
    });
});
