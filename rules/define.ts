import { hasData } from "../dashboards/needs";
import { linkAnnotations } from "./links";
import { missingIn, type OptionalSource, type StackComponent } from "../validation/components";

/** `critical`: users or data are affected now. `warning`: users or data will be affected soon. `info`: no action is necessary. */
export const severities = ["critical", "warning", "info"] as const;
export type Severity = (typeof severities)[number];

/** A component or an optional source of data. */
export type Need = StackComponent | OptionalSource;

/** An alert as a rule file declares it. The threshold is separate from the expression, so that a stack can change it. */
export interface Alert {
    alert: string;
    severity: Severity;
    /** The affected object, the value and the problem. The ruler fills in templates such as `{{ $value }}` and `{{ $labels.pod }}`. */
    summary: string;
    /** How long the condition must be true before the alert fires; longer than a restart takes. Default: the alert fires at once. */
    for?: string;
    /** The number that the expression compares with. Default: none, the condition has no adjustable threshold. */
    threshold?: Threshold;
    /** PromQL, or LogQL in rules/loki. Each series of the result is one alert. */
    expr: (threshold: number) => string;
    /** Labels that the rule adds in addition to the severity. */
    labels?: Record<string, string>;
    /** Components and sources without which the alert has no data, in addition to those of its group. Default: none. */
    needs?: Need[];
}

export interface Threshold {
    default: number;
    /** Unit of the number, such as "seconds". A unit that contains "from 0 to 1" limits the number to 1. */
    unit: string;
}

/** A recording rule: it stores the result of an expression as a series, for dashboards and alerts. */
export interface Recording {
    record: string;
    expr: string;
    labels?: Record<string, string>;
}

/** Content of a file in rules/mimir or rules/loki: one group of rules. */
export interface RuleFile {
    /** Name of the group. Its runbook is docs/runbooks/NAME.md, with a heading for each alert. */
    group: string;
    /** What the rules monitor, in one line. */
    description: string;
    /** Uid of the dashboard that shows the cause of the alerts. */
    dashboard: string;
    /** Evaluation interval. Default: that of the ruler, one minute. */
    interval?: string;
    /** Components and sources without which the rules have no data. A stack without one of them does not have the group. Default: none. */
    needs?: Need[];
    /** The rules, or a function that creates them from the options of a stack. */
    rules: Rule[] | ((options: RuleOptions) => Rule[]);
}

export type Rule = Alert | Recording;

/** Kind of an SLO. `availability`: requests that do not fail. `latency`: requests that are answered in time. */
export const SloKind = { Availability: "availability", Latency: "latency" } as const;
export type SloKind = (typeof SloKind)[keyof typeof SloKind];

/** A service level objective (SLO), measured on the server and consumer spans of a service. */
export interface Slo {
    /** Default: service and kind, joined by a hyphen. */
    name?: string;
    /** Name of the service in its spans (`service.name`). */
    service: string;
    /** Namespace of the service. Default: every namespace, each measured separately. */
    namespace?: string;
    kind: SloKind;
    /** Required ratio of good requests, above 0 and below 1, such as 0.999. */
    objective: number;
    /** Period over which the objective is measured, such as "30d". */
    window: string;
    /** Only for `latency`: the maximum duration of a good request, in milliseconds. */
    thresholdMs?: number;
}

/** Options of a stack for its rules. */
export interface RuleOptions {
    /** Names of groups that are not deployed. Default: none. */
    disabledGroups?: readonly string[];
    /** Thresholds by name of the alert. Default: the threshold of each alert. */
    thresholds?: Readonly<Record<string, number>>;
    slos?: readonly Slo[];
    /** Cluster of the stack, to distinguish its components from those of other clusters that send to it. Default: any cluster. */
    cluster?: string;
    /** Namespace of the stack, to distinguish its components from others of the same name. Default: any namespace. */
    namespace?: string;
    /** Whether the stack collects metrics of the nodes. Without them, the group nodes is not deployed. Default: true. */
    nodes?: boolean;
    /** Whether the collector samples traces, and generates the span metrics. Default: false; then Tempo generates them. */
    tailSampling?: boolean;
    /** Minutes between two runs of the load monitor. Default: 15. */
    loadMonitorInterval?: number;
    /** Components that the stack does not have. Default: none. */
    absent?: readonly StackComponent[];
    /** Optional sources of data that the stack has. Default: none. */
    optionalSources?: readonly OptionalSource[];
    /** URL of Grafana for browsers, for links to dashboards, logs and traces in notifications. Default: none; then alerts have no such links. */
    grafanaUrl?: string;
    /** URL of the folder of the runbooks. Default: docs/runbooks of this project on GitHub. */
    runbookUrl?: string;
}

/** A rule group in the format of Prometheus, which the rulers of Mimir and Loki read. */
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

/** The rule group of a file, with the options of a stack applied. */
export function ruleGroup(file: RuleFile, options: RuleOptions): RuleGroup {
    return {
        name: file.group,
        ...(file.interval && { interval: file.interval }),
        rules: rulesOf(file, options).map((rule) =>
            isAlert(rule) ? alertingRule(rule, file, options) : recordingRule(rule),
        ),
    };
}

/** The rules of a file that have data with the components of a stack. */
export function rulesOf({ needs: groupNeeds, rules }: RuleFile, options: RuleOptions): Rule[] {
    const missing = missingIn(options.absent, options.optionalSources);
    const isPossible = (needs: Need[] = []) => !needs.some((need) => missing.includes(need));
    const all = typeof rules === "function" ? rules(options) : rules;
    return isPossible(groupNeeds) ? all.filter((rule) => !isAlert(rule) || isPossible(rule.needs)) : [];
}

function alertingRule(rule: Alert, { group, dashboard }: RuleFile, options: RuleOptions): AlertingRule {
    const { thresholds = {}, runbookUrl = defaultRunbookUrl, grafanaUrl } = options;
    const uid = hasData(dashboard, missingIn(options.absent, options.optionalSources)) ? dashboard : undefined;
    return {
        alert: rule.alert,
        expr: oneLine(rule.expr(thresholds[rule.alert] ?? rule.threshold?.default ?? 0)),
        ...(rule.for && { for: rule.for }),
        labels: { severity: rule.severity, ...rule.labels },
        annotations: {
            summary: rule.summary,
            runbook_url: `${runbookUrl.replace(/\/$/, "")}/${group}.md#${rule.alert.toLowerCase()}`,
            // Grafana shows a link to this dashboard on the page of the alert.
            ...(uid !== undefined && { __dashboardUid__: uid }),
            ...(grafanaUrl !== undefined && linkAnnotations(grafanaUrl, uid)),
        },
    };
}

function recordingRule({ record, expr, labels }: Recording): RecordingRule {
    return { record, expr: oneLine(expr), ...(labels && { labels }) };
}

/** Joins the lines of an expression. */
function oneLine(expr: string): string {
    return expr.trim().replace(/\s*\n\s*/g, " ");
}
