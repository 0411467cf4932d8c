import * as fs from "fs";
import * as path from "path";
import { Command } from "commander";
import { checkObjects, type CheckResult } from "../policy/check";
import { policyContext } from "../policy/context";
import { type KubernetesObject, objectTitle } from "../policy/objects";
import type { PolicyContext } from "../policy/rule";
import { checkSteps } from "../policy/steps";
import { resolveSettings } from "../settings/resolve";
import { evaluateStack, type Evaluation, stackNames } from "./evaluate";
import { defaultKubeVersion, renderChart, requireHelm } from "./helm";
import { readManifests } from "./manifests";
import { verboseHelp } from "./options";
import { directObjects } from "./render/direct-objects";
import { run, start } from "./run";
import { readInput } from "./summary/read";

interface PolicyOptions {
    stack?: string;
    preview?: string;
    mirror?: string;
    json?: boolean;
    kubeVersion: string;
    verbose?: boolean;
}

export const command = new Command("policy")
    .description(
        "Checks Kubernetes objects with the rules of the policy pack: all objects of a stack, or rendered manifests. Needs no cluster and no Pulumi CLI.",
    )
    .argument(
        "[targets...]",
        `stacks (${stackNames().join(", ") || "none found"}), or files and folders with manifests. A stack needs helm.`,
    )
    .option("--stack <name>", "stack whose settings apply to the manifests (default: the default settings)")
    .option(
        "--preview <file>",
        'output of `pulumi preview --json`, or "-" for the standard input: fail if a step deletes or replaces stored data',
    )
    .option(
        "--mirror <path>",
        "source of all charts: a folder of .tgz files, an oci:// registry, or the URL of a Helm repository. Overrides the setting charts.mirror.",
    )
    .option("--json", "print the result as one JSON document")
    .option("--kube-version <version>", "Kubernetes version for which the charts are rendered", defaultKubeVersion)
    .option("--verbose", verboseHelp)
    .action((targets: string[], options: PolicyOptions) =>
        run(() => policy(targets, options), { ...options, failure: 2 }),
    );

/** The result for one stack, one folder or one preview. */
interface Report extends CheckResult {
    target: string;
    objects: number;
}

async function policy(targets: string[], options: PolicyOptions): Promise<void> {
    if (targets.length === 0 && options.preview === undefined) {
        throw new Error("name a stack, or files or folders with manifests, or a preview with --preview");
    }
    const settings = options.stack === undefined ? undefined : (await evaluate(options.stack, options)).settings;
    const given = policyContext(settings ?? resolveSettings({}));
    const reports: Report[] = [];
    for (const target of targets) {
        reports.push(await checkTarget(target, given, options));
    }
    if (options.preview !== undefined) {
        reports.push(await checkPreview(options.preview, given));
    }
    console.log(options.json ? JSON.stringify(reports.map(jsonReport), null, 2) : reports.map(format).join("\n\n"));
    if (reports.some(({ violations }) => violations.length > 0)) {
        process.exitCode = 1;
    }
}

function evaluate(stack: string, { mirror }: PolicyOptions): Promise<Evaluation> {
    return evaluateStack(stack, mirror === undefined ? {} : { charts: { mirror } });
}

async function checkTarget(target: string, context: PolicyContext, options: PolicyOptions): Promise<Report> {
    // A folder can have the name of a stack.
    const isStack = stackNames().includes(target) && !target.includes(path.sep);
    if (!isStack && !fs.existsSync(target)) {
        throw new Error(
            `"${target}" is neither a stack nor a file or folder with manifests; the stacks are ${stackNames().join(", ") || "none"}`,
        );
    }
    if (!isStack) {
        const objects = readManifests(target) as KubernetesObject[];
        return { target, objects: objects.length, ...checkObjects(objects, context) };
    }
    const evaluation = await evaluate(target, options);
    await requireHelm();
    const rendered = await Promise.all(evaluation.charts.map((chart) => renderChart(chart, options.kubeVersion)));
    const objects = [...rendered.flat(), ...directObjects(evaluation, false)] as KubernetesObject[];
    return {
        target: `Stack ${target}`,
        objects: objects.length,
        ...checkObjects(objects, policyContext(evaluation.settings)),
    };
}

async function checkPreview(file: string, context: PolicyContext): Promise<Report> {
    const input = await readInput(file);
    if (!("preview" in input)) {
        throw new Error(`${file} is a plan, and a plan has no steps; create a preview with: pulumi preview --json`);
    }
    const { steps = [] } = input.preview;
    return { target: "Preview", objects: steps.length, ...checkSteps(steps, context) };
}

function format({ target, objects, violations, exempted }: Report): string {
    const count = (list: unknown[], what: string) => `${list.length} ${what}${list.length === 1 ? "" : "s"}`;
    const unit = target === "Preview" ? "steps" : "objects";
    return [
        `${target}: ${objects} ${unit}, ${count(violations, "violation")}, ${count(exempted, "exemption")}`,
        ...violations.map(({ rule, object, message }) => `  ${rule}: ${objectTitle(object)}: ${message}`),
        ...exempted.map(({ rule, object, reason }) => `  exempt from ${rule}: ${objectTitle(object)}: ${reason}`),
    ].join("\n");
}

function jsonReport({ target, violations, exempted }: Report): object {
    const named = ({ rule, object, message }: CheckResult["violations"][number]) => ({
        rule,
        object: objectTitle(object),
        message,
    });
    return {
        target,
        violations: violations.map(named),
        exempted: exempted.map((exempt) => ({ ...named(exempt), reason: exempt.reason })),
    };
}

start(command, module);
