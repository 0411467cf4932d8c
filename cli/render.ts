import * as fs from "fs";
import * as path from "path";
import { Command, Option } from "commander";
import type { Settings } from "../settings/resolve";
import { evaluateStack, stackHelp } from "./evaluate";
import { defaultKubeVersion, renderChart, requireHelm } from "./helm";
import { type ManifestFile, manifestFiles } from "./manifests";
import { verboseHelp } from "./options";
import { differences } from "./render/check";
import { directObjects } from "./render/direct-objects";
import { externalSecret } from "./render/external-secrets";
import {
    forTool,
    type GitOpsTool,
    gitOpsTools,
    type RenderedObject,
    stageFolder,
    stageOf,
    stages,
} from "./render/gitops";
import { run, start } from "./run";

interface RenderOptions {
    out: string;
    check?: boolean;
    for?: GitOpsTool;
    secretStore?: string;
    secretStoreKind: string;
    secretPath?: string;
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
    .option("--check", "write nothing, and fail if the files in the folder are not up to date")
    .addOption(
        new Option(
            "--for <tool>",
            "prepare the manifests for a GitOps tool: the order of the deployment, claims with their sizes, and no deletion of data",
        ).choices(gitOpsTools),
    )
    .option(
        "--secret-store <name>",
        "write an ExternalSecret for each Secret, which reads its content from this store of the External Secrets Operator. Default: a comment with the name and the keys of the Secret",
    )
    .addOption(
        new Option("--secret-store-kind <kind>", "kind of the store")
            .choices(["ClusterSecretStore", "SecretStore"])
            .default("ClusterSecretStore"),
    )
    .option(
        "--secret-path <path>",
        "path of the Secrets in the store; the name of the Secret follows it (default: observability/STACK)",
    )
    .option(
        "--mirror <path>",
        "source of all charts: a folder of .tgz files, an oci:// registry, or the URL of a Helm repository. Overrides the setting charts.mirror.",
    )
    .option("--kube-version <version>", "Kubernetes version for which the charts are rendered", defaultKubeVersion)
    .option("--verbose", verboseHelp)
    .action((stack: string, options: RenderOptions) => run(() => render(stack, options), options));

// Lists the files of a run, so that the next run deletes only these files.
const listFile = ".rendered";

async function render(stack: string, options: RenderOptions): Promise<void> {
    const { out, mirror, kubeVersion, check } = options;
    const previous = previousFiles(out);
    const evaluation = await evaluateStack(stack, mirror === undefined ? {} : { charts: { mirror } });
    await requireHelm();
    const rendered = await Promise.all(
        evaluation.charts.map(async (chart) => {
            const objects = await renderChart(chart, kubeVersion);
            console.log(`Chart ${chart.chart} ${chart.version}, release ${chart.release}: ${objects.length} objects`);
            return objects.map((object) => ({ object, release: chart.release }));
        }),
    );
    const direct = directObjects(evaluation, options.for !== undefined);
    console.log(`Objects that belong to no chart: ${direct.length}`);
    const objects = [...direct.map((object) => ({ object })), ...rendered.flat()];
    const files = filesOf(objects, stack, evaluation.settings, options);
    const list = { path: listFile, text: files.map((file) => `${file.path}\n`).join("") };
    const targets = [...files, list].map(({ path: name, text }) => ({ target: pathInside(out, name), text }));
    if (check) {
        checkFiles(stack, out, files, previous);
        return;
    }
    previous.forEach((file) => fs.rmSync(pathInside(out, file), { force: true }));
    targets.forEach(({ target, text }) => write(target, text));
    console.log(`${files.length} files were written to ${out}.`);
}

function filesOf(
    objects: RenderedObject[],
    stack: string,
    settings: Settings,
    { for: tool, secretStore, secretStoreKind: kind, secretPath }: RenderOptions,
): ManifestFile[] {
    const store = secretStore && { name: secretStore, kind, path: secretPath ?? `observability/${stack}` };
    const complete = objects.map(({ object, release }) => ({
        object: store && object.kind === "Secret" ? externalSecret(object, store) : object,
        release,
    }));
    if (tool !== "flux") {
        return manifestFiles(complete.map((rendered) => (tool ? forTool(rendered, tool, settings) : rendered.object)));
    }
    return stages.flatMap((stage) =>
        manifestFiles(
            complete
                .filter((rendered) => stageOf(rendered) === stage)
                .map((rendered) => forTool(rendered, tool, settings)),
        ).map((file) => ({ ...file, path: `${stageFolder(stage)}/${file.path}` })),
    );
}

const longestList = 20;

/** @throws Error that lists the files that are not up to date. */
function checkFiles(stack: string, out: string, files: ManifestFile[], previous: string[]): void {
    const found = differences(out, files, previous);
    if (found.length > 0) {
        const list = found.slice(0, longestList).map(({ path: name, what }) => `\n  ${name}: ${what}`);
        const more = found.length > longestList ? [`\n  and ${found.length - longestList} more`] : [];
        throw new Error(
            `${found.length} ${found.length === 1 ? "file" : "files"} in ${out} ${found.length === 1 ? "is" : "are"} not up to date; run \`npm run render -- ${stack} --out ${out}\` with the same options:${[...list, ...more].join("")}`,
        );
    }
    console.log(`All ${files.length} files in ${out} are up to date.`);
}

/** The files of the last run, as paths relative to the folder. */
function previousFiles(out: string): string[] {
    if (fs.existsSync(out) && !fs.statSync(out).isDirectory()) {
        throw new Error(`--out is "${out}", which is a file; it must be a folder`);
    }
    const list = path.join(out, listFile);
    if (fs.existsSync(list)) {
        const names = fs.readFileSync(list, "utf8").split("\n").filter(Boolean);
        names.forEach((name) => pathInside(out, name));
        return names;
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
