import type { Dashboard, Panel } from "@grafana/grafana-foundation-sdk/dashboard";
import { dashboards } from "../dashboards";
import { dashboardFolders, folderTitle } from "../dashboards/folders";

/** docs/dashboards.md: every dashboard, the questions that it answers, and what from. */
export function dashboardsPage(): string {
    const all = dashboards({ namespace: "monitoring" }).map(({ json, ...rest }) => ({
        ...rest,
        dashboard: JSON.parse(json) as Dashboard,
    }));
    const folders = dashboardFolders().flatMap((folder) => [
        `## ${folderTitle(folder)}`,
        ...all
            .filter((made) => made.folder === folder)
            .map(({ uid, title, dashboard }) => section(uid, title, dashboard)),
    ]);
    return [introduction(all.length), ...folders].join("\n\n") + "\n";
}

function introduction(count: number): string {
    return `<!-- Written by \`npm run docs\`; change dashboards/ instead. -->

# Dashboards

${count} dashboards come with Grafana, which opens on the platform overview. Each row of a dashboard is a question. A panel's menu leads to the
logs, traces and profiles behind it; a point of a duration leads to its trace.

A file in a folder of [dashboards/](../dashboards) is a dashboard, its default export makes it: add a file, and it is shown. A stack leaves
folders out with

\`\`\`yaml
config:
  observability:dashboards: { disabledFolders: [dapr] }
\`\`\``;
}

function section(uid: string, title: string, { description = "", panels = [] }: Dashboard): string {
    const answers: { question: string; from: Set<string> }[] = [];
    for (const panel of panels) {
        if (panel.type === "row") {
            answers.push({ question: panel.title ?? "", from: new Set() });
        } else {
            sourcesOf(panel).forEach((source) => answers.at(-1)?.from.add(source));
        }
    }
    const rows = answers.map(({ question, from }) => `| ${question} | ${[...from].sort().join(", ")} |`);
    const [about = ""] = description.split("\n");
    return [`### ${title}`, `\`${uid}\`. ${about}`, ["| question | from |", "| --- | --- |", ...rows].join("\n")].join(
        "\n\n",
    );
}

/** What a panel is made from: names of metrics; logs, traces or profiles. */
function sourcesOf({ datasource, targets = [] }: Panel): string[] {
    switch (datasource?.uid) {
        case "loki":
            return ["logs"];
        case "tempo":
            return ["traces"];
        case "pyroscope":
            return ["profiles"];
        default: {
            const expressions = targets.map((target) => (target as { expr?: string }).expr ?? "");
            return expressions.flatMap((expr) =>
                [...expr.matchAll(/([a-zA-Z_:][\w:]*)\{|\{[^}]*__name__/g)].map(([, name]) =>
                    name === undefined ? "all metrics" : `\`${name}\``,
                ),
            );
        }
    }
}
