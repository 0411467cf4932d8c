import * as k8s from "@pulumi/kubernetes";
import { recordProgram, type Resource } from "../../cli/record";

/** Runs a program, and returns the resources that it registers, without the stack and providers. */
export async function record<T>(
    program: (opts: { provider: k8s.Provider }) => T,
): Promise<{ resources: Resource[]; result: T }> {
    const { resources, result } = await recordProgram({ project: "test", stack: "test" }, () =>
        program({ provider: new k8s.Provider("cluster", { enableConfigMapMutable: true }) }),
    );
    return { resources: resources.filter(({ type }) => !type.startsWith("pulumi:")), result };
}

/** Runs a program that must fail, and returns the message of its error. */
export async function errorMessage(program: (opts: { provider: k8s.Provider }) => unknown): Promise<string> {
    try {
        await record(program);
    } catch (error) {
        return (error as Error).message;
    }
    throw new Error("the program did not fail");
}

/** The inputs of the chart with a release name. */
export function chartOf(resources: Resource[], release: string): Record<string, any> {
    const found = resources.filter(
        ({ type, inputs }) => type === "kubernetes:helm.sh/v4:Chart" && inputs["name"] === release,
    );
    if (found.length !== 1) {
        throw new Error(`expected one chart with the release ${release}, found ${found.length}`);
    }
    return found[0]?.inputs as Record<string, any>;
}
