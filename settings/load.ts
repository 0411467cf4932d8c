import * as pulumi from "@pulumi/pulumi";
import { encryptedPaths } from "./encrypted";
import { holdsSecret, secretMistake } from "./mistakes";
import { resolveSettings, type Settings } from "./resolve";
import type { Mistake, Path } from "./rule";

// Pulumi's typings leave it out.
const runtime = pulumi.runtime as typeof pulumi.runtime & { isConfigSecret(key: string): boolean };

/**
 * The settings of the current stack, from the keys under the project's name in its stack file.
 *
 * @throws SettingsError that lists every mistake at once.
 */
export function loadSettings(): Settings {
    const prefix = `${pulumi.getProject()}:`;
    const raw: Record<string, unknown> = {};
    const refused: Mistake[] = [];
    for (const [key, value] of Object.entries(pulumi.runtime.allConfig())) {
        // Pulumi.yaml has to give each key a default; the empty text stands for none.
        if (key.startsWith(prefix) && value !== "") {
            const name = key.slice(prefix.length);
            raw[name] = parse(value);
            if (runtime.isConfigSecret(key)) {
                refused.push(...misplacedSecrets([name], raw[name]));
            }
        }
    }
    return resolveSettings(raw, prefix, refused);
}

/**
 * What is secret and may not be. Pulumi decrypts everything, and then tells only which of the keys at the top are secret or hold
 * something that is. Who reads stack files himself leaves what is encrypted as it is where it is not expected.
 */
function misplacedSecrets(path: Path, value: unknown): Mistake[] {
    const encrypted = encryptedPaths(path, value);
    return (holdsSecret(path) || encrypted.length > 0 ? encrypted : [path]).map(secretMistake);
}

// Maps and lists reach the program as JSON, everything else as text.
function parse(value: string): unknown {
    if (!/^\s*[[{]/.test(value)) {
        return value;
    }
    try {
        return JSON.parse(value) as unknown;
    } catch {
        return value;
    }
}
