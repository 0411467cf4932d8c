import { execFileSync } from "child_process";
import * as fs from "fs";
import * as path from "path";
import { Command } from "commander";
import type { KubernetesObject } from "./manifests";
import { defaultKubeVersion, renderChart, requireHelm } from "./helm";
import type { PlanDocument } from "./plan-format";
import { run, start } from "./run";
import { locateChart, planInFolder } from "./upgrade/base";
import { type StateResource, stateOf } from "./upgrade/state";

/** The state of all stacks of a release. */
export interface ReleaseState {
    /** Version of the package. */
    version: string;
    /** Commit of the release. */
    commit: string;
    stacks: Record<string, StateResource[]>;
}

export const command = new Command("release-state")
    .description(
        "Prints the resources that a release deploys, with the fields that cannot change. A test compares the program with the output for the last release. Needs helm.",
    )
    .argument("<folder>", "checkout of the release, with its node_modules")
    .option("--mirror <path>", "source of all charts. Default: the chart repositories.")
    .action((folder: string, { mirror }: { mirror?: string }) => run(() => print(folder, mirror)));

async function print(folder: string, mirror: string | undefined): Promise<void> {
    await requireHelm();
    const { version } = JSON.parse(fs.readFileSync(path.join(folder, "package.json"), "utf8")) as { version: string };
    const commit = execFileSync("git", ["-C", folder, "rev-parse", "--short", "HEAD"], { encoding: "utf8" }).trim();
    const state: ReleaseState = { version, commit, stacks: {} };
    for (const stack of ["dev", "prod"]) {
        const plan = await planInFolder(folder, stack);
        if (plan === undefined) {
            throw new Error(`the folder ${folder} has no file Pulumi.${stack}.yaml`);
        }
        console.error(`${stack}: rendering ${plan.charts.length} charts`);
        state.stacks[stack] = stateOf(plan, await renderPlan(plan, folder, mirror)).resources;
    }
    console.log(formatState(state));
}

/** The state as JSON, with one line for each resource, so that a diff is readable. */
function formatState({ version, commit, stacks }: ReleaseState): string {
    const lists = Object.entries(stacks).map(([stack, resources]) => {
        const lines = resources.map((resource) => `            ${JSON.stringify(resource)}`);
        return `        ${JSON.stringify(stack)}: [\n${lines.join(",\n")}\n        ]`;
    });
    const head = `    "version": ${JSON.stringify(version)},\n    "commit": ${JSON.stringify(commit)},\n`;
    return `{\n${head}    "stacks": {\n${lists.join(",\n")}\n    }\n}`;
}

/** The objects of each release of a plan. */
async function renderPlan(
    { charts }: PlanDocument,
    folder: string,
    mirror: string | undefined,
): Promise<Map<string, KubernetesObject[]>> {
    const rendered = charts.map(async (chart) => {
        const objects = await renderChart(locateChart(chart, folder, mirror), defaultKubeVersion);
        return [chart.release, objects] as const;
    });
    return new Map(await Promise.all(rendered));
}

start(command, module);
