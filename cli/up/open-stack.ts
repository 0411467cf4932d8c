import { LocalWorkspace, type Stack } from "@pulumi/pulumi/automation";
import { KubernetesObjectApi } from "@kubernetes/client-node";
import { findObject } from "../cluster/api";
import type { Cluster } from "../cluster/kubeconfig";
import type { Evaluation } from "../evaluate";
import { type Backend, chooseBackend, withCli } from "./backend";
import { findPulumi } from "./pulumi-cli";
import { readableError } from "./readable-error";
import { deployedObject, type State } from "./state";

/** A stack of this folder that is selected in the Pulumi backend. */
export interface OpenStack {
    evaluation: Evaluation;
    backend: Backend;
    stack: Stack;
    state: State;
}

/**
 * Selects a stack in the backend. Creates it if it does not exist.
 *
 * @throws Error with the reason if Pulumi or the backend cannot be used.
 */
export async function openStack(evaluation: Evaluation): Promise<OpenStack> {
    const name = evaluation.stack;
    const pulumiCommand = await findPulumi(console.log);
    const backend = withCli(chooseBackend(`Pulumi.${name}.yaml`), pulumiCommand.command);
    const envVars = { PULUMI_SKIP_UPDATE_CHECK: "true", ...backend.env };
    try {
        const stack = await LocalWorkspace.createOrSelectStack(
            { stackName: name, workDir: process.cwd() },
            { pulumiCommand, envVars },
        );
        const { deployment } = await stack.exportStack();
        return { evaluation, backend, stack, state: (deployment ?? {}) as State };
    } catch (error) {
        throw readableError(error, backend);
    }
}

/** Where a stack is deployed. */
export type DeployedTo = "nowhere" | "this cluster" | "another cluster";

/** Compares the UID of an object in the state with the UID of the same object in the cluster. */
export async function whereDeployed(cluster: Cluster, state: State): Promise<DeployedTo> {
    const object = deployedObject(state);
    if (object === undefined) {
        return "nowhere";
    }
    const { apiVersion, kind, name, namespace, uid } = object;
    const api = KubernetesObjectApi.makeApiClient(cluster.config);
    const found = await findObject(
        cluster,
        `read ${kind} ${name}`,
        api.read({ apiVersion, kind, metadata: { name, ...(namespace && { namespace }) } }),
    );
    return found?.metadata?.uid === uid ? "this cluster" : "another cluster";
}
