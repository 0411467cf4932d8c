import type { Case } from "./case";
import { series, value } from "./series";

/** A part of the control plane of which no target can be scraped. */
export function partDown(title: string, job: string): Case {
    const up = series("up", { cluster: "c", job, instance: "10.0.0.1:1" });
    return {
        after: "30m",
        fires: { [up]: value(0) },
        labels: { cluster: "c", job },
        summary: `c: no ${title} can be scraped`,
        // One of two.
        silent: { [up]: value(0), [series("up", { cluster: "c", job, instance: "10.0.0.2:1" })]: value(1) },
    };
}
