import { defaultText, showValue } from "./defaults";
import { flatten, type Setting, settingsTree } from "./tree";

/** Modules that declare the types of settings, from stack/. */
const modules: Record<string, string[]> = {
    "../components/alloy/args": ["CollectFromArgs", "DatabaseArgs", "KafkaArgs", "ProbeArgs"],
    "../components/auto-instrumentation/args": ["InstrumentationKind"],
    "../components/backend-auth": ["AuthScheme"],
    "../components/gateway": ["GatewayParentArgs"],
    "../components/grafana/args": ["AlertmanagerKind", "DashboardsArgs"],
    "../components/helm/args": ["AutoscalingArgs", "CollectorAutoscalingArgs", "TolerationArgs"],
    "../components/limits": [
        "LokiLimitsArgs",
        "MimirLimitsArgs",
        "PyroscopeLimitsArgs",
        "TempoLimitsArgs",
        "TenantLimitsArgs",
    ],
    "../components/mimir/args": ["AlertmanagerArgs"],
    "../components/mode": ["StoreMode"],
    "../components/network-policies/args": ["ConnectionsArgs", "DnsArgs"],
    "../components/object-store/args": ["BucketNamesArgs", "ObjectStoreKind"],
    "../components/otel-collector/args": ["CollectorPipelineArgs", "DropSpansArgs", "SamplingMode"],
    "../components/profile": ["Profile"],
    "../components/redaction": ["RedactionArgs"],
    "../components/zones": ["ZoneStage"],
    "../rules/define": ["SloKind"],
};

/** The text of stack/args.ts: the arguments of ObservabilityStack. */
export function argsModule(): string {
    const settings = settingsTree();
    const maps = flatten(settings).filter((setting) => setting.interface !== undefined);
    const declarations = maps.map((map) => declaration(map.interface ?? "", map.description, map.children));
    const stack = declaration(
        "ObservabilityStackArgs",
        "Arguments of ObservabilityStack. Each has a default. The keys are those of the stack configuration.",
        settings.filter(({ stackFileOnly }) => !stackFileOnly),
    );
    const body = [...declarations, stack].join("\n");
    const imports = Object.entries(modules).map(([module, names]) =>
        importLine(
            module,
            names.filter((name) => body.includes(name)),
        ),
    );
    return `// Generated from settings/schema by "npm run generate". Do not edit.
import type * as pulumi from "@pulumi/pulumi";
${imports.join("\n")}

${body}`;
}

/** An import as prettier formats it. */
function importLine(module: string, names: string[]): string {
    const line = `import type { ${names.join(", ")} } from "${module}";`;
    return line.length <= 120
        ? line
        : `import type {\n${names.map((name) => `    ${name},\n`).join("")}} from "${module}";`;
}

function declaration(name: string, description: string, settings: Setting[]): string {
    const fields = settings.map(
        (setting) =>
            `${docstring(fullText(setting), "    ")}    ${setting.key}${setting.required ? "" : "?"}: ${setting.type};\n`,
    );
    return `${docstring(description, "")}export interface ${name} {\n${fields.join("")}}\n`;
}

function fullText(setting: Setting): string {
    const value = defaultText(setting, showValue);
    return value === undefined ? setting.description : `${setting.description} Default: ${value}.`;
}

function docstring(text: string, indent: string): string {
    const lines = wrap(text, 130 - indent.length - 3);
    return lines.length === 1
        ? `${indent}/** ${lines[0]} */\n`
        : `${indent}/**\n${lines.map((line) => `${indent} * ${line}\n`).join("")}${indent} */\n`;
}

/** Text in lines of at most a width. */
export function wrap(text: string, width: number): string[] {
    return text.split(" ").reduce<string[]>((lines, word) => {
        const last = lines.at(-1);
        return last !== undefined && last.length + 1 + word.length <= width
            ? [...lines.slice(0, -1), `${last} ${word}`]
            : [...lines, word];
    }, []);
}
