import * as pulumi from "@pulumi/pulumi";

/** A resource that a program registered, with its inputs as they would reach the engine. */
export interface Resource {
    type: string;
    name: string;
    /** Name of the parent; null for the stack itself. */
    parent: string | null;
    /** Whether a provider of the program's own manages it; without one, the engine would take a default provider. */
    hasProvider: boolean;
    /** Secret texts are hidden. */
    inputs: Record<string, unknown>;
}

/** Where a program thinks it runs. */
export interface Place {
    project: string;
    stack: string;
    /** Full keys, such as "observability:namespace"; maps and lists as JSON. */
    config?: Record<string, string>;
    secretKeys?: string[];
}

/** What a program did. */
export interface Recording<T> {
    resources: Resource[];
    result: T;
}

/**
 * Runs a Pulumi program in this process, without engine, providers and network, and records what it registers. Resources
 * made inside `apply` may be missed; the program has none.
 *
 * @throws whatever the program throws.
 */
export async function recordProgram<T>(place: Place, program: () => T): Promise<Recording<T>> {
    const { project, stack, config = {}, secretKeys = [] } = place;
    const calls = new Map<string, pulumi.runtime.MockResourceArgs>();
    await pulumi.runtime.setMocks(
        {
            newResource: (args) => {
                calls.set(`${args.type}::${args.name}`, args);
                // RandomPassword's result is all that a program reads back.
                return { id: args.id ?? args.name, state: { ...args.inputs, result: "generated at deployment" } };
            },
            call: () => ({}),
        },
        project,
        stack,
    );
    pulumi.runtime.setAllConfig(config, secretKeys);

    const root = { type: "pulumi:pulumi:Stack", name: `${project}-${stack}`, parent: null };
    const registered = new Map<pulumi.Resource, Pick<Resource, "type" | "name" | "parent">>();
    let outcome: () => T = () => {
        throw new Error("the program did not run");
    };
    await pulumi.runtime.runInPulumiStack(() => {
        // The mocks do not tell a resource's parent; a transformation sees it.
        pulumi.runtime.registerStackTransformation(({ resource, type, name, opts }) => {
            const parent = opts.parent && registered.get(opts.parent);
            registered.set(resource, { type, name, parent: parent?.name ?? root.name });
            return undefined;
        });
        try {
            const result = program();
            outcome = () => result;
        } catch (error) {
            // Passed by the stack, whose promise would be rejected a second time where nobody can catch it.
            outcome = () => {
                throw error;
            };
        }
        return Promise.resolve({});
    });
    // Waits until everything has been registered.
    await pulumi.runtime.disconnect();
    const result = outcome();
    return {
        result,
        resources: [root, ...registered.values()].map((resource) => {
            const call = calls.get(`${resource.type}::${resource.name}`);
            return {
                ...resource,
                hasProvider: (call?.provider ?? "") !== "",
                inputs: withoutSecrets(call?.inputs ?? {}) as Record<string, unknown>,
            };
        }),
    };
}

/** Stands for a secret text. */
export const hidden = "[secret]";

// Pulumi's wire form of a secret: a map with this key, and the content as "value".
const secretSignature = "4dabf18193072939515e22adb298388d";

/** The same tree with every secret text hidden. The keys in a secret map stay. */
function withoutSecrets(tree: unknown, secret = false): unknown {
    if (typeof tree !== "object" || tree === null) {
        return secret ? hidden : tree;
    }
    if (secretSignature in tree) {
        return withoutSecrets((tree as unknown as { value: unknown }).value, true);
    }
    const entries = Object.entries(tree).map(([key, value]) => [key, withoutSecrets(value, secret)] as const);
    return Array.isArray(tree) ? entries.map(([, value]) => value) : Object.fromEntries(entries);
}
