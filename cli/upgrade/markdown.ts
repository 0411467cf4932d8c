import { formatParts } from "../compare";
import { type Severity, severities } from "./finding";
import { type ChartReport, heading, headings, isUnchanged, scopeOf, type UpgradeReport } from "./report";

/** GitHub accepts 65,536 characters in a comment. The pipeline adds a marker. */
const defaultLength = 65_000;

/**
 * The report as the comment of a pull request: a table with the verdict of each chart, what breaks, and the rest folded.
 *
 * @param maxLength the changed fields at the end are cut so that the text is not longer. Default: what GitHub accepts in a comment.
 */
export function markdownReport({ charts, kubernetes, verdict }: UpgradeReport, maxLength = defaultLength): string {
    if (charts.length === 0) {
        return "## Upgrade report\n\nNothing changes.\n";
    }
    const rows = charts.map((chart) => {
        const state = isUnchanged(chart) ? `${chart.verdict}, nothing changes` : chart.verdict;
        return `| ${heading(chart)} | ${chart.verdict === "safe" ? state : `**${state}**`} |`;
    });
    const versions = kubernetes.from === kubernetes.to ? [] : [`Kubernetes ${kubernetes.from} → ${kubernetes.to}`, ""];
    const text = [
        `## Upgrade report: ${verdict}`,
        "",
        ...versions,
        "| Chart | Verdict |",
        "| --- | --- |",
        ...rows,
        "",
        ...severities.filter((severity) => severity !== "note").flatMap((severity) => section(charts, severity)),
        ...folded("Notes", lines(charts, "note")),
        "",
    ].join("\n");
    return cut(text, maxLength) + changedFields(charts, maxLength - text.length);
}

function section(charts: ChartReport[], severity: Severity): string[] {
    const found = lines(charts, severity);
    return found.length === 0 ? [] : [`### ${headings[severity]}`, "", ...found, ""];
}

function lines(charts: ChartReport[], severity: Severity): string[] {
    return charts.flatMap((chart) =>
        chart.findings
            .filter((finding) => finding.severity === severity)
            .map((finding) => `- ${heading(chart).split(" (")[0]}: ${scopeOf(finding, chart)}${escape(finding.text)}`),
    );
}

/** Angle brackets would be HTML tags. */
function escape(text: string): string {
    return text.replace(/\s+/g, " ").replaceAll("<", "&lt;");
}

const cutNote = "\n\nThe report is cut, because a comment has a maximum length.\n";

function cut(text: string, maxLength: number): string {
    return text.length <= maxLength ? text : text.slice(0, maxLength - cutNote.length) + cutNote;
}

function folded(title: string, content: string[]): string[] {
    return content.length === 0 ? [] : [`<details><summary>${title}</summary>`, "", ...content, "", "</details>", ""];
}

function changedFields(charts: ChartReport[], room: number): string {
    const fields = charts.flatMap((chart) => Object.values(chart.fields).flat());
    const content = charts.flatMap((chart) =>
        Object.entries(chart.fields).flatMap(([stack, changed]) =>
            changed.length === 0 ? [] : [`# ${heading(chart)} in ${stack}`, ...formatParts(changed)],
        ),
    );
    // The fence must be longer than any fence in the text.
    const fences = content.join("\n").match(/~+/g) ?? [];
    const fence = "~".repeat(Math.max(3, ...fences.map(({ length }) => length + 1)));
    const note = ["", "The list is cut, because a comment has a maximum length."];
    const wrap = (kept: string[]) =>
        folded(`${fields.length} changed ${fields.length === 1 ? "field" : "fields"}`, [
            `${fence}diff`,
            ...kept,
            fence,
            ...(kept.length < content.length ? note : []),
        ]).join("\n");
    let kept = content;
    while (kept.length > 0 && wrap(kept).length > room) {
        kept = kept.slice(0, Math.floor(kept.length * 0.9));
    }
    return kept.length === 0 ? "" : wrap(kept);
}
