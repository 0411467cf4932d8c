import * as fs from "fs";
import * as path from "path";
import { type AnalyzeResult, Analyzer } from "@pulumi/pulumi/provider/experimental/analyzer";
import { generateSchema } from "@pulumi/pulumi/provider/experimental/schema";
import * as components from "../exports";

/** The parts of a Pulumi schema that this package reads. */
export interface PackageSchema {
    version: string;
    resources: { [type: string]: { properties: { [output: string]: object } } };
}

/** Names of the components that this package exports. */
export const componentNames = Object.entries<unknown>({ ...components })
    .filter(([, value]) => typeof value === "function" && /^class\b/.test(String(value)))
    .map(([name]) => name);

/** Infers the components, their arguments and their outputs from the TypeScript sources, as Pulumi's plugin host does. */
export function analyzeComponents(root: string): AnalyzeResult {
    // The tsconfig.json in this folder contains the sources of the package only, because the analysis of all files takes twice as long.
    const entry = { main: "../exports.ts" };
    return new Analyzer(path.resolve(root, "plugin"), "observability", entry, new Set(componentNames)).analyze();
}

/**
 * The Pulumi schema of the components. All inputs accept Outputs, because programs in other languages pass the outputs of one component
 * to another as Outputs.
 */
export function packageSchema(root: string): object {
    const manifest = JSON.parse(fs.readFileSync(path.join(root, "package.json"), "utf8")) as Record<string, string>;
    const { version = "", description = "" } = manifest;
    const { components: found, typeDefinitions, dependencies } = analyzeComponents(root);
    const schema = generateSchema(
        "observability",
        version,
        description,
        found,
        typeDefinitions,
        dependencies,
        "mathtrail",
    );
    return JSON.parse(JSON.stringify(schema, (key, value: unknown) => (key === "plain" ? undefined : value))) as object;
}

if (require.main === module) {
    const [root = ".", file = "dist/schema.json"] = process.argv.slice(2);
    fs.writeFileSync(file, JSON.stringify(packageSchema(root), undefined, 2));
}
