import type { Difference } from "../compare";
import { formatParts } from "../compare";
import { type Finding, severities, type Severity } from "./finding";
import type { ImageChange } from "./images";

/** Whether an upgrade can be deployed as it is. */
export type Verdict = "safe" | "not fully checked" | "needs work" | "unsafe";

/** A finding with the stacks and releases in which it is true. */
export interface ReportedFinding extends Finding {
    stacks: string[];
    releases: string[];
}

/** What is known about the change of one chart, or of the resources outside of charts. */
export interface ChartReport {
    /** Name of the chart. "program" for the resources outside of charts. */
    chart: string;
    /** Undefined for the resources outside of charts. */
    from?: string;
    to?: string;
    /** Versions of the application. */
    appVersion?: { from?: string | undefined; to?: string | undefined };
    verdict: Verdict;
    stacks: string[];
    findings: ReportedFinding[];
    images: ImageChange[];
    /** Every changed field, by stack. */
    fields: Record<string, Difference[]>;
}

/** The document that `upgrade --json` prints. */
export interface UpgradeReport {
    /** The most severe verdict of all charts. */
    verdict: Verdict;
    /** Version of Kubernetes before and after. */
    kubernetes: { from: string; to: string };
    charts: ChartReport[];
}

/** What was found for one release in one stack. */
export interface StackFindings {
    stack: string;
    release: string;
    chart: string;
    from?: string;
    to?: string;
    appVersion?: ChartReport["appVersion"];
    findings: Finding[];
    images: ImageChange[];
    fields: Difference[];
}

const verdicts: Record<Severity, Verdict> = {
    unsafe: "unsafe",
    work: "needs work",
    unchecked: "not fully checked",
    note: "safe",
};

/** The verdict for findings. A check that could not run is not passed. */
export function verdictOf(found: Finding[]): Verdict {
    const worst = severities.find((severity) => found.some((finding) => finding.severity === severity)) ?? "note";
    return verdicts[worst];
}

/** Groups what was found by chart. The same finding in several stacks and releases is listed once. */
export function reportOf(found: StackFindings[], kubernetes: UpgradeReport["kubernetes"]): UpgradeReport {
    const groups = new Map<string, StackFindings[]>();
    for (const each of found) {
        const key = [each.chart, each.from, each.to].join(" ");
        groups.set(key, [...(groups.get(key) ?? []), each]);
    }
    const charts = [...groups.values()].map(chartReport);
    return { verdict: verdictOf(charts.flatMap((chart) => chart.findings)), kubernetes, charts };
}

function chartReport(group: StackFindings[]): ChartReport {
    const merged = new Map<string, ReportedFinding>();
    for (const { stack, release, findings } of group) {
        for (const finding of findings) {
            const key = JSON.stringify(finding);
            const known = merged.get(key) ?? { ...finding, stacks: [], releases: [] };
            merged.set(key, {
                ...known,
                stacks: [...new Set([...known.stacks, stack])],
                releases: [...new Set([...known.releases, release])],
            });
        }
    }
    const reported = severities.flatMap((severity) =>
        [...merged.values()].filter((each) => each.severity === severity),
    );
    const [first] = group as [StackFindings];
    const images = new Map(group.flatMap(({ images: all }) => all.map((image) => [JSON.stringify(image), image])));
    const stacks = [...new Set(group.map(({ stack }) => stack))];
    return {
        chart: first.chart,
        ...(first.from !== undefined && { from: first.from }),
        ...(first.to !== undefined && { to: first.to }),
        ...(first.appVersion !== undefined && { appVersion: first.appVersion }),
        verdict: verdictOf(reported),
        stacks,
        findings: reported,
        images: [...images.values()],
        fields: Object.fromEntries(
            stacks.map((stack) => [
                stack,
                group.filter((each) => each.stack === stack).flatMap(({ fields }) => fields),
            ]),
        ),
    };
}

/** Titles of the sections of a report. */
export const headings: Record<Severity, string> = {
    unsafe: "Unsafe",
    work: "Needs work",
    unchecked: "Not checked",
    note: "Notes",
};

interface FormatOptions {
    /** Whether all notes and all changed fields are printed. Default: false. */
    full?: boolean;
}

/** The report as text. It begins with one line for each chart: its versions and the verdict. */
export function formatReport({ charts, kubernetes }: UpgradeReport, options: FormatOptions = {}): string {
    if (charts.length === 0) {
        return "Nothing changes.";
    }
    const lines = charts.map(
        (chart) => `${heading(chart)}: ${chart.verdict}${isUnchanged(chart) ? ", nothing changes" : ""}`,
    );
    const versions = kubernetes.from === kubernetes.to ? [] : ["", `Kubernetes ${kubernetes.from} → ${kubernetes.to}`];
    return [
        ...lines,
        ...versions,
        ...charts.filter((chart) => !isUnchanged(chart)).flatMap((chart) => formatChart(chart, options)),
    ].join("\n");
}

/** Whether nothing differs. */
export function isUnchanged({ findings, fields }: ChartReport): boolean {
    return findings.length === 0 && Object.values(fields).every((changed) => changed.length === 0);
}

/** The chart with its versions. */
export function heading({ chart, from, to, appVersion }: ChartReport): string {
    if (from === undefined || to === undefined) {
        return "Resources of the program";
    }
    const application =
        appVersion === undefined || appVersion.from === appVersion.to
            ? ""
            : ` (application ${appVersion.from ?? "unknown"} → ${appVersion.to ?? "unknown"})`;
    return `${chart} ${from === to ? from : `${from} → ${to}`}${application}`;
}

/** Notes of each check that are printed without `full`. */
const mostNotes = 5;

function formatChart(chart: ChartReport, { full = false }: FormatOptions): string[] {
    const changed = Object.entries(chart.fields).filter(([, fields]) => fields.length > 0);
    const sections = severities.flatMap((severity) => {
        const found = chart.findings.filter((finding) => finding.severity === severity);
        const lines = severity === "note" && !full ? shortened(found, chart) : found.map((each) => line(each, chart));
        return lines.length === 0 ? [] : ["", headings[severity], ...lines];
    });
    return ["", `── ${heading(chart)} in ${chart.stacks.join(" and ")}`, ...sections, ...fieldLines(changed, full)];
}

function fieldLines(changed: [string, Difference[]][], full: boolean): string[] {
    if (full) {
        return changed.flatMap(([stack, fields]) => ["", `Changed fields in ${stack}`, ...formatParts(fields)]);
    }
    const counts = changed.map(([stack, { length }]) => {
        const fields = length === 1 ? "1 field changes" : `${length} fields change`;
        return `${fields} in ${stack}. Print them with --diff.`;
    });
    return counts.length === 0 ? [] : ["", ...counts];
}

function line(finding: ReportedFinding, chart: ChartReport): string {
    return `  - ${scopeOf(finding, chart)}${finding.text}`;
}

/** The stacks and releases of a finding in brackets, if it is not true of all of its chart. */
export function scopeOf({ stacks, releases }: ReportedFinding, chart: ChartReport): string {
    const allReleases = new Set(chart.findings.flatMap((finding) => finding.releases));
    const scope = [
        ...(stacks.length < chart.stacks.length ? [`only in ${stacks.join(", ")}`] : []),
        ...(releases.length < allReleases.size ? [releases.join(", ")] : []),
    ];
    return scope.length > 0 ? `[${scope.join("; ")}] ` : "";
}

function shortened(found: ReportedFinding[], chart: ChartReport): string[] {
    const checks = [...new Set(found.map(({ check }) => check))];
    return checks.flatMap((check) => {
        const all = found.filter((finding) => finding.check === check);
        const more = all.length - mostNotes;
        return [
            ...all.slice(0, mostNotes).map((each) => line(each, chart)),
            ...(more > 0 ? [`    ${more} more (${check}). Print them with --diff.`] : []),
        ];
    });
}
