import type { Path } from "./rule";

/** Where a value of a stack file, read without decrypting, holds something encrypted. */
export function encryptedPaths(path: Path, node: unknown): Path[] {
    if (typeof node !== "object" || node === null) {
        return [];
    }
    // The form in which Pulumi keeps what is encrypted.
    return Object.keys(node).join() === "secure"
        ? [path]
        : Object.entries(node).flatMap(([key, value]) =>
              encryptedPaths([...path, Array.isArray(node) ? Number(key) : key], value),
          );
}
