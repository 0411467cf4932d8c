import { spawnSync } from "child_process";

/** Name of the kind cluster of the tests. */
export const kindCluster = "observability-test";

export function hasKindAndDocker(): boolean {
    const succeeds = (program: string, ...args: string[]) => spawnSync(program, args, { stdio: "ignore" }).status === 0;
    return succeeds("kind", "version") && succeeds("docker", "info");
}

/** @throws Error if the command fails. Its output shows the reason. */
export function kind(...args: string[]): void {
    if (spawnSync("kind", args, { stdio: "inherit" }).status !== 0) {
        throw new Error(`\`kind ${args.join(" ")}\` failed; its output shows the reason`);
    }
}

/** Deletes the cluster if it exists. */
export function deleteKindCluster(): void {
    kind("delete", "cluster", "--name", kindCluster);
}
