import { mergeValues } from "../../components/helm/values";
import { type Evaluation, evaluateStack, readStackFile } from "../evaluate";
import { planDocument } from "../plan-format";
import { effectOfPlans } from "../summary/plans";
import { costPerMonth, type Prices } from "../summary/prices";
import type { Cost } from "./sizing";

/**
 * The cost of a stack as configured, and with changed settings. Evaluating the stack with them also checks that it accepts them.
 *
 * @param changes settings as a tree.
 */
export async function costOf(
    evaluation: Evaluation,
    changes: Record<string, unknown>,
    nodes: number,
    prices: Prices,
): Promise<Cost> {
    const isChanged = Object.keys(changes).length > 0;
    const changed = isChanged
        ? await evaluateStack(evaluation.stack, mergedSettings(evaluation.stack, changes))
        : evaluation;
    const { usage } = effectOfPlans(planDocument(evaluation), planDocument(changed), nodes);
    return {
        currency: prices.currency,
        before: costPerMonth(usage.before, prices),
        after: costPerMonth(usage.after, prices),
        notes: [
            `Requests and volumes of all pods. Prices: ${prices.source}.`,
            ...(evaluation.settings.objectStore.kind === "s3"
                ? ["The S3 service is not included: its price depends on what is stored and on the number of requests."]
                : []),
        ],
    };
}

/** The settings of the stack file with changes, for the top-level keys that change. */
function mergedSettings(stack: string, changes: Record<string, unknown>): object {
    const { project, config } = readStackFile(stack);
    const entries = Object.entries(changes).map(([key, change]) => {
        const given = config[`${project}:${key}`] ?? {};
        return [key, mergeValues({ value: given }, { value: change })["value"]];
    });
    return Object.fromEntries(entries) as object;
}
