import type { Cases } from "../case";
import { perSecond, sloRequests } from "../series";

const sloLabels = { slo: "mentor-api-availability", service: "mentor-api", sli: "availability" };

/** SLOs of the cases of the group slos. */
export const slos = [
    { service: "mentor-api", kind: "availability", objective: 0.99, window: "30d" },
    { service: "mentor-api", namespace: "mathtrail", kind: "latency", objective: 0.9, window: "7d", thresholdMs: 500 },
] as const;

export default {
    SLOErrorBudgetBurnFast: {
        after: "1h15m",
        fires: sloRequests(perSecond(3), perSecond(1)),
        labels: { cluster: "c", namespace: "mathtrail", ...sloLabels },
        summary: "mentor-api-availability: the error budget is used 25 times as fast as the objective allows",
        // Five bad minutes in the last hour, and none in the last half hour.
        silent: sloRequests(perSecond(3), "0x30 0+60x5 300x300"),
    },
    SLOErrorBudgetBurnSlow: {
        after: "45m",
        fires: sloRequests(perSecond(95), perSecond(5)),
        labels: { cluster: "c", namespace: "mathtrail", ...sloLabels },
        summary: "mentor-api-availability: the error budget is used 5 times as fast as the objective allows",
        silent: sloRequests(perSecond(99.5), perSecond(0.5)),
    },
    SLOErrorBudgetExhausted: {
        after: "45m",
        fires: sloRequests(perSecond(3), perSecond(1)),
        labels: { cluster: "c", namespace: "mathtrail", ...sloLabels },
        summary: "mentor-api-availability: 25% of the requests in the window failed, and the error budget is exhausted",
        silent: sloRequests(perSecond(999), perSecond(1)),
    },
    SLOMetricAbsent: {
        after: "1h10m",
        // A service of the same name in another namespace.
        fires: sloRequests(perSecond(1), perSecond(1), "elsewhere"),
        labels: { namespace: "mathtrail", slo: "mentor-api-latency", service: "mentor-api", sli: "latency" },
        summary: "mentor-api-latency: no request to mentor-api was measured for a day",
        silent: sloRequests(perSecond(1), perSecond(1)),
    },
} satisfies Cases;
