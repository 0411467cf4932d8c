import * as fs from "fs";
import { dump } from "js-yaml";
import { createRequire } from "module";
import * as path from "path";
import { optionalSources } from "../validation/components";
import { isAlert, type RuleFile, type RuleGroup, ruleGroup, type RuleOptions, rulesOf, type Severity } from "./define";

export type { AlertingRule, RecordingRule, RuleGroup, RuleOptions, Severity, Slo } from "./define";
export { renamedAlerts } from "./renamed";

/** Backends that evaluate rules. Each has a folder of rule files. */
export const rulers = ["mimir", "loki"] as const;
export type Ruler = (typeof rulers)[number];

/** Every rule group of a stack, by the ruler that evaluates it. */
export function ruleGroups(options: RuleOptions = {}): Record<Ruler, RuleGroup[]> {
    const groupsOf = (ruler: Ruler) =>
        filesOf(ruler)
            .filter(({ group }) => !options.disabledGroups?.includes(group))
            .filter(({ group }) => group !== "nodes" || options.nodes !== false)
            .map((file) => ruleGroup(file, options))
            .filter(({ rules }) => rules.length > 0);
    return { mimir: groupsOf("mimir"), loki: groupsOf("loki") };
}

/** The same groups as YAML files, one per group, by file name. */
export function ruleFiles(options: RuleOptions = {}): Record<Ruler, Record<string, string>> {
    const groups = ruleGroups(options);
    const files = (ruler: Ruler) =>
        Object.fromEntries(
            groups[ruler].map((group) => [`${group.name}.yaml`, dump({ groups: [group] }, { lineWidth: -1 })]),
        );
    return { mimir: files("mimir"), loki: files("loki") };
}

/** An alert of the rule files. A stack has all of them, except those that depend on a setting or that a setting disables. */
export interface KnownAlert {
    alert: string;
    group: string;
    ruler: Ruler;
    severity: Severity;
    summary: string;
    /** Absent if the alert has no adjustable threshold. */
    threshold?: { default: number; unit: string };
    /** The comparison with the threshold, such as ">". Absent if the alert has no adjustable threshold. */
    comparison?: string;
    /** The expression with the default threshold. */
    expr: string;
}

// The alerts of SLOs exist only if an SLO is defined, and those of the collector's span metrics only with tail sampling.
const anySlo = { service: "any", objective: 0.99, window: "30d" };
const allAlerts: RuleOptions = {
    tailSampling: true,
    optionalSources,
    slos: [
        { ...anySlo, kind: "availability" },
        { ...anySlo, kind: "latency", thresholdMs: 500 },
    ],
};

/** Description of each group, by name. */
export function groupDescriptions(): Record<string, string> {
    return Object.fromEntries(
        rulers.flatMap((ruler) => filesOf(ruler).map(({ group, description }) => [group, description])),
    );
}

/** Names of the groups that a stack can disable. */
export function knownGroups(): string[] {
    return rulers.flatMap((ruler) => filesOf(ruler).map(({ group }) => group));
}

/** Every alert of every group, for checks and documentation. */
export function knownAlerts(): KnownAlert[] {
    const all = rulers.flatMap((ruler) =>
        filesOf(ruler).flatMap((file) =>
            rulesOf(file, allAlerts)
                .filter(isAlert)
                .map(({ alert, severity, summary, threshold, expr }) => ({
                    alert,
                    group: file.group,
                    ruler,
                    severity,
                    summary,
                    threshold,
                    comparison: threshold && comparisonIn(expr),
                    expr: expr(threshold?.default ?? 0),
                })),
        ),
    );
    return all.filter(({ alert }, index) => all.findIndex((other) => other.alert === alert) === index);
}

/** The operator before the threshold in an expression. */
function comparisonIn(expr: (threshold: number) => string): string | undefined {
    const placeholder = 987654321;
    return new RegExp(`([<>]=?)\\s*${placeholder}`).exec(expr(placeholder))?.[1];
}

const load = createRequire(__filename);

/** Loads every rule file of the folder of a ruler. */
function filesOf(ruler: Ruler): RuleFile[] {
    const folder = path.join(__dirname, ruler);
    return fs
        .readdirSync(folder)
        .filter((file) => /(?<!\.d)\.[jt]s$/.test(file))
        .sort()
        .map((file) => (load(path.join(folder, file)) as { default: RuleFile }).default);
}
