import { describeWith } from "../helpers/prerequisites";

/** Environment variable with the cluster that is missing. It is not set if there is one. */
export const missingVariable = "TEST_CLUSTER_MISSING";

/** Like `describe`, for tests that deploy to a cluster whose pods run. If a prerequisite is missing, the tests are skipped, and the title lists it. */
export function describeCluster(title: string, tests: () => void, programs: string[] = []): void {
    const missing = process.env[missingVariable];
    const others = missing === undefined ? [] : [missing];
    describeWith({ programs: ["pulumi", ...programs], others }, `cluster: ${title}`, tests);
}
