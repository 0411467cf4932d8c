import { directObjects } from "../../cli/render/direct-objects";
import { policyContext } from "../../policy/context";
import type { KubernetesObject } from "../../policy/objects";
import type { PolicyContext } from "../../policy/rule";
import { evaluateFromMirror, renderChart } from "../helpers/rendered";

/** All objects of a stack, and what its settings say about the rules. */
export async function stackObjects(
    stack: string,
    settings: object = {},
): Promise<{ objects: KubernetesObject[]; context: PolicyContext }> {
    const evaluation = await evaluateFromMirror(stack, settings);
    const rendered = await Promise.all(evaluation.charts.map(renderChart));
    return {
        objects: [...rendered.flat(), ...directObjects(evaluation, false)] as KubernetesObject[],
        context: policyContext(evaluation.settings),
    };
}
