import type { DurationRange } from "./durations";

/** Limits of the shutdown delay of the collector. */
export const shutdownDelayRange: DurationRange = {
    minimum: "1s",
    maximum: "10m",
    example: "25s",
    reason: "a rolling update waits for it in each pod",
};
