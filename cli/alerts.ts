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

function row({ alert, group, severity, summary, threshold, expr }: KnownAlert): string {
    const link = `[${alert}](runbooks/${group}.md#${alert.toLowerCase()})`;
    const number = threshold ? `${threshold.default} (${threshold.unit})` : "";
    return `| ${[link, severity, readable(summary), number, metricsOf(expr).join(", ")].join(" | ")} |`;
}

/** The summary with the names of its template variables instead of the templates. */
function readable(summary: string): string {
    return summary.replace(/\{\{\s*\$(?:labels\.)?(\w+)[^}]*\}\}/g, "_$1_");
}

/** Names of the metrics in an expression, `logs` for LogQL, or the expression itself if it has neither. */
function metricsOf(expr: string): string[] {
    const names = [...expr.matchAll(/\b[a-z][a-z0-9_]*:[a-z0-9_:]+|\b[a-z][a-z0-9_]{2,}(?=\s*[{[])/g)].map(
        ([name]) => name,
    );
    const found = [...new Set(names)].filter((name) => name !== "rate" && name !== "by");
    return found.length > 0 ? found.map((name) => `\`${name}\``) : [expr.includes("{") ? "logs" : `\`${expr}\``];
}

if (require.main === module) {
    process.stdout.write(alertsPage());
}
