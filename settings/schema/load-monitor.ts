import { defaultLoad, defaultLoadInterval, loadIntervals, maximumVus, monitorRange } from "../../validation/load";
import { group, setting } from "./setting";
import { boolean, duration, number, wholeNumber } from "./types";

const tolerance = () => number("a number above 0 and at most 1", (value) => value > 0 && value <= 1);

/** The load test that a CronJob repeats. */
export const loadMonitor = group(
    {
        enabled: setting(boolean().default(false), {
            description:
                "Whether a CronJob plays a shop of services with k6, and compares what it has sent with what the stack reports: traces, log records, samples, error rates, latencies, edges of the service graph and the sampling ratio. Alerts report comparisons that fail. It needs the collector, Loki, Tempo and Mimir of the stack.",
            example: true,
        }),
        intervalMinutes: setting(
            wholeNumber(`one of ${loadIntervals.join(", ")}`, (value) => loadIntervals.includes(value)).default(
                defaultLoadInterval,
            ),
            {
                description: `Minutes between the starts of two runs: ${loadIntervals.slice(0, -1).join(", ")} or 60.`,
                example: 30,
            },
        ),
        vus: setting(
            wholeNumber(`a whole number from 1 to ${maximumVus}`, (value) => value >= 1 && value <= maximumVus).default(
                defaultLoad.vus,
            ),
            {
                description:
                    "Number of virtual users. Each one plays 10 journeys every second; a journey has 10 spans and 5 log records.",
                example: 5,
            },
        ),
        duration: setting(duration(monitorRange).default(defaultLoad.duration), {
            description: `How long the virtual users play. The minimum is ${monitorRange.minimum}, and the maximum is ${monitorRange.maximum}. The comparison takes up to 2 minutes more.`,
            example: "30s",
        }),
        tolerance: setting(tolerance().default(defaultLoad.tolerance), {
            description:
                "Largest relative deviation of what the load test knows exactly, such as the number of log records. Error rates may deviate by as many percentage points.",
            example: 0.02,
        }),
        samplingTolerance: setting(tolerance().optional(), {
            description:
                "Largest relative deviation of the number of sampled traces. A value below the default is refused.",
            computed: "4 standard deviations of this number, which depend on tracing.samplingRatio, vus and duration",
            example: 0.5,
        }),
    },
    {
        description: "Synthetic monitoring of the stack by a recurring load test. See docs/load.md.",
        interface: "StackLoadMonitorArgs",
    },
);
