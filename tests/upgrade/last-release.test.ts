import * as fs from "fs";
import * as path from "path";
import type { ReleaseState } from "../../cli/release-state";
import { planDocument } from "../../cli/plan-format";
import { stateMistakes, stateOfEvaluation, type StateResource } from "../../cli/upgrade/state";
import { evaluateFromMirror, renderStack } from "../helpers/rendered";
import { evaluateStack } from "../../cli/evaluate";
import { describeWith } from "../helpers/prerequisites";
import { retired } from "./retired";

const file = path.join("tests", "upgrade", "last-release.json");
const release = JSON.parse(fs.readFileSync(file, "utf8")) as ReleaseState;
const stateIn = (stack: string) => release.stacks[stack] as StateResource[];

describe.each(["dev", "prod"])("an upgrade of the stack %s from the last release", (stack) => {
    test("deletes and replaces nothing that holds data, and every renamed resource has an alias", async () => {
        const evaluation = await evaluateStack(stack);
        const state = stateOfEvaluation(evaluation, planDocument(evaluation));
        expect(stateIn(stack).length).toBeGreaterThan(80);
        expect(stateMistakes(stateIn(stack), state, retired, false)).toEqual([]);
    });

    describeWith({ programs: ["helm"], mirror: true }, "with the objects of its charts", () => {
        test("deletes and replaces nothing that holds data, and every renamed object has an alias", async () => {
            const evaluation = await evaluateFromMirror(stack);
            const { byRelease } = await renderStack(stack);
            const state = stateOfEvaluation(evaluation, planDocument(evaluation), byRelease);
            expect(
                stateIn(stack).filter(({ id }) => id.includes("kubernetes:apps/v1:StatefulSet::")).length,
            ).toBeGreaterThan(4);
            expect(stateMistakes(stateIn(stack), state, retired)).toEqual([]);
        });
    });
});

test("no resource is retired that the program still has, or that the last release did not have", async () => {
    const evaluations = [await evaluateStack("dev"), await evaluateStack("prod")];
    const current = evaluations.flatMap((each) =>
        stateOfEvaluation(each, planDocument(each)).resources.map(({ id }) => id),
    );
    const former = Object.values(release.stacks).flatMap((resources) => resources.map(({ id }) => id));
    expect(retired.filter(({ id }) => current.includes(id) || !former.includes(id))).toEqual([]);
});
