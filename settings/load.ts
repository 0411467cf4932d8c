import * as pulumi from "@pulumi/pulumi";
import { resolveSettings, type Settings } from "./resolve";

/**
 * The settings of the current stack, from the keys under the project's name in its stack file.
 *
 * @throws SettingsError that lists every mistake at once.
 */
export function loadSettings(): Settings {
    const prefix = `${pulumi.getProject()}:`;
    const raw: Record<string, unknown> = {};
    for (const [key, value] of Object.entries(pulumi.runtime.allConfig())) {
        // Pulumi.yaml has to give each key a default; the empty text stands for none.
        if (key.startsWith(prefix) && value !== "") {
            raw[key.slice(prefix.length)] = parse(value);
        }
    }
    return resolveSettings(raw, prefix);
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
