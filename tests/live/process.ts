import { type ChildProcess, spawn } from "child_process";
import * as fs from "fs";
import * as net from "net";

/** The command line and environment of a program. */
export interface Command {
    program: string;
    args: string[];
    env: Record<string, string>;
    /** What runs before each start of the program, as the init containers of a pod: arguments of `sh`, with the variables of `initEnv`. */
    init?: string[][];
    initEnv?: Record<string, string>;
    folder: string;
    /** Memory limit of its container. */
    memoryLimitMib: number;
    /** Returns status 200 when the program is ready. With the scheme tcp, a connection is enough. */
    readyUrl: string;
}

// Kills all programs at the end of the test run, even after an error.
const running = new Set<ChildProcess>();
process.once("exit", () => running.forEach((child) => child.kill("SIGKILL")));

/** The program and its arguments, or a shell that becomes the program after it has run what is before it. */
function afterInit({ program, args, init = [], initEnv = {} }: Command): [string, string[]] {
    const quoted = (words: string[]) => words.map((word) => `'${word.replaceAll("'", String.raw`'\''`)}'`).join(" ");
    const variables = Object.entries(initEnv).map(([key, value]) => `${key}=${quoted([value])} `);
    const steps = [
        ...init.map((script) => `${variables.join("")}sh ${quoted(script)}`),
        `exec ${quoted([program, ...args])}`,
    ];
    return init.length === 0 ? [program, args] : ["sh", ["-c", steps.join(" && ")]];
}

/** A program that can be stopped and restarted. Its output is appended to a file. */
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
        const { env, folder } = this.command;
        const output = fs.openSync(this.log, "a");
        const child = spawn(...afterInit(this.command), {
            cwd: folder,
            env: { PATH: process.env["PATH"], HOME: folder, ...env },
            stdio: ["ignore", output, output],
        });
        fs.closeSync(output);
        running.add(child);
        child.once("exit", () => running.delete(child));
        this.child = child;
    }

    /** Waits until the program is ready. @throws Error with the end of its output if it ends or is not ready in time. */
    async ready(seconds = 90): Promise<void> {
        const { readyUrl } = this.command;
        const check = async () => {
            if (readyUrl.startsWith("tcp:")) {
                return connect(new URL(readyUrl));
            }
            const response = await fetch(readyUrl);
            if (!response.ok) {
                throw new Error(`${response.status} ${await response.text()}`);
            }
        };
        const ended = () => (this.child?.exitCode === null ? undefined : `the program ended:\n${this.lastErrors()}`);
        await eventually(`${this.name} is ready`, check, seconds, ended);
    }

    /** Ends the program. After the grace period it is killed. @returns the duration in seconds. */
    async stop(signal: NodeJS.Signals = "SIGTERM", gracePeriodSeconds = 20): Promise<number> {
        const start = Date.now();
        const { child } = this;
        if (child === undefined || child.exitCode !== null || child.signalCode !== null) {
            return 0;
        }
        const ended = new Promise((resolve) => child.once("exit", resolve));
        child.kill(signal);
        const timeout = setTimeout(() => child.kill("SIGKILL"), gracePeriodSeconds * 1000);
        await ended;
        clearTimeout(timeout);
        return (Date.now() - start) / 1000;
    }

    /** Pauses the program with SIGSTOP, or continues it with SIGCONT. */
    signal(signal: "SIGSTOP" | "SIGCONT"): void {
        this.child?.kill(signal);
    }

    /** Whether the program has been started and has not ended. */
    get runs(): boolean {
        return this.child?.exitCode === null && this.child.signalCode === null;
    }

    /** Resident memory in MiB. 0 if the program does not run. */
    memoryMib(): number {
        return this.status("VmRSS");
    }

    /** The highest resident memory since the start in MiB. 0 if the program does not run. */
    peakMemoryMib(): number {
        return this.status("VmHWM");
    }

    private status(field: "VmRSS" | "VmHWM"): number {
        const kib = this.runs ? new RegExp(`${field}:\\s+(\\d+) kB`).exec(this.readProc("status"))?.[1] : undefined;
        return Number(kib ?? 0) / 1024;
    }

    /** CPU time since the start. Linux counts 100 ticks per second. */
    cpuSeconds(): number {
        const fields = this.readProc("stat")
            .replace(/^.*\) /, "")
            .split(" ");
        return (Number(fields[11]) + Number(fields[12])) / 100;
    }

    private readProc(file: string): string {
        return fs.readFileSync(`/proc/${this.child?.pid}/${file}`, "utf8");
    }

    output(): string {
        return fs.readFileSync(this.log, "utf8");
    }

    private lastErrors(): string {
        return this.output()
            .split("\n")
            .filter((line) => /error|panic|fatal/i.test(line))
            .slice(-6)
            .join("\n");
    }
}

/**
 * Repeats a check until it throws no error.
 *
 * @param what the expected state, for the error message.
 * @param giveUp returns the reason if further attempts are useless.
 */
export async function eventually<T>(
    what: string,
    check: () => Promise<T> | T,
    seconds = 60,
    giveUp: () => string | undefined = () => undefined,
): Promise<T> {
    const end = Date.now() + seconds * 1000;
    for (;;) {
        try {
            return await check();
        } catch (cause) {
            const reason = giveUp() ?? (Date.now() > end ? (cause as Error).message : undefined);
            if (reason !== undefined) {
                throw new Error(`this did not become true within ${seconds} s: ${what}. ${reason}`, { cause });
            }
        }
        await new Promise((resolve) => setTimeout(resolve, 250));
    }
}

/** Opens a connection and closes it. */
function connect({ hostname, port }: URL): Promise<void> {
    return new Promise((resolve, reject) => {
        const socket = net.connect(Number(port), hostname, () => {
            socket.destroy();
            resolve();
        });
        socket.once("error", reject);
    });
}

export const pause = (seconds: number) => new Promise((resolve) => setTimeout(resolve, seconds * 1000));
