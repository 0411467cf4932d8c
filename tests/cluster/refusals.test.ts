import { CoreV1Api, StorageV1Api, type V1Namespace, type V1StorageClass } from "@kubernetes/client-node";
import type { CommandResult } from "../helpers/command";
import { describeCluster } from "./prerequisite";
import { deployTimeoutMs, namespace, TestStack } from "./stack";

jest.setTimeout(deployTimeoutMs);

const defaultClass = "storageclass.kubernetes.io/is-default-class";

/** Pulumi would wait for ten minutes. */
const maxSeconds = 240;

/** Deploys a stack that cannot become ready. */
async function refusedUp(stack: TestStack, settings: object, ...args: string[]): Promise<CommandResult> {
    stack.writeSettings(settings);
    const start = Date.now();
    const result = await stack.run("up", "--yes", ...args);
    expect(result.status).toBe(1);
    expect((Date.now() - start) / 1000).toBeLessThan(maxSeconds);
    return result;
}

// Each test corrects its mistake only in the settings or in the namespace, so the next deployment must continue from what the mistake left.
describeCluster("pods that cannot become ready", () => {
    let stack: TestStack;
    let core: CoreV1Api;
    const existing = { createNamespace: false };

    async function setPodSecurity(level: string): Promise<void> {
        const current: V1Namespace = await core.readNamespace({ name: namespace });
        const labels = { ...current.metadata?.labels, "pod-security.kubernetes.io/enforce": level };
        await core.replaceNamespace({
            name: namespace,
            body: { ...current, metadata: { ...current.metadata, labels } },
        });
    }

    async function withPodSecurity<T>(level: string, action: () => Promise<T>): Promise<T> {
        await setPodSecurity(level);
        return action().finally(() => setPodSecurity("privileged"));
    }

    beforeAll(async () => {
        stack = await TestStack.create();
        core = stack.cluster.config.makeApiClient(CoreV1Api);
        await core.createNamespace({ body: { metadata: { name: namespace } } });
    });
    afterAll(() => stack?.delete());

    test("up refuses a cluster without a default storage class", async () => {
        const storage = stack.cluster.config.makeApiClient(StorageV1Api);
        const isDefault = ({ metadata }: V1StorageClass) => metadata?.annotations?.[defaultClass] === "true";
        const setDefault = async (name: string, value: string) => {
            const body = await storage.readStorageClass({ name });
            body.metadata = { ...body.metadata, annotations: { ...body.metadata?.annotations, [defaultClass]: value } };
            await storage.replaceStorageClass({ name, body });
        };
        const names = (await storage.listStorageClass()).items
            .filter(isDefault)
            .map(({ metadata }) => metadata?.name ?? "");
        for (const name of names) {
            await setDefault(name, "false");
        }
        try {
            const { stderr } = await refusedUp(stack, existing);
            expect(stderr).toContain("the cluster has no default storage class");
            expect(stderr).toContain("nothing was created");
        } finally {
            for (const name of names) {
                await setDefault(name, "true");
            }
        }
    });

    test("up refuses a namespace whose Pod Security level does not allow the collectors of the node", async () => {
        const { stderr } = await withPodSecurity("restricted", () => refusedUp(stack, existing));
        expect(stderr).toContain(`namespace ${namespace} enforces Pod Security "restricted"`);
        expect(stderr).toContain("nothing was created");
    });

    test("up names the pods that Pod Security refuses, and the others are allowed at the level restricted", async () => {
        const { stderr } = await withPodSecurity("restricted", () => refusedUp(stack, existing, "--no-preflight"));
        expect(stderr).toMatch(
            /DaemonSet lgtm-alloy-(logs|metrics): the pod cannot be created: .*violates PodSecurity/,
        );
        expect(stderr).not.toMatch(/(StatefulSet|Deployment|Job) \S+: the pod cannot be created/);
    });

    test("up names the workload whose pod exceeds a quota", async () => {
        const quota = { metadata: { name: "small" }, spec: { hard: { pods: "1" } } };
        await core.createNamespacedResourceQuota({ namespace, body: quota });
        try {
            const { stderr } = await refusedUp(stack, existing);
            expect(stderr).toMatch(/the pod cannot be created: .*exceeded quota: small/);
        } finally {
            await core.deleteNamespacedResourceQuota({ namespace, name: "small" });
        }
    });

    test("up names the image that cannot be pulled", async () => {
        const values = { mimir: { image: { registry: "registry.invalid" } } };
        const { stderr } = await refusedUp(stack, { ...existing, values });
        expect(stderr).toMatch(/pod mimir-0 of StatefulSet mimir: the image registry\.invalid\S+ cannot be pulled: /);
        expect(stderr).toMatch(/next step: kubectl .* describe pod\/mimir-0/);
    });

    test("up shows the log of a container that ends again and again", async () => {
        const values = { loki: { loki: { limits_config: { max_line_size: "never" } } } };
        const { stderr } = await refusedUp(stack, { ...existing, values });
        expect(stderr).toMatch(/pod loki-0 of StatefulSet loki: container loki has restarted 3 times/);
        expect(stderr).toMatch(/log: .*NEVER/);
        expect(stderr).toMatch(/next step: kubectl .* logs loki-0 --container loki --previous/);
    });

    test("up names the pod that runs but does not become ready, and the reason of its probe", async () => {
        const values = { tempo: { tempo: { readinessProbe: { httpGet: { path: "/no-such-page" } } } } };
        const { stderr } = await refusedUp(stack, { ...existing, values }, "--ready-timeout", "45");
        expect(stderr).toMatch(/pod tempo-0 of StatefulSet tempo: the pod is running but not ready: .*404/);
    });

    test("up deploys the corrected stack without manual steps, and nothing is left to change", async () => {
        await stack.up(existing);
        expect((await stack.run("up")).stdout).toContain("\nNothing changed.\n");
        const { report } = await stack.json("health");
        const pods = (report.findings as { area: string; ok: boolean; text: string }[]).filter(
            ({ area }) => area === "pods",
        );
        expect(pods.filter(({ text }) => !/^the pod (is ready|has completed)/.test(text))).toEqual([]);
    });
});
