import { execFileSync } from "child_process";
import * as fs from "fs";
import * as os from "os";
import * as path from "path";
import { pins } from "../../components/helm/pins";
import type { UpgradeReport } from "../../cli/upgrade/report";
import { projectFolder, runCommand, runProcess } from "../helpers/command";
import { chartMirror, describeWith } from "../helpers/prerequisites";
import { writeProgram } from "../helpers/programs";
import { serveReleases } from "../helpers/releases";

let folder: string;
beforeEach(() => {
    folder = projectFolder();
});
afterEach(() => fs.rmSync(folder, { recursive: true }));

const upgrade = (args: string[], config: object = {}, env: Record<string, string> = {}) =>
    runCommand(folder, "upgrade", args, config, env);

describe("upgrade refuses, with exit code 2,", () => {
    test.each([
        [["lokki"], 'the chart is "lokki"; it must be one of'],
        [["--to", "3.0.0"], "--to needs a chart, such as: npm run upgrade -- tempo --to 3.0.0"],
        [["mimir"], "the chart mimir belongs to this repository and has no other versions"],
        [["loki", "--to", "1.0.0", "--set", "a=b"], "--to cannot be used with --set"],
        [["--set", "a=b", "--against", "x"], "--set cannot be used with --against"],
        [["--kubernetes", "1.36"], '--kubernetes is "1.36"; it must be a complete version, such as 1.33.0'],
        [["--no-such-option"], "unknown option"],
    ])("%j", async (args, message) => {
        const { status, stdout, stderr } = await upgrade(args);
        expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
        expect(stderr).toContain(message);
    });
});

test("upgrade asks an OCI registry for the newest version, and names it if a version does not exist", async () => {
    writeProgram(
        path.join(folder, "helm"),
        `echo "$@" >> "${path.join(folder, "calls")}"
case "$*" in
version*) exit 0 ;;
"show chart oci://registry.example.com/charts/loki --version "*"9.9.9") echo "Error: not found" >&2; exit 1 ;;
"show chart oci://registry.example.com/charts/loki --version "*) echo "version: 20.1.0"; exit 0 ;;
esac
exit 1`,
    );
    const { status, stderr } = await upgrade(
        ["loki", "--to", "9.9.9"],
        {
            "observability:charts": { mirror: "oci://registry.example.com/charts" },
        },
        { PATH: `${folder}:${process.env["PATH"]}` },
    );
    expect(status).toBe(2);
    expect(stderr).toContain(
        "chart loki 9.9.9 does not exist in oci://registry.example.com/charts; the nearest version is 20.1.0",
    );
    const calls = fs.readFileSync(path.join(folder, "calls"), "utf8").trim().split("\n").slice(1);
    expect(calls.map((call) => call.split("--version ")[1])).toEqual([">=0.0.0", "^9", "~9.9", "9.9.9"]);
});

/** Packs the chart of Tempo in another version into the folder, after changes to its files. */
function packTempo(version: string, change: (root: string) => void): void {
    const root = fs.mkdtempSync(path.join(os.tmpdir(), "tempo-"));
    execFileSync("tar", ["-xzf", path.join(chartMirror ?? "", `tempo-${pins.tempo.version}.tgz`), "-C", root]);
    edit(path.join(root, "tempo", "Chart.yaml"), `version: ${pins.tempo.version}`, `version: ${version}`);
    change(path.join(root, "tempo"));
    execFileSync("tar", ["-czf", path.join(folder, "new", `tempo-${version}.tgz`), "-C", root, "tempo"]);
    fs.rmSync(root, { recursive: true });
}

/** Replaces a text that a file must contain. */
function edit(file: string, from: string, to: string): void {
    const text = fs.readFileSync(file, "utf8");
    expect(text).toContain(from);
    fs.writeFileSync(file, text.replaceAll(from, to));
}

// These tests render all charts of a stack, some of them in separate processes.
const timeout = 240_000;

describeWith({ programs: ["helm"], mirror: true }, "upgrade", () => {
    jest.setTimeout(timeout);
    const mirrors = () => ["--mirror", path.join(folder, "new"), "--from-mirror", path.resolve(chartMirror ?? "")];
    const report = async (args: string[], config: object = {}) => {
        const { status, stdout, stderr } = await upgrade([...args, "--json"], config);
        expect(stderr).not.toContain("error");
        return { status, ...(JSON.parse(stdout) as UpgradeReport) };
    };
    const texts = ({ charts }: UpgradeReport, check: string) =>
        charts.flatMap(({ findings }) =>
            findings.filter((finding) => finding.check === check).map(({ severity, text }) => `${severity}: ${text}`),
        );
    beforeEach(() => fs.mkdirSync(path.join(folder, "new")));

    test("finds only a rolling update in a copy of the chart in another version, because the pods have a checksum of its labels", async () => {
        packTempo("9.0.0", () => undefined);
        const found = await report(["tempo", "--to", "9.0.0", ...mirrors()]);
        expect({ status: found.status, verdict: found.verdict }).toEqual({ status: 0, verdict: "safe" });
        expect(found.charts).toMatchObject([{ chart: "tempo", from: pins.tempo.version, to: "9.0.0", images: [] }]);
        expect(found.charts[0]?.findings.map(({ text }) => text)).toEqual([
            "The template of the pods of StatefulSet monitoring/tempo changes. Kubernetes replaces them in a rolling update.",
        ]);
        expect(found.charts[0]?.fields["test"]?.map(({ key }) => key)).toEqual([
            "spec.template.metadata.annotations.checksum/config",
        ]);
    });

    test("reports each breaking change of a chart, and fails", async () => {
        packTempo("9.0.0", (root) => {
            edit(path.join(root, "templates", "statefulset.yaml"), "-headless", "-other");
            edit(path.join(root, "templates", "statefulset.yaml"), ".Values.tempo.memBallastSizeMbs", "1");
            edit(path.join(root, "values.yaml"), "memBallastSizeMbs:", "ballast:");
            edit(path.join(root, "Chart.yaml"), "version: 9.0.0", "version: 9.0.0\ndeprecated: true");
            edit(path.join(root, "templates", "serviceaccount.yaml"), "kind: ServiceAccount", "kind: LimitRange");
            edit(path.join(root, "templates", "_ports.tpl"), "  port: 3200", "  port: 13200");
        });
        const found = await report(["tempo", "--to", "9.0.0", ...mirrors()]);
        expect({ status: found.status, verdict: found.verdict }).toEqual({ status: 1, verdict: "unsafe" });
        expect(texts(found, "immutable")).toEqual([
            'unsafe: StatefulSet monitoring/tempo: the field spec.serviceName is immutable and changes from "tempo-headless" to "tempo-other". Pulumi deletes the StatefulSet with all of its pods and creates it again; the claims stay. With protected data, the preview fails.',
        ]);
        expect(texts(found, "values")).toEqual([
            "work: The stack sets tempo.memBallastSizeMbs, which no longer exists in chart tempo 9.0.0. Helm ignores it.",
        ]);
        expect(texts(found, "contract")).toEqual([
            "unsafe: Service monitoring/tempo no longer has the port 3200. The port is part of the DNS contract. It is used in ConfigMap monitoring/lgtm-grafana.",
        ]);
        expect(texts(found, "deprecations")).toEqual([
            "work: Chart tempo 9.0.0 is marked as deprecated in its Chart.yaml.",
        ]);
        expect(texts(found, "objects")).toEqual(
            expect.arrayContaining([
                "note: ServiceAccount monitoring/tempo is removed.",
                "note: LimitRange monitoring/tempo is added.",
            ]),
        );
    });

    test("reports a chart that cannot be rendered as unsafe", async () => {
        packTempo("9.0.0", (root) =>
            fs.writeFileSync(path.join(root, "templates", "fail.yaml"), '{{ fail "tempo.ingester is not supported" }}'),
        );
        const found = await report(["tempo", ...mirrors()]);
        expect(found.status).toBe(1);
        expect(texts(found, "render")).toEqual([
            expect.stringMatching(
                /^unsafe: Helm cannot render chart tempo 9\.0\.0: .*tempo\.ingester is not supported/,
            ) as string,
        ]);
    });

    test("does not pass a configuration that it cannot check, unless this is allowed", async () => {
        packTempo("9.0.0", (root) => edit(path.join(root, "Chart.yaml"), "appVersion: ", "appVersion: 99."));
        const args = ["tempo", ...mirrors()];
        const found = await report(args);
        expect({ status: found.status, verdict: found.verdict }).toEqual({ status: 1, verdict: "not fully checked" });
        expect(texts(found, "configuration")[0]).toMatch(
            /^unchecked: StatefulSet tempo: the configuration is not checked: program tempo version 99\.\S+ not found/,
        );
        expect(found.charts[0]?.images).toHaveLength(1);
        expect((await report([...args, "--allow-unchecked"])).status).toBe(0);
    });

    test("names the nearest versions if a version does not exist", async () => {
        packTempo("9.0.0", () => undefined);
        const { status, stdout, stderr } = await upgrade(["tempo", "--to", "9.1.0", ...mirrors()]);
        expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
        expect(stderr.trim().split("\n").at(-1)).toBe(
            `error: chart tempo 9.1.0 does not exist in ${path.join(folder, "new")}; the nearest version is 9.0.0`,
        );
    });

    test("reads the versions of a Helm repository", async () => {
        packTempo("9.0.0", () => undefined);
        const archive = fs.readFileSync(path.join(folder, "new", "tempo-9.0.0.tgz"));
        const entry = (version: string) => ({
            apiVersion: "v2",
            name: "tempo",
            version,
            urls: [`tempo-${version}.tgz`],
        });
        const index = { apiVersion: "v1", entries: { tempo: ["9.0.0", "9.1.0-rc.1", "2.2.4"].map(entry) } };
        const served = await serveReleases({ "/index.yaml": JSON.stringify(index), "/tempo-9.0.0.tgz": archive });
        try {
            const from = ["--mirror", served.url, "--from-mirror", path.resolve(chartMirror ?? "")];
            const found = await runProcess(folder, "upgrade", ["tempo", ...from]);
            expect(found.stdout.split("\n")[0]).toBe(`tempo ${pins.tempo.version} → 9.0.0: safe`);
            expect(found.status).toBe(0);
            const missing = await runProcess(folder, "upgrade", ["tempo", "--to", "9.0.1", ...from]);
            expect(missing.status).toBe(2);
            expect(missing.stderr).toContain(
                `error: chart tempo 9.0.1 does not exist in ${served.url}; the nearest version is 9.0.0\n`,
            );
        } finally {
            await served.close();
        }
    });

    test("compares settings: Loki with three replicas", async () => {
        const mirror = ["--mirror", path.resolve(chartMirror ?? "")];
        const settings = ["replicas.loki=3", "retention.traces=9d"];
        const found = await report(["loki", "--set", ...settings, "--allow-unchecked", ...mirror]);
        // Tempo changes too, but only Loki was asked for.
        expect(found.charts.map(({ chart }) => chart)).toEqual(["loki", "program"]);
        const [loki, program] = found.charts;
        expect(loki?.fields["test"]).toEqual(
            expect.arrayContaining([
                {
                    part: "ConfigMap monitoring/loki",
                    key: "data.config.yaml.common.replication_factor",
                    from: 1,
                    to: 3,
                },
                { part: "StatefulSet monitoring/loki", key: "spec.replicas", from: 1, to: 3 },
            ]),
        );
        expect(texts(found, "volumes")).toEqual([
            "note: StatefulSet monitoring/loki: the number of replicas changes from 1 to 3. 2 new pods start with new, empty volumes.",
        ]);
        expect(program?.findings.map(({ text }) => text)).toEqual([
            "PersistentVolumeClaimPatch observability-loki-chart-storage-1 is added.",
            "PersistentVolumeClaimPatch observability-loki-chart-storage-2 is added.",
        ]);
    });

    test("compares versions of Kubernetes", async () => {
        const mirror = ["--mirror", path.resolve(chartMirror ?? "")];
        const found = await report(["--kubernetes", "1.24.0", ...mirror]);
        expect(found.kubernetes).toEqual({ from: "1.33.0", to: "1.24.0" });
        expect(texts(found, "render")).toContain(
            "unsafe: Helm cannot render chart mimir 0.1.0: chart requires kubeVersion: >=1.25.0-0 which is incompatible with Kubernetes v1.24.0",
        );
    });

    test("compares the stacks of another checkout with those of this one", async () => {
        const mirror = { "observability:charts": { mirror: path.resolve(chartMirror ?? "") } };
        const base = path.join(folder, "base");
        fs.mkdirSync(base);
        for (const name of fs.readdirSync(".").filter((file) => !/^(\.git|Pulumi\..*)$/.test(file))) {
            fs.symlinkSync(path.resolve(name), path.join(base, name));
        }
        fs.copyFileSync("Pulumi.yaml", path.join(base, "Pulumi.yaml"));
        fs.writeFileSync(path.join(base, "Pulumi.test.yaml"), JSON.stringify({ config: mirror }));
        const args = ["--against", base, "--allow-unchecked"];
        const same = await upgrade(args, mirror);
        expect(same.stdout).toBe("Nothing changes.\n");
        const changed = await report(args, { ...mirror, "observability:retention": { traces: "9d" } });
        expect(changed.charts.map(({ chart }) => chart)).toEqual(["tempo", "program"]);
        expect(changed.charts[0]?.fields["test"]).toContainEqual({
            part: "ConfigMap monitoring/tempo",
            key: "data.tempo.yaml.compactor.compaction.block_retention",
            from: "48h",
            to: "216h",
        });
    });

    test("refuses a folder that is no checkout", async () => {
        const { status, stderr } = await upgrade(["--against", folder]);
        expect(status).toBe(2);
        expect(stderr).toContain(`--against is "${folder}"; it must be the folder of another checkout of this project`);
    });

    test("prints the verdict first, and the progress only to stderr", async () => {
        packTempo("9.0.0", () => undefined);
        const { stdout, stderr } = await upgrade(["tempo", ...mirrors()]);
        expect(stdout.split("\n")[0]).toBe(`tempo ${pins.tempo.version} → 9.0.0: safe`);
        expect(stderr).toContain("test: rendering the new charts");
    });
});
