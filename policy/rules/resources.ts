import { containers } from "../objects";
import type { ObjectRule } from "../rule";

const required = [
    ["requests", "cpu"],
    ["requests", "memory"],
    ["limits", "memory"],
] as const;

/** Without requests, the scheduler overloads nodes. Without a memory limit, one container can evict all others of its node. */
export const resources: ObjectRule = {
    name: "resources",
    description: "Every container, with the init containers, has a CPU request, a memory request and a memory limit.",
    check: (object) =>
        containers(object).flatMap(({ name, resources: given }) => {
            const missing = required
                .filter(([kind, resource]) => given?.[kind]?.[resource] === undefined)
                .map(([kind, resource]) => `resources.${kind}.${resource}`);
            return missing.length === 0
                ? []
                : [`container "${name}" has no ${missing.join(", ")}. Set it in the Helm values of the component.`];
        }),
};
