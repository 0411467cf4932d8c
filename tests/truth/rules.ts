import type { KnownSeries, Truth } from "./catalogue";
import { withMetrics } from "./catalogue";
import { didYouMean } from "./nearest";
import { analyseLogQL } from "./logql";
import { analysePromQL, type Analysis, metricsIn } from "./promql";
import { hasLabel, minus, nameLabel, union } from "./vectors";

/** Groups of rules as rulers read them. */
export interface Groups {
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

type Language = (text: string, truth: Truth) => Analysis;

/** The truth with all that rules record, and with the alerts themselves. */
export function withRecorded(truth: Truth, groups: Groups): Truth {
    let known = truth;
    const all = [...rulesIn(groups.mimir, analysePromQL), ...rulesIn(groups.loki, analyseLogQL)];
    const waiting = all.filter(({ rule }) => rule.record !== undefined);
    // What is recorded may be recorded from what is recorded.
    while (waiting.length > 0) {
        const next = waiting.findIndex(({ rule }) => !waiting.some((other) => asksFor(rule, other.rule)));
        const [{ rule, language }] = waiting.splice(Math.max(next, 0), 1) as [(typeof waiting)[number]];
        const name = rule.record as string;
        const { labels, sure, kind } = language(rule.expr, known).result;
        const own = Object.keys(rule.labels ?? {});
        const series: KnownSeries = {
            kind: kind === "bucket" ? "bucket" : "computed",
            labels: union(minus(labels, [nameLabel]), own),
            sure: union(sure, own),
            origin: `rule ${name}`,
        };
        known = withMetrics(known, new Map([[name, [...(known.metrics.get(name) ?? []), series]]]));
    }
    const ofAlerts = all
        .filter(({ rule }) => rule.alert !== undefined)
        .flatMap(({ rule, language }) => [
            ...Object.keys(rule.labels ?? {}),
            ...language(rule.expr, known).result.labels,
        ]);
    const own = ["alertname", "alertstate"];
    const labels = union(minus(ofAlerts, [nameLabel]), own);
    const alerts: KnownSeries = { kind: "gauge", labels, sure: new Set(own), origin: "alerts of the rulers" };
    return withMetrics(known, new Map([["ALERTS", [alerts]]]));
}

function rulesIn(groups: Group[], language: Language) {
    return groups.flatMap(({ rules }) => rules.map((rule) => ({ rule, language })));
}

function asksFor(one: Rule, other: Rule): boolean {
    return one !== other && one.record !== other.record && metricsIn(one.expr).includes(other.record ?? "");
}

/** Mistakes of all rules, each a sentence. The truth must have what the rules record. */
export function ruleMistakes(groups: Groups, truth: Truth): string[] {
    return [
        ...groups.mimir.flatMap((group) => mistakesOf(group, analysePromQL, truth)),
        ...groups.loki.flatMap((group) => mistakesOf(group, analyseLogQL, truth)),
        ...duplicates(
            [...groups.mimir, ...groups.loki].map(({ name }) => name),
            (name) => `two groups are called ${name}`,
        ),
    ];
}

function mistakesOf({ name, rules }: Group, language: Language, truth: Truth): string[] {
    return rules.flatMap((rule) => {
        const { result, mistakes } = language(rule.expr, truth);
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
        return [...mistakes, ...missing].map((mistake) => `${name}, ${rule.alert ?? rule.record}: ${mistake}`);
    });
}

/** What stands in a list more than once, as sentences. */
export function duplicates<T>(items: T[], sentence: (item: T) => string): string[] {
    return [...new Set(items.filter((item, index) => items.indexOf(item) !== index))].map(sentence);
}
