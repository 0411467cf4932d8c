import { groupDescriptions, type KnownAlert, knownAlerts } from "../rules";

/** Content of docs/alerts.md: a table of the alerts of each group. `npm run alerts` writes it. */
export function alertsPage(): string {
    const alerts = knownAlerts();
    const sections = Object.entries(groupDescriptions()).flatMap(([group, description]) => {
        const rows = alerts.filter((alert) => alert.group === group).map(row);
        return rows.length === 0 ? [] : [`## ${group}\n\n${description}\n\n${header}${rows.join("\n")}`];
    });
    return `${[introduction, ...sections].join("\n\n")}\n`;
}

const introduction = `# Alerts

\`npm run alerts\` generates this page from [rules/](../rules). The setting \`alerts.disabledGroups\` disables a group, and
\`alerts.thresholds\` changes the threshold of an alert. Each alert links to its runbook.`;

const header = "| alert | severity | summary | default threshold | metrics |\n| --- | --- | --- | --- | --- |\n";

function row({ alert, group, ruler, severity, summary, threshold, comparison, expr }: KnownAlert): string {
    const link = `[${alert}](runbooks/${group}.md#${alert.toLowerCase()})`;
    const number = threshold ? [comparison, threshold.default, `(${threshold.unit})`].filter(Boolean).join(" ") : "";
    const metrics = ruler === "loki" ? "logs" : metricsOf(expr).join(", ");
    return `| ${[link, severity, readable(summary), number, metrics].join(" | ")} |`;
}

/** The summary with the names of its template variables instead of the templates. */
function readable(summary: string): string {
    return summary.replace(/\{\{\s*\$(?:labels\.)?(\w+)[^}]*\}\}/g, "_$1_");
}

/** Names of the metrics in a PromQL expression: all names except labels, functions and keywords. */
function metricsOf(expr: string): string[] {
    const withoutLabels = expr
        .replace(/"[^"]*"/g, "")
        .replace(/\{[^}]*\}|\[[^\]]*\]/g, " ")
        .replace(/\b(by|without|on|ignoring|group_left|group_right)\s*\([^)]*\)/g, " ");
    const names = [...withoutLabels.matchAll(/(?<![\w:])[a-z_][\w:]*(?!\s*\(|[\w:])/gi)].map(([name]) => name);
    const keywords = ["and", "or", "unless", "bool", "offset", "group_left", "group_right"];
    return [...new Set(names)].filter((name) => !keywords.includes(name)).map((name) => `\`${name}\``);
}

if (require.main === module) {
    process.stdout.write(alertsPage());
}
