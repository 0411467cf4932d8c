import * as fs from "fs";
import * as path from "path";
import { stackFileChanges } from "../../../cli/summary/stack-files";
import { projectFolder, runCommand } from "../../helpers/command";
import { section } from "../../helpers/comment";
import { preview, step } from "../../helpers/preview";

let folder: string;
beforeEach(() => {
    folder = projectFolder();
});
afterEach(() => fs.rmSync(folder, { recursive: true }));

const write = (name: string, content: string | object) =>
    fs.writeFileSync(path.join(folder, name), typeof content === "string" ? content : JSON.stringify(content));
const run = (args: string[], config?: object) => runCommand(folder, "summary", args, config);

/**
 * Previews of the stack dev that Pulumi 3.274 wrote for a cluster with Kubernetes 1.36. They contain only the fields that the summary reads, the
 * changed objects, and the unchanged ones that request resources. Of long texts they contain the lines that differ.
 */
describe("a recorded preview", () => {
    const recorded = path.join(__dirname, "previews");
    const summary = async (name: string) => run([path.join(recorded, `${name}.json`)]);

    test("of two changed settings", async () => {
        const { status, stdout } = await summary("changed");
        expect(status).toBe(0);
        expect(stdout.split("\n")[0]).toBe("## Stack dev: 3 updated");
        expect(stdout).not.toContain("Data at risk");
        expect(section(stdout, "Changed components").slice(2)).toEqual([
            "| OtelCollector | `replicas` | `1` | `2` |",
            "| Loki | `retention` | `2d` | `3d` |",
        ]);
        expect(section(stdout, "Resources").slice(2, 6)).toEqual([
            "| CPU requests | 0.51 | 0.56 | +0.05 |",
            "| Memory requests | 1.91 GiB | 2 GiB | +0.09 GiB |",
            "| Storage | 35 GiB | 35 GiB | 0 GiB |",
            "| Estimated cost a month | $19.06 | $20.51 | +$1.44 |",
        ]);
        expect(stdout).toContain("        -   retention_period: 48h\n        +   retention_period: 72h\n");
    });

    test("of MinIO that is replaced by S3", async () => {
        const { stdout } = await summary("s3");
        expect(stdout.split("\n")[0]).toBe(
            "## Stack dev: 15 deleted, 1 created, 10 updated, 1 removed from the stack but retained",
        );
        expect(section(stdout, "Data at risk").map((line) => line.split("**")[1])).toEqual([
            'observability:objectStore.kind is "s3"; the deployed stack has "minio".',
            "Delete StatefulSet `monitoring/minio`.",
            "Delete 5 Secrets: `monitoring/object-store-tempo`, `monitoring/object-store-loki`, `monitoring/minio-root`, `monitoring/object-store-pyroscope`, `monitoring/object-store-mimir`.",
            "Delete 5 RandomPasswords: `observability-object-store-root-password`, `observability-object-store-mimir-password`, `observability-object-store-pyroscope-password`, `observability-object-store-tempo-password`, `observability-object-store-loki-password`.",
            "Remove PersistentVolumeClaim `monitoring/data-minio-0` from the stack.",
            "Tempo, Loki, Mimir, Pyroscope: another bucket.",
        ]);
        expect(stdout).toContain("    ~ data.admin-password: [secret] → [secret] (changed)\n");
    });

    test("with --refresh, of a Service that was deleted and a Deployment that was scaled in the cluster", async () => {
        const { stdout } = await summary("drift");
        expect(section(stdout, "Changed objects").slice(2)).toEqual([
            "| Deployment |  |  |  | 1 |",
            "| Service |  |  | 1 |  |",
        ]);
        expect(stdout).toContain(
            "~~~diff\n+ Service monitoring/loki (Loki)\n~ Deployment monitoring/lgtm-grafana (Grafana)\n    ~ spec.replicas: 0 → 1\n~~~",
        );
    });

    test("that the API server rejected", async () => {
        const { status, stdout, stderr } = await summary("failed");
        expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
        expect(stderr).toMatch(
            /failed\.json failed: Preview failed: 1 error occurred: .*"storage-loki-0" is invalid: spec: Forbidden: .* \(and 1 more\)\n$/,
        );
    });
});

test("the settings of two stack files are compared by path", () => {
    write("base.yaml", "config:\n  observability:profile: dev\n  observability:dapr: { namespaces: [a, b] }\n");
    write(
        "head.yaml",
        "config:\n  observability:profile: prod\n  observability:dapr: { namespaces: [a] }\n  other:key: 1\n",
    );
    expect(stackFileChanges(path.join(folder, "base.yaml"), path.join(folder, "head.yaml"))).toEqual([
        { setting: "profile", from: "dev", to: "prod" },
        { setting: "dapr.namespaces[1]", from: "b", to: undefined },
        { setting: "other:key", from: undefined, to: 1 },
    ]);
});

describe("the command", () => {
    const changed = preview([
        step({ type: "observability:index:Loki", before: { retention: "2d" }, after: { retention: "3d" } }),
    ]);

    test("prints the comment for a preview, with the settings that differ from those of the base branch", async () => {
        write("preview.json", changed);
        write("base.yaml", "config: { observability:namespace: obs }");
        write("Pulumi.prod.yaml", "config: { observability:namespace: watch }");
        const { status, stdout, stderr } = await run(["preview.json", "--base", "base.yaml"]);
        expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
        expect(stdout.split("\n")[0]).toBe("## Stack prod: no object changes");
        expect(stdout).toContain("| `namespace` | `obs` | `watch` |");
        expect(stdout).toContain("| Loki | `retention` | `2d` | `3d` |");
    });

    test("uses the prices of a file", async () => {
        write("prices.yaml", "{ currency: EUR, cpuHour: 1, memoryGibHour: 0, storageGibHour: 0 }");
        const podSpec = { containers: [{ resources: { requests: { cpu: 1 } } }] };
        write(
            "preview.json",
            preview([
                step({ type: "kubernetes:apps/v1:Deployment", after: { spec: { template: { spec: podSpec } } } }),
            ]),
        );
        const { stdout } = await run(["preview.json", "--prices", "prices.yaml"]);
        expect(stdout).toContain("| Estimated cost a month | EUR0.00 | EUR730.00 | +EUR730.00 |");
        expect(stdout).toContain("Prices: prices in prices.yaml.");
    });

    test("compares two plans without a cluster, and lists only new warnings", async () => {
        const plan = async (config: object) => (await runCommand(folder, "plan", ["test", "--json"], config)).stdout;
        write("base.json", await plan({ "observability:storage": { sizes: { loki: "10Gi" } } }));
        write(
            "plan.json",
            await plan({
                "observability:storage": { sizes: { loki: "30Gi" } },
                "observability:retention": { logs: "3d" },
            }),
        );
        const { status, stdout } = await run(["plan.json", "--against", "base.json"]);
        expect(status).toBe(0);
        expect(stdout).toMatch(/^## Stack test: \d+ updated\n\nThis compares two plans without the cluster\./);
        expect(section(stdout, "Changed components").slice(2)).toEqual([
            "| Loki | `retention` | `2d` | `3d` |",
            "| Loki | `size` | `10Gi` | `30Gi` |",
        ]);
        expect(section(stdout, "Resources").find((line) => line.startsWith("| Storage"))).toMatch(/\+20 GiB \|$/);
        expect(stdout).not.toContain("warning");
        expect(stdout).toContain(
            "~ PersistentVolumeClaim monitoring/storage-loki-0 (Loki)\n    ~ spec.resources.requests.storage: 10Gi → 30Gi\n",
        );
        expect(stdout).toContain("~ release loki (chart loki ");
    });

    test("lists a release that is removed, and other buckets, as data at risk of a plan", async () => {
        const s3 = {
            kind: "s3",
            endpoint: "s3.example.com",
            accessKeyId: "hunter1",
            secretAccessKey: "hunter2",
        };
        write("base.json", (await runCommand(folder, "plan", ["test", "--json"])).stdout);
        write(
            "plan.json",
            (await runCommand(folder, "plan", ["test", "--json"], { "observability:objectStore": s3 })).stdout,
        );
        const { stdout } = await run(["plan.json", "--against", "base.json"]);
        const found = section(stdout, "Data at risk");
        expect(found).toContain(
            "- **Delete Helm release `monitoring/minio`.** This includes all objects of the chart, also those that hold data. A plan does not list them; run `pulumi preview` to see them.",
        );
        expect(found.find((line) => line.includes("another bucket"))).toMatch(
            /^- \*\*Mimir, Loki, Tempo, Pyroscope: another bucket\.\*\* `bucket\.endpoint` changes from `minio\.\S+:9000` to `s3\.example\.com`/,
        );
        expect(stdout).not.toContain("hunter");
    });

    test("shows a new stack as created", async () => {
        write("plan.json", (await runCommand(folder, "plan", ["test", "--json"])).stdout);
        const { stdout } = await run(["plan.json"]);
        expect(stdout).toMatch(/^## Stack test: \d+ created\n/);
        expect(stdout).not.toContain("Data at risk");
    });

    test.each<[string, string | object | undefined, string[], RegExp]>([
        [
            "a file that does not exist",
            undefined,
            [],
            /^error: cannot read preview\.json: it does not exist; create it with: pulumi preview --stack STACK --json --show-sames > FILE$/,
        ],
        [
            "an empty file",
            "\n",
            [],
            /^error: preview\.json is empty: pulumi preview printed nothing to its standard output, so its error output contains the reason; /,
        ],
        [
            "the text of a preview",
            "Previewing update (prod):\n    + 3 to create\n",
            [],
            /^error: preview\.json is not JSON: pulumi preview needs the option --json; /,
        ],
        [
            "a truncated file",
            JSON.stringify(preview([]), null, 4).slice(0, 30),
            [],
            /^error: preview\.json is not valid JSON: it is truncated, so the preview was interrupted; /,
        ],
        ["invalid JSON", "{ a }", [], /^error: preview\.json is not valid JSON: .*; /],
        [
            "a stream of events",
            '{"sequence":1}\n{"sequence":2}\n',
            [],
            /^error: preview\.json contains a stream of events instead of one document: unset PULUMI_ENABLE_STREAMING_JSON_PREVIEW; /,
        ],
        [
            "another JSON document",
            { name: "x" },
            [],
            /^error: preview\.json is not the output of pulumi preview --json: it has no steps and no diagnostics; /,
        ],
        [
            "steps of a wrong type",
            { steps: [{ op: 1 }] },
            [],
            /^error: preview\.json is not the output of pulumi preview --json: the key steps\.0\.op is missing or has a wrong type; /,
        ],
        [
            "a preview that failed",
            {
                steps: [],
                diagnostics: [
                    { severity: "warning", message: "w" },
                    { severity: "error", message: "error: the first\nmistake\n" },
                    { severity: "error", message: "other" },
                ],
            },
            [],
            /^error: the preview in preview\.json failed: the first mistake \(and 1 more\)$/,
        ],
        [
            "a preview that stopped early",
            { steps: [] },
            [],
            /^error: the preview in preview\.json failed: it ended before the changes were known$/,
        ],
        [
            "a preview with the option for plans",
            preview([]),
            ["--against", "x.json"],
            /^error: --against is only for plans, but preview\.json is a preview; omit --against$/,
        ],
        [
            "a missing stack file",
            preview([]),
            ["--base", "x.yaml"],
            /^error: the file x\.yaml of --base does not exist$/,
        ],
        [
            "--head without --base",
            preview([]),
            ["--head", "x.yaml"],
            /^error: --head needs --base, the stack file before the change$/,
        ],
        ["missing prices", preview([]), ["--prices", "x.yaml"], /^error: the file x\.yaml of --prices does not exist$/],
        [
            "wrong prices",
            preview([]),
            ["--prices", "Pulumi.test.yaml"],
            /^error: the prices in Pulumi\.test\.yaml are wrong: currency: .*; the file must contain currency, cpuHour, memoryGibHour and storageGibHour$/,
        ],
    ])("answers %s with one sentence and exit code 1", async (_, content, args, message) => {
        if (content !== undefined) {
            write("preview.json", content);
        }
        const { status, stdout, stderr } = await run(["preview.json", ...args]);
        expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
        expect(stderr.trimEnd()).toMatch(message);
        expect(stderr.trimEnd().split("\n")).toHaveLength(1);
    });

    test("refuses a number of nodes that is none", async () => {
        const { status, stderr } = await run(["preview.json", "--nodes", "0"]);
        expect(status).toBe(1);
        expect(stderr).toContain("The value must be an integer greater than 0.");
    });

    test("explains its options", async () => {
        const { status, stdout } = await run(["--help"]);
        expect(status).toBe(0);
        for (const option of ["--against", "--base", "--head", "--prices", "--nodes", "--max-length", "--complete"]) {
            expect(stdout).toContain(option);
        }
    });
});
