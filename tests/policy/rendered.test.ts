import { checkObjects } from "../../policy/check";
import type { KubernetesObject } from "../../policy/objects";
import type { PolicyContext, Violation } from "../../policy/rule";
import { describeWith } from "../helpers/prerequisites";
import { stackObjects } from "./objects";
import { seeds } from "./seeds";

const nameOf = ({ object: { kind, metadata } }: Violation) => `${kind}/${metadata.name}`;
const key = (violation: Violation) => `${violation.rule} ${nameOf(violation)}`;

describeWith({ programs: ["helm"], mirror: true }, "the rules of the policy pack", () => {
    let prod: { objects: KubernetesObject[]; context: PolicyContext };
    beforeAll(async () => {
        prod = await stackObjects("prod");
    });

    test("find nothing in the stack dev", async () => {
        const { objects, context } = await stackObjects("dev");
        expect(checkObjects(objects, context).violations).toEqual([]);
    });

    test("find nothing in distributed Loki", async () => {
        const { objects, context } = await stackObjects("prod", { mode: { loki: "distributed" } });
        const { violations } = checkObjects(objects, context);
        expect(violations.map(key)).toEqual([]);
    });

    test("find nothing in the stack prod but the exemptions", () => {
        const { violations, exempted } = checkObjects(prod.objects, prod.context);
        expect(violations.map(key)).toEqual([]);
        expect(exempted.map((exemption) => [exemption.rule, nameOf(exemption)])).toEqual([
            ["non-root", "DaemonSet/lgtm-alloy-logs"],
            ["archived-chart", "StatefulSet/minio"],
        ]);
    });

    test("find all images outside of images.registry", async () => {
        const settings = { images: { registry: "registry.example.com/mirror" } };
        const { objects, context } = await stackObjects("prod", settings);
        expect(checkObjects(objects, context).violations.filter(({ rule }) => rule === "image-registry")).toEqual([]);
        const upstream = checkObjects(prod.objects, context).violations.filter(({ rule }) => rule === "image-registry");
        expect(upstream).toHaveLength(13);
        expect(upstream[0]?.message).toContain("is not in an allowed registry (registry.example.com/mirror)");
    });

    test("are violated by at least thirty deliberate mistakes", () => {
        expect(seeds.length).toBeGreaterThanOrEqual(30);
    });

    test.each(seeds)("$rule finds $title, and no other rule does", (seed) => {
        const { rule, object } = seed;
        const objects = structuredClone(prod.objects);
        seed.plant(objects);
        const { violations: found } = checkObjects(objects, prod.context);
        // A mistake of a pod is found once for each of its containers.
        expect([...new Set(found.map(key))]).toEqual([`${rule} ${object}`]);
        // How to correct it.
        expect(found[0]?.message).toMatch(/[.?] (Set|Put|Enable|Add|Remove|Use|Copy|The rules are|Write)\b/);
    });
});
