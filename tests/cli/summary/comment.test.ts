import { comment, section, statefulSet, statefulSetType, lokiParents } from "../../helpers/comment";
import { metadata, type StepOptions } from "../../helpers/preview";

describe("the comment", () => {
    test("says that nothing changes", () => {
        expect(comment([{ op: "same", type: statefulSetType, before: {}, after: {} }])).toBe(
            "## Stack prod: no changes\n",
        );
    });

    test("begins with what may lose data, then lists other replacements and deletions, settings, components, objects and resources", () => {
        const text = comment(
            [
                { type: statefulSetType, name: "loki", parents: lokiParents, before: statefulSet("loki", 1, "1Gi") },
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
            { type: statefulSetType, name: "a", parents: lokiParents, before, after },
            {
                type: "kubernetes:core/v1:Service",
                name: "b",
                parents: lokiParents,
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
