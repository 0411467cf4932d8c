import * as pulumi from "@pulumi/pulumi";
import { type AppliedSettings, parseApplied } from "../settings/applied";

/** The last deployment of this stack. */
export interface LastDeployment {
    /** Its settings. Undefined before the first deployment, or after one with an earlier version of the program. */
    applied?: AppliedSettings | undefined;
    /** Its namespace. Undefined before the first deployment. */
    namespace?: string | undefined;
}

/** Whether the state of this stack contains a namespace, also after a deployment that was interrupted. Undefined if it cannot be read. */
export async function isNamespaceInState(namespace: string): Promise<boolean | undefined> {
    try {
        const { outputs = {} } = (await pulumi.runtime.invoke("pulumi:pulumi:readStackResourceOutputs", {
            stackName: ownName(),
        })) as { outputs?: Record<string, { type?: unknown; outputs?: { metadata?: { name?: unknown } } }> };
        return Object.values(outputs).some(
            (resource) =>
                resource.type === "kubernetes:core/v1:Namespace" && resource.outputs?.metadata?.name === namespace,
        );
    } catch {
        return undefined;
    }
}

const ownName = () => `${pulumi.getOrganization()}/${pulumi.getProject()}/${pulumi.getStack()}`;

/** Reads the last deployment from the outputs of this stack. Undefined, with a warning, if the outputs cannot be read. */
export async function readLastDeployment(): Promise<LastDeployment | undefined> {
    try {
        // A StackReference to the own stack would become a resource of the stack.
        const { outputs } = (await pulumi.runtime.invoke("pulumi:pulumi:readStackOutputs", { name: ownName() })) as {
            outputs?: Record<string, unknown>;
        };
        const { applied, namespace } = outputs ?? {};
        return { applied: parseApplied(applied), namespace: typeof namespace === "string" ? namespace : undefined };
    } catch (error) {
        void pulumi.log.warn(
            `The settings of the last deployment could not be read, so changes that lose data are not recognized: ${(error as Error).message}`,
        );
        return undefined;
    }
}
