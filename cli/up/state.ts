import { hostname, userInfo } from "os";
import type { DataOwner } from "../../settings/schema/data-owners";

/** A resource in the state of Pulumi. */
interface StateResource {
    urn: string;
    type: string;
    inputs?: Record<string, any>;
    outputs?: Record<string, any>;
    /** Whether Pulumi refuses to delete the resource. */
    protect?: boolean;
    /** Whether Pulumi removes the resource from the state without deleting the object. */
    retainOnDelete?: boolean;
}

/** The state of a stack, as `pulumi stack export` prints it. */
export interface State {
    resources?: StateResource[];
    pending_operations?: { type: string; resource: StateResource }[];
}

/** An object that the stack has created or read. Its UID identifies the cluster. */
export interface DeployedObject {
    apiVersion: string;
    kind: string;
    name: string;
    namespace?: string;
    uid: string;
}

/** Returns an object that exists as long as the stack does, the Namespace if possible. Undefined before the first deployment. */
export function deployedObject({ resources = [] }: State): DeployedObject | undefined {
    const objects = resources.flatMap(({ outputs }): DeployedObject[] => {
        const { apiVersion, kind, metadata } = outputs ?? {};
        const { name, namespace, uid } = metadata ?? {};
        return [apiVersion, kind, name, uid].every((text) => typeof text === "string")
            ? [{ apiVersion, kind, name, ...(namespace && { namespace }), uid }]
            : [];
    });
    return objects.find(({ kind }) => kind === "Namespace") ?? objects[0];
}

/** Returns the outputs of the last deployment. Empty before the first one. */
export function stackOutputs({ resources = [] }: State): Record<string, unknown> {
    return resources.find(({ type }) => type === "pulumi:pulumi:Stack")?.outputs ?? {};
}

/** Returns the name of the namespace, if the stack has created it and Pulumi does not delete it. */
export function retainedNamespace({ resources = [] }: State): string | undefined {
    const namespace = resources.find(
        ({ type, retainOnDelete }) => type === "kubernetes:core/v1:Namespace" && retainOnDelete,
    );
    return namespace?.outputs?.["metadata"]?.name as string | undefined;
}

// The types of the components are part of the URNs of their objects.
const componentTypes: Record<DataOwner, string> = {
    objectStore: "ObjectStore",
    loki: "Loki",
    tempo: "Tempo",
    mimir: "Mimir",
    pyroscope: "Pyroscope",
    grafana: "Grafana",
    collector: "OtelCollector",
    redpanda: "Redpanda",
};

/** Returns the URNs of the protected resources of owners of data. */
export function protectedResources({ resources = [] }: State, owners: readonly DataOwner[]): string[] {
    return resources
        .filter(
            ({ protect, urn }) =>
                protect === true && owners.some((owner) => urn.includes(`:index:${componentTypes[owner]}$`)),
        )
        .map(({ urn }) => urn);
}

/** Returns the objects that an earlier run was creating when it was killed. They may exist or not. */
export function pendingCreations({ pending_operations: operations = [] }: State): string[] {
    return operations
        .filter(({ type, resource }) => type === "creating" && resource.type.startsWith("kubernetes:"))
        .map(({ resource: { inputs } }) => `${inputs?.["kind"]} ${inputs?.["metadata"]?.name}`);
}

/** Returns the URNs of the objects that an earlier run was updating when it was killed. */
export function pendingUpdates({ pending_operations: operations = [] }: State): string[] {
    return operations
        .filter(({ type, resource }) => type === "updating" && resource.type.startsWith("kubernetes:"))
        .map(({ resource: { urn } }) => urn);
}

/** A lock of a self-managed backend. */
export interface Lock {
    /** USER@HOST. */
    owner: string;
    pid: number;
}

/** Returns the locks in an error message of Pulumi. */
export function locksIn(message: string): Lock[] {
    return [...message.matchAll(/created by (\S+) \(pid (\d+)\)/g)].map(([, owner = "", pid]) => ({
        owner,
        pid: Number(pid),
    }));
}

/** Whether the process that created the lock was run by this user on this machine and no longer exists. */
export function isStale({ owner, pid }: Lock): boolean {
    if (owner !== `${userInfo().username}@${hostname()}`) {
        return false;
    }
    try {
        process.kill(pid, 0);
        return false;
    } catch (error) {
        return (error as NodeJS.ErrnoException).code === "ESRCH";
    }
}
