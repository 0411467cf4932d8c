import { defaultText, showValue } from "./defaults";
import { type Setting, settingsTree } from "./tree";

/** The text of docs/settings.md: every setting with its type, default and an example. */
export function settingsPage(): string {
    const settings = settingsTree();
    const single = settings.filter(({ children }) => children.length === 0);
    const sections = settings.filter(({ children }) => children.length > 0);
    return `${[introduction, `## General\n\n${table(single)}`, ...sections.map((setting) => section(setting, 2))].join("\n\n")}\n`;
}

const introduction = `# Settings

Generated from \`settings/schema\` by \`npm run generate\`. Do not edit.

A stack file \`Pulumi.STACK.yaml\` contains the settings that differ from the defaults of its profile. Edit the file, or use
\`pulumi config set --path\`:

\`\`\`sh
pulumi config set --path observability:tracing.samplingRatio 0.25
pulumi config set --secret --path observability:grafana.adminPassword
\`\`\`

The program checks all settings before it creates anything, and reports all mistakes together. Only \`grafana.adminPassword\`,
\`objectStore.accessKeyId\` and \`objectStore.secretAccessKey\` can be secret. The value of any other setting could reach a chart in clear text.

The column "default" contains one value, or one value for each profile. The column "example" contains a value of the setting in YAML.`;

function section(setting: Setting, level: number): string {
    const nested = setting.children.filter(({ children }) => children.length > 0);
    const list = setting.kind.startsWith("list") ? "This setting is a list. Each entry has these keys:\n\n" : "";
    return [
        `${"#".repeat(level)} ${setting.path.replaceAll("[]", "")}`,
        setting.description + (setting.example === undefined ? "" : ` Example: ${example(setting)}`),
        list + table(setting.children.filter(({ children }) => children.length === 0)),
        ...nested.map((child) => section(child, level + 1)),
    ]
        .filter((text) => text !== "")
        .join("\n\n");
}

function table(settings: Setting[]): string {
    if (settings.length === 0) {
        return "";
    }
    const rows = settings.map((setting) =>
        row([
            `\`${setting.path.replaceAll("[]", "")}\``,
            setting.kind,
            setting.required ? "required" : (defaultText(setting, showValue) ?? ""),
            setting.description,
            setting.example === undefined ? "" : example(setting),
        ]),
    );
    return [row(["key", "type", "default", "description", "example"]), row(Array<string>(5).fill("---")), ...rows].join(
        "\n",
    );
}

function row(cells: string[]): string {
    return `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
}

/** The example of a setting, with the other settings that it needs. */
function example({ example: value, needs = {} }: Setting): string {
    const others = Object.entries(needs).map(([key, other]) => `\`${key}: ${yaml(other)}\``);
    return `\`${yaml(value)}\`${others.length === 0 ? "" : ` with ${others.join(" and ")}`}`;
}

/** A value as YAML on one line; JSON is YAML. */
function yaml(value: unknown): string {
    return typeof value === "string"
        ? /^[\w./:@-]+$/.test(value)
            ? value
            : JSON.stringify(value)
        : JSON.stringify(value);
}
