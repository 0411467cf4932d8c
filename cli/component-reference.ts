import * as fs from "fs";
import * as path from "path";
import type {
    AnalyzeResult,
    ComponentDefinition,
    PropertyDefinition,
    TypeDefinition,
} from "@pulumi/pulumi/provider/experimental/analyzer";

/** The line below which a page is generated. */
const marker = "<!-- Generated from the docstrings by `npm run generate`. Do not edit the text below. -->";

/** The page of a component: the README of its folder. The arguments of ObservabilityStack are the settings. */
const stackPage = "docs/components.md";

/**
 * The pages of the components, each with tables of arguments and outputs after its hand-written text, by path. A test compares them with
 * the committed files.
 *
 * @throws Error if a component has no page.
 */
export function componentPages({ components, typeDefinitions: types }: AnalyzeResult): Record<string, string> {
    const pages = readmes();
    return Object.fromEntries(
        Object.values(components).map((component) => {
            const file = component.name === "ObservabilityStack" ? stackPage : pages.get(component.name);
            if (file === undefined) {
                throw new Error(`${component.name} has no page: no README.md in components/ has this title`);
            }
            const [text = ""] = fs.readFileSync(file, "utf8").split(marker);
            const sections = file === stackPage ? [] : argumentSections(component, types);
            return [
                file,
                `${[text.trimEnd(), marker, ...sections, ...outputSections(component, types)].join("\n\n")}\n`,
            ];
        }),
    );
}

/** The README.md of each component, by the title, which is the name of its class. */
function readmes(): Map<string, string> {
    const files = fs
        .readdirSync("components")
        .map((folder) => path.join("components", folder, "README.md"))
        .filter((file) => fs.existsSync(file));
    return new Map(files.map((file) => [/^# (\w+)/.exec(fs.readFileSync(file, "utf8"))?.[1] ?? "", file]));
}

type Properties = Record<string, PropertyDefinition>;
type Types = AnalyzeResult["typeDefinitions"];

function argumentSections({ inputs }: ComponentDefinition, types: Types): string[] {
    const nested = usedTypes(inputs, types).map(
        ({ name, properties = {} }) => `### ${name}\n\n${argumentTable(properties, types)}`,
    );
    return ["## Arguments", argumentTable(inputs, types), ...nested];
}

function outputSections({ name, outputs }: ComponentDefinition, types: Types): string[] {
    if (Object.keys(outputs).length === 0) {
        return [];
    }
    const nested = usedTypes(outputs, types).map(
        (type) => `### Output type ${type.name}\n\n${outputTable(type.properties ?? {}, types)}`,
    );
    return [
        name === "ObservabilityStack" ? `## Outputs of ${name}` : "## Outputs",
        outputTable(outputs, types),
        ...nested,
    ];
}

/** The types that the properties contain, in the order of their first use. */
function usedTypes(properties: Properties, types: Types, found: TypeDefinition[] = []): TypeDefinition[] {
    for (const property of Object.values(properties)) {
        const type = types[typeName(property) ?? ""];
        if (type?.properties !== undefined && !found.includes(type)) {
            found.push(type);
            usedTypes(type.properties, types, found);
        }
    }
    return found;
}

/** Name of the type of a property, of the entries of a list, or of the values of a map. */
function typeName(property: PropertyDefinition): string | undefined {
    const inner = property.items ?? property.additionalProperties;
    if (inner !== undefined) {
        return typeName(inner);
    }
    return "$ref" in property ? property.$ref.split(":").at(-1) : undefined;
}

function argumentTable(inputs: Properties, types: Types): string {
    const rows = Object.entries(inputs).map(([name, input]) => {
        const { text, standard } = splitDefault(oneLine(input.description));
        return [`\`${name}\``, typeText(input, types), input.optional ? standard : "required", text];
    });
    return table(["argument", "type", "default", "description"], rows);
}

function outputTable(outputs: Properties, types: Types): string {
    const rows = Object.entries(outputs).map(([name, output]) => [
        `\`${name}\``,
        typeText(output, types),
        oneLine(output.description),
    ]);
    return table(["output", "type", "description"], rows);
}

function oneLine(text = ""): string {
    return text.replace(/\s+/g, " ");
}

/** Separates the sentence "Default: …." from a docstring. */
export function splitDefault(description: string): { text: string; standard: string } {
    const [sentence, standard = ""] = /\bDefault: (.+?)\.(?= |$)/.exec(description) ?? [""];
    return { text: oneLine(description.replace(sentence, "")).trim(), standard };
}

function typeText(property: PropertyDefinition, types: Types): string {
    if (property.items !== undefined) {
        return `list of ${plural(typeText(property.items, types))}`;
    }
    if (property.additionalProperties !== undefined) {
        return `map of ${plural(typeText(property.additionalProperties, types))}`;
    }
    if (!("$ref" in property)) {
        return property.type;
    }
    const name = typeName(property) ?? "";
    const values = types[name]?.enum?.map(({ value }) => `"${value}"`);
    return values?.join(", ") ?? (name in types ? name : "any value");
}

function plural(type: string): string {
    return ["string", "number", "boolean", "any value"].includes(type) ? `${type}s` : type;
}

function table(header: string[], rows: string[][]): string {
    const row = (cells: string[]) => `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
    return [row(header), row(header.map(() => "---")), ...rows.map(row)].join("\n");
}
