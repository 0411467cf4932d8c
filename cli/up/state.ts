import { hostname, userInfo } from "os";

/** A resource in the state of Pulumi. */
interface StateResource {
    urn: string;
    type: string;
    inputs?: Record<string, any>;
    outputs?: Record<string, any>;
    /** Whether Pulumi refuses to delete the resource. */
    protect?: boolean;
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
