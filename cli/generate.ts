import * as fs from "fs";
import { argsModule } from "../settings/reference/args";
import { settingsPage } from "../settings/reference/page";
import { pulumiYaml } from "../settings/reference/pulumi-yaml";

/** The files that are generated from the schema of the settings, by path. A test compares them with the committed files. */
export function generatedFiles(): Record<string, string> {
    return {
        "stack/args.ts": argsModule(),
        "Pulumi.yaml": pulumiYaml(fs.readFileSync("Pulumi.yaml", "utf8")),
        "docs/settings.md": settingsPage(),
    };
}

if (require.main === module) {
    for (const [file, text] of Object.entries(generatedFiles())) {
        fs.writeFileSync(file, text);
    }
}
