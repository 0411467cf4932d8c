import * as fs from "fs";
import * as path from "path";
import { backendsOf, storedCounts } from "./counts";
import { LoadedStack } from "./loaded-stack";
import { describeCluster } from "./prerequisite";
import { eventually } from "../live/process";
import { deployTimeoutMs, movedNamespace, searchDelaySeconds, type TestStack } from "./stack";
import type { Counts } from "./load-pod";

jest.setTimeout(deployTimeoutMs + searchDelaySeconds * 1000);

const settings = { storage: { sizes: { minio: "1Gi" } } };
const event = "before the move";
const service = "before-the-move";

const tests = () => {
    let loaded: LoadedStack;

    beforeAll(async () => {
        loaded = await LoadedStack.deploy("Another namespace", settings);
    }, deployTimeoutMs);
    afterAll(async () => loaded?.delete(), deployTimeoutMs);

    test("the commands that migrate prints move the stack with its data to another namespace", async () => {
        const { lost } = await loaded.during(event, () => Promise.resolve(undefined));
        expect(lost).toEqual({});
        const before = await storedCounts(loaded.backends, service);

        const { stack } = loaded;
        const { folder } = stack.project;
        const moved = { ...settings, namespace: movedNamespace };
        stack.writeSettings(moved);
        const printed = await stack.project.shell("npm run migrate -- namespace test");
        expect({ status: printed.status, stderr: printed.stderr }).toEqual({ status: 0, stderr: "" });
        const commands = [...printed.stdout.matchAll(/^ {2}((?:cp|npm run) .*)$/gm)].map(([, command = ""]) => command);
        const scripts = commands.map((command) => command.split(" ").slice(0, 3).join(" "));
        const next = `test-${movedNamespace}`;
        expect(scripts).toEqual([
            "cp Pulumi.test.yaml Pulumi." + next + ".yaml",
            ...["up", "backup", "restore", "verify", "down"].map((script) => `npm run ${script}`),
        ]);
        for (const command of commands) {
            if (command.startsWith("npm run down")) {
                await eventually(
                    "the moved data is found",
                    async () => expect(await movedCounts(stack)).toEqual(before),
                    searchDelaySeconds,
                );
            }
            const { status, stdout, stderr } = await stack.project.shell(
                /npm run (up|backup|restore|down)/.test(command) ? `${command} --yes` : command,
            );
            // Grafana before 10.1 has no plugin for Pyroscope.
            const ok = status === 0 || /First failed check: source-pyroscope .* 1 failed/.test(stdout);
            expect({ command, output: ok ? "" : stdout + stderr }).toEqual({ command, output: "" });
            if (command.startsWith("cp ")) {
                // What the comments between the commands ask for.
                const file = path.join(folder, `Pulumi.${next}.yaml`);
                const [, serverId] = /storage\.pyroscopeServerId to (\S+)\.$/m.exec(printed.stdout) ?? [];
                stack.writeSettings({ ...moved, storage: { ...settings.storage, pyroscopeServerId: serverId } });
                fs.copyFileSync(path.join(folder, "Pulumi.test.yaml"), file);
                fs.writeFileSync(file, fs.readFileSync(file, "utf8").replace(/^encryptionsalt: .*\n/m, ""));
                stack.writeSettings(settings);
            }
        }
        expect(await movedCounts(stack)).toEqual(before);
    });
};

async function movedCounts(stack: TestStack): Promise<Counts> {
    const connections = await stack.connections(movedNamespace);
    try {
        return await storedCounts(backendsOf(connections), service);
    } finally {
        await connections.close();
    }
}

describeCluster("a dev stack that moves to another namespace", tests, ["mc"]);
