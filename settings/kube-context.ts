import * as fs from "fs";
import * as os from "os";
import * as path from "path";
import { load } from "js-yaml";

/**
 * Checks that a context exists in the kubeconfig that the Kubernetes provider will use: the one in KUBECONFIG (files, or the content
 * itself), or else ~/.kube/config.
 *
 * @returns a sentence that lists the existing contexts, if the context is missing.
 */
export function kubeContextMistake(context: string, env: NodeJS.ProcessEnv = process.env): string | undefined {
    const given = env["KUBECONFIG"] ?? "";
    const inline = given.includes("\n");
    const named = given.split(path.delimiter).filter((file) => file !== "");
    const files = inline ? [] : named.length > 0 ? named : [path.join(os.homedir(), ".kube", "config")];
    const existing = files.filter((file) => fs.existsSync(file));
    const where = inline ? "the content of KUBECONFIG" : files.join(path.delimiter);
    if (!inline && existing.length === 0) {
        return `kubeContext is ${JSON.stringify(context)}, but there is no kubeconfig: ${where} does not exist`;
    }
    const contents = inline ? [given] : existing.map((file) => fs.readFileSync(file, "utf8"));
    const contexts = contents.flatMap(contextNames);
    if (contexts.includes(context)) {
        return undefined;
    }
    const allowed = contexts.length === 0 ? "it has no contexts" : `its contexts are ${contexts.join(", ")}`;
    return `kubeContext is ${JSON.stringify(context)}, which is not a context of the kubeconfig (${where}); ${allowed}`;
}

// A damaged kubeconfig has no contexts. The provider reports the damage.
function contextNames(content: string): string[] {
    try {
        const { contexts } = load(content) as { contexts?: { name: string }[] };
        return (contexts ?? []).map(({ name }) => name);
    } catch {
        return [];
    }
}
