import * as fs from "fs";
import * as path from "path";
import { packageRoot } from "../helm/package-root";

/**
 * Configuration files of Alloy. "logs", "metrics" and "ebpf" need "pods" before them. "node", "kube-state-metrics" and "profiles" need "metrics", and "receiver-…" needs
 * "receiver", except "receiver-profiles". "events", "probes", "databases", "monitors", "prometheus-rules" and the parts of the control plane, which are "api-server", "coredns", "controllers"
 * and "etcd", and "kafka" need "singleton". What writes to a store also needs its file: "write-loki" for "logs" and "events", "write-pyroscope" for "profiles",
 * "ebpf" and "receiver-profiles", and "write-mimir" for all other sources.
 */
export type AlloyFile =
    | "receiver"
    | "receiver-tempo"
    | "receiver-loki"
    | "receiver-mimir"
    | "receiver-profiles"
    | "pods"
    | "logs"
    | "metrics"
    | "node"
    | "kube-state-metrics"
    | "profiles"
    | "ebpf"
    | "singleton"
    | "events"
    | "probes"
    | "databases"
    | "monitors"
    | "prometheus-rules"
    | "api-server"
    | "coredns"
    | "controllers"
    | "etcd"
    | "kafka"
    | "write-loki"
    | "write-mimir"
    | "write-pyroscope";

/**
 * Concatenates configuration files, removes the sections that do not apply, and replaces placeholders. A section is between the comments
 * `// <<if NAME>>` and `// <<end>>`. The comment `// <<include FILE>>` is replaced by another file, and `// <<insert NAME>>` by generated text. The placeholders
 * `<<name>>` are inside string literals, so that the files are valid for Alloy's formatter.
 *
 * @param values values of the placeholders.
 * @param sections whether a section applies, by name.
 * @param inserts generated texts, by name. Default: nothing is inserted.
 * @throws Error if a placeholder has no value, a value has no placeholder, or a section is unknown.
 */
export function alloyConfig(
    files: AlloyFile[],
    values: Record<string, string>,
    sections: Record<string, boolean> = {},
    inserts: Record<string, string> = {},
): string {
    const unused = new Set(Object.keys(values));
    const texts = files.map((name) =>
        tidy(
            insertTexts(
                selectSections(name, sections).replace(/<<(\w+)>>/g, (placeholder, key: string) => {
                    const value = values[key];
                    if (value === undefined) {
                        throw new Error(`${name}.alloy: the placeholder ${placeholder} has no value`);
                    }
                    unused.delete(key);
                    return JSON.stringify(value).slice(1, -1);
                }),
                inserts,
            ),
        ),
    );
    if (unused.size > 0) {
        throw new Error(
            `${files.map((name) => `${name}.alloy`).join(", ")}: no placeholder for ${[...unused].join(", ")}`,
        );
    }
    return texts.join("\n");
}

function selectSections(name: AlloyFile, sections: Record<string, boolean>): string {
    return readFile(name).replace(
        /^[ \t]*\/\/ <<if (\w+)>>\n(.*?)^[ \t]*\/\/ <<end>>\n/gms,
        (_, section: string, text: string) => {
            const applies = sections[section];
            if (applies === undefined) {
                throw new Error(`${name}.alloy: the section ${section} is unknown`);
            }
            return applies ? text : "";
        },
    );
}

// After the placeholders, because generated text is not a template.
function insertTexts(text: string, inserts: Record<string, string>): string {
    return text.replace(/^([ \t]*)\/\/ <<insert (\w+)>>\n/gm, (_, indent: string, key: string) =>
        (inserts[key] ?? "").replace(/^(?=.)/gm, indent),
    );
}

/** A removed section leaves two blank lines, or one before a brace. */
function tidy(text: string): string {
    return text.replace(/\n{3,}/g, "\n\n").replace(/\n\n(\t*\})/g, "\n$1");
}

/** Parts of several files. */
type Part = "service-name" | "pod-labels" | "monitor-rules";

function readFile(name: AlloyFile | Part): string {
    const text = fs.readFileSync(path.join(packageRoot, "components", "alloy", `${name}.alloy`), "utf8");
    return text.replace(/^([ \t]*)\/\/ <<include ([\w-]+)>>\n/gm, (_, indent: string, file: string) =>
        readFile(file as Part).replace(/^(?=.)/gm, indent),
    );
}
