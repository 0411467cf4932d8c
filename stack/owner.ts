import * as pulumi from "@pulumi/pulumi";

/** Name of the Pulumi stack that runs: ORGANIZATION/PROJECT/STACK. */
export function stackName(): string {
    return [...organization(), pulumi.getProject(), pulumi.getStack()].join("/");
}

/** Unit tests with mocks, and components in other languages, have none. */
function organization(): string[] {
    try {
        return [pulumi.getOrganization()];
    } catch {
        return [];
    }
}
