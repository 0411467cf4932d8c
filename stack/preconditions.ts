import * as pulumi from "@pulumi/pulumi";
import { unusableMirror } from "../components/helm/mirror";
import { kubeContextMistake } from "../settings/kube-context";
import { describeRefusal, type Move } from "../settings/moves";
import type { Settings } from "../settings/resolve";
import { requiredCharts } from "./required-charts";
import { findInCluster } from "./cluster-check";

/**
 * Checks that the configured context and chart mirror can be used, that no change loses data unasked, and that the cluster has no object on which the
 * deployment would fail. Otherwise Pulumi would report several errors for each resource, or change some resources before it fails.
 *
 * @param refused changes of settings that must not be deployed.
 * @param deployedNamespace the namespace of the last deployment. Undefined before the first one.
 * @throws RunError with one sentence for each mistake.
 */
export async function checkPreconditions(
    settings: Settings,
    refused: Move[],
    deployedNamespace: string | undefined,
): Promise<void> {
    const prefix = `${pulumi.getProject()}:`;
    const { kubeContext, charts } = settings;
    const context = kubeContext === undefined ? undefined : kubeContextMistake(kubeContext);
    const mirror = (await unusableMirror(charts.mirror, process.env, requiredCharts(settings))).map(
        (mistake) => `charts.mirror: ${mistake}`,
    );
    const reported = refused.map(({ setting }) => setting);
    const cluster = await findInCluster(settings, deployedNamespace, reported);
    cluster.warnings.forEach((warning) => void pulumi.log.warn(warning));
    const mistakes = [
        ...[...(context === undefined ? [] : [context]), ...mirror, ...cluster.mistakes].map(
            (mistake) => prefix + mistake,
        ),
        ...refused.map((move) => describeRefusal(move, prefix)),
    ];
    if (mistakes.length > 0) {
        const list = mistakes.map((mistake) => `  - ${mistake}`).join("\n");
        throw new pulumi.RunError(`The stack cannot be deployed; nothing was changed.\n${list}`);
    }
}
