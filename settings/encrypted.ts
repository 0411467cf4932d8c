import type { Path } from "./rule";

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
