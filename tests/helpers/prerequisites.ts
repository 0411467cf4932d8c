import { spawnSync } from "child_process";
import * as fs from "fs";

/** Folder of packaged charts that stands in for the chart repositories: CHARTS_MIRROR, or charts-mirror/ in the project. */
export const chartMirror = [process.env["CHARTS_MIRROR"], "charts-mirror"].find(
    (folder) => folder !== undefined && fs.existsSync(folder),
);

/** Kubeconfig of a cluster that tests may deploy to and destroy: its current context is taken. Pods need not run there. */
export const testKubeconfig = process.env["TEST_KUBECONFIG"];

export function onPath(program: string): boolean {
    return spawnSync(program, ["--help"], { stdio: "ignore" }).error === undefined;
}

/**
 * A group of tests that needs programs on the PATH, and perhaps the chart mirror or a cluster. Where one is missing, each test is reported
 * as skipped and the group's title says what it lacks.
 */
export function describeWith(
    needs: { programs?: string[]; mirror?: boolean; cluster?: boolean },
    title: string,
    tests: () => void,
): void {
    const missing = [
        ...(needs.programs ?? []).filter((program) => !onPath(program)),
        ...(needs.mirror && chartMirror === undefined ? ["a chart mirror in CHARTS_MIRROR"] : []),
        ...(needs.cluster && testKubeconfig === undefined ? ["a throwaway cluster in TEST_KUBECONFIG"] : []),
    ];
    if (missing.length === 0) {
        describe(title, tests);
    } else {
        describe.skip(`${title} (needs ${missing.join(" and ")})`, tests);
    }
}
