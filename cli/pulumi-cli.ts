import * as fs from "fs";
import * as path from "path";
import { Command } from "commander";
import { run, start } from "./run";
import { findPulumi } from "./up/pulumi-cli";

export const command = new Command("pulumi-cli")
    .description(
        "Prints the folder that contains the Pulumi CLI, for the PATH. If the CLI is not on the PATH in the version of the SDK or later, downloads it to " +
            "the folder of the project, and verifies its SHA-256 checksum.",
    )
    .action(() =>
        run(async () => {
            // The standard output contains only the folder.
            const { command } = await findPulumi((line) => console.error(line));
            console.log(path.isAbsolute(command) ? path.dirname(command) : folderOnPath(command));
        }),
    );

function folderOnPath(program: string): string {
    const folders = (process.env["PATH"] ?? "").split(path.delimiter);
    return path.resolve(folders.find((folder) => fs.existsSync(path.join(folder, program))) ?? "");
}

start(command, module);
