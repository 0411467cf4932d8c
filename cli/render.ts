import * as fs from "fs";
import * as path from "path";
import { Command } from "commander";
import { evaluateStack, type Evaluation, stackNames } from "./evaluate";
import { defaultKubeVersion, helmTemplate, requireHelm } from "./helm";
import { type KubernetesObject, manifestFiles, parseManifests } from "./manifests";
import { run, start } from "./run";

interface RenderOptions {
    out: string;
    mirror?: string;
    kubeVersion: string;
}

export const command = new Command("render")
    .description(
        "Write all manifests of a stack, one file an object, for GitOps and for tests. Needs helm, and no cluster.",
    )
    .argument("<stack>", `one of ${stackNames().join(", ")}`)
    .requiredOption("--out <dir>", "folder for the manifests; what an earlier run left there is replaced")
    .option(
        "--mirror <path>",
        "where charts come from: a folder of .tgz files, an oci:// registry or a repository's address",
    )
    .option("--kube-version <version>", "Kubernetes version that the charts see", defaultKubeVersion)
    .action((stack: string, options: RenderOptions) => run(() => render(stack, options)));

// Lists the files of a run, so that the next one can take them away again and nothing else.
const listFile = ".rendered";

async function render(stack: string, { out, mirror, kubeVersion }: RenderOptions): Promise<void> {
    const previous = previousFiles(out);
    const evaluation = await evaluateStack(stack, mirror === undefined ? {} : { charts: { mirror } });
    await requireHelm();
    const rendered = await Promise.all(
        evaluation.charts.map(async (chart) => {
            const objects = parseManifests(await helmTemplate(chart, kubeVersion), chart.namespace);
            console.log(`${chart.chart} ${chart.version} as ${chart.release}: ${objects.length} objects`);
            return objects;
        }),
    );
    const own = ownObjects(evaluation);
    console.log(`the program itself: ${own.length} objects`);
    const files = manifestFiles([...own, ...rendered.flat()]);
    const list = { path: listFile, text: files.map((file) => `${file.path}\n`).join("") };
    const targets = [...files, list].map(({ path: name, text }) => ({ target: placeOf(out, name), text }));
    previous.forEach((file) => fs.rmSync(file, { force: true }));
    targets.forEach(({ target, text }) => write(target, text));
    console.log(`${files.length} files in ${out}`);
}

/** The objects that the program makes without a chart. */
function ownObjects({ resources }: Evaluation): KubernetesObject[] {
    return resources
        .filter(({ type, inputs }) => type.startsWith("kubernetes:") && "kind" in inputs && !type.endsWith("Patch"))
        .map(({ inputs }) => inputs as KubernetesObject);
}

function previousFiles(out: string): string[] {
    if (fs.existsSync(out) && !fs.statSync(out).isDirectory()) {
        throw new Error(`${out} is a file; name a folder`);
    }
    const list = path.join(out, listFile);
    if (fs.existsSync(list)) {
        const names = fs.readFileSync(list, "utf8").split("\n").filter(Boolean);
        return names.map((name) => placeOf(out, name));
    }
    if (fs.existsSync(out) && fs.readdirSync(out).length > 0) {
        throw new Error(`${out} has files that no earlier run wrote; name an empty or a new folder`);
    }
    return [];
}

/** Where a file goes. Names come from charts, and from a list that anybody can edit. */
function placeOf(out: string, name: string): string {
    const target = path.resolve(out, name);
    if (!target.startsWith(path.resolve(out) + path.sep)) {
        throw new Error(`${name} is not inside ${out}; nothing was written`);
    }
    return target;
}

function write(target: string, text: string): void {
    fs.mkdirSync(path.dirname(target), { recursive: true });
    fs.writeFileSync(target, text);
}

start(command, module);
