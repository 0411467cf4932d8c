import { spawn, spawnSync } from "child_process";
import * as fs from "fs";
import * as os from "os";
import * as path from "path";
import { text } from "stream/consumers";

const root = process.cwd();

/** A new folder with the program's Pulumi.yaml, for stack files of a test's own. */
export function projectFolder(): string {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "stack-"));
    fs.copyFileSync("Pulumi.yaml", path.join(folder, "Pulumi.yaml"));
    return folder;
}

/** Runs a command as npm does, in a folder in which it writes the settings of a stack "test". */
export function runCommand(
    folder: string,
    command: string,
    args: string[],
    config: object = {},
    env: Record<string, string> = {},
) {
    const [program, all, options] = invocation(folder, command, args, config, env);
    // Dashboards alone are more than the 1 MiB that Node allows unless told otherwise.
    const { status, stdout, stderr } = spawnSync(program, all, {
        ...options,
        encoding: "utf8",
        maxBuffer: 16 * 2 ** 20,
    });
    return { status, stdout, stderr };
}

/** As runCommand, while servers of the test's own go on answering. */
export async function runCommandBeside(folder: string, command: string, args: string[], config: object = {}) {
    const child = spawn(...invocation(folder, command, args, config));
    const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
    return { stdout, stderr };
}

function invocation(folder: string, command: string, args: string[], config: object, env: Record<string, string> = {}) {
    fs.writeFileSync(path.join(folder, "Pulumi.test.yaml"), JSON.stringify({ config }));
    return [
        process.execPath,
        ["--require", require.resolve("ts-node/register"), path.join(root, "cli", `${command}.ts`), ...args],
        { cwd: folder, env: { ...process.env, TS_NODE_PROJECT: path.join(root, "tsconfig.json"), ...env } },
    ] as const;
}
