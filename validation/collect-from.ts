/**
 * Checks which namespaces are collected from.
 *
 * @param own the namespace of the stack, which is always collected from.
 * @returns a sentence that begins with the key, or undefined.
 */
export function collectFromMistake(
    { namespaces, excludeNamespaces }: { namespaces?: string[] | undefined; excludeNamespaces: string[] },
    own: string,
): string | undefined {
    if (namespaces !== undefined && excludeNamespaces.length > 0) {
        return "excludeNamespaces and namespaces are both set; remove one of them";
    }
    return excludeNamespaces.includes(own)
        ? `excludeNamespaces contains ${JSON.stringify(own)}, the namespace of the stack; remove it, because dashboards and alerts of the stack need its own data`
        : undefined;
}
