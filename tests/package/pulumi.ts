import { spawnSync } from "child_process";
import * as fs from "fs";
import * as os from "os";
import * as path from "path";
import { chartMirror, testKubeconfig } from "../helpers/prerequisites";

let folder: string;

/** A temporary folder for the tests of a file, with the state of Pulumi. It exists while they run. */
export function testFolder(): () => string {
    beforeAll(() => {
        folder = fs.mkdtempSync(path.join(os.tmpdir(), "package-"));
        fs.mkdirSync(path.join(folder, "state"));
    });
    afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));
    return () => folder;
}

/** Runs a command, and returns its output. @throws Error with the output if it fails. */
export function run(cwd: string, program: string, ...args: string[]): string {
    const { status, stdout, stderr } = spawnSync(program, args, {
        cwd,
        encoding: "utf8",
        env: {
            ...process.env,
            CHARTS_MIRROR: path.resolve(chartMirror ?? ""),
            KUBECONFIG: testKubeconfig() ?? process.env["KUBECONFIG"],
            PULUMI_BACKEND_URL: `file://${folder}/state`,
            PULUMI_CONFIG_PASSPHRASE: "test",
            PULUMI_SKIP_UPDATE_CHECK: "true",
        },
    });
    if (status !== 0) {
        throw new Error(`${program} ${args.join(" ")}: exit code ${status}\n${stdout}${stderr}`);
    }
    return stdout;
}

/** The output of a preview of a new stack. */
export function preview(cwd: string): string {
    run(cwd, "pulumi", "stack", "select", "--create", "test");
    return run(cwd, "pulumi", "preview", "--stack", "test", "--non-interactive", "--color", "never");
}
