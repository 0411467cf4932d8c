import { type KubernetesObject, podTemplate, selects } from "../objects";
import type { Finding, StackRule } from "../rule";

interface Replicated {
    object: KubernetesObject;
    labels: Record<string, string>;
    replicas: number;
}

/** The objects whose pods a PodDisruptionBudget can protect, with the least number of their replicas. */
function replicated(objects: KubernetesObject[]): Replicated[] {
    const autoscalers = objects.filter(({ kind }) => kind === "HorizontalPodAutoscaler").map(spec);
    return objects
        .filter(({ kind }) => ["Deployment", "StatefulSet"].includes(kind))
        .map((object) => {
            const autoscaler = autoscalers.find(
                ({ scaleTargetRef: target }) => target?.kind === object.kind && target.name === object.metadata.name,
            );
            const replicas = autoscaler === undefined ? spec(object)["replicas"] : autoscaler["minReplicas"];
            return { object, labels: podTemplate(object)?.labels ?? {}, replicas: Number(replicas ?? 1) };
        });
}

function spec(object: KubernetesObject): Record<string, any> {
    return (object["spec"] ?? {}) as Record<string, any>;
}

function protects(budget: KubernetesObject, { object, labels }: Replicated): boolean {
    return budget.metadata.namespace === object.metadata.namespace && selects(spec(budget)["selector"], labels);
}

/** How many pods may be unavailable while all are ready. Percentages are rounded up, as in Kubernetes. */
function allowedDisruptions(budget: KubernetesObject, replicas: number): number {
    const { minAvailable, maxUnavailable } = spec(budget);
    const count = (value: number | string) =>
        String(value).endsWith("%") ? Math.ceil((parseFloat(String(value)) * replicas) / 100) : Number(value);
    return maxUnavailable !== undefined ? count(maxUnavailable) : replicas - count(minAvailable ?? 1);
}

function limitOf(budget: KubernetesObject): string {
    const { minAvailable, maxUnavailable } = spec(budget);
    return maxUnavailable === undefined
        ? `minAvailable is ${minAvailable ?? "1 by default"}`
        : `maxUnavailable is ${maxUnavailable}`;
}

/** Without a budget, a drain of several nodes stops all replicas. With one that allows nothing, a drain never ends. */
export const disruptionBudget: StackRule = {
    name: "disruption-budget",
    description:
        "A workload with several replicas has a PodDisruptionBudget, and each PodDisruptionBudget allows the eviction of a pod.",
    checkAll: (objects): Finding[] => {
        const budgets = objects.filter(({ kind }) => kind === "PodDisruptionBudget");
        const workloads = replicated(objects);
        const unprotected = workloads
            .filter((workload) => workload.replicas > 1 && !budgets.some((budget) => protects(budget, workload)))
            .map(({ object, replicas }) => ({
                object,
                message: `has ${replicas} replicas and no PodDisruptionBudget that selects its pods. Enable the PodDisruptionBudget in the Helm values of the component, with maxUnavailable: 1.`,
            }));
        const blocking = budgets.flatMap((object) => {
            const replicas = workloads
                .filter((workload) => protects(object, workload))
                .reduce((sum, workload) => sum + workload.replicas, 0);
            return replicas === 0 || allowedDisruptions(object, replicas) > 0
                ? []
                : [
                      {
                          object,
                          message: `blocks every drain of a node: ${limitOf(object)}, and its pods have ${replicas} ${replicas === 1 ? "replica" : "replicas"}. Set maxUnavailable: 1, or remove the PodDisruptionBudget.`,
                      },
                  ];
        });
        return [...unprotected, ...blocking];
    },
};
