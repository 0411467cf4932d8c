import { type ChildProcess, spawn } from "child_process";
import * as fs from "fs";
import * as os from "os";
import * as path from "path";
import { text } from "stream/consumers";
import type { CommandResult } from "./command";
import { chartMirror, testKubeconfig } from "./prerequisites";

/** A copy of the program with a stack "test". Its commands run as separate processes, with the state of Pulumi in the folder of the copy. */
export class Project {
    private readonly env: NodeJS.ProcessEnv;

    private constructor(readonly folder: string) {
        this.env = {
            ...process.env,
            KUBECONFIG: path.resolve(testKubeconfig() ?? ""),
            PULUMI_CREDENTIALS_PATH: folder,
        };
        // Without a login and a passphrase, the state is stored in the folder of the project.
        for (const key of ["PULUMI_BACKEND_URL", "PULUMI_ACCESS_TOKEN", "PULUMI_CONFIG_PASSPHRASE"]) {
            delete this.env[key];
        }
    }

    /** Copies the program to a new folder, or to a folder with this name instead of the copy of an earlier run. */
    static create(name?: string): Project {
        const temporary = fs.realpathSync(os.tmpdir());
        const folder =
            name === undefined ? fs.mkdtempSync(path.join(temporary, "project-")) : path.join(temporary, name);
        fs.rmSync(folder, { recursive: true, force: true });
        fs.mkdirSync(folder);
        const sources = fs.readdirSync(".").filter((name) => !/^(\.|Pulumi\..+\.yaml$|node_modules$)/.test(name));
        sources.forEach((name) => fs.cpSync(name, path.join(folder, name), { recursive: true }));
        fs.symlinkSync(path.resolve("node_modules"), path.join(folder, "node_modules"));
        return new Project(folder);
    }

    /** Starts a command for the stack, in a process group of its own. */
    start(command: string, ...args: string[]): ChildProcess {
        return spawn(process.execPath, ["node_modules/ts-node/dist/bin.js", "--swc", `cli/${command}.ts`, ...args], {
            cwd: this.folder,
            env: this.env,
            detached: true,
            stdio: ["ignore", "pipe", "pipe"],
        });
    }

    /** Runs a command, such as `up --yes`, for the stack. */
    run(command: string, ...args: string[]): Promise<CommandResult> {
        return finished(this.start(command, "test", ...args));
    }

    /** Runs a shell command in the folder of the project. */
    shell(command: string): Promise<CommandResult> {
        const stdio = ["ignore" as const, "pipe" as const, "pipe" as const];
        return finished(spawn(command, { cwd: this.folder, env: this.env, shell: true, stdio }));
    }

    /** Runs the Pulumi CLI for the stack, with the state and the passphrase in the folder of the project. */
    pulumi(args: string): Promise<CommandResult> {
        const env = "PULUMI_BACKEND_URL=file://. PULUMI_CONFIG_PASSPHRASE_FILE=.pulumi/passphrase";
        return this.shell(`${env} pulumi ${args} --stack test --non-interactive`);
    }

    /** Replaces the settings of a stack. The charts come from the mirror if there is one. */
    writeSettings(settings: object, stack = "test"): void {
        const mirror = chartMirror === undefined ? {} : { charts: { mirror: path.resolve(chartMirror) } };
        const config = Object.entries({ ...mirror, ...settings }).map(
            ([key, value]) => `  observability:${key}: ${JSON.stringify(value)}\n`,
        );
        const file = path.join(this.folder, `Pulumi.${stack}.yaml`);
        // Pulumi adds the salt during the first deployment.
        const salt = fs.existsSync(file)
            ? (/^encryptionsalt: .*\n/m.exec(fs.readFileSync(file, "utf8"))?.[0] ?? "")
            : "";
        fs.writeFileSync(file, `${salt}config:\n${config.join("")}`);
    }

    remove(): void {
        fs.rmSync(this.folder, { recursive: true, force: true });
    }
}

/** Waits until a process with piped output has ended. */
export async function finished(child: ChildProcess): Promise<CommandResult> {
    const closed = new Promise<number | null>((resolve) => child.on("close", resolve));
    const read = (stream: NodeJS.ReadableStream | null) => (stream === null ? "" : text(stream));
    const [stdout, stderr] = await Promise.all([read(child.stdout), read(child.stderr)]);
    return { status: await closed, stdout, stderr };
}
