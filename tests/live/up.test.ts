import { spawn, spawnSync } from "child_process";
import * as fs from "fs";
import * as os from "os";
import * as path from "path";
import { text } from "stream/consumers";
import { CoreV1Api } from "@kubernetes/client-node";
import { askIfThere } from "../../cli/cluster/ask";
import { findCluster } from "../../cli/cluster/kubeconfig";
import { chartMirror, describeWith, testKubeconfig } from "../helpers/prerequisites";

jest.setTimeout(300_000);

const namespace = "observability-test";

// Real Pulumi and a real API server, in the order of a stack's life. Pods need not run: nothing is awaited.
describeWith({ programs: ["pulumi"], mirror: true, cluster: true }, "up and down, live", () => {
    const environment = { ...process.env };
    let folder: string;
    beforeAll(() => {
        folder = projectCopy();
        process.env["KUBECONFIG"] = path.resolve(testKubeconfig ?? "");
        // Neither a login nor a passphrase: the state is kept in the project's folder.
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
            // Jest's own process.env, in which KUBECONFIG is the one for tests.
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
    const there = async () => {
        const cluster = findCluster();
        const core = cluster.config.makeApiClient(CoreV1Api);
        return (await askIfThere(cluster, "read it", core.readNamespace({ name: namespace }))) !== undefined;
    };
    /** Interrupts a run when it has begun to create objects. */
    const interrupt = async (signal: NodeJS.Signals, group: boolean) => {
        const child = start("up", "--yes", "--no-preflight");
        const finished = finish(child);
        while (child.exitCode === null && !(await there())) {
            await new Promise((resolve) => setTimeout(resolve, 100));
        }
        expect(child.exitCode).toBeNull();
        process.kill(group ? -(child.pid ?? 0) : (child.pid ?? 0), signal);
        return finished;
    };

    test("a cluster that will not do is refused, and nothing is created", async () => {
        writeStack({ storage: { className: "no-such-class" } });
        const { status, stderr } = await run("up", "--yes");
        expect(stderr).toMatch(/^error: the cluster will not take stack test; nothing was created/);
        expect(stderr).toContain('observability:storage.className is "no-such-class", which is no storage class');
        expect(status).toBe(1);
        expect(await there()).toBe(false);
    });

    test("a cluster is not touched for the first time without consent", async () => {
        writeStack();
        const { status, stdout, stderr } = await run("up", "--no-preflight");
        expect(stdout).toMatch(/^stack test → context ".*" \(https?:.*\), namespace observability-test$/m);
        expect(stderr).toContain("say --yes to go on");
        expect(status).toBe(1);
        expect(await there()).toBe(false);
    });

    test.each<[string, NodeJS.Signals, boolean]>([
        ["Ctrl-C at a terminal, which Pulumi gets as well", "SIGINT", true],
        ["a signal that only this command gets", "SIGINT", false],
        ["being killed", "SIGKILL", true],
    ])("goes on after %s", async (_, signal, group) => {
        try {
            const { stderr } = await interrupt(signal, group);
            const told = /error: interrupted; run it again to go on from here\n$/.test(stderr);
            expect(told).toBe(signal === "SIGINT");
            const { status, stdout, stderr: complaint } = await run("up", "--yes", "--no-preflight");
            expect({ status, complaint }).toEqual({ status: 0, complaint: "" });
            expect(stdout).toContain("✔ grafana");
            expect(stdout).toContain("Grafana's login: admin / mathtrail");
            expect((await run("up", "--no-preflight")).stdout).toContain("\nnothing had to change\n");
        } finally {
            await run("down", "--yes");
        }
    });

    test("a second run changes nothing, neither does pulumi by hand", async () => {
        await run("up", "--yes", "--no-preflight");
        const { stdout } = await run("up", "--no-preflight");
        expect(stdout).toContain("nothing had to change");
        const shell = /export (PULUMI_BACKEND_URL=.*) for pulumi by hand/.exec(stdout)?.[1] ?? "";
        const preview = spawnSync(`${shell} pulumi preview --stack test --expect-no-changes --non-interactive`, {
            cwd: folder,
            env: { ...process.env },
            shell: true,
            encoding: "utf8",
        });
        expect(preview.status).toBe(0);
    });

    test("down leaves nothing", async () => {
        const { status, stdout } = await run("down", "--yes");
        expect(stdout).toContain("stack test is gone");
        expect(status).toBe(0);
        expect(await there()).toBe(false);
        expect((await run("down", "--yes")).stdout).toBe("stack test is not deployed\n");
    });
});

/** The program in a folder of its own, for its state and stack file. */
function projectCopy(): string {
    const folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "project-")));
    const own = fs.readdirSync(".").filter((name) => !/^(\.|Pulumi\..+\.yaml$|node_modules$)/.test(name));
    own.forEach((name) => fs.cpSync(name, path.join(folder, name), { recursive: true }));
    fs.symlinkSync(path.resolve("node_modules"), path.join(folder, "node_modules"));
    return folder;
}
