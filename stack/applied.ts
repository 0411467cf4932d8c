import * as pulumi from "@pulumi/pulumi";
import { type AppliedSettings, parseApplied } from "../settings/applied";

/**
 * Reads the settings of the last deployment from the outputs of this stack. Undefined before the first deployment. If they cannot be read, it logs a
 * warning.
 */
export async function readApplied(): Promise<AppliedSettings | undefined> {
    try {
        const name = `${pulumi.getOrganization()}/${pulumi.getProject()}/${pulumi.getStack()}`;
        // A StackReference to the own stack would become a resource of the stack.
        const { outputs } = (await pulumi.runtime.invoke("pulumi:pulumi:readStackOutputs", { name })) as {
            outputs?: Record<string, unknown>;
        };
        return parseApplied(outputs?.["applied"]);
    } catch (error) {
        void pulumi.log.warn(
            `The settings of the last deployment could not be read, so changes that lose data are not recognized: ${(error as Error).message}`,
        );
        return undefined;
    }
}
