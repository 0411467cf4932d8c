import type { Alert } from "./define";
import { matchers } from "./expressions";

/** An alert about a part of the control plane of which no target can be scraped. */
export function partDown(alert: string, title: string, job: string, cluster: string | undefined): Alert {
    return {
        alert,
        severity: "critical",
        // Longer than an upgrade of the only node of the control plane.
        for: "15m",
        summary: `{{ $labels.cluster }}: no ${title} can be scraped`,
        expr: () => {
            const up = `up{${matchers({ job, cluster })}}`;
            return `sum by (cluster, job) (${up}) == 0 or absent(${up})`;
        },
    };
}
