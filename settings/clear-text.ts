import { readYamlMap } from "../components/helm/yaml";
import { encryptedPaths } from "./encrypted";
import { valueAt } from "./paths";
import { stackFile } from "./stack-file";

/** Keys whose values should be encrypted in a stack file. An access key id alone is not confidential. */
const confidentialKeys = ["grafana.adminPassword", "objectStore.secretAccessKey"];

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
        .filter((key) => [key, `${project}:${key}`].some((name) => isClearText(config, name.split("."))))
        .map(
            (key) =>
                `${key} is in clear text in ${file}; run "pulumi config set --stack ${stack} --secret --path '${project}:${key}'" to encrypt it`,
        );
}

function isClearText(config: unknown, path: string[]): boolean {
    const value = valueAt(config, path);
    return value !== undefined && value !== null && encryptedPaths([], value).length === 0;
}
