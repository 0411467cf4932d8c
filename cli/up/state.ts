import { hostname, userInfo } from "os";

/** A resource as Pulumi's state has it. */
interface StateResource {
    urn: string;
    type: string;
    inputs?: Record<string, any>;
    outputs?: Record<string, any>;
}

/** Pulumi's state of a stack, as `pulumi stack export` prints it. */
export interface State {
    resources?: StateResource[];
    pending_operations?: { type: string; resource: StateResource }[];
}

/** An object of a cluster that the stack has made or read, by which the cluster can be told from others. */
export interface KnownObject {
    apiVersion: string;
    kind: string;
    name: string;
    namespace?: string;
    uid: string;
}

/** An object that is still there as long as the stack is, or undefined before the first deployment. */
export function knownObject({ resources = [] }: State): KnownObject | undefined {
    const known = resources.flatMap(({ outputs }): KnownObject[] => {
        const { apiVersion, kind, metadata } = outputs ?? {};
        const { name, namespace, uid } = metadata ?? {};
        return [apiVersion, kind, name, uid].every((text) => typeof text === "string")
            ? [{ apiVersion, kind, name, ...(namespace && { namespace }), uid }]
            : [];
    });
    return known.find(({ kind }) => kind === "Namespace") ?? known[0];
}

/** Names of the objects that an earlier run began to create when it was killed; nobody knows whether they are there. */
export function halfCreated({ pending_operations: operations = [] }: State): string[] {
    return operations
        .filter(({ type, resource }) => type === "creating" && resource.type.startsWith("kubernetes:"))
        .map(({ resource: { inputs } }) => `${inputs?.["kind"]} ${inputs?.["metadata"]?.name}`);
}

/** A lock of a backend that Pulumi keeps itself, as far as the message about it tells. */
export interface Lock {
    /** USER@HOST. */
    owner: string;
    pid: number;
}

/** The locks that Pulumi's message complains of. */
export function locksIn(message: string): Lock[] {
    return [...message.matchAll(/created by (\S+) \(pid (\d+)\)/g)].map(([, owner = "", pid]) => ({
        owner,
        pid: Number(pid),
    }));
}

/** Whether a lock is what a killed run of this user on this machine has left behind. */
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
