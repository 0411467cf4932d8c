import * as fs from "fs";
import * as path from "path";
import { CoreV1Api, type V1PodSpec } from "@kubernetes/client-node";
import type { Cluster } from "../../cli/cluster/kubeconfig";
import { type Forward, portForward } from "../../cli/cluster/port-forward";
import { isReady } from "../../cli/cluster/target";
import { eventually } from "../live/process";

/** Namespace of the pods that are not part of the stack. */
export const applicationNamespace = "test-applications";

const port = 8080;

/** A pod that runs a JavaScript program of a folder. The program is controlled through HTTP. */
export class ProgramPod {
    private constructor(
        readonly name: string,
        private readonly forward: Forward,
    ) {}

    /** Creates the namespace if necessary, and the pod, and waits until the program responds. */
    static async start(
        cluster: Cluster,
        name: string,
        env: Record<string, string> = {},
        spec: Partial<V1PodSpec> = {},
        privileged = false,
    ): Promise<ProgramPod> {
        const core = cluster.config.makeApiClient(CoreV1Api);
        const namespace = applicationNamespace;
        const metadata = { name, labels: { app: name } };
        await core.createNamespace({ body: { metadata: { name: namespace } } }).catch(ignoreExisting);
        const program = fs.readFileSync(path.join(__dirname, name, "program.mjs"), "utf8");
        await core.createNamespacedConfigMap({ namespace, body: { metadata, data: { "program.mjs": program } } });
        await core.createNamespacedService({
            namespace,
            body: { metadata, spec: { selector: metadata.labels, ports: [{ port }] } },
        });
        const container = {
            name: "program",
            image: "docker.io/library/node:22-alpine",
            command: ["node", "/program/program.mjs"],
            env: Object.entries(env).map(([key, value]) => ({ name: key, value })),
            ports: [{ containerPort: port }],
            readinessProbe: { tcpSocket: { port }, periodSeconds: 1 },
            volumeMounts: [{ name: "program", mountPath: "/program" }],
            securityContext: { privileged },
        };
        await core.createNamespacedPod({
            namespace,
            body: {
                metadata,
                spec: {
                    ...spec,
                    terminationGracePeriodSeconds: 1,
                    containers: [container],
                    volumes: [{ name: "program", configMap: { name } }],
                },
            },
        });
        await eventually(
            `pod ${name} is ready`,
            async () => expect(isReady(await core.readNamespacedPod({ name, namespace }))).toBe(true),
            180,
        );
        return new ProgramPod(name, await portForward(cluster, { service: name, namespace, port }));
    }

    /** Sends a command to the program, and returns its response. */
    async call(route: string, query: Record<string, string | number> = {}): Promise<any> {
        const entries = Object.entries(query).map(([key, value]) => [key, String(value)]);
        const url = `${this.forward.url}${route}?${new URLSearchParams(Object.fromEntries(entries)).toString()}`;
        const response = await fetch(url, { method: "POST" });
        const body = await response.text();
        if (!response.ok) {
            throw new Error(`${this.name}: ${body}`);
        }
        return JSON.parse(body);
    }

    close(): Promise<void> {
        return this.forward.close();
    }
}

function ignoreExisting(error: { code?: number }): void {
    if (error.code !== 409) {
        throw error as Error;
    }
}
