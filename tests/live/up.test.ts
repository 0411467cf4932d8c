import { CoreV1Api } from "@kubernetes/client-node";
import { findObject } from "../../cli/cluster/api";
import { findCluster } from "../../cli/cluster/kubeconfig";
import { describeWith, testKubeconfig } from "../helpers/prerequisites";
import { finished, Project } from "../helpers/project";

jest.setTimeout(300_000);

const namespace = "observability-test";

// Uses the real Pulumi CLI and a real API server. The tests follow the life of a stack and depend on their order. Pods do not have to run,
// because the stack sets skipAwait.
describeWith({ programs: ["pulumi"], mirror: true, cluster: true }, "up and down, live", () => {
    const kubeconfig = process.env["KUBECONFIG"];
    let project: Project;
    beforeAll(() => {
        project = Project.create();
        process.env["KUBECONFIG"] = testKubeconfig();
    });
    afterAll(async () => {
        await run("down", "--yes");
        project.remove();
        if (kubeconfig === undefined) {
            delete process.env["KUBECONFIG"];
        } else {
            process.env["KUBECONFIG"] = kubeconfig;
        }
    });

    const run = (command: string, ...args: string[]) => project.run(command, ...args);
    const writeStack = (settings: object = {}) => project.writeSettings({ namespace, skipAwait: true, ...settings });
    const namespaceExists = async () => {
        const cluster = findCluster();
        const core = cluster.config.makeApiClient(CoreV1Api);
        return (await findObject(cluster, "read the namespace", core.readNamespace({ name: namespace }))) !== undefined;
    };
    /** Interrupts a run after it has started to create objects. */
    const interrupt = async (signal: NodeJS.Signals, group: boolean) => {
        const child = project.start("up", "test", "--yes", "--no-preflight");
        const result = finished(child);
        while (child.exitCode === null && !(await namespaceExists())) {
            await new Promise((resolve) => setTimeout(resolve, 100));
        }
        expect(child.exitCode).toBeNull();
        process.kill(group ? -(child.pid ?? 0) : (child.pid ?? 0), signal);
        return result;
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
            expect(stdout).toContain("✔ observability-grafana");
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
        const preview = await project.shell(
            `${shell} pulumi preview --stack test --expect-no-changes --non-interactive`,
        );
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
