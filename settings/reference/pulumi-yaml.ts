import { wrap } from "./args";
import { defaultText, showValue } from "./defaults";
import { type Setting, settingsTree } from "./tree";

const width = 126;

/**
 * The text of Pulumi.yaml with the generated list of settings after the line "config:".
 *
 * @param current the present text; everything before "config:" is kept.
 */
export function pulumiYaml(current: string): string {
    const [before = ""] = current.split(/^config:$/m);
    return `${before}config:
  # Every resource gets its provider from the program. No resource may use a default provider, which could be another cluster.
  pulumi:disable-default-providers:
    value: [kubernetes]
${settingsTree().map(entry).join("")}`;
}

function entry(setting: Setting): string {
    const lines = [...wrap(sentence(setting), width - 6), ...setting.children.flatMap((child) => item(child, 2))];
    const text = lines.map((line) => (line === "" ? "\n" : `      ${line}\n`)).join("");
    return `  ${setting.key}:\n    default: ${defaultYaml(setting)}\n    description: |\n${text}`;
}

function item(setting: Setting, indent: number): string[] {
    const [first = "", ...more] = wrap(`${setting.key}: ${sentence(setting)}`, width - 6 - indent - 2);
    return [
        `${" ".repeat(indent)}- ${first}`,
        ...more.map((line) => `${" ".repeat(indent + 2)}${line}`),
        ...setting.children.flatMap((child) => item(child, indent + 2)),
    ];
}

function sentence(setting: Setting): string {
    const value = defaultText(setting, showValue);
    return value === undefined ? setting.description : `${setting.description} Default: ${value}.`;
}

// Pulumi requires a value for every key without a default. An empty text means that the key is not set.
function defaultYaml({ kind, defaults, computed }: Setting): string {
    if (kind.startsWith("map")) {
        return "{}";
    }
    if (kind.startsWith("list")) {
        return "[]";
    }
    return defaults === undefined || computed !== undefined || defaults.dev !== defaults.prod
        ? '""'
        : String(defaults.dev);
}
