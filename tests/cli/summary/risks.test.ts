import type { PlanDocument } from "../../../cli/plan-format";
import { formatComment } from "../../../cli/summary/comment";
import { effectOfPlans } from "../../../cli/summary/plans";
import { defaultPrices } from "../../../cli/summary/prices";
import { describeAnnounced, type Move } from "../../../settings/moves";
import { comment, section, statefulSet, statefulSetType } from "../../helpers/comment";
import { metadata, type StepOptions, urn } from "../../helpers/preview";

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
