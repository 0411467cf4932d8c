import { isLabel, labelForm } from "./names";
import { isYamlText } from "./yaml-text";

/** Namespaces that belong to Kubernetes. */
const reserved = ["kube-system", "kube-public", "kube-node-lease", "default"];

export const namespaceForm = `${labelForm}, and not a word that YAML reads as a number, a date or a boolean`;

export const stackNamespaceForm = `${namespaceForm}; it must not be a namespace of Kubernetes (${reserved.join(", ")})`;

/** Whether a chart can be deployed to a namespace. Charts write the name into YAML without quotes. */
export function isNamespace(text: string): boolean {
    return isLabel(text) && isYamlText(text);
}

/** Whether the whole stack can be deployed to a namespace. */
export function isStackNamespace(text: string): boolean {
    return isNamespace(text) && !reserved.includes(text);
}
