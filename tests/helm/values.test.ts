import fc from "fast-check";
import { escapeTemplate, mergeValues, packagedValues } from "../../components/helm/values";

const scalar = fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constant(null));
const { tree } = fc.letrec<{ tree: Record<string, unknown> }>((tie) => ({
    tree: fc.dictionary(
        fc.string({ maxLength: 3 }),
        fc.oneof({ depthSize: "small" }, scalar, fc.array(scalar, { maxLength: 3 }), tie("tree")),
    ),
}));

describe("merging values", () => {
    test("merges maps, replaces lists and scalars, and ignores undefined", () => {
        expect(
            mergeValues({ a: { x: 1, y: [1, 2], z: 1 } }, { a: { y: [3], z: undefined }, b: true }, undefined, {
                b: "on",
            }),
        ).toEqual({ a: { x: 1, y: [3], z: 1 }, b: "on" });
    });

    test("keeps null, because Helm then removes the default of the chart", () => {
        expect(mergeValues({ affinity: { podAntiAffinity: {} } }, { affinity: null })).toEqual({ affinity: null });
        expect(mergeValues({ affinity: null }, { affinity: { nodeAffinity: 1 } })).toEqual({
            affinity: { nodeAffinity: 1 },
        });
    });

    test("does not change the inputs, and shares no objects with them", () => {
        fc.assert(
            fc.property(tree, tree, (below, above) => {
                const before = JSON.stringify([below, above]);
                const merged = mergeValues(below, above);
                expect(JSON.stringify([below, above])).toBe(before);
                for (const value of Object.values(merged)) {
                    if (typeof value === "object" && value !== null) {
                        expect(Object.values({ ...below, ...above })).not.toContain(value);
                    }
                }
            }),
        );
    });

    test("gives priority to the last argument, and is idempotent", () => {
        fc.assert(
            fc.property(tree, tree, (below, above) => {
                const merged = mergeValues(below, above);
                expect(mergeValues(merged, above)).toEqual(merged);
                expect(mergeValues({}, above)).toEqual(above);
                expect(Object.keys(merged).sort()).toEqual([...new Set(Object.keys({ ...below, ...above }))].sort());
            }),
        );
    });
});

test("the values of a profile are merged on top of the base values", () => {
    const [dev, prod] = [packagedValues("loki", "dev"), packagedValues("loki", "prod")];
    expect([dev["deploymentMode"], prod["deploymentMode"]]).toEqual(["Monolithic", "Monolithic"]);
    expect(dev["singleBinary"].resources).not.toEqual(prod["singleBinary"].resources);
});

test("an escaped text contains no template", () => {
    expect(escapeTemplate('template = "{{ .Value }}"')).toBe('template = "{{ "{{" }} .Value }}"');
});
