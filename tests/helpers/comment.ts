import { formatComment, type CommentOptions } from "../../cli/summary/comment";
import { effectOfPreview, type Preview } from "../../cli/summary/preview";
import { defaultPrices } from "../../cli/summary/prices";
import { metadata, preview, step, type StepOptions } from "./preview";

/** The comment for the steps of a preview. */
export function comment(
    steps: StepOptions[],
    options: Partial<CommentOptions> = {},
    more: Partial<Preview> = {},
): string {
    return formatComment(effectOfPreview(preview(steps.map(step), more), options.nodes ?? 1), {
        prices: defaultPrices,
        nodes: 1,
        maxLength: 65_000,
        ...options,
    });
}

/** The lines of a section of a comment, without empty ones. */
export function section(text: string, heading: string): string[] {
    const [, body = ""] = text.split(`### ${heading}\n`);
    return (body.split(/^(?:###|<details>)/m)[0] ?? "").split("\n").filter((line) => line !== "");
}

export const statefulSetType = "kubernetes:apps/v1:StatefulSet";

/** The inputs of a StatefulSet with one volume for each replica. */
export function statefulSet(name: string, replicas: number, size: string, requests: object = {}) {
    return {
        ...metadata(name, "obs"),
        spec: {
            replicas,
            template: { spec: { containers: [{ name: "main", resources: { requests } }] } },
            volumeClaimTemplates: [
                { metadata: { name: "data" }, spec: { resources: { requests: { storage: size } } } },
            ],
        },
    };
}

/** The types of the ancestors of an object of Loki. */
export const lokiParents = ["observability:index:ObservabilityStack", "observability:index:Loki"];
