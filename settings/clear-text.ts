import { readYamlMap } from "../components/helm/yaml";
import { encryptedPaths } from "./encrypted";
import { valueAt } from "./paths";
import { stackFile } from "./stack-file";

/** Keys whose values should be encrypted in a stack file. An access key id alone is not confidential. */
const confidentialKeys = [
    "grafana.adminPassword",
    "grafana.oidc.clientSecret",
    "ingestion.external.credentials",
    "objectStore.secretAccessKey",
];

/**
 * Warns about passwords and keys that a stack file contains in clear text: one sentence each.
 *
 * @param project name of the Pulumi project, which is the prefix of the keys.
 * @param stack name of the stack, whose file is Pulumi.STACK.yaml in the current folder. Without this file there are no warnings.
 */
export function clearTextWarnings(project: string, stack: string): string[] {
    const file = stackFile(stack);
    const config = file === undefined ? undefined : readYamlMap(file)["config"];
    return confidentialKeys
        .flatMap((key) =>
            [key, `${project}:${key}`].flatMap((name) =>
                clearTextPaths(valueAt(config, name.split("."))).map((path) => [key, ...path].join(".")),
            ),
        )
        .map(
            (key) =>
                `${key} is in clear text in ${file}; run "pulumi config set --stack ${stack} --secret --path '${project}:${key}'" to encrypt it`,
        );
}

/** The paths of the values that are not encrypted. */
function clearTextPaths(value: unknown): string[][] {
    if (value === undefined || value === null) {
        return [];
    }
    if (typeof value !== "object") {
        return [[]];
    }
    return encryptedPaths([], value)[0]?.length === 0
        ? []
        : Object.entries(value).flatMap(([key, inner]) => clearTextPaths(inner).map((path) => [key, ...path]));
}
