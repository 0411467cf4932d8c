import { spawnSync } from "child_process";
import * as fs from "fs";

/** Folder of packaged charts, used instead of the chart repositories: CHARTS_MIRROR, or charts-mirror/ in the project. */
export const chartMirror = [process.env["CHARTS_MIRROR"], "charts-mirror"].find(
    (folder) => folder !== undefined && fs.existsSync(folder),
);

/** Kubeconfig of a test cluster. Tests deploy to its current context and delete it again. The cluster need not run pods. */
export const testKubeconfig = () => process.env["TEST_KUBECONFIG"];

export function onPath(program: string): boolean {
    return spawnSync(program, ["--help"], { stdio: "ignore" }).error === undefined;
}

/**
 * Like `describe`, for tests that need programs on the PATH, the chart mirror or a test cluster. If a prerequisite is missing, the tests are
 * skipped, and the title lists what is missing.
 *
 * @param needs.others further prerequisites that are missing.
 */
export function describeWith(
    needs: { programs?: string[]; mirror?: boolean; cluster?: boolean; others?: string[] },
    title: string,
    tests: () => void,
): void {
    const missing = [
        ...(needs.programs ?? []).filter((program) => !onPath(program)),
        ...(needs.mirror && chartMirror === undefined ? ["a chart mirror in CHARTS_MIRROR"] : []),
        ...(needs.cluster && testKubeconfig() === undefined ? ["a test cluster in TEST_KUBECONFIG"] : []),
        ...(needs.others ?? []),
    ];
    if (missing.length === 0) {
        describe(title, tests);
    } else {
        describe.skip(`${title} (needs ${missing.join(" and ")})`, tests);
    }
}
