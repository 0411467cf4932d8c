import type { RuleFile } from "../define";

export default {
    group: "watchdog",
    description: "Delivery of alerts.",
    rules: [
        {
            alert: "Watchdog",
            severity: "info",
            summary: "Watchdog: this alert always fires, so that its absence shows that alerts are not delivered",
            expr: () => "vector(1)",
        },
    ],
} satisfies RuleFile;
