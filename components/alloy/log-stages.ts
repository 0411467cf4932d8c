import { allNamespaces, type LogLevel, wordsBelow } from "../../validation/log-levels";
import { redactedText } from "../../validation/redaction";
import { patternsOf, type RedactionArgs } from "../redaction";

/** Where a line has its level, with increasing priority: the prefix of klog, a word at its start, and a field. */
const levelExpressions = [
    "^(?P<level_below>[IWEF])\\d{4} ",
    "^(?:[^\\s\\[|]*[\\s\\[|]+){0,4}?(?P<level_below>TRACE|DEBUG|INFO|NOTICE|WARN|WARNING|ERROR|SEVERE|FATAL|CRITICAL|PANIC)\\b",
    "^(?P<level_below>trce|dbug|info|warn|fail|crit): ",
    "(?i)(?:^|[\\s{,\"'\\\\(\\[])(?:@l|lvl|level|loglevel|levelname|log\\.level|severity|severity_text)\\\\?[\"']?\\s*[=:]\\s*\\\\?[\"']?(?P<level_below>[a-z]+|\\d+)",
];

/** Stages that drop entries below the level of their namespace. Entries without a level are kept. */
export function levelStages(minimumLevel: { [namespace: string]: string } = {}): string {
    const listed = Object.keys(minimumLevel).filter((namespace) => namespace !== allNamespaces);
    const byLevel = new Map<string, string[]>();
    for (const [namespace, level] of Object.entries(minimumLevel)) {
        byLevel.set(level, [...(byLevel.get(level) ?? []), namespace]);
    }
    return [...byLevel]
        .flatMap(([level, namespaces]) =>
            namespaces.includes(allNamespaces)
                ? [
                      { level, selector: `{namespace=~".+", namespace!~${quote(listed.join("|"))}}` },
                      { level, selector: selectorOf(namespaces.filter((namespace) => namespace !== allNamespaces)) },
                  ]
                : [{ level, selector: selectorOf(namespaces) }],
        )
        .flatMap(({ level, selector }) => {
            const words = wordsBelow(level as LogLevel);
            return selector === undefined || words.length === 0 ? [] : [dropBelow(selector, words)];
        })
        .join("\n");
}

function selectorOf(namespaces: string[]): string | undefined {
    return namespaces.length === 0 ? undefined : `{namespace=~${quote(namespaces.join("|"))}}`;
}

function dropBelow(selector: string, words: string[]): string {
    return `stage.match {
	selector = ${quote(selector)}

${levelExpressions.map((expression) => `	stage.regex {\n		expression = ${quote(expression)}\n	}\n`).join("\n")}
	stage.drop {
		source              = "level_below"
		expression          = ${quote(`^(?i:${words.join("|")})$`)}
		drop_counter_reason = "level"
	}
}
`;
}

/** Stages that replace what the patterns find. */
export function redactionStages(redaction: RedactionArgs | undefined): string {
    return patternsOf(redaction)
        .map(
            ({ before = "", secret, after = "" }) => `stage.replace {
	expression = ${quote(`${before}(${secret})${after}`)}
	replace    = ${quote(redactedText)}
}
`,
        )
        .join("\n");
}

function quote(text: string): string {
    return JSON.stringify(text);
}
