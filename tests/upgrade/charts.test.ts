import * as fs from "fs";
import * as os from "os";
import * as path from "path";
import { readChart } from "../../cli/upgrade/chart-files";
import { deprecatedKeys, deprecationFindings } from "../../cli/upgrade/deprecations";
import { programChanges } from "../../cli/upgrade/program-changes";
import type { PlanDocument } from "../../cli/plan-format";
import { markdownReport } from "../../cli/upgrade/markdown";
import { formatReport, reportOf, type StackFindings, verdictOf } from "../../cli/upgrade/report";
import { assignedSettings, parseAssignment } from "../../cli/upgrade/settings";
import { changedDefaults, defaultFindings, valueFindings } from "../../cli/upgrade/values";
import { missingVersion, nearestVersions, newestVersion, versionsInFolder } from "../../cli/upgrade/versions";

let folder: string;
const home = process.cwd();
beforeEach(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), "upgrade-test-"));
});
afterEach(() => {
    process.chdir(home);
    fs.rmSync(folder, { recursive: true });
});

/** Writes a chart and reads its files. */
function chart(version: string, values: string, template = "", more = "") {
    const root = path.join(folder, version);
    fs.mkdirSync(path.join(root, "templates"), { recursive: true });
    fs.writeFileSync(path.join(root, "Chart.yaml"), `apiVersion: v2\nname: loki\nversion: ${version}\n${more}`);
    fs.writeFileSync(path.join(root, "values.yaml"), values);
    fs.writeFileSync(path.join(root, "templates", "a.yaml"), template);
    return readChart(root);
}

describe("the values of the stack", () => {
    const old = "replicas: 1\ningester:\n  timeout: 1s\nextra: {}\n";

    test("that the new chart no longer has need work, with the most similar key", () => {
        const found = valueFindings(
            { replicas: 3, ingester: { timeout: "2s" }, extra: { any: 1 } },
            chart("1.0.0", old),
            chart("2.0.0", "replicas: 1\ningesters:\n  timeout: 1s\nextra: {}\n"),
        );
        expect(found.map(({ severity, text }) => `${severity}: ${text}`)).toEqual([
            "work: The stack sets ingester, which no longer exists in chart loki 2.0.0. Helm ignores it. Did you mean ingesters?",
        ]);
    });

    test("that need a map in the new chart need work", () => {
        const found = valueFindings({ replicas: 3 }, chart("1.0.0", old), chart("2.0.0", "replicas:\n  write: 1\n"));
        expect(found.map(({ text }) => text)).toEqual([
            "The stack sets replicas to 3, but chart loki 2.0.0 needs a map there.",
        ]);
    });

    test("that neither chart has are not reported, because nothing changes", () => {
        expect(valueFindings({ typo: 1 }, chart("1.0.0", old), chart("2.0.0", old))).toEqual([]);
    });
});

test("changed defaults say whether the stack sets the key", () => {
    const changes = changedDefaults(
        { a: 1, b: { c: "x" }, gone: true, list: [1], text: "a\nb\n" },
        { a: 2, b: { c: "y" }, added: {}, list: [1, 2], text: "a\nc\nd\n" },
        { b: { c: "z" } },
    );
    expect(defaultFindings(changes).map(({ text }) => text)).toEqual([
        "The default of a, which the stack does not set, changes from 1 to 2.",
        'The stack sets b.c. Its default changes from "x" to "y".',
        "The default of gone, which the stack does not set, true is no longer in the default values.",
        "The default of list, which the stack does not set, changes from [1] to [1,2].",
        "The default of text, which the stack does not set, changes: 2 added lines and 1 removed lines.",
        "The key added is new in the default values: {}.",
    ]);
});

describe("deprecations", () => {
    const nothing = { values: {}, objects: [] };
    const found = (...args: Parameters<typeof deprecationFindings>) =>
        deprecationFindings(...args).map(({ severity, text }) => `${severity}: ${text}`);

    test("of a chart need work if they are new", () => {
        const [from, to] = [chart("1.0.0", "a: 1\n"), chart("2.0.0", "a: 1\n", "", "deprecated: true\n")];
        expect(found({ from, to }, "https://charts.example.com", nothing)).toEqual([
            "work: Chart loki 2.0.0 is marked as deprecated in its Chart.yaml.",
        ]);
        expect(found({ from: to, to }, "https://charts.example.com", nothing)).toEqual([
            "note: Chart loki 2.0.0 is marked as deprecated in its Chart.yaml.",
        ]);
    });

    test("of a repository have a source", () => {
        const files = chart("7.0.0", "a: 1\n");
        const [text] = found({ from: files, to: files }, "https://grafana.github.io/helm-charts", nothing);
        expect(text).toMatch(/^note: Since version 7\.0\.0, .* Source: https:\/\/github\.com\/grafana\/loki\//);
    });

    test("of keys that the stack sets contain the comment of the chart", () => {
        const values = "a:\n  # -- DEPRECATED: use c instead.\n  # It will be removed in 3.0.\n  b: 1\n  c: 1\n";
        const [from, to] = [chart("1.0.0", "a:\n  b: 1\n"), chart("2.0.0", values)];
        const set = (tree: object) => found({ from, to }, "r", { values: tree, objects: [] });
        expect(set({ a: { b: 2 } })).toEqual([
            "work: The stack sets a.b, which chart loki 2.0.0 calls deprecated: DEPRECATED: use c instead. It will be removed in 3.0.",
        ]);
        expect(set({ a: { c: 2 } })).toEqual([]);
    });

    test("of the values of a key are not deprecations of the key", () => {
        expect(deprecatedKeys("# -- Mode: Monolithic, or SingleBinary (deprecated).\nmode: Monolithic\n").size).toBe(0);
    });
});

describe("versions", () => {
    test("in a folder are those of the chart, not of a chart with a longer name, the newest first", () => {
        expect(
            versionsInFolder("grafana", [
                "grafana-9.0.0.tgz",
                "grafana-12.0.0.tgz",
                "grafana-agent-1.0.0.tgz",
                "grafana-1.txt",
            ]),
        ).toEqual(["12.0.0", "9.0.0"]);
    });

    test("that are preliminary are the newest only for a preliminary pin", () => {
        expect(newestVersion(["2.0.0-rc.1", "1.1.0", "1.0.0"], "1.0.0")).toBe("1.1.0");
        expect(newestVersion(["2.0.0-rc.1", "1.1.0"], "2.0.0-rc.0")).toBe("2.0.0-rc.1");
        expect(newestVersion([], "1.0.0")).toBeUndefined();
    });

    test("nearest to a missing one are the next lower, the next higher and the newest", () => {
        const versions = ["3.1.0", "3.0.1", "2.3.0", "2.2.4", "2.2.3"];
        expect(nearestVersions("2.2.9", versions)).toEqual(["2.2.4", "2.3.0", "3.1.0"]);
        expect(nearestVersions("9.0.0", versions)).toEqual(["3.1.0"]);
        expect(nearestVersions("latest", versions)).toEqual(["3.1.0"]);
    });

    test("that are missing are one sentence", () => {
        expect(missingVersion("tempo", "2.2.9", "mirror", ["2.2.4"])).toBe(
            "chart tempo 2.2.9 does not exist in mirror; the nearest version is 2.2.4",
        );
        expect(missingVersion("tempo", "2.2.9", "mirror", [])).toBe("mirror has no version of chart tempo");
    });
});

describe("--set", () => {
    test.each([
        ["replicas.loki=3", ["replicas", "loki"], 3],
        ["observability:namespace=obs", ["namespace"], "obs"],
        ["grafana.rootUrl=https://a.example/?b=c", ["grafana", "rootUrl"], "https://a.example/?b=c"],
        ["tolerations=[]", ["tolerations"], []],
    ])("%s is a path and a YAML value", (text, path, value) => {
        expect(parseAssignment(text)).toEqual({ path, value });
    });

    test.each(["replicas", "=3", "a..b=1"])("%s is refused", (text) => {
        expect(() => parseAssignment(text)).toThrow(
            `--set is "${text}"; it must be KEY=VALUE, such as replicas.loki=3`,
        );
    });

    test("keeps the other keys of a map in the stack file", () => {
        process.chdir(folder);
        fs.writeFileSync("Pulumi.yaml", "name: observability\n");
        fs.writeFileSync("Pulumi.test.yaml", "config:\n  observability:replicas: { loki: 1, mimir: 3 }\n");
        const assignments = ["replicas.loki=3", "replicas.minio=4", "retention.logs=9d"].map(parseAssignment);
        expect(assignedSettings("test", assignments)).toEqual({
            replicas: { loki: 3, mimir: 3, minio: 4 },
            retention: { logs: "9d" },
        });
    });
});

describe("resources outside of charts", () => {
    const plan = (...resources: [string, string, Record<string, string>?][]): PlanDocument => ({
        stack: "prod",
        resources: resources.map(([type, name, settings = {}]) => ({ type, name, parent: "root", settings })),
        charts: [],
        endpoints: {},
        warnings: [],
    });

    test("that hold data must not be removed or replaced", () => {
        const namespace = "kubernetes:core/v1:Namespace";
        const before = plan(
            ["random:index/randomPassword:RandomPassword", "grafana-password"],
            [namespace, "namespace", { "metadata.name": "monitoring" }],
            ["kubernetes:core/v1:ConfigMap", "old"],
        );
        const after = plan([namespace, "namespace", { "metadata.name": "obs" }], ["kubernetes:core/v1:Secret", "new"]);
        expect(programChanges(before, after).findings.map(({ severity, text }) => `${severity}: ${text}`)).toEqual([
            "unsafe: RandomPassword grafana-password is removed. The old one holds data, or the only copy of a password.",
            "note: ConfigMap old is removed.",
            "unsafe: Namespace monitoring is replaced by Namespace obs. The old one holds data, or the only copy of a password.",
            "note: Secret new is added.",
        ]);
    });
});

describe("the report", () => {
    const found = (stack: string, fields: Partial<StackFindings> = {}): StackFindings => ({
        stack,
        release: "tempo",
        chart: "tempo",
        from: "2.2.4",
        to: "3.0.0",
        appVersion: { from: "2.10.8", to: "3.0.3" },
        findings: [],
        images: [],
        fields: [],
        ...fields,
    });
    const finding = (severity: "unsafe" | "work" | "unchecked" | "note", text: string) => ({
        severity,
        check: "objects" as const,
        text,
    });
    const kubernetes = { from: "1.33.0", to: "1.33.0" };

    test.each([
        [["note", "unsafe", "work"], "unsafe"],
        [["unchecked", "work"], "needs work"],
        [["unchecked", "note"], "not fully checked"],
        [["note"], "safe"],
        [[], "safe"],
    ] as const)("has for %j the verdict %s", (severities, verdict) => {
        expect(verdictOf(severities.map((severity) => finding(severity, "x")))).toBe(verdict);
    });

    test("begins with the verdict of each chart, and lists each finding once with its stacks", () => {
        const report = reportOf(
            [
                found("dev", { findings: [finding("note", "Both."), finding("unchecked", "Only dev.")] }),
                found("prod", { findings: [finding("note", "Both.")] }),
                found("prod", { chart: "loki", release: "loki", from: "1.0.0", to: "1.0.0" }),
            ],
            kubernetes,
        );
        expect(formatReport(report)).toBe(
            [
                "tempo 2.2.4 → 3.0.0 (application 2.10.8 → 3.0.3): not fully checked",
                "loki 1.0.0 (application 2.10.8 → 3.0.3): safe, nothing changes",
                "",
                "── tempo 2.2.4 → 3.0.0 (application 2.10.8 → 3.0.3) in dev and prod",
                "",
                "Not checked",
                "  - [only in dev] Only dev.",
                "",
                "Notes",
                "  - Both.",
            ].join("\n"),
        );
        expect(report.verdict).toBe("not fully checked");
    });

    test("shortens many notes of one check, but no other finding", () => {
        const many = (severity: "note" | "work") =>
            Array.from({ length: 9 }, (_, index) => finding(severity, `${severity} ${index}.`));
        const report = reportOf([found("dev", { findings: [...many("note"), ...many("work")] })], kubernetes);
        const count = (text: string, severity: string) => text.split(`- ${severity} `).length - 1;
        const short = formatReport(report);
        expect([count(short, "work"), count(short, "note")]).toEqual([9, 5]);
        expect(short).toContain("4 more (objects). Print them with --diff.");
        expect(count(formatReport(report, { full: true }), "note")).toBe(9);
    });

    test("prints changed fields on request", () => {
        const fields = [{ part: "Service a", key: "spec.x", from: 1, to: 2 }];
        const report = reportOf([found("dev", { fields })], kubernetes);
        expect(formatReport(report)).toContain("1 field changes in dev. Print them with --diff.");
        expect(formatReport(report, { full: true })).toContain(
            "Changed fields in dev\n~ Service a\n    ~ spec.x: 1 → 2",
        );
    });

    test("as Markdown has a table of verdicts, what breaks, and the rest folded", () => {
        const report = reportOf(
            [
                found("dev", {
                    findings: [finding("unsafe", "The <tag>\nbreaks."), finding("note", "A note.")],
                    fields: [{ part: "ConfigMap a", key: "data.x", from: "~~~", to: "b" }],
                }),
            ],
            kubernetes,
        );
        expect(markdownReport(report)).toBe(
            [
                "## Upgrade report: unsafe",
                "",
                "| Chart | Verdict |",
                "| --- | --- |",
                "| tempo 2.2.4 → 3.0.0 (application 2.10.8 → 3.0.3) | **unsafe** |",
                "",
                "### Unsafe",
                "",
                "- tempo 2.2.4 → 3.0.0: The &lt;tag> breaks.",
                "",
                "<details><summary>Notes</summary>",
                "",
                "- tempo 2.2.4 → 3.0.0: A note.",
                "",
                "</details>",
                "",
                "<details><summary>1 changed field</summary>",
                "",
                "~~~~diff",
                "# tempo 2.2.4 → 3.0.0 (application 2.10.8 → 3.0.3) in dev",
                "~ ConfigMap a",
                "    ~ data.x: ~~~ → b",
                "~~~~",
                "",
                "</details>",
                "",
            ].join("\n"),
        );
    });

    test("as Markdown is never longer than a comment can be, and says that it is cut", () => {
        const fields = Array.from({ length: 5000 }, (_, index) => ({ part: "a", key: `key ${index}`, from: 1, to: 2 }));
        const text = markdownReport(reportOf([found("dev", { fields })], kubernetes));
        expect(text.length).toBeGreaterThan(50_000);
        expect(text.length).toBeLessThanOrEqual(65_000);
        expect(text).toContain("The list is cut, because a comment has a maximum length.");
        const findings = Array.from({ length: 5000 }, (_, index) => finding("work", `Sentence ${index} of many.`));
        expect(markdownReport(reportOf([found("dev", { findings })], kubernetes)).length).toBeLessThanOrEqual(65_000);
    });

    test("without changes is one sentence", () => {
        expect(formatReport(reportOf([], kubernetes))).toBe("Nothing changes.");
    });
});
