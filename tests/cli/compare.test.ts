import { differences, formatDifferences, readOrEvaluate } from "../../cli/compare";
import type { PlanDocument } from "../../cli/plan-format";

const plan = (values: object, more: Partial<PlanDocument> = {}): PlanDocument => ({
    stack: "one",
    resources: [],
    charts: [{ release: "loki", chart: "loki", version: "1.0.0", repository: "r", namespace: "watch", values }],
    endpoints: {},
    warnings: [],
    ...more,
});

test("equal plans have no differences", () => {
    expect(differences(plan({ a: [1] }), plan({ a: [1] }))).toEqual([]);
    expect(formatDifferences("one", "two", [])).toBe("There are no differences between one and two.");
});

test("changed, added and removed values are listed by path", () => {
    const found = differences(
        plan({ a: { b: 1 }, list: [1, 2], gone: "x" }),
        plan({ a: { b: 2 }, list: [1], fresh: null }),
    );
    expect(found).toEqual([
        { part: "release loki (chart loki 1.0.0)", key: "values.a.b", from: 1, to: 2 },
        { part: "release loki (chart loki 1.0.0)", key: "values.list[1]", from: 2, to: undefined },
        { part: "release loki (chart loki 1.0.0)", key: "values.gone", from: "x", to: undefined },
        { part: "release loki (chart loki 1.0.0)", key: "values.fresh", from: undefined, to: null },
    ]);
    expect(formatDifferences("one", "two", found).split("\n")).toEqual([
        "Differences from one to two:",
        "~ release loki (chart loki 1.0.0)",
        "    ~ values.a.b: 1 → 2",
        "    - values.list[1]: 2",
        "    - values.gone: x",
        "    + values.fresh: null",
    ]);
});

test("a changed chart of this repository is listed, even if its version is the same", () => {
    const [chart] = plan({}).charts;
    const digested = (digest: string) => plan({}, { charts: chart ? [{ ...chart, digest }] : [] });
    expect(
        formatDifferences("one", "two", differences(digested("sha256:1"), digested("sha256:2"))).split("\n"),
    ).toEqual([
        "Differences from one to two:",
        "~ release loki (chart loki 1.0.0)",
        "    ~ digest: sha256:1 → sha256:2",
    ]);
});

test("resources and charts that only one plan contains are listed without their keys", () => {
    const resource = { type: "kubernetes:core/v1:Secret", name: "login", parent: "one", settings: {} };
    const found = differences(plan({}, { resources: [resource] }), plan({}, { charts: [] }));
    expect(formatDifferences("one", "two", found).split("\n").slice(1)).toEqual([
        "- Secret login",
        "- release loki (chart loki 1.0.0)",
    ]);
});

test("long texts are compared line by line", () => {
    const found = differences(plan({ config: "a\nb\nc\n" }), plan({ config: "a\nB\nc\n" }));
    expect(formatDifferences("one", "two", found).split("\n").slice(2)).toEqual([
        "    ~ values.config:",
        "        - b",
        "        + B",
    ]);
});

test("a setting that becomes true is listed with its value, and a new warning without one", () => {
    const found = differences(plan({}), plan({ persistent: true }, { warnings: ["Loki loses data"] }));
    expect(formatDifferences("one", "two", found).split("\n").slice(1)).toEqual([
        "~ release loki (chart loki 1.0.0)",
        "    + values.persistent: true",
        "~ warnings",
        "    + Loki loses data",
    ]);
});

test("a release with another version of its chart is listed under the new version", () => {
    const [chart] = plan({}).charts;
    const found = differences(plan({}), plan({}, { charts: chart ? [{ ...chart, version: "2.0.0" }] : [] }));
    expect(found).toEqual([{ part: "release loki (chart loki 2.0.0)", key: "version", from: "1.0.0", to: "2.0.0" }]);
});

test("a file that is not a plan is rejected with the command that creates one", async () => {
    await expect(readOrEvaluate("README.md")).rejects.toThrow(
        "README.md is neither a stack nor a .json file. To compare with a file, pass a .json file; create a plan file with: npm run --silent plan -- STACK --json > STACK-plan.json",
    );
});
