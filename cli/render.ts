import * as fs from "fs";
import * as path from "path";
import { Command } from "commander";
import { evaluateStack, type Evaluation, stackHelp } from "./evaluate";
import { defaultKubeVersion, helmTemplate, requireHelm } from "./helm";
import { type KubernetesObject, manifestFiles, parseManifests } from "./manifests";
import { verboseHelp } from "./options";
import { run, start } from "./run";

interface RenderOptions {
    out: string;
    mirror?: string;
    kubeVersion: string;
    verbose?: boolean;
}

export const command = new Command("render")
    .description(
        "Writes all manifests of a stack to a folder, one file for each object, for example for GitOps. Needs helm, but no cluster.",
    )
    .argument("<stack>", stackHelp())
    .requiredOption("--out <dir>", "folder for the manifests; files of an earlier run are replaced")
    .option(
        "--mirror <path>",
        "source of all charts: a folder of .tgz files, an oci:// registry, or the URL of a Helm repository. Overrides the setting charts.mirror.",
    )
    .option("--kube-version <version>", "Kubernetes version for which the charts are rendered", defaultKubeVersion)
    .option("--verbose", verboseHelp)
    .action((stack: string, options: RenderOptions) => run(() => render(stack, options), options));

// Lists the files of a run, so that the next run deletes only these files.
const listFile = ".rendered";

async function render(stack: string, { out, mirror, kubeVersion }: RenderOptions): Promise<void> {
    const previous = previousFiles(out);
    const evaluation = await evaluateStack(stack, mirror === undefined ? {} : { charts: { mirror } });
    await requireHelm();
    const rendered = await Promise.all(
        evaluation.charts.map(async (chart) => {
            const objects = parseManifests(await helmTemplate(chart, kubeVersion), chart.namespace);
            console.log(`Chart ${chart.chart} ${chart.version}, release ${chart.release}: ${objects.length} objects`);
            return objects;
        }),
    );
    const direct = directObjects(evaluation);
    console.log(`Objects that belong to no chart: ${direct.length}`);
    const files = manifestFiles([...direct, ...rendered.flat()]);
    const list = { path: listFile, text: files.map((file) => `${file.path}\n`).join("") };
    const targets = [...files, list].map(({ path: name, text }) => ({ target: pathInside(out, name), text }));
    previous.forEach((file) => fs.rmSync(file, { force: true }));
    targets.forEach(({ target, text }) => write(target, text));
    console.log(`${files.length} files were written to ${out}.`);
}

/** The objects that the program creates and that belong to no chart. */
function directObjects({ resources }: Evaluation): KubernetesObject[] {
    return resources
        .filter(({ type, inputs }) => type.startsWith("kubernetes:") && "kind" in inputs && !type.endsWith("Patch"))
        .map(({ inputs }) => inputs as KubernetesObject);
}

function previousFiles(out: string): string[] {
    if (fs.existsSync(out) && !fs.statSync(out).isDirectory()) {
        throw new Error(`--out is "${out}", which is a file; it must be a folder`);
    }
    const list = path.join(out, listFile);
    if (fs.existsSync(list)) {
        const names = fs.readFileSync(list, "utf8").split("\n").filter(Boolean);
        return names.map((name) => pathInside(out, name));
    }
    if (fs.existsSync(out) && fs.readdirSync(out).length > 0) {
        throw new Error(
            `the folder ${out} contains files that render did not write; use an empty or a new folder for --out`,
        );
    }
    return [];
}

/** Resolves a file name in the output folder. Names are untrusted: charts define them, and the list of files can be edited. */
function pathInside(out: string, name: string): string {
    const target = path.resolve(out, name);
    if (!target.startsWith(path.resolve(out) + path.sep)) {
        throw new Error(`the file ${name} is outside of the folder ${out}; nothing was written`);
    }
    return target;
}

function write(target: string, text: string): void {
    fs.mkdirSync(path.dirname(target), { recursive: true });
    fs.writeFileSync(target, text);
}

start(command, module);
