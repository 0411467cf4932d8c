import { type Command } from "commander";
import { spawn } from "child_process";
import { once } from "events";
import * as fs from "fs";
import * as os from "os";
import * as path from "path";
import { text } from "stream/consumers";
import { format } from "util";
import { command as backup } from "../../cli/backup";
import { command as down } from "../../cli/down";
import { command as health } from "../../cli/health";
import { command as load } from "../../cli/load";
import { command as migrate } from "../../cli/migrate";
import { command as mirror } from "../../cli/mirror";
import { command as open } from "../../cli/open";
import { command as plan } from "../../cli/plan";
import { command as policy } from "../../cli/policy";
import { command as pulumiCli } from "../../cli/pulumi-cli";
import { command as render } from "../../cli/render";
import { command as size } from "../../cli/size";
import { command as summary } from "../../cli/summary";
import { command as restore } from "../../cli/restore";
import { command as up } from "../../cli/up";
import { command as upgrade } from "../../cli/upgrade";
import { command as verify } from "../../cli/verify";

const commands: Record<string, Command> = {
    backup,
    down,
    health,
    load,
    migrate,
    mirror,
    open,
    plan,
    policy,
    "pulumi-cli": pulumiCli,
    render,
    restore,
    size,
    summary,
    up,
    upgrade,
    verify,
};
const root = process.cwd();

/** Output and exit code of a command. */
export interface CommandResult {
    status: number | null;
    stdout: string;
    stderr: string;
}

/** Creates a folder with the Pulumi.yaml of the program, for the stack files of a test. */
export function projectFolder(): string {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "stack-"));
    fs.copyFileSync("Pulumi.yaml", path.join(folder, "Pulumi.yaml"));
    return folder;
}

/** Error that replaces `process.exit` in a command. */
class Exit extends Error {
    constructor(readonly status: number) {
        super(`exit code ${status}`);
    }
}

/**
 * Runs a command in this process, with the settings of a stack "test" in a folder. A separate process would need a second to start.
 */
export async function runCommand(
    folder: string,
    command: string,
    args: string[],
    config: object = {},
    env: Record<string, string> = {},
): Promise<CommandResult> {
    writeStackFile(folder, config);
    const before = { ...process.env };
    const printed = { stdout: "", stderr: "" };
    const collect = (stream: keyof typeof printed) => (written: unknown) => {
        printed[stream] += String(written);
        return true;
    };
    const spies = [
        jest.spyOn(console, "log").mockImplementation((...all) => void collect("stdout")(`${format(...all)}\n`)),
        jest.spyOn(console, "error").mockImplementation((...all) => void collect("stderr")(`${format(...all)}\n`)),
        jest.spyOn(process.stdout, "write").mockImplementation(collect("stdout")),
        jest.spyOn(process.stderr, "write").mockImplementation(collect("stderr")),
        jest.spyOn(process, "exit").mockImplementation((code) => {
            throw new Exit(Number(code ?? 0));
        }),
    ];
    Object.assign(process.env, env);
    process.chdir(folder);
    process.exitCode = undefined;
    try {
        await commands[command]?.parseAsync(args, { from: "user" });
        return { status: Number(process.exitCode ?? 0), ...printed };
    } catch (error) {
        if (error instanceof Exit) {
            return { status: error.status, ...printed };
        }
        throw error;
    } finally {
        process.exitCode = undefined;
        process.chdir(root);
        process.env = before;
        spies.forEach((spy) => spy.mockRestore());
    }
}

/** Runs a command in a separate process, as npm does. The test process can serve its requests meanwhile. */
export async function runProcess(
    folder: string,
    command: string,
    args: string[],
    config: object = {},
): Promise<CommandResult> {
    writeStackFile(folder, config);
    const file = path.join(root, "cli", `${command}.ts`);
    const child = spawn(process.execPath, [require.resolve("ts-node/dist/bin"), "--swc", file, ...args], {
        cwd: folder,
        env: { ...process.env, TS_NODE_PROJECT: path.join(root, "tsconfig.json") },
    });
    const ended = once(child, "close");
    const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
    const [status] = (await ended) as [number | null];
    return { status, stdout, stderr };
}

function writeStackFile(folder: string, config: object): void {
    fs.writeFileSync(path.join(folder, "Pulumi.test.yaml"), JSON.stringify({ config }));
}
