import { createHash } from "crypto";
import * as path from "path";
import { CoreV1Api, RbacAuthorizationV1Api } from "@kubernetes/client-node";
import { type Cluster, findCluster } from "../../cli/cluster/kubeconfig";
import { type Connections, forwardConnections } from "../../cli/verify/connections";
import type { CommandResult } from "../helpers/command";
import { testKubeconfig } from "../helpers/prerequisites";
import { Project } from "../helpers/project";
import { eventually } from "../live/process";
import { applicationNamespace } from "./program-pod";

/** Namespace of the stack. */
export const namespace = "observability-test";
/** Namespace to which a test moves the stack. */
export const movedNamespace = "observability-test-moved";
const stackNamespaces = [namespace, movedNamespace];

/** The first deployment of a stack, and each rollout, can take this long. */
export const deployTimeoutMs = 900_000;

/** After a start, the backends can take this long to find all data in the object store again. */
export const searchDelaySeconds = 300;

/** A stack that is deployed with the commands of this project, in a cluster whose pods run. */
export class TestStack {
    private constructor(
        readonly cluster: Cluster,
        readonly project: Project,
    ) {}

    /** Deletes what a killed run has left in the cluster, and prepares a stack. `up` deploys it. */
    static async create(): Promise<TestStack> {
        const kubeconfig = path.resolve(testKubeconfig() ?? "");
        process.env["KUBECONFIG"] = kubeconfig;
        const cluster = findCluster();
        await deleteObjects(cluster);
        // The same name in every run, so that a run replaces the folder of a killed run. Runs with other clusters have other folders.
        const id = createHash("sha256").update(kubeconfig).digest("hex").slice(0, 8);
        return new TestStack(cluster, Project.create(`observability-cluster-test-${id}`));
    }

    /** Deploys the stack with these settings, and waits until it is ready. @throws Error with the output if it fails. */
    async up(settings: object = {}): Promise<CommandResult> {
        this.writeSettings(settings);
        const result = await this.run("up", "--yes");
        if (result.status !== 0) {
            throw new Error(`up failed:\n${result.stdout}\n${result.stderr}`);
        }
        return result;
    }

    writeSettings(settings: object): void {
        const networkPolicies = { clientNamespaces: [applicationNamespace] };
        this.project.writeSettings({ namespace, cluster: "test", networkPolicies, ...settings });
    }

    run(command: string, ...args: string[]): Promise<CommandResult> {
        return this.project.run(command, ...args);
    }

    /** Runs a command with --json. */
    async json(command: string, ...args: string[]): Promise<{ status: number | null; report: any }> {
        const { status, stdout, stderr } = await this.run(command, "--json", ...args);
        if (stdout === "") {
            throw new Error(`${command} --json printed nothing: ${stderr}`);
        }
        return { status, report: JSON.parse(stdout) };
    }

    connections(of = namespace): Promise<Connections> {
        return forwardConnections(this.cluster, of, "");
    }

    /** Deletes the stack and the objects of the tests. */
    async delete(): Promise<void> {
        await deleteObjects(this.cluster);
        this.project.remove();
    }
}

/**
 * Deletes the namespaces of the tests, and the objects outside of them. Does not use the state of Pulumi, because the state of a killed run is
 * lost.
 */
async function deleteObjects(cluster: Cluster): Promise<void> {
    const core = cluster.config.makeApiClient(CoreV1Api);
    const rbac = cluster.config.makeApiClient(RbacAuthorizationV1Api);
    const { clusterRoles, clusterRoleBindings } = await clusterObjects(cluster);
    const namespaces = [...stackNamespaces, applicationNamespace];
    for (const name of namespaces) {
        await core.deleteNamespace({ name }).catch(ignoreMissing);
        // Loki would take 300 s to write its data to MinIO, which is deleted at the same time.
        await core.deleteCollectionNamespacedPod({ namespace: name, gracePeriodSeconds: 0 }).catch(ignoreMissing);
    }
    for (const name of clusterRoleBindings) {
        await rbac.deleteClusterRoleBinding({ name });
    }
    for (const name of clusterRoles) {
        await rbac.deleteClusterRole({ name }).catch(ignoreMissing);
    }
    await eventually(
        "the namespaces of the tests are deleted",
        async () => {
            const { items } = await core.listNamespace();
            const names = items.map(({ metadata }) => metadata?.name);
            expect(names.filter((name) => namespaces.includes(name ?? ""))).toEqual([]);
        },
        120,
    );
}

/** The names of the objects of the stack that belong to no namespace. */
export async function clusterObjects(cluster: Cluster) {
    const core = cluster.config.makeApiClient(CoreV1Api);
    const rbac = cluster.config.makeApiClient(RbacAuthorizationV1Api);
    const bindings = (await rbac.listClusterRoleBinding()).items.filter(({ subjects = [] }) =>
        subjects.some((subject) => stackNamespaces.includes(subject.namespace ?? "")),
    );
    const volumes = (await core.listPersistentVolume()).items.filter(
        ({ spec }) => spec?.claimRef?.namespace === namespace,
    );
    const names = (objects: { metadata?: { name?: string } }[]) => objects.map(({ metadata }) => metadata?.name ?? "");
    return {
        clusterRoleBindings: names(bindings),
        // The stack binds no role of Kubernetes itself, such as "view".
        clusterRoles: bindings.map(({ roleRef }) => roleRef.name),
        volumes: names(volumes),
    };
}

function ignoreMissing(error: { code?: number }): void {
    if (error.code !== 404) {
        throw error as Error;
    }
}
