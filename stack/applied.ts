import * as pulumi from "@pulumi/pulumi";
import { type AppliedSettings, parseApplied } from "../settings/applied";

/** The last deployment of this stack. */
export interface LastDeployment {
    /** Its settings. Undefined before the first deployment, or after one with an earlier version of the program. */
    applied?: AppliedSettings | undefined;
    /** Its namespace. Undefined before the first deployment. */
    namespace?: string | undefined;
}

/** Reads the last deployment from the outputs of this stack. Undefined, with a warning, if the outputs cannot be read. */
export async function readLastDeployment(): Promise<LastDeployment | undefined> {
    try {
        const name = `${pulumi.getOrganization()}/${pulumi.getProject()}/${pulumi.getStack()}`;
        // A StackReference to the own stack would become a resource of the stack.
        const { outputs } = (await pulumi.runtime.invoke("pulumi:pulumi:readStackOutputs", { name })) as {
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
