import * as fs from "fs";
import * as path from "path";
import { Command } from "commander";
import type { KeyTree, KnownKeys } from "../components/helm/key-tree";
import { type ChartPin, pins } from "../components/helm/pins";
import { run, start } from "./run";
import { chartKeys, keysOf, sorted } from "./value-keys/chart";
import { keysFromDefaults, keysFromDescriptor, keysFromReference, yamlTags } from "./value-keys/program";

const folder = path.join("components", "helm", "keys");
const readers: Record<string, (text: string) => KeyTree> = {
    descriptor: keysFromDescriptor,
    reference: keysFromReference,
    defaults: keysFromDefaults,
};

interface ProgramOptions {
    format: string;
    sources?: string[];
}

function write(keys: KnownKeys): void {
    const file = path.join(folder, `${keys.name}.json`);
    fs.writeFileSync(file, `${JSON.stringify(keys)}\n`);
    console.log(`${file}: ${keys.name} ${keys.version}`);
}

export const command = new Command("value-keys").description(
    "Writes the known keys of Helm values and of program configurations. The setting `values` is checked against them. Run this command after the version of a chart has changed.",
);
command
    .command("charts")
    .description("Reads the keys of all pinned charts from a folder of packaged charts, and of the charts in charts/.")
    .requiredOption("--mirror <folder>", "folder with NAME-VERSION.tgz files; `.ci/charts FOLDER` downloads them")
    .action(({ mirror }: { mirror: string }) => run(() => writeChartKeys(mirror)));
command
    .command("program")
    .description("Reads the keys of the configuration of a program from its reference documentation.")
    .argument("<name>", "name of the program, such as loki-config")
    .argument("<version>", "version of the program that the chart deploys")
    .argument("<file>", "file with the reference, from the source code of the program")
    .requiredOption("--format <format>", `format of the file: ${Object.keys(readers).join(", ")}`)
    .option("--sources <files...>", "Go files whose YAML keys are also accepted, if the reference is incomplete")
    .action((name: string, version: string, file: string, options: ProgramOptions) =>
        run(() => writeProgramKeys(name, version, file, options)),
    );

function writeChartKeys(mirror: string): void {
    for (const { name, version, repository } of Object.values<ChartPin>(pins)) {
        write(
            repository === undefined
                ? keysOf(path.join("charts", name))
                : chartKeys(path.join(mirror, `${name}-${version}.tgz`)),
        );
    }
}

function writeProgramKeys(name: string, version: string, file: string, options: ProgramOptions): void {
    const read = readers[options.format];
    if (read === undefined) {
        throw new Error(`--format is "${options.format}"; it must be one of ${Object.keys(readers).join(", ")}`);
    }
    const sources = (options.sources ?? []).map((source) => fs.readFileSync(source, "utf8"));
    write({ name, version, keys: sorted(read(fs.readFileSync(file, "utf8"))), names: yamlTags(sources) });
}

start(command, module);
