import * as k8s from "@pulumi/kubernetes";
import { recordProgram, type Resource } from "../../cli/record";

/** What a program that makes components registers, without the stack itself and its provider. */
export async function record<T>(
    program: (opts: { provider: k8s.Provider }) => T,
): Promise<{ resources: Resource[]; result: T }> {
    const { resources, result } = await recordProgram({ project: "test", stack: "test" }, () =>
        program({ provider: new k8s.Provider("cluster", { enableConfigMapMutable: true }) }),
    );
    return { resources: resources.filter(({ type }) => !type.startsWith("pulumi:")), result };
}

/** The message of what a program throws. */
export async function errorMessage(program: (opts: { provider: k8s.Provider }) => unknown): Promise<string> {
    try {
        await record(program);
    } catch (error) {
        return (error as Error).message;
    }
    throw new Error("the program was not refused");
}

/** The inputs of the chart that is deployed as a release. */
export function chartOf(resources: Resource[], release: string): Record<string, any> {
    const found = resources.filter(
        ({ type, inputs }) => type === "kubernetes:helm.sh/v4:Chart" && inputs["name"] === release,
    );
    if (found.length !== 1) {
        throw new Error(`${found.length} charts are deployed as ${release}`);
    }
    return found[0]?.inputs as Record<string, any>;
}
