import type { Path } from "./rule";

/** The placeholder for a secret value. Commands that do not decrypt a stack file use it instead of the value. */
export const secretPlaceholder = "[secret]";

/** The paths of the encrypted values in a value of a stack file that was read without decryption. */
export function encryptedPaths(path: Path, node: unknown): Path[] {
    if (typeof node !== "object" || node === null) {
        return [];
    }
    // Pulumi stores an encrypted value as a map with this key only.
    return Object.keys(node).join() === "secure"
        ? [path]
        : Object.entries(node).flatMap(([key, value]) =>
              encryptedPaths([...path, Array.isArray(node) ? Number(key) : key], value),
          );
}
