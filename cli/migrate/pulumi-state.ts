import { execFile } from "child_process";
import * as fs from "fs";
import * as os from "os";
import * as path from "path";
import { promisify } from "util";
import type { OpenStack } from "../up/open-stack";
import { readableError } from "../up/readable-error";
import type { State } from "../up/state";

/** The state of a stack as `pulumi stack export` prints it. */
export interface ExportedState {
    version: number;
    deployment: State;
}

/**
 * Marks the resources of the object store in a state, so that the next deployment removes them from the state, but keeps them in the cluster.
 * Returns the number of marked resources.
 */
export function retainObjectStore({ deployment }: ExportedState): number {
    const marked = (deployment.resources ?? []).filter(({ urn }) => urn.includes("observability:index:ObjectStore$"));
    for (const resource of marked) {
        Object.assign(resource, { protect: false, retainOnDelete: true });
    }
    return marked.length;
}

/**
 * Changes the state of a stack. The secrets in it stay encrypted.
 *
 * @param change changes the state in place.
 */
export async function editState(opened: OpenStack, change: (state: ExportedState) => void): Promise<void> {
    const state = JSON.parse(await exportState(opened)) as ExportedState;
    change(state);
    await importState(opened, JSON.stringify(state));
}

/** The state of a stack with encrypted secrets. The Automation API would decrypt them. */
export async function exportState(opened: OpenStack): Promise<string> {
    return pulumi(opened, ["stack", "export"]);
}

/** Replaces the state of a stack. */
export async function importState(opened: OpenStack, state: string): Promise<void> {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "state-"));
    try {
        const file = path.join(folder, "state.json");
        fs.writeFileSync(file, state, { mode: 0o600 });
        await pulumi(opened, ["stack", "import", "--file", file]);
    } finally {
        fs.rmSync(folder, { recursive: true, force: true });
    }
}

async function pulumi({ stack, backend }: OpenStack, args: string[]): Promise<string> {
    const { pulumiCommand, workDir, envVars } = stack.workspace;
    try {
        const { stdout } = await promisify(execFile)(pulumiCommand.command, [...args, "--stack", stack.name], {
            cwd: workDir,
            env: { ...process.env, ...envVars },
            maxBuffer: 2 ** 30,
        });
        return stdout;
    } catch (error) {
        throw readableError(error, backend);
    }
}
