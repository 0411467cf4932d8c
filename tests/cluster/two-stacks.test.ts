import { queryMetrics } from "../../cli/verify/backends";
import { type Backends, backendsOf, storedCounts } from "./counts";
import { pause } from "../live/process";
import { LoadedStack } from "./loaded-stack";
import { describeCluster } from "./prerequisite";
import { applicationNamespace } from "./program-pod";
import { deployTimeoutMs, movedNamespace as secondNamespace, namespace } from "./stack";

jest.setTimeout(deployTimeoutMs);

const storage = { sizes: { minio: "1Gi" } };
/** The first stack collects from the nodes and from all pods but those of the second stack and of the applications. */
const first = { storage, collectFrom: { excludeNamespaces: [secondNamespace, applicationNamespace] } };
const second = {
    storage,
    namespace: secondNamespace,
    cluster: "test",
    collectFrom: { namespaces: [applicationNamespace], nodes: false },
};

describeCluster("two stacks of one cluster that divide its namespaces", () => {
    let loaded: LoadedStack;
    let backends: Record<"first" | "second", Backends>;
    let close: () => Promise<void>;

    beforeAll(async () => {
        loaded = await LoadedStack.deploy("Two stacks", first);
        const { project } = loaded.stack;
        project.writeSettings(second, "second");
        const { status, stdout, stderr } = await project.shell("npm run up -- second --yes");
        expect({ status, output: status === 0 ? "" : stdout + stderr }).toEqual({ status: 0, output: "" });
        const connections = await loaded.stack.connections(secondNamespace);
        close = () => connections.close();
        backends = { first: loaded.backends, second: backendsOf(connections) };
    }, 2 * deployTimeoutMs);
    afterAll(async () => {
        await close?.();
        await loaded?.delete();
    }, deployTimeoutMs);

    test("each line of the pod log is stored once, and what an application sends is in the stack to which it sends", async () => {
        const { accepted } = await loaded.during("two stacks", async () => {
            await pause(30);
            return undefined;
        });
        const [here, there] = [
            await storedCounts(backends.first, "two-stacks"),
            await storedCounts(backends.second, "two-stacks"),
        ];
        expect(here).toEqual({ ...accepted, lines: 0 });
        expect(there).toEqual({ zipkin: 0, traces: 0, logs: 0, samples: 0, profiles: 0, lines: accepted.lines });
    });

    test.each([
        [
            "containers of the applications",
            `container_memory_working_set_bytes{namespace="${applicationNamespace}"}`,
            [false, true],
        ],
        [
            "containers of the first stack",
            `container_memory_working_set_bytes{namespace="${namespace}"}`,
            [true, false],
        ],
        [
            "containers of the second stack",
            `container_memory_working_set_bytes{namespace="${secondNamespace}"}`,
            [false, true],
        ],
        ["pods of the second stack", `up{namespace="${secondNamespace}"}`, [false, true]],
        ["nodes", "node_memory_MemAvailable_bytes", [true, false]],
    ])("only one stack has series of %s", async (_, query, expected) => {
        const found = await Promise.all(
            [backends.first, backends.second].map(async ({ mimir }) => {
                const [series] = await queryMetrics(mimir, `count(last_over_time(${query}[10m]))`);
                return (series?.value ?? 0) > 0;
            }),
        );
        expect(found).toEqual(expected);
    });
});
