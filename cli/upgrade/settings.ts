import { load } from "js-yaml";
import { isMap, mergeValues } from "../../components/helm/values";
import { readStackFile } from "../evaluate";

/** A setting with a new value. */
export interface Assignment {
    /** Path of the setting, such as ["replicas", "loki"]. */
    path: string[];
    value: unknown;
}

/**
 * Parses a text such as "replicas.loki=3". The prefix "observability:" is optional. The value is YAML.
 *
 * @throws Error if the text has another form.
 */
export function parseAssignment(text: string): Assignment {
    const [, key = "", value = ""] = /^([^=]+)=(.*)$/s.exec(text) ?? [];
    const path = key
        .replace(/^[\w-]+:/, "")
        .split(".")
        .map((part) => part.trim());
    if (path.includes("")) {
        throw new Error(`--set is "${text}"; it must be KEY=VALUE, such as replicas.loki=3`);
    }
    try {
        return { path, value: load(value) ?? null };
    } catch (error) {
        throw new Error(
            `--set is "${text}"; the value must be valid YAML: ${(error as Error).message.split("\n")[0]}`,
            {
                cause: error,
            },
        );
    }
}

/** The top-level settings of a stack file that assignments change, with their new values. */
export function assignedSettings(stack: string, assignments: Assignment[]): Record<string, unknown> {
    const { project, config } = readStackFile(stack);
    const changed: Record<string, unknown> = {};
    for (const { path, value } of assignments) {
        const [top = "", ...rest] = path;
        const current = changed[top] ?? config[`${project}:${top}`] ?? config[top];
        const tree = rest.reduceRight<unknown>((below, key) => ({ [key]: below }), value);
        changed[top] = isMap(tree) && isMap(current) ? mergeValues(current, tree) : tree;
    }
    return changed;
}
