import * as pulumi from "@pulumi/pulumi";
import { unusableMirror } from "../components/helm/mirror";
import { kubeContextMistake } from "../settings/kube-context";
import type { Settings } from "../settings/resolve";

/**
 * Checks that the configured context and chart mirror can be used. Otherwise Pulumi would report several errors for each resource.
 *
 * @throws RunError with one sentence for each mistake.
 */
export async function checkPreconditions({ kubeContext, charts }: Settings): Promise<void> {
    const context = kubeContext === undefined ? undefined : kubeContextMistake(kubeContext);
    const mirror = (await unusableMirror(charts.mirror)).map((mistake) => `charts.mirror: ${mistake}`);
    const mistakes = [...(context === undefined ? [] : [context]), ...mirror];
    if (mistakes.length > 0) {
        const list = mistakes.map((mistake) => `  - ${pulumi.getProject()}:${mistake}`).join("\n");
        throw new pulumi.RunError(`The stack cannot be deployed; nothing was created.\n${list}`);
    }
}
