import { execFile } from "child_process";
import * as fs from "fs";
import * as path from "path";
import { promisify } from "util";
import { chartSource, type ChartSource } from "../../components/helm/source";
import { mirrorKind } from "../../validation/urls";
import { readPlan } from "../compare";
import type { Chart, LocatedChart } from "../evaluate";
import type { PlanDocument } from "../plan-format";

const execute = promisify(execFile);

/**
 * The plan of a stack in another checkout of this project. Undefined if this checkout does not have the stack.
 *
 * @throws Error if the folder is no checkout with its dependencies, or its program fails.
 */
export async function planInFolder(folder: string, stack: string): Promise<PlanDocument | undefined> {
    if (!fs.existsSync(path.join(folder, "cli", "plan.ts"))) {
        throw new Error(
            `--against is "${folder}"; it must be the folder of another checkout of this project, for example of: git worktree add ${folder} main`,
        );
    }
    if (!fs.existsSync(path.join(folder, "node_modules"))) {
        throw new Error(`the folder ${folder} has no node_modules; run npm ci there first`);
    }
    if (!fs.existsSync(path.join(folder, `Pulumi.${stack}.yaml`))) {
        return undefined;
    }
    const args = [
        path.join("node_modules", "ts-node", "dist", "bin.js"),
        "--swc",
        path.join("cli", "plan.ts"),
        stack,
        "--json",
    ];
    try {
        const { stdout } = await execute(process.execPath, args, { cwd: folder, maxBuffer: 2 ** 28 });
        return readPlan(stdout, `the plan of ${stack} in ${folder}`, "update this checkout");
    } catch (error) {
        const { stderr, message } = error as { stderr?: string; message: string };
        throw new Error(`the plan of ${stack} in ${folder} failed: ${(stderr || message).trim()}`, { cause: error });
    }
}

/**
 * Adds the source of a chart to its description in a plan.
 *
 * @param folder the checkout of the plan. Its own charts are there, and a mirror folder is relative to it.
 * @param mirror replaces the repository of the plan. Default: none.
 */
export function locateChart(chart: Chart, folder: string, mirror?: string): LocatedChart {
    return { ...chart, source: sourceIn(chart, folder, mirror) };
}

function sourceIn({ chart, version, repository }: Chart, folder: string, mirror?: string): ChartSource {
    const own = path.resolve(folder, repository, chart);
    if (fs.existsSync(path.join(own, "Chart.yaml"))) {
        return { chart: own };
    }
    const planned = mirrorKind(repository) === "folder" ? path.resolve(folder, repository) : repository;
    return chartSource({ name: chart, version, repository: planned }, mirror ?? planned);
}
