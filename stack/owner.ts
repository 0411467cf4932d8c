import { createHash } from "crypto";
import * as pulumi from "@pulumi/pulumi";
import { readYamlMap } from "../components/helm/yaml";
import { stackFile } from "../settings/stack-file";

/**
 * Identifies the Pulumi stack that runs: ORGANIZATION/PROJECT/STACK#DIGEST. In self-managed backends all organizations have the same name, so the
 * digest of the salt in the stack file distinguishes the stacks of several backends. Without a salt there is no digest.
 */
export function stackIdentity(): string {
    const stack = pulumi.getStack();
    const file = stackFile(stack);
    const { encryptionsalt: salt } = file === undefined ? {} : readYamlMap(file);
    const digest = typeof salt === "string" ? `#${createHash("sha256").update(salt).digest("hex").slice(0, 8)}` : "";
    return [...organization(), pulumi.getProject(), stack].join("/") + digest;
}

/** Whether two identities are those of the same stack. The organization is only known while Pulumi runs, so it is ignored. */
export function sameStack(identity: string, other: string): boolean {
    const withoutOrganization = (text: string) => text.split("/").slice(-2).join("/");
    return withoutOrganization(identity) === withoutOrganization(other);
}

/** Unit tests with mocks, and components in other languages, have none. */
function organization(): string[] {
    try {
        return [pulumi.getOrganization()];
    } catch {
        return [];
    }
}
