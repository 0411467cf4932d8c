import { spawn, spawnSync } from "child_process";
import * as fs from "fs";
import * as os from "os";
import * as path from "path";
import { text } from "stream/consumers";
import { CoreV1Api } from "@kubernetes/client-node";
import { findObject } from "../../cli/cluster/api";
import { findCluster } from "../../cli/cluster/kubeconfig";
import { chartMirror, describeWith, testKubeconfig } from "../helpers/prerequisites";

jest.setTimeout(300_000);

const namespace = "observability-test";

// Uses the real Pulumi CLI and a real API server. The tests follow the life of a stack and depend on their order. Pods do not have to run,
// because the stack sets skipAwait.
describeWith({ programs: ["pulumi"], mirror: true, cluster: true }, "up and down, live", () => {
    const environment = { ...process.env };
    let folder: string;
    beforeAll(() => {
        folder = projectCopy();
        process.env["KUBECONFIG"] = path.resolve(testKubeconfig ?? "");
        // Without a login and a passphrase, the state is stored in the folder of the project.
        for (const key of ["PULUMI_BACKEND_URL", "PULUMI_ACCESS_TOKEN", "PULUMI_CONFIG_PASSPHRASE"]) {
            delete process.env[key];
        }
        process.env["PULUMI_CREDENTIALS_PATH"] = folder;
    });
    afterAll(async () => {
        await run("down", "--yes");
        process.env = { ...environment };
        fs.rmSync(folder, { recursive: true });
    });

    const start = (command: string, ...args: string[]) =>
        spawn(process.execPath, ["--require", "ts-node/register", `cli/${command}.ts`, "test", ...args], {
            cwd: folder,
            // The default of spawn is the environment outside of Jest, without the changes above.
            env: { ...process.env },
            detached: true,
            stdio: ["ignore", "pipe", "pipe"],
        });
    const finish = async (child: ReturnType<typeof start>) => {
        const closed = new Promise<number | null>((resolve) => child.on("close", resolve));
        const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
        return { status: await closed, stdout, stderr };
    };
    const run = (command: string, ...args: string[]) => finish(start(command, ...args));
    const writeStack = (settings: object = {}) => {
        const all = { namespace, charts: { mirror: path.resolve(chartMirror ?? "") }, skipAwait: true, ...settings };
        const config = Object.entries(all).map(([key, value]) => `  observability:${key}: ${JSON.stringify(value)}\n`);
        const salt = fs.existsSync(path.join(folder, "Pulumi.test.yaml"))
            ? (/^encryptionsalt: .*\n/m.exec(fs.readFileSync(path.join(folder, "Pulumi.test.yaml"), "utf8"))?.[0] ?? "")
            : "";
        fs.writeFileSync(path.join(folder, "Pulumi.test.yaml"), `${salt}config:\n${config.join("")}`);
    };
    const namespaceExists = async () => {
        const cluster = findCluster();
        const core = cluster.config.makeApiClient(CoreV1Api);
        return (await findObject(cluster, "read the namespace", core.readNamespace({ name: namespace }))) !== undefined;
    };
    /** Interrupts a run after it has started to create objects. */
    const interrupt = async (signal: NodeJS.Signals, group: boolean) => {
        const child = start("up", "--yes", "--no-preflight");
        const finished = finish(child);
        while (child.exitCode === null && !(await namespaceExists())) {
            await new Promise((resolve) => setTimeout(resolve, 100));
        }
        expect(child.exitCode).toBeNull();
        process.kill(group ? -(child.pid ?? 0) : (child.pid ?? 0), signal);
        return finished;
    };

    test("up creates nothing if the cluster does not pass the checks", async () => {
        writeStack({ storage: { className: "no-such-class" } });
        const { status, stderr } = await run("up", "--yes");
        expect(stderr).toMatch(/^error: stack test cannot be deployed to this cluster; nothing was created/);
        expect(stderr).toContain(
            'observability:storage.className is "no-such-class", but this storage class does not exist',
        );
        expect(status).toBe(1);
        expect(await namespaceExists()).toBe(false);
    });

    test("up creates nothing without confirmation", async () => {
        writeStack();
        const { status, stdout, stderr } = await run("up", "--no-preflight");
        expect(stdout).toMatch(/^Stack: +test\nCluster: +context ".*" \(https?:.*\)\nNamespace: +observability-test$/m);
        expect(stderr).toContain("use --yes to confirm");
        expect(status).toBe(1);
        expect(await namespaceExists()).toBe(false);
    });

    test.each<[string, NodeJS.Signals, boolean]>([
        ["Ctrl-C in a terminal, which Pulumi also receives", "SIGINT", true],
        ["a signal that only this command receives", "SIGINT", false],
        ["SIGKILL", "SIGKILL", true],
    ])("up can continue after %s", async (_, signal, group) => {
        try {
            const { stderr } = await interrupt(signal, group);
            const interrupted = /error: the operation was interrupted; run the command again to continue\n$/.test(
                stderr,
            );
            expect(interrupted).toBe(signal === "SIGINT");
            const { status, stdout, stderr: errors } = await run("up", "--yes", "--no-preflight");
            expect({ status, errors }).toEqual({ status: 0, errors: "" });
            expect(stdout).toContain("✔ grafana");
            expect(stdout).toContain("Grafana login: admin / mathtrail");
            expect((await run("up", "--no-preflight")).stdout).toContain("\nNothing changed.\n");
        } finally {
            await run("down", "--yes");
        }
    });

    test("a second run of up changes nothing, and pulumi preview shows no change", async () => {
        await run("up", "--yes", "--no-preflight");
        const { stdout } = await run("up", "--no-preflight");
        expect(stdout).toContain("Nothing changed.");
        const shell = /export (PULUMI_BACKEND_URL=.*)$/m.exec(stdout)?.[1] ?? "";
        const preview = spawnSync(`${shell} pulumi preview --stack test --expect-no-changes --non-interactive`, {
            cwd: folder,
            env: { ...process.env },
            shell: true,
            encoding: "utf8",
        });
        expect(preview.status).toBe(0);
    });

    test("down deletes everything", async () => {
        const { status, stdout } = await run("down", "--yes");
        expect(stdout).toContain("Stack test was deleted.");
        expect(status).toBe(0);
        expect(await namespaceExists()).toBe(false);
        expect((await run("down", "--yes")).stdout).toBe("Stack test is not deployed.\n");
    });
});

/** Copies the program to a new folder, for its state and stack file. */
function projectCopy(): string {
    const folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "project-")));
    const sources = fs.readdirSync(".").filter((name) => !/^(\.|Pulumi\..+\.yaml$|node_modules$)/.test(name));
    sources.forEach((name) => fs.cpSync(name, path.join(folder, name), { recursive: true }));
    fs.symlinkSync(path.resolve("node_modules"), path.join(folder, "node_modules"));
    return folder;
}
