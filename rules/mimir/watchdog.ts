import type { RuleFile } from "../define";

export default {
    group: "watchdog",
    about: "Whether alerts arrive at all.",
    rules: [
        {
            alert: "Watchdog",
            severity: "info",
            summary: "Always firing: whoever waits for it and misses it knows that alerts no longer arrive",
            expr: () => "vector(1)",
        },
    ],
} satisfies RuleFile;
