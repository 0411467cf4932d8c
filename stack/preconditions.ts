import * as pulumi from "@pulumi/pulumi";
import { unusableMirror } from "../components/helm/mirror";
import { kubeContextMistake } from "../settings/kube-context";
import { describeRefusal, type Move } from "../settings/moves";
import type { Settings } from "../settings/resolve";

/**
 * Checks that the configured context and chart mirror can be used, and that no change loses data unasked. Otherwise Pulumi would report several
 * errors for each resource, or change some resources before it fails.
 *
 * @param refused changes of settings that must not be deployed.
 * @throws RunError with one sentence for each mistake.
 */
export async function checkPreconditions({ kubeContext, charts }: Settings, refused: Move[]): Promise<void> {
    const prefix = `${pulumi.getProject()}:`;
    const context = kubeContext === undefined ? undefined : kubeContextMistake(kubeContext);
    const mirror = (await unusableMirror(charts.mirror)).map((mistake) => `charts.mirror: ${mistake}`);
    const mistakes = [
        ...[...(context === undefined ? [] : [context]), ...mirror].map((mistake) => prefix + mistake),
        ...refused.map((move) => describeRefusal(move, prefix)),
    ];
    if (mistakes.length > 0) {
        const list = mistakes.map((mistake) => `  - ${mistake}`).join("\n");
        throw new pulumi.RunError(`The stack cannot be deployed; nothing was changed.\n${list}`);
    }
}
