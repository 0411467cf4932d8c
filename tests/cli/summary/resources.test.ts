import { costPerMonth, defaultPrices } from "../../../cli/summary/prices";
import { comment, section, statefulSet, statefulSetType } from "../../helpers/comment";
import { metadata } from "../../helpers/preview";

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
