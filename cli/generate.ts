import * as fs from "fs";
import { analyzeComponents } from "../plugin/schema";
import { argsModule } from "../settings/reference/args";
import { settingsPage } from "../settings/reference/page";
import { pulumiYaml } from "../settings/reference/pulumi-yaml";
import { componentPages } from "./component-reference";

/** The files that are generated from the schema of the settings, by path. A test compares them with the committed files. */
export function generatedFiles(): Record<string, string> {
    return {
        "stack/args.ts": argsModule(),
        "Pulumi.yaml": pulumiYaml(fs.readFileSync("Pulumi.yaml", "utf8")),
        "docs/settings.md": settingsPage(),
    };
}

function write(files: Record<string, string>): void {
    for (const [file, text] of Object.entries(files)) {
        fs.writeFileSync(file, text);
    }
}

if (require.main === module) {
    write(generatedFiles());
    // The arguments of ObservabilityStack are generated too, so this comes last.
    write(componentPages(analyzeComponents(".")));
}
