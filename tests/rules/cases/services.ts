import type { Cases } from "../case";
import { perSecond, sloRequests } from "../series";

export default {
    ServiceRequestErrors: {
        after: "30m",
        fires: sloRequests(perSecond(3), perSecond(1)),
        labels: { cluster: "c", namespace: "mathtrail", service: "mentor-api" },
        summary: "mathtrail/mentor-api: 25% of the requests fail",
        // Most requests fail, but there are only three in ten minutes.
        silent: sloRequests("0x9 1x100", "0x9 2x100"),
    },
} satisfies Cases;
