import type { Cases } from "../case";
import { type Series, series, value } from "../series";

/** The results of a comparison of the load monitor. */
function compared(comparison: string, deviation: string, failed: string): Series {
    const of = (metric: string) => series(metric, { cluster: "dev", namespace: "load-monitor", comparison });
    return { [of("k6_comparison_deviation")]: deviation, [of("k6_comparison_failed")]: failed };
}

export default {
    LoadMonitorComparisonFailed: {
        after: "40m",
        fires: compared("spans", "0.05x60", "1x60"),
        labels: { cluster: "dev", comparison: "spans" },
        summary: "spans: what the stack reports deviates by 5% from what the load monitor has sent",
        // The next run has passed.
        silent: compared("spans", "0.05x15 0x45", "1x15 0x45"),
    },
    LoadMonitorResultsMissing: {
        after: "3h",
        fires: compared("spans", "0x30 _x300", "0x30 _x300"),
        labels: { namespace: "load-monitor" },
        summary: "load-monitor: no run has reported a result in the last hour",
        silent: compared("spans", value(0), value(0)),
    },
} satisfies Cases;
