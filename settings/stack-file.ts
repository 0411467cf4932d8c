import * as fs from "fs";
import { readYamlMap } from "../components/helm/yaml";
import { didYouMean, nearest } from "../validation/nearest";

/** Keys that Pulumi allows at the top level of a stack file. */
const topLevelKeys = ["config", "environment", "secretsprovider", "encryptedkey", "encryptionsalt"];

/** Namespaces of other keys in stack config that are similar to the name of no project. */
const otherNamespaces = ["pulumi", "kubernetes", "random"];

/** The file of a stack, if it exists in the current folder. */
export function stackFile(stack: string): string | undefined {
    const file = `Pulumi.${stack}.yaml`;
    return fs.existsSync(file) ? file : undefined;
}

/** Keys at the top level of a stack file that Pulumi ignores: one sentence each. */
export function topLevelMistakes(project: string, file: string): string[] {
    return Object.keys(readYamlMap(file))
        .filter((key) => !topLevelKeys.includes(key))
        .map((key) =>
            key.startsWith(`${project}:`)
                ? `${key} is at the top level of ${file}; move it to the map "config".`
                : `${key} is unknown at the top level of ${file}${didYouMean(nearest(key, topLevelKeys)) || '; settings belong to the map "config".'}`,
        );
}

/** Keys in stack config whose namespace is similar to the name of the project: one sentence each. Pulumi ignores them. */
export function namespaceMistakes(project: string, keys: string[]): string[] {
    return keys.flatMap((key) => {
        const [namespace = "", ...name] = key.split(":");
        const isTypo =
            ![project, ...otherNamespaces].includes(namespace) && nearest(namespace, [project]) !== undefined;
        return isTypo
            ? [`${key} has the unknown namespace "${namespace}". Did you mean ${project}:${name.join(":")}?`]
            : [];
    });
}
