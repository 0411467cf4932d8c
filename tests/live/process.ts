import { type ChildProcess, spawn } from "child_process";
import * as fs from "fs";

/** How a program of the stack is started. */
export interface Command {
    program: string;
    args: string[];
    env: Record<string, string>;
    folder: string;
    /** What its container may use. */
    memoryLimitMib: number;
    /** Answers 200 when the program is ready. */
    readyUrl: string;
}

// Nothing may outlive the test run, however that ends.
const running = new Set<ChildProcess>();
process.once("exit", () => running.forEach((child) => child.kill("SIGKILL")));

/** A program that can be stopped and started again, with all it has said in a file. */
export class Process {
    private child: ChildProcess | undefined;
    private readonly log: string;

    constructor(
        readonly name: string,
        readonly command: Command,
    ) {
        this.log = `${command.folder}/output.log`;
    }

    start(): void {
        const { program, args, env, folder } = this.command;
        const output = fs.openSync(this.log, "a");
        const child = spawn(program, args, {
            cwd: folder,
            env: { PATH: process.env["PATH"], HOME: folder, ...env },
            stdio: ["ignore", output, output],
        });
        fs.closeSync(output);
        running.add(child);
        child.once("exit", () => running.delete(child));
        this.child = child;
    }

    /** @throws Error with the end of its output when it ends, or is not ready in time. */
    async ready(seconds = 90): Promise<void> {
        const check = async () => {
            const response = await fetch(this.command.readyUrl);
            if (!response.ok) {
                throw new Error(`${response.status} ${await response.text()}`);
            }
        };
        const ended = () => (this.child?.exitCode === null ? undefined : `it has ended:\n${this.tail()}`);
        await eventually(`${this.name} is ready`, check, seconds, ended);
    }

    async stop(signal: NodeJS.Signals = "SIGTERM"): Promise<void> {
        const { child } = this;
        if (child === undefined || child.exitCode !== null || child.signalCode !== null) {
            return;
        }
        const ended = new Promise((resolve) => child.once("exit", resolve));
        child.kill(signal);
        const impatience = setTimeout(() => child.kill("SIGKILL"), 20_000);
        await ended;
        clearTimeout(impatience);
    }

    /** Resident memory; 0 when it does not run. */
    memoryMib(): number {
        return this.child?.exitCode === null && this.child.signalCode === null
            ? Number(/VmRSS:\s+(\d+) kB/.exec(this.proc("status"))?.[1] ?? 0) / 1024
            : 0;
    }

    /** CPU since the start, of which Linux counts 100 ticks a second. */
    cpuSeconds(): number {
        const fields = this.proc("stat")
            .replace(/^.*\) /, "")
            .split(" ");
        return (Number(fields[11]) + Number(fields[12])) / 100;
    }

    private proc(file: string): string {
        return fs.readFileSync(`/proc/${this.child?.pid}/${file}`, "utf8");
    }

    output(): string {
        return fs.readFileSync(this.log, "utf8");
    }

    private tail(): string {
        return this.output()
            .split("\n")
            .filter((line) => /error|panic|fatal/i.test(line))
            .slice(-6)
            .join("\n");
    }
}

/**
 * Waits until something holds, which is when it does not throw.
 *
 * @param hopeless says why there is no use in waiting any longer.
 */
export async function eventually<T>(
    what: string,
    check: () => Promise<T> | T,
    seconds = 60,
    hopeless: () => string | undefined = () => undefined,
): Promise<T> {
    const end = Date.now() + seconds * 1000;
    for (;;) {
        try {
            return await check();
        } catch (cause) {
            const reason = hopeless() ?? (Date.now() > end ? (cause as Error).message : undefined);
            if (reason !== undefined) {
                throw new Error(`not within ${seconds} s: ${what}: ${reason}`, { cause });
            }
        }
        await new Promise((resolve) => setTimeout(resolve, 250));
    }
}
