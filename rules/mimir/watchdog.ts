import type { RuleFile } from "../define";

export default {
    group: "watchdog",
    dashboard: "platform-alerts",
    description: "An alert that always fires, to check that alerts are delivered.",
    rules: [
        {
            alert: "Watchdog",
            severity: "info",
            summary: "Watchdog: this alert always fires, so that its absence shows that alerts are not delivered",
            expr: () => "vector(1)",
        },
    ],
} satisfies RuleFile;
