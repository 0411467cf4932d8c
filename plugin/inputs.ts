import * as pulumi from "@pulumi/pulumi";

// Pulumi's type definitions do not contain them.
interface Details {
    isKnown: Promise<boolean>;
    isSecret: Promise<boolean>;
    promise(): Promise<unknown>;
}

/**
 * Replaces the Outputs in the inputs of a component by their values, because the components accept only plain values. Programs in other
 * languages pass the outputs of other components as Outputs. Unknown and secret Outputs are kept. A component that does not accept them
 * rejects them, with the name of the argument.
 */
export async function plainInputs(inputs: pulumi.Inputs): Promise<pulumi.Inputs> {
    return (await plain(inputs)) as pulumi.Inputs;
}

async function plain(node: unknown): Promise<unknown> {
    if (pulumi.Output.isInstance(node)) {
        const output = node as unknown as Details;
        const isPlain = (await output.isKnown) && !(await output.isSecret);
        return isPlain ? plain(await output.promise()) : node;
    }
    if (Array.isArray(node)) {
        return Promise.all(node.map(plain));
    }
    if (typeof node !== "object" || node === null || pulumi.Resource.isInstance(node)) {
        return node;
    }
    const entries = Object.entries(node).map(async ([key, value]) => [key, await plain(value)] as const);
    return Object.fromEntries(await Promise.all(entries));
}
