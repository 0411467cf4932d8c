import type { CatalogueSeries, Catalogue } from "./catalogue";
import { withMetrics } from "./catalogue";
import { didYouMean } from "./suggestion";
import { analyseLogQL } from "./logql";
import { analysePromQL, type Analysis, metricsIn } from "./promql";
import { hasLabel, minus, nameLabel, union } from "./query-result";

/** Rule groups by ruler. */
export interface RuleGroups {
    mimir: Group[];
    loki: Group[];
}

interface Group {
    name: string;
    rules: Rule[];
}

interface Rule {
    alert?: string;
    record?: string;
    expr: string;
    labels?: Record<string, string>;
    annotations?: Record<string, string>;
}

type Language = (text: string, catalogue: Catalogue) => Analysis;

/** Adds the recorded series of the rules, and the series ALERTS, to the catalogue. */
export function withRecorded(catalogue: Catalogue, groups: RuleGroups): Catalogue {
    let extended = catalogue;
    const all = [...rulesIn(groups.mimir, analysePromQL), ...rulesIn(groups.loki, analyseLogQL)];
    const remaining = all.filter(({ rule }) => rule.record !== undefined);
    // A rule can use the recorded series of another rule, so that rules without such a dependency are processed first.
    while (remaining.length > 0) {
        const next = remaining.findIndex(({ rule }) => !remaining.some((other) => dependsOn(rule, other.rule)));
        const [{ rule, language }] = remaining.splice(Math.max(next, 0), 1) as [(typeof remaining)[number]];
        const name = rule.record as string;
        const { labels, guaranteed, kind } = language(rule.expr, extended).result;
        const own = Object.keys(rule.labels ?? {});
        const series: CatalogueSeries = {
            kind: kind === "bucket" ? "bucket" : "computed",
            labels: union(minus(labels, [nameLabel]), own),
            guaranteed: union(guaranteed, own),
            origin: `rule ${name}`,
        };
        extended = withMetrics(extended, new Map([[name, [...(extended.metrics.get(name) ?? []), series]]]));
    }
    const alertLabels = all
        .filter(({ rule }) => rule.alert !== undefined)
        .flatMap(({ rule, language }) => [
            ...Object.keys(rule.labels ?? {}),
            ...language(rule.expr, extended).result.labels,
        ]);
    const own = ["alertname", "alertstate"];
    const labels = union(minus(alertLabels, [nameLabel]), own);
    const alerts: CatalogueSeries = { kind: "gauge", labels, guaranteed: new Set(own), origin: "alerts of the rulers" };
    return withMetrics(extended, new Map([["ALERTS", [alerts]]]));
}

function rulesIn(groups: Group[], language: Language) {
    return groups.flatMap(({ rules }) => rules.map((rule) => ({ rule, language })));
}

function dependsOn(one: Rule, other: Rule): boolean {
    return one !== other && one.record !== other.record && metricsIn(one.expr).includes(other.record ?? "");
}

/** Checks all rules. The catalogue must contain the recorded series. Returns one sentence for each problem. */
export function ruleProblems(groups: RuleGroups, catalogue: Catalogue): string[] {
    return [
        ...groups.mimir.flatMap((group) => problemsOf(group, analysePromQL, catalogue)),
        ...groups.loki.flatMap((group) => problemsOf(group, analyseLogQL, catalogue)),
        ...duplicates(
            [...groups.mimir, ...groups.loki].map(({ name }) => name),
            (name) => `two groups have the name ${name}`,
        ),
    ];
}

function problemsOf({ name, rules }: Group, language: Language, catalogue: Catalogue): string[] {
    return rules.flatMap((rule) => {
        const { result, problems } = language(rule.expr, catalogue);
        const labels = union(result.labels, [...Object.keys(rule.labels ?? {}), "alertname"]);
        const texts = Object.entries({ ...rule.annotations, ...rule.labels });
        const missing = texts.flatMap(([key, text]) =>
            [...text.matchAll(/(?:\$labels|\.Labels)\.(\w+)/g)]
                .map(([, label = ""]) => label)
                .filter((label) => !labels.has(label) && !hasLabel(result, label))
                .map(
                    (label) =>
                        `${key} shows the label "${label}", which the result does not have${didYouMean(label, labels)}`,
                ),
        );
        return [...problems, ...missing].map((problem) => `${name}, ${rule.alert ?? rule.record}: ${problem}`);
    });
}

/** Creates one sentence for each item that occurs more than once. */
export function duplicates<T>(items: T[], sentence: (item: T) => string): string[] {
    return [...new Set(items.filter((item, index) => items.indexOf(item) !== index))].map(sentence);
}
