import type { Scalar } from "../plan-format";

/**
 * What a deployment does with an object. `retain` is an object that no longer belongs to the stack, but remains in the cluster. `same` is an object that
 * does not change.
 */
export type Operation = "replace" | "delete" | "create" | "update" | "retain" | "same";

/** An object of the stack: a Kubernetes object, or another resource that is no component. */
export interface ObjectChange {
    /** Type token of Pulumi, such as "kubernetes:apps/v1:StatefulSet". */
    type: string;
    /** Name of the kind, such as "StatefulSet". */
    kind: string;
    /** Namespace and name in the cluster if they are known, otherwise the name in Pulumi. */
    name: string;
    /** Component that the object belongs to, such as "Loki". */
    component?: string;
    operation: Operation;
    /** Inputs in the state. Undefined for a new object. Secrets are replaced by "[secret]". */
    before?: Tree;
    /** Inputs of the deployment. Undefined for an object that is deleted. Secrets are replaced by "[secret]". */
    after?: Tree;
    /** Keys that cause the replacement. */
    replaceKeys: string[];
    /** Secret keys that change. Their values are not known. */
    secretKeys: string[];
    /** Whether the object remains in the cluster when Pulumi deletes or replaces it. */
    retained: boolean;
    /** Generators of random values on which the object depends, and whether each one is deleted or replaced. */
    generators: { lost: boolean }[];
}

/** A map of inputs. */
export type Tree = Record<string, unknown>;

/** A changed setting of a component. A value is undefined if the component did not have the setting, or no longer has it. */
export interface SettingChange {
    component: string;
    setting: string;
    from?: Scalar;
    to?: Scalar;
}

/** The effect of a deployment on a stack. */
export interface Effect {
    stack: string;
    /** Whether Pulumi compared the stack with its state, or two plans were compared with each other. */
    source: "preview" | "plans";
    settings: SettingChange[];
    objects: ObjectChange[];
    /** Resources before and after the deployment. */
    usage: { before: Usage; after: Usage };
    /** Whether the usage is that of the whole stack, or only that of the changed objects. */
    wholeStack: boolean;
    /** What the program says about changes of settings that concern stored data. */
    announcements: string[];
    warnings: string[];
    /** Differences that belong to no object, line by line, for the full diff. */
    otherDifferences: string[];
}

/** Requests of all pods, and the size of all volumes. */
export interface Usage {
    /** Cores. */
    cpu: number;
    /** Bytes. */
    memory: number;
    /** Bytes. */
    storage: number;
}

/** Replaces a value that is secret. */
export const secretMarker = "[secret]";

/** The settings of components whose value is a secret, or a map of secrets. */
const secretSettings = ["adminPassword", "clientSecret", "credentials", "accessKeyId", "secretAccessKey"];

/** Key of an object that the engine writes instead of a secret value. The same in every version of Pulumi. */
const signatureKey = "4dabf18193072939515e22adb298388d";

/** The engine writes this text instead of a value that it does not know before the deployment. The same in every version of Pulumi. */
const unknownValue = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** Whether a resource sets some fields of an object that it does not create. Without the resource, the object remains. */
export function isPatch(type: string): boolean {
    return type.startsWith("kubernetes:") && type.endsWith("Patch");
}

/** The name of a kind of object. */
export function kindOf(type: string): string {
    const kind = type.split(":").pop() ?? type;
    if (type.startsWith("pulumi:providers:")) {
        return `Provider ${kind}`;
    }
    return isPatch(type) ? kind.replace(/Patch$/, "") : kind;
}

/** Whether a resource generates a random value, which is only stored in the state of Pulumi. */
export function isGenerator(type: string): boolean {
    return type.startsWith("random:");
}

/** Namespace and name of a Kubernetes object, or the given name. */
export function objectName(inputs: Tree | undefined, otherwise: string): string {
    const { name, namespace } = (inputs?.["metadata"] ?? {}) as { name?: unknown; namespace?: unknown };
    return typeof name === "string" ? (typeof namespace === "string" ? `${namespace}/${name}` : name) : otherwise;
}

/**
 * Replaces everything that is secret. Pulumi has already replaced the values that it knows to be secret, unless the preview was created with
 * --show-secrets.
 */
export function redact(type: string, inputs: Tree): Tree {
    const secret = type.startsWith("kubernetes:core/v1:Secret");
    const hide = (node: unknown, path: string[]): unknown => {
        const [first = "", last = ""] = [path[0], path.at(-1)];
        if (node === unknownValue) {
            return "(known after the deployment)";
        }
        if (typeof node !== "object" || node === null) {
            const hidden =
                (secret && ["data", "stringData"].includes(first)) ||
                (secret && last.includes("last-applied-configuration")) ||
                (type.startsWith("observability:") && path.some((key) => secretSettings.includes(key))) ||
                // The inputs of a provider contain the path of a kubeconfig, or its content.
                (type.startsWith("pulumi:providers:") && !/^[\w./-]*$/.test(String(node))) ||
                (isGenerator(type) && ["result", "bcryptHash", "keepers"].includes(first));
            return hidden ? secretMarker : node;
        }
        if (signatureKey in node) {
            return secretMarker;
        }
        if (Array.isArray(node)) {
            return node.map((entry, index) => hide(entry, [...path, String(index)]));
        }
        return Object.fromEntries(
            Object.entries(node)
                // The engine's own bookkeeping, such as __defaults.
                .filter(([key]) => !key.startsWith("__"))
                .map(([key, value]) => [key, hide(value, [...path, key])]),
        );
    };
    return hide(inputs, []) as Tree;
}
