import { isLabel, labelForm } from "./names";
import { otherTypeOf } from "./yaml-text";

/** Namespaces that belong to Kubernetes. */
const reserved = ["kube-system", "kube-public", "kube-node-lease", "default"];

/**
 * Checks whether a chart can be deployed to a namespace. Charts write the name into YAML without quotes.
 *
 * @returns what the namespace must be, or undefined if it is valid.
 */
export function namespaceMistake(text: unknown): string | undefined {
    if (typeof text !== "string" || !isLabel(text)) {
        return labelForm;
    }
    const type = otherTypeOf(text);
    return type === undefined ? undefined : `a name that YAML does not read as ${type}, such as "monitoring"`;
}

/**
 * Checks whether the whole stack can be deployed to a namespace.
 *
 * @returns what the namespace must be, or undefined if it is valid.
 */
export function stackNamespaceMistake(text: unknown): string | undefined {
    return (
        namespaceMistake(text) ??
        (reserved.includes(String(text))
            ? 'a namespace that does not belong to Kubernetes, such as "monitoring"'
            : undefined)
    );
}
