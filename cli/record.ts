import * as pulumi from "@pulumi/pulumi";
import { secretPlaceholder } from "../settings/encrypted";
import { shortenStackTraces } from "../stack/stack-traces";

/** A resource that a program registers, with the inputs that the Pulumi engine would receive. */
export interface Resource {
    type: string;
    name: string;
    /** Name of the parent. Null for the stack itself. */
    parent: string | null;
    /** Whether the program passes a provider. Otherwise the engine would use a default provider. */
    hasProvider: boolean;
    /** Secret values are replaced by a placeholder. */
    inputs: Record<string, unknown>;
    /** Former names, types and parents that the program lists in the resource options. Default: none. */
    aliases?: FormerResource[];
}

/** A former identity of a resource. A part that is undefined has not changed. */
export interface FormerResource {
    type?: string | undefined;
    name?: string | undefined;
    /** Name of the former parent. */
    parent?: string | undefined;
}

/** The project, the stack and the configuration with which a program runs. */
export interface ProgramConfig {
    project: string;
    stack: string;
    /** Values by full key, such as "observability:namespace". Maps and lists are JSON. */
    config?: Record<string, string>;
    secretKeys?: string[];
}

/** The resources and the result of a program. */
export interface Recording<T> {
    resources: Resource[];
    result: T;
}

/**
 * Runs a Pulumi program in this process, without engine, providers and network, and records its resources. Resources that are created in
 * `apply` may be missing. This program has none.
 *
 * @throws the error of the program.
 */
export async function recordProgram<T>(
    programConfig: ProgramConfig,
    program: () => T | Promise<T>,
): Promise<Recording<T>> {
    const restoreStackTraces = shortenStackTraces();
    try {
        return await record(programConfig, program);
    } finally {
        restoreStackTraces();
    }
}

async function record<T>(programConfig: ProgramConfig, program: () => T | Promise<T>): Promise<Recording<T>> {
    const { project, stack, config = {}, secretKeys = [] } = programConfig;
    const calls = new Map<string, pulumi.runtime.MockResourceArgs>();
    await pulumi.runtime.setMocks(
        {
            newResource: (args) => {
                calls.set(`${args.type}::${args.name}`, args);
                // The program reads only one output of a resource: the result of a RandomPassword.
                return { id: args.id ?? args.name, state: { ...args.inputs, result: "generated at deployment" } };
            },
            call: () => ({}),
        },
        project,
        stack,
        undefined,
        // The name that self-managed backends use.
        "organization",
    );
    pulumi.runtime.setAllConfig(config, secretKeys);

    const root = { type: "pulumi:pulumi:Stack", name: `${project}-${stack}`, parent: null };
    const registered = new Map<pulumi.Resource, Pick<Resource, "type" | "name" | "parent" | "aliases">>();
    let outcome: () => T = () => {
        throw new Error("the program did not run");
    };
    await pulumi.runtime.runInPulumiStack(async () => {
        // Mocks do not receive the parent of a resource, but transformations do.
        pulumi.runtime.registerStackTransformation(({ resource, type, name, opts }) => {
            const parent = opts.parent && registered.get(opts.parent);
            const aliases = formerResources(opts.aliases ?? [], registered);
            registered.set(resource, {
                type,
                name,
                parent: parent?.name ?? root.name,
                ...(aliases.length > 0 && { aliases }),
            });
            return undefined;
        });
        try {
            const result = await program();
            outcome = () => result;
        } catch (error) {
            // Thrown later. In this function it would also cause an unhandled rejection.
            outcome = () => {
                throw error;
            };
        }
        return {};
    });
    // Waits until all resources are registered.
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

/** The aliases of a resource as plain values. A URN contains the former type and name. */
function formerResources(
    aliases: pulumi.Input<pulumi.URN | pulumi.Alias>[],
    registered: Map<pulumi.Resource, { name: string }>,
): FormerResource[] {
    return aliases.map((alias) => {
        if (typeof alias === "string") {
            const [, types = "", name] = /^urn:pulumi:[^:]*::[^:]*::(.*)::(.*)$/.exec(alias) ?? [];
            return { type: types.split("$").pop(), name };
        }
        const { type, name, parent } = alias as pulumi.Alias;
        const former = pulumi.Resource.isInstance(parent) ? registered.get(parent)?.name : undefined;
        return { type: plain(type), name: plain(name), parent: former };
    });
}

function plain(value: unknown): string | undefined {
    return typeof value === "string" ? value : undefined;
}

// Pulumi encodes a secret as a map with this key. The key "value" contains the content.
const secretSignature = "4dabf18193072939515e22adb298388d";

/** Replaces all secret values in a tree by a placeholder. Keys of a secret map remain. */
function withoutSecrets(tree: unknown, secret = false): unknown {
    if (typeof tree !== "object" || tree === null) {
        return secret ? secretPlaceholder : tree;
    }
    if (secretSignature in tree) {
        return withoutSecrets((tree as unknown as { value: unknown }).value, true);
    }
    const entries = Object.entries(tree).map(([key, value]) => [key, withoutSecrets(value, secret)] as const);
    return Array.isArray(tree) ? entries.map(([, value]) => value) : Object.fromEntries(entries);
}
