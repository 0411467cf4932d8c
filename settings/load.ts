import * as pulumi from "@pulumi/pulumi";
import { encryptedPaths } from "./encrypted";
import { mayContainSecret, secretMistake } from "./mistakes";
import { resolveSettings, type Settings } from "./resolve";
import type { Mistake, Path } from "./rule";
import { namespaceMistakes, stackFile, topLevelMistakes } from "./stack-file";

// Pulumi's type definitions do not contain it.
const runtime = pulumi.runtime as typeof pulumi.runtime & { isConfigSecret(key: string): boolean };

/**
 * Reads the settings of the current stack from the keys of the project in the stack file.
 *
 * @throws SettingsError that lists every mistake.
 */
export function loadSettings(): Settings {
    const [project, stack] = [pulumi.getProject(), pulumi.getStack()];
    const prefix = `${project}:`;
    const config = pulumi.runtime.allConfig();
    const file = stackFile(stack);
    const raw: Record<string, unknown> = {};
    const misplaced: Mistake[] = [];
    for (const [key, value] of Object.entries(config)) {
        // Pulumi requires a default for each key in Pulumi.yaml. An empty text means that the key is not set.
        if (key.startsWith(prefix) && value !== "") {
            const name = key.slice(prefix.length);
            raw[name] = parse(value);
            if (runtime.isConfigSecret(key)) {
                misplaced.push(...misplacedSecrets([name], raw[name]));
            }
        }
    }
    return resolveSettings(raw, prefix, {
        found: misplaced,
        sentences: [
            ...(file === undefined ? [] : topLevelMistakes(project, file)),
            ...namespaceMistakes(project, Object.keys(config)),
        ],
        source: file,
        stack,
    });
}

/**
 * Secret values at keys that must not be secret. Pulumi decrypts all values, and reports only which top-level keys are or contain
 * secrets. The commands of this project do not decrypt, so there the encrypted values themselves are visible.
 */
function misplacedSecrets(path: Path, value: unknown): Mistake[] {
    const encrypted = encryptedPaths(path, value);
    return (mayContainSecret(path) || encrypted.length > 0 ? encrypted : [path]).map(secretMistake);
}

// Pulumi passes maps, lists and null to the program as JSON, and all other values as text.
function parse(value: string): unknown {
    if (value === "null") {
        return null;
    }
    if (!/^\s*[[{]/.test(value)) {
        return value;
    }
    try {
        return JSON.parse(value) as unknown;
    } catch {
        return value;
    }
}
