import { podTemplate, selects } from "../objects";
import type { StackRule } from "../rule";

/** A pod that no NetworkPolicy selects accepts connections from every pod of the cluster. */
export const networkPolicy: StackRule = {
    name: "network-policy",
    description: "In the profile prod, at least one NetworkPolicy selects the pods of every workload.",
    checkAll: (objects, { profile }) => {
        const policies = objects.filter(({ kind }) => kind === "NetworkPolicy");
        return objects.flatMap((object) => {
            const pods = podTemplate(object);
            const isSelected = policies.some(
                ({ metadata, spec }) =>
                    metadata.namespace === object.metadata.namespace &&
                    selects((spec as Record<string, any>)["podSelector"], pods?.labels ?? {}),
            );
            return profile !== "prod" || pods === undefined || isSelected
                ? []
                : [
                      {
                          object,
                          message:
                              "no NetworkPolicy selects its pods, so every pod of the cluster can connect to them. Set observability:networkPolicies.enabled to true, or add a NetworkPolicy whose podSelector matches the labels of its pods.",
                      },
                  ];
        });
    },
};
