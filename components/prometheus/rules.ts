import { alloyConfig, type AlloyFile } from "../alloy/config";

/** A relabeling rule in the format of Prometheus. */
export interface RelabelRule {
    [key: string]: string | string[];
}

/**
 * Reads the relabeling rules of a component from configuration files of Alloy, so that Prometheus selects the same targets as Alloy, with the same
 * labels.
 *
 * @param component name of the component, such as "discovery.relabel.pods".
 */
export function relabelRules(
    files: AlloyFile[],
    values: Record<string, string>,
    sections: Record<string, boolean>,
): (component: string) => RelabelRule[] {
    const config = alloyConfig(files, values, sections);
    return (component) => {
        const [, type = "", label = ""] = /^(.+)\.(\w+)$/.exec(component) ?? [];
        const start = config.indexOf(`\n${type} "${label}" {\n`);
        if (start < 0) {
            throw new Error(`${files.join(", ")}: there is no component ${component}`);
        }
        const block = config.slice(start, config.indexOf("\n}\n", start));
        return [...block.matchAll(/^\trule \{\n(.*?)^\t\}/gms)].map(([, text = ""]) => ruleOf(text));
    };
}

function ruleOf(text: string): RelabelRule {
    const attributes = [...text.matchAll(/^\t\t(\w+) += (.+)$/gm)];
    // Strings and lists of strings of Alloy are also JSON.
    return Object.fromEntries(
        attributes.map(([, key = "", value = ""]) => [key, JSON.parse(value) as string | string[]]),
    );
}
