import { inCluster } from "./selectors";
import type { Drilldown } from "./links";
import { stat } from "./panels";
import { unit } from "./units";
import { cluster, multiValueVariable, type Variable } from "./variables";
import type { SizedPanel } from "./layout";

/** Labels of a server in the metrics of its exporter. */
export const byServer = "by (service_name, instance)";

/** Matches the metrics of the selected databases of a kind. */
export function ofDatabase(kind: string, more = ""): string {
    return `{${inCluster}, job="${kind}", service_name=~"$database"${more}}`;
}

/** The increase per second of a counter of the selected databases. */
export function databaseRate(kind: string, metric: string, by: string, more = ""): string {
    return `sum by (${by}) (rate(${metric}${ofDatabase(kind, more)}[$__rate_interval]))`;
}

/** The variables of a dashboard. @param up metric that shows whether a server can be reached. */
export function databaseVariables(kind: string, up: string): Variable[] {
    return [
        cluster(),
        multiValueVariable("database", "Database", `label_values(${up}{${inCluster}, job="${kind}"}, service_name)`),
    ];
}

export const databaseDrilldown: Drilldown = {
    dashboards: { "platform-overview": "Platform overview" },
    logs: `{${inCluster}, service_name=~"$database"}`,
};

/** How many servers the exporters cannot reach. */
export function unreachable(kind: string, up: string): SizedPanel {
    return stat("Unreachable servers", {
        description: "Servers that Alloy cannot reach, or that refuse its login. Normal is 0.",
        unit: unit.count,
        queries: { servers: `sum(max ${byServer} (${up}${ofDatabase(kind)}) == bool 0)` },
        criticalAbove: 1,
    });
}

/** The highest ratio of used connections of a server. */
export function usedConnections(query: string): SizedPanel {
    return stat("Connections in use", {
        description:
            "The highest ratio of open connections to the maximum of a server. At 100 %, it refuses new connections.",
        unit: unit.ratio,
        queries: { used: `max(${query})` },
        warnAbove: 0.8,
        criticalAbove: 0.95,
    });
}
