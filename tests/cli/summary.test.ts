import * as fs from "fs";
import * as path from "path";
import { formatComment, type CommentOptions } from "../../cli/summary/comment";
import type { PlanDocument } from "../../cli/plan-format";
import { effectOfPlans } from "../../cli/summary/plans";
import { effectOfPreview, type Preview } from "../../cli/summary/preview";
import { costPerMonth, defaultPrices } from "../../cli/summary/prices";
import { stackFileChanges } from "../../cli/summary/stack-files";
import { describeAnnounced, type Move } from "../../settings/moves";
import { projectFolder, runCommand } from "../helpers/command";
import { metadata, preview, step, type StepOptions, urn } from "../helpers/preview";

let folder: string;
beforeEach(() => {
    folder = projectFolder();
});
afterEach(() => fs.rmSync(folder, { recursive: true }));

const write = (name: string, content: string | object) =>
    fs.writeFileSync(path.join(folder, name), typeof content === "string" ? content : JSON.stringify(content));
const run = (args: string[], config?: object) => runCommand(folder, "summary", args, config);

const comment = (steps: StepOptions[], options: Partial<CommentOptions> = {}, more: Partial<Preview> = {}) =>
    formatComment(effectOfPreview(preview(steps.map(step), more), options.nodes ?? 1), {
        prices: defaultPrices,
        nodes: 1,
        maxLength: 65_000,
        ...options,
    });

/** The lines of a section of a comment, without empty ones. */
const section = (text: string, heading: string) => {
    const [, body = ""] = text.split(`### ${heading}\n`);
    return (body.split(/^(?:###|<details>)/m)[0] ?? "").split("\n").filter((line) => line !== "");
};

const statefulSet = (name: string, replicas: number, size: string, requests: object = {}) => ({
    ...metadata(name, "obs"),
    spec: {
        replicas,
        template: { spec: { containers: [{ name: "main", resources: { requests } }] } },
        volumeClaimTemplates: [{ metadata: { name: "data" }, spec: { resources: { requests: { storage: size } } } }],
    },
});
const statefulSetType = "kubernetes:apps/v1:StatefulSet";
const loki = ["observability:index:ObservabilityStack", "observability:index:Loki"];

describe("the comment", () => {
    test("says that nothing changes", () => {
        expect(comment([{ op: "same", type: statefulSetType, before: {}, after: {} }])).toBe(
            "## Stack prod: no changes\n",
        );
    });

    test("begins with what may lose data, then lists other replacements and deletions, settings, components, objects and resources", () => {
        const text = comment(
            [
                { type: statefulSetType, name: "loki", parents: loki, before: statefulSet("loki", 1, "1Gi") },
                { type: "kubernetes:core/v1:Service", before: metadata("old", "obs") },
                { type: "observability:index:Loki", before: { retention: "2d" }, after: { retention: "3d" } },
                { type: "kubernetes:core/v1:ConfigMap", after: metadata("new", "obs") },
            ],
            { stackFile: [{ setting: "retention.logs", to: "3d" }] },
            { diagnostics: [{ severity: "warning", message: "warning: no receiver\n" }] },
        );
        expect(text.split("\n").filter((line) => /^(#|<summary>)/.test(line))).toEqual([
            "## Stack prod: 2 deleted, 1 created",
            "### Data at risk",
            "### Other replacements and deletions",
            "### Changed settings of the stack file",
            "### Changed components",
            "### Changed objects",
            "### Resources",
            "<summary>1 warning</summary>",
            "<summary>Full diff</summary>",
        ]);
        expect(section(text, "Data at risk")).toEqual([
            "- **Delete StatefulSet `obs/loki`.** One claim (1 GiB) will remain, but no pod will use the data.",
        ]);
        expect(section(text, "Other replacements and deletions")).toEqual(["- **Delete Service `obs/old`**"]);
        expect(section(text, "Changed settings of the stack file").at(-1)).toBe(
            "| `retention.logs` | default | `3d` |",
        );
        expect(text).toContain("- no receiver\n");
    });

    test("describes changed components with their settings, and omits settings that follow from others", () => {
        const change = (type: string, from: object, to: object): StepOptions => ({
            type: `observability:index:${type}`,
            before: { ...from },
            after: { ...to },
        });
        const text = comment([
            change("Loki", { replicas: 1, metricsUrl: "http://a" }, { replicas: 3, metricsUrl: "http://b" }),
            change("Mimir", { replicas: 1 }, { replicas: 3, limits: { series: 5 } }),
            { type: "observability:index:Tempo", after: { retention: "2d" } },
            { type: "observability:index:Pyroscope", before: {} },
        ]);
        expect(section(text, "Changed components").slice(2)).toEqual([
            "| Loki, Mimir | `replicas` | `1` | `3` |",
            "| Mimir | `limits.series` |  | `5` |",
            "| Tempo |  |  | `deployed` |",
            "| Pyroscope |  | `deployed` |  |",
        ]);
        expect(text).toContain("~ Loki\n    ~ replicas: 1 → 3\n    ~ metricsUrl: http://a → http://b\n");
    });

    test("shows new versions of charts and images, once for each component", () => {
        const workload = (chart: string, image: string) => ({
            metadata: { labels: { "helm.sh/chart": chart } },
            spec: { template: { spec: { containers: [{ name: "loki", image }] } } },
        });
        const [before, after] = [
            workload("loki-1.0.0", "grafana/loki:3.6"),
            workload("loki-1.1.0", "grafana/loki:3.7"),
        ];
        const text = comment([
            { type: statefulSetType, name: "a", parents: loki, before, after },
            {
                type: "kubernetes:core/v1:Service",
                name: "b",
                parents: loki,
                before: { metadata: before.metadata },
                after: { metadata: after.metadata },
            },
        ]);
        expect(section(text, "Changed components").slice(2)).toEqual([
            "| Loki | `chart` | `loki-1.0.0` | `loki-1.1.0` |",
            "| Loki | `image of container loki` | `grafana/loki:3.6` | `grafana/loki:3.7` |",
        ]);
    });

    test("names components if there are several of one class", () => {
        const replicas = (name: string, count: number): StepOptions => ({
            type: "observability:index:Loki",
            name,
            before: { replicas: 1 },
            after: { replicas: count },
        });
        expect(section(comment([replicas("a", 2), replicas("b", 3)]), "Changed components").slice(2)).toEqual([
            "| Loki a | `replicas` | `1` | `2` |",
            "| Loki b | `replicas` | `1` | `3` |",
        ]);
    });

    test("counts objects by kind, with replacements and deletions first and bold", () => {
        const text = comment([
            {
                type: "kubernetes:core/v1:ConfigMap",
                name: "a",
                before: { data: { a: "1" } },
                after: { data: { a: "2" } },
            },
            { type: "kubernetes:core/v1:ConfigMap", name: "b", after: {} },
            {
                type: "kubernetes:batch/v1:Job",
                name: "j",
                op: "create-replacement",
                before: { spec: 1 },
                after: { spec: 2 },
            },
            {
                type: "kubernetes:batch/v1:Job",
                name: "j",
                op: "replace",
                before: { spec: 1 },
                after: { spec: 2 },
                replaceReasons: ["spec"],
            },
            { type: "kubernetes:batch/v1:Job", name: "j", op: "delete-replaced", before: { spec: 1 } },
        ]);
        expect(text.split("\n")[0]).toBe("## Stack prod: 1 replaced, 1 created, 1 updated");
        expect(section(text, "Other replacements and deletions")).toEqual(["- **Replace Job `j` (`spec`)**"]);
        expect(section(text, "Changed objects")).toEqual([
            "| Kind | Replace | Delete | Create | Update |",
            "| --- | --- | --- | --- | --- |",
            "| **Job** | **1** |  |  |  |",
            "| ConfigMap |  |  | 1 | 1 |",
        ]);
        expect(text).toContain("-+ Job j\n    ~ spec: 1 → 2\n+ ConfigMap b\n~ ConfigMap a\n    ~ data.a: 1 → 2\n");
    });

    test("shows the keys that cause a replacement", () => {
        const text = comment([
            {
                type: statefulSetType,
                op: "replace",
                before: statefulSet("loki", 2, "10Gi"),
                after: statefulSet("loki", 2, "20Gi"),
                replaceReasons: ["spec"],
                detailedDiff: { "spec.serviceName": { kind: "update-replace" }, "spec.replicas": { kind: "update" } },
            },
        ]);
        expect(section(text, "Data at risk")).toEqual([
            "- **Replace StatefulSet `obs/loki` (`spec.serviceName`).** All pods are deleted before the new ones start. 2 claims (20 GiB) will remain.",
        ]);
    });

    test("is not broken by values with the syntax of Markdown", () => {
        const text = comment([
            { type: "observability:index:Loki", before: { a: "x|y\nz" }, after: { a: "`</details>`" } },
            {
                type: "kubernetes:core/v1:ConfigMap",
                before: { data: { a: "~~~\n1" } },
                after: { data: { a: "~~~\n2" } },
            },
        ]);
        expect(section(text, "Changed components").at(-1)).toBe("| Loki | `a` | `x\\|y z` | `` `</details>` `` |");
        expect(text).toContain("\n~~~diff\n");
        expect(text.split("\n").filter((line) => /^~~~/.test(line))).toEqual(["~~~diff", "~~~"]);
    });

    test("does not shorten the list of what may lose data", () => {
        const claims = Array.from({ length: 40 }, (_, index) => ({
            type: "kubernetes:core/v1:PersistentVolumeClaim",
            name: `c${index}`,
            before: metadata(`claim-${index}`, "obs"),
        }));
        expect(comment(claims)).toContain(
            "`obs/claim-39`.** Volumes are deleted with their data, unless the reclaim policy is Retain.",
        );
    });
});

describe("data at risk", () => {
    const risks = (steps: StepOptions[]) => section(comment(steps), "Data at risk");
    const generator = { type: "random:index/randomPassword:RandomPassword", name: "p" };
    const secret: StepOptions = { type: "kubernetes:core/v1:Secret", name: "s", before: metadata("login", "obs") };
    const generated = { ...secret, state: { dependencies: [urn(generator.type, "p")] } };

    test.each<[string, StepOptions[], string[]]>([
        [
            "a namespace",
            [{ type: "kubernetes:core/v1:Namespace", before: metadata("obs") }],
            [
                "- **Delete Namespace `obs`.** Kubernetes deletes all objects in the namespace, with all claims. Only volumes with the reclaim policy Retain remain.",
            ],
        ],
        [
            "a claim",
            [{ type: "kubernetes:core/v1:PersistentVolumeClaim", before: metadata("lgtm-grafana", "obs") }],
            [
                "- **Delete PersistentVolumeClaim `obs/lgtm-grafana`.** Volumes are deleted with their data, unless the reclaim policy is Retain.",
            ],
        ],
        [
            "the size of a claim, which does not delete the claim",
            [{ type: "kubernetes:core/v1:PersistentVolumeClaimPatch", before: metadata("data-loki-0", "obs") }],
            [
                "- **Remove PersistentVolumeClaim `obs/data-loki-0` from the stack.** Pulumi does not delete it, and it keeps its data, but the stack no longer uses it.",
            ],
        ],
        [
            "namespaces that are retained",
            ["a", "b"].map((name) => ({
                type: "kubernetes:core/v1:Namespace",
                name,
                before: metadata(name),
                state: { retainOnDelete: true },
            })),
            [
                "- **Remove 2 Namespaces `a`, `b` from the stack.** Pulumi does not delete them, and they keep their data, but the stack no longer uses them.",
            ],
        ],
        ["a Secret that is retained", [{ ...secret, state: { retainOnDelete: true } }], []],
        [
            "a generated password",
            [{ ...generator, before: {} }],
            ["- **Delete RandomPassword `p`.** Generated values exist only in the state of Pulumi, and are lost."],
        ],
        [
            "a password that is generated again",
            [{ ...generator, op: "replace", before: {}, after: {} }],
            [
                "- **Replace RandomPassword `p`.** New values are generated, and the old ones are lost. What was created with an old value may still need it.",
            ],
        ],
        [
            "a Secret without a generator",
            [secret],
            ["- **Delete Secret `obs/login`.** Check that the values also exist elsewhere."],
        ],
        ["a Secret whose generator remains", [generated, { ...generator, op: "same", before: {}, after: {} }], []],
        [
            "a Secret that is deleted with its generator",
            [generated, { ...generator, before: {} }],
            [
                "- **Delete Secret `obs/login`.** Generated values are lost.",
                "- **Delete RandomPassword `p`.** Generated values exist only in the state of Pulumi, and are lost.",
            ],
        ],
        [
            "a bucket",
            [{ type: "aws:s3/bucketV2:BucketV2", name: "logs", before: {} }],
            ["- **Delete BucketV2 `logs`.** All objects in the bucket may be lost."],
        ],
        [
            "components that get another bucket",
            ["Loki", "Tempo"].map((component) => ({
                type: `observability:index:${component}`,
                before: { bucket: { endpoint: "minio:9000" } },
                after: { bucket: { endpoint: "s3.example.com" } },
            })),
            [
                "- **Loki, Tempo: another bucket.** `bucket.endpoint` changes from `minio:9000` to `s3.example.com`. Pulumi does not copy the data in the old bucket, and queries do not find it.",
            ],
        ],
        ["a Deployment", [{ type: "kubernetes:apps/v1:Deployment", before: metadata("a", "obs") }], []],
    ])("%s", (_, steps, expected) => {
        expect(risks(steps)).toEqual(expected);
    });
});

test("what the program says about changes that concern stored data is part of the data at risk", () => {
    const move: Move = {
        setting: "storage.className",
        from: "slow",
        to: "fast",
        effect: "Existing volumes keep their class.",
        safe: "Copy them.",
        loses: [],
    };
    const message = `warning: ${describeAnnounced(move, "observability:")}\n`;
    const text = comment([], {}, { diagnostics: [{ severity: "warning", message }] });
    expect(section(text, "Data at risk")).toEqual([
        '- **observability:storage.className is "fast"; the deployed stack has "slow".** Existing volumes keep their class. Copy them.',
    ]);
    expect(text).not.toContain("<summary>");
});

test("an object that is retained is not counted as deleted", () => {
    const text = comment([
        { type: "kubernetes:core/v1:PersistentVolumeClaimPatch", before: metadata("data-loki-0", "obs") },
    ]);
    expect(text.split("\n")[0]).toBe("## Stack prod: 1 removed from the stack but retained");
    expect(section(text, "Changed objects")).toEqual([
        "| Kind | Replace | Delete | Create | Update | Retain |",
        "| --- | --- | --- | --- | --- | --- |",
        "| PersistentVolumeClaim |  |  |  |  | 1 |",
    ]);
});

describe("resources", () => {
    const requests = { cpu: "500m", memory: "1Gi" };

    test("are those of the whole stack if the preview contains the unchanged objects", () => {
        const unchanged = statefulSet("loki", 1, "50Gi", requests);
        const text = comment(
            [
                {
                    type: statefulSetType,
                    name: "mimir",
                    before: statefulSet("mimir", 3, "10Gi", requests),
                    after: statefulSet("mimir", 4, "10Gi", requests),
                },
                { op: "same", type: statefulSetType, name: "loki", before: unchanged, after: unchanged },
                { op: "same", type: "pulumi:pulumi:Stack", before: {}, after: {} },
            ],
            { prices: { currency: "$", cpuHour: 1, memoryGibHour: 0.1, storageGibHour: 0.01, source: "a test" } },
        );
        expect(section(text, "Resources")).toEqual([
            "|  | Before | After | Change |",
            "| --- | --- | --- | --- |",
            "| CPU requests | 2 | 2.5 | +0.5 |",
            "| Memory requests | 4 GiB | 5 GiB | +1 GiB |",
            "| Storage | 80 GiB | 90 GiB | +10 GiB |",
            // 730 hours: 2 + 0.4 + 0.8 an hour before, 2.5 + 0.5 + 0.9 after.
            "| Estimated cost a month | $2336.00 | $2847.00 | +$511.00 |",
            "Each DaemonSet is counted for one node. Prices: a test.",
        ]);
    });

    test("are only a difference if the unchanged objects are missing", () => {
        const text = comment(
            [
                {
                    type: statefulSetType,
                    before: statefulSet("mimir", 4, "10Gi", requests),
                    after: statefulSet("mimir", 3, "10Gi", requests),
                },
            ],
            {},
            { changeSummary: { same: 7, update: 1 } },
        );
        expect(section(text, "Resources").slice(0, 5)).toEqual([
            "|  | Change |",
            "| --- | --- |",
            "| CPU requests | −0.5 |",
            "| Memory requests | −1 GiB |",
            "| Storage | −10 GiB |",
        ]);
        expect(text).toContain("Claims that the stack no longer uses cost money until they are deleted.");
    });

    test("use the size that is set for a claim instead of that in the StatefulSet", () => {
        const claim = (size: string) => ({
            ...metadata("data-loki-0", "obs"),
            spec: { resources: { requests: { storage: size } } },
        });
        const set = statefulSet("loki", 1, "10Gi");
        const text = comment([
            { op: "same", type: statefulSetType, before: set, after: set },
            {
                type: "kubernetes:core/v1:PersistentVolumeClaimPatch",
                name: "claim",
                before: claim("10Gi"),
                after: claim("30Gi"),
            },
        ]);
        expect(section(text, "Resources")).toContain("| Storage | 10 GiB | 30 GiB | +20 GiB |");
    });

    test("count a DaemonSet for each node, the larger of containers and init containers, and no Job", () => {
        const podSpec = {
            containers: [{ resources: { requests: { cpu: "100m" } } }, { resources: { requests: { cpu: "200m" } } }],
            initContainers: [{ resources: { requests: { cpu: "1" } } }],
        };
        const spec = { spec: { template: { spec: podSpec } } };
        const text = comment(
            [
                { type: "kubernetes:apps/v1:DaemonSet", after: spec },
                { type: "kubernetes:batch/v1:Job", after: spec },
            ],
            { nodes: 5 },
        );
        expect(section(text, "Resources")).toContain("| CPU requests | 0 | 5 | +5 |");
        expect(text).toContain("Each DaemonSet is counted for 5 nodes.");
    });

    test("are omitted if they do not change", () => {
        expect(comment([{ type: "kubernetes:core/v1:ConfigMap", after: {} }])).not.toContain("Resources");
    });

    test("cost as much as the price of their hours in a month", () => {
        const oneOfEach = { cpu: 1, memory: 2 ** 30, storage: 2 ** 30 };
        // 730 hours x (0.031611 + 0.004237 + 0.00005479452).
        expect(costPerMonth(oneOfEach, defaultPrices)).toBeCloseTo(26.209, 3);
    });
});

describe("secrets", () => {
    test("never appear, even if the preview was created with --show-secrets", () => {
        const signed = { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", value: "hunter1" };
        const manifest = { "kubectl.kubernetes.io/last-applied-configuration": "hunter2" };
        const text = comment([
            {
                type: "kubernetes:core/v1:Secret",
                before: {
                    metadata: { name: "a", annotations: manifest },
                    data: { key: "hunter3" },
                    stringData: { key: "hunter4" },
                },
                after: { metadata: { name: "a" }, data: { key: "hunter5" }, stringData: { key: "hunter6" } },
                detailedDiff: { "data.key": { kind: "update" } },
            },
            { type: "kubernetes:core/v1:ConfigMap", before: { data: { a: "1" } }, after: { data: signed } },
            {
                type: "observability:index:Grafana",
                before: { adminPassword: "hunter7" },
                after: { adminPassword: "hunter8" },
                diffReasons: ["adminPassword"],
            },
            {
                type: "pulumi:providers:kubernetes",
                before: { kubeconfig: "~/.kube/config" },
                after: { kubeconfig: "users: [{ token: hunter10 }]" },
            },
            { type: "random:index/randomPassword:RandomPassword", before: { keepers: { a: "hunter9" } }, after: {} },
        ]);
        expect(text).not.toContain("hunter");
        expect(text).toContain("    ~ data.key: [secret] → [secret] (changed)\n");
        expect(section(text, "Changed components").at(-1)).toBe(
            "| Grafana | `adminPassword` | `[secret]` | `[secret] (changed)` |",
        );
    });

    test("of a stack file never appear, encrypted or not", () => {
        write(
            "base.yaml",
            "config:\n  observability:grafana:\n    adminPassword: { secure: v1:aaa }\n  observability:objectStore: { secretAccessKey: hunter1 }\n",
        );
        write(
            "head.yaml",
            "config:\n  observability:grafana:\n    adminPassword: { secure: v1:bbb }\n  observability:objectStore: { accessKeyId: hunter2 }\n",
        );
        expect(stackFileChanges(path.join(folder, "base.yaml"), path.join(folder, "head.yaml"))).toEqual([
            { setting: "grafana.adminPassword", from: "[secret]", to: "[secret] (changed)" },
            { setting: "objectStore.secretAccessKey", from: "[secret]", to: undefined },
            { setting: "objectStore.accessKeyId", from: undefined, to: "[secret]" },
        ]);
    });

    test("values that are unknown before the deployment are named", () => {
        const text = comment([
            {
                type: "kubernetes:core/v1:ConfigMap",
                before: { data: { a: "1" } },
                after: { data: { a: "04da6b54-80e4-46f7-96ec-b56ff0331ba9" } },
            },
        ]);
        expect(text).toContain("    ~ data.a: 1 → (known after the deployment)\n");
    });
});

test("a plan knows that the namespace of a stack with the profile prod is retained", () => {
    const plan = (profile: string, name: string): PlanDocument => ({
        stack: "test",
        profile,
        resources: [
            { type: "kubernetes:core/v1:Namespace", name: "n", parent: "test", settings: { "metadata.name": name } },
        ],
        charts: [],
        endpoints: {},
        warnings: [],
    });
    const risk = (profile: string) => {
        const effect = effectOfPlans(plan(profile, "monitoring"), plan(profile, "obs"), 1);
        return section(formatComment(effect, { prices: defaultPrices, nodes: 1, maxLength: 65_000 }), "Data at risk");
    };
    expect(risk("prod")).toEqual([expect.stringMatching(/^- \*\*Remove Namespace `monitoring` from the stack\.\*\*/)]);
    expect(risk("dev")).toEqual([
        expect.stringMatching(/^- \*\*Replace Namespace `monitoring` \(`metadata\.name`\)\.\*\* Kubernetes deletes/),
    ]);
});

test("claims in a namespace that is deleted do not remain", () => {
    const text = comment([
        {
            type: "kubernetes:core/v1:Namespace",
            name: "n",
            op: "replace",
            before: metadata("obs"),
            after: metadata("new"),
            replaceReasons: ["metadata"],
        },
        { type: statefulSetType, before: statefulSet("loki", 2, "5Gi") },
        { type: "kubernetes:core/v1:PersistentVolumeClaimPatch", before: metadata("data-loki-0", "obs") },
    ]);
    expect(section(text, "Data at risk")).toEqual([
        "- **Replace Namespace `obs` (`metadata`).** Kubernetes deletes all objects in the namespace, with all claims. Only volumes with the reclaim policy Retain remain.",
        "- **Delete StatefulSet `obs/loki`.** 2 claims (10 GiB) will be deleted with the namespace.",
    ]);
});

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

describe("a preview with --refresh", () => {
    test("lists an object that was deleted in the cluster as created, and ignores what the refresh has read", () => {
        const text = comment([
            { type: "kubernetes:core/v1:Service", name: "gone", op: "delete", before: metadata("gone") },
            { type: "kubernetes:core/v1:Service", name: "gone", op: "create", after: metadata("gone") },
            { type: "kubernetes:core/v1:ConfigMap", name: "read", op: "refresh", before: {}, after: {} },
            { type: "kubernetes:core/v1:ConfigMap", name: "read", op: "same", before: {}, after: {} },
        ]);
        expect(text).toBe(
            "## Stack prod: 1 created\n\n### Changed objects\n\n| Kind | Replace | Delete | Create | Update |\n| --- | --- | --- | --- | --- |\n" +
                "| Service |  |  | 1 |  |\n\n<details>\n<summary>Full diff</summary>\n\n~~~diff\n+ Service gone\n~~~\n\n</details>\n",
        );
    });

    test("compares the object in the cluster with the program", () => {
        const text = comment([
            {
                type: "kubernetes:core/v1:ConfigMap",
                op: "update",
                before: { data: { a: "state" } },
                after: { data: { a: "cluster" } },
            },
            {
                type: "kubernetes:core/v1:ConfigMap",
                op: "update",
                before: { data: { a: "cluster" } },
                after: { data: { a: "program" } },
            },
        ]);
        expect(text).toContain("    ~ data.a: cluster → program\n");
    });
});

describe("a comment that is too long", () => {
    const changes = (count: number): StepOptions[] =>
        Array.from({ length: count }, (_, index) => ({
            type: "kubernetes:core/v1:ConfigMap",
            name: `map-${index}`,
            before: { data: { a: "1".repeat(50) } },
            after: { data: { a: "2".repeat(50) } },
        }));

    test("is cut after a complete line, with a sentence, and all blocks are closed", () => {
        const text = comment(changes(1000), { complete: "[the run](https://x.example)" });
        expect(text.length).toBeGreaterThan(64_500);
        expect(text.length).toBeLessThanOrEqual(65_000);
        expect(text).toContain(
            "<summary>Full diff</summary>\n\n**This comment is cut, because it would be longer than 65000 characters. See [the run](https://x.example) for the complete text.**\n\n~~~diff\n~ ConfigMap map-0\n",
        );
        expect(text).toMatch(/\n(~ ConfigMap map-\d+| {4}~ data\.a: 1{50} → 2{50})\n~~~\n\n<\/details>\n$/);
    });

    test("loses the long differences first", () => {
        const long: StepOptions = {
            type: "kubernetes:core/v1:ConfigMap",
            name: "dashboard",
            before: { data: { a: "1\n".repeat(5000) } },
            after: { data: { a: "2\n".repeat(5000) } },
        };
        const text = comment([long, ...changes(3)], { maxLength: 5000 });
        expect(text).toContain("~ ConfigMap map-2\n");
        expect(text.indexOf("dashboard")).toBeGreaterThan(text.indexOf("map-2"));
        expect(text.length).toBeLessThanOrEqual(5000);
    });

    test("is cut before the full diff if there is no space for it", () => {
        const claims = Array.from({ length: 100 }, (_, index) => ({
            type: "kubernetes:core/v1:Service",
            name: `s${index}`,
            before: metadata(`s${index}`, "obs"),
        }));
        const text = comment(claims, { maxLength: 600 });
        expect(text.length).toBeLessThanOrEqual(600);
        expect(text).toMatch(/\n\n\*\*This comment is cut, because it would be longer than 600 characters\.\*\*\n$/);
    });
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
