/** How bad it is. `critical`: data or users suffer now. `warning`: they will, if nobody looks today. `info`: to know. */
export const severities = ["critical", "warning", "info"] as const;
export type Severity = (typeof severities)[number];

/** An alert as it is written down: once, with the number that it compares with beside it, so that a stack can set another. */
export interface Alert {
    alert: string;
    severity: Severity;
    /** What is wrong, with the value: `{{ $value }}` and `{{ $labels.pod }}` are filled in when it fires. */
    summary: string;
    /** How long it must hold. Long enough that a restart does not page. Default: at once. */
    for?: string;
    /** What the expression compares with; absent where there is nothing to choose. */
    threshold?: Threshold;
    /** PromQL, or LogQL in a group of Loki. It has a result where something is wrong. */
    expr: (threshold: number) => string;
    /** Labels of all its alerts, beside the severity. */
    labels?: Record<string, string>;
}

export interface Threshold {
    default: number;
    /** What the number counts, such as "share from 0 to 1" or "seconds". */
    unit: string;
}

/** A series that is computed once, so that dashboards and alerts need not compute it each time. */
export interface Recording {
    record: string;
    expr: string;
    labels?: Record<string, string>;
}

/** A file of rules/mimir or rules/loki. */
export interface RuleFile {
    /** Name of the group; its runbook is docs/runbooks/NAME.md, with a heading for each alert. */
    group: string;
    /** What the rules watch, in a sentence. */
    about: string;
    /** How often they are evaluated. Default: as often as the ruler does, every minute. */
    interval?: string;
    /** The rules, or what makes them from what a stack declares. */
    rules: Rule[] | ((options: RuleOptions) => Rule[]);
}

export type Rule = Alert | Recording;

/** What an SLO counts: requests that do not fail, or requests that are answered in time. */
export const SloKind = { Availability: "availability", Latency: "latency" } as const;
export type SloKind = (typeof SloKind)[keyof typeof SloKind];

/** What a service promises. Measured on the spans that it serves. */
export interface Slo {
    /** Default: service and kind. */
    name?: string;
    /** The service as its spans call it. */
    service: string;
    /** Default: the service in every namespace, each for itself. */
    namespace?: string;
    kind: SloKind;
    /** Share of requests that must be good, between 0 and 1, both exclusive, such as 0.999. */
    objective: number;
    /** Over how long, such as "30d". */
    window: string;
    /** Latency: answered within. */
    thresholdMs?: number;
}

/** What a stack says about rules. */
export interface RuleOptions {
    /** Names of groups that are left out. */
    disabledGroups?: readonly string[];
    /** What alerts compare with, by the name of the alert. */
    thresholds?: Readonly<Record<string, number>>;
    slos?: readonly Slo[];
    /** Where the stack is, to tell its parts from others of the same name. Default: they are alone. */
    namespace?: string;
    /** Whether the object store is this stack's own. Default true. */
    minio?: boolean;
    /** Address of the folder that the runbooks are in. Default: this project's own. */
    runbookUrl?: string;
}

/** A group as Prometheus, and so the rulers of Mimir and Loki, read it. */
export interface RuleGroup {
    name: string;
    interval?: string;
    rules: (AlertingRule | RecordingRule)[];
}

export interface AlertingRule {
    alert: string;
    expr: string;
    for?: string;
    labels: Record<string, string>;
    annotations: Record<string, string>;
}

export interface RecordingRule {
    record: string;
    expr: string;
    labels?: Record<string, string>;
}

export function isAlert(rule: Rule): rule is Alert {
    return "alert" in rule;
}

const defaultRunbookUrl = "https://github.com/MathTrail/observability/blob/main/docs/runbooks";

/** The rules of a file, as a stack wants them. */
export function ruleGroup(file: RuleFile, options: RuleOptions): RuleGroup {
    const runbook = `${(options.runbookUrl ?? defaultRunbookUrl).replace(/\/$/, "")}/${file.group}.md`;
    return {
        name: file.group,
        ...(file.interval && { interval: file.interval }),
        rules: rulesOf(file, options).map((rule) =>
            isAlert(rule) ? alertingRule(rule, runbook, options.thresholds ?? {}) : recordingRule(rule),
        ),
    };
}

export function rulesOf({ rules }: RuleFile, options: RuleOptions): Rule[] {
    return typeof rules === "function" ? rules(options) : rules;
}

function alertingRule(rule: Alert, runbook: string, thresholds: Readonly<Record<string, number>>): AlertingRule {
    return {
        alert: rule.alert,
        expr: oneLine(rule.expr(thresholds[rule.alert] ?? rule.threshold?.default ?? 0)),
        ...(rule.for && { for: rule.for }),
        labels: { severity: rule.severity, ...rule.labels },
        annotations: { summary: rule.summary, runbook_url: `${runbook}#${rule.alert.toLowerCase()}` },
    };
}

function recordingRule({ record, expr, labels }: Recording): RecordingRule {
    return { record, expr: oneLine(expr), ...(labels && { labels }) };
}

/** Expressions are written over several lines, and read in one. */
function oneLine(expr: string): string {
    return expr.trim().replace(/\s*\n\s*/g, " ");
}
