import type { Case } from "./case";
import { seriesOf, stackLabels, value } from "./series";

/** Two nodes, on one of which a DaemonSet restarts. */
export function notRunning(job: string, title: string): Case {
    const up = (of: string, pod: string, number: number) => ({ [seriesOf("up", { job: of, pod })]: value(number) });
    const scrapers = { ...up("alloy-metrics", "c", 1), ...up("alloy-metrics", "d", 1) };
    return {
        after: "30m",
        fires: { ...scrapers, ...up(job, "a", 1), ...up(job, "b", 0) },
        labels: stackLabels,
        summary: `${title}: it does not run on 1 nodes`,
        // A DaemonSet without any pod, such as one that the API server refuses.
        alsoFires: { series: scrapers, summary: `${title}: it does not run on 2 nodes` },
        silent: { ...scrapers, ...up(job, "a", 1), ...up(job, "b", 1) },
    };
}
