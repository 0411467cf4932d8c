import type { Cases } from "../case";

export default {
    Watchdog: {
        after: "0m",
        fires: {},
        labels: {},
        summary: "Watchdog: this alert always fires, so that its absence shows that alerts are not delivered",
        silent: undefined,
    },
} satisfies Cases;
