import { aboutGroups, type KnownAlert, knownAlerts } from "../rules";

/** docs/alerts.md: every alert, what it answers, where the answer comes from. `npm run alerts` writes it. */
export function alertsPage(): string {
    const alerts = knownAlerts();
    const sections = Object.entries(aboutGroups()).flatMap(([group, about]) => {
        const rows = alerts.filter((alert) => alert.group === group).map(row);
        return rows.length === 0 ? [] : [`## ${group}\n\n${about}\n\n${header}${rows.join("\n")}`];
    });
    return `${[introduction, ...sections].join("\n\n")}\n`;
}

const introduction = `# Alerts

Written by \`npm run alerts\` from [rules/](../rules). A group is switched off with \`alerts.disabledGroups\`, a threshold is changed with
\`alerts.thresholds\`.`;

const header = "| alert | severity | says | threshold | from |\n| --- | --- | --- | --- | --- |\n";

function row({ alert, group, severity, summary, threshold, expr }: KnownAlert): string {
    const link = `[${alert}](runbooks/${group}.md#${alert.toLowerCase()})`;
    const number = threshold ? `${threshold.default} (${threshold.unit})` : "";
    return `| ${[link, severity, readable(summary), number, metricsOf(expr).join(", ")].join(" | ")} |`;
}

/** A template as a person reads it: what is filled in becomes a word. */
function readable(summary: string): string {
    return summary.replace(/\{\{\s*\$(?:labels\.)?(\w+)[^}]*\}\}/g, "_$1_");
}

/** Names of series in an expression; of logs, that they are. */
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
