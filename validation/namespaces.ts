import { isLabel, labelForm } from "./names";
import { isYamlText } from "./yaml-text";

/** Namespaces that belong to Kubernetes. */
const reserved = ["kube-system", "kube-public", "kube-node-lease", "default"];

export const stackNamespaceForm = `${labelForm}. It must not be a namespace of Kubernetes (${reserved.join(", ")}), and not a word that YAML reads as a number, a date or a boolean`;

/** Whether the stack may be deployed to a namespace. Charts write the name into YAML without quotes. */
export function isStackNamespace(text: string): boolean {
    return isLabel(text) && !reserved.includes(text) && isYamlText(text);
}
