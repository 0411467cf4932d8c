import { type Cases, remoteWriteBehind } from "../case";
import { alloy, constant, perSecond, seriesOf, stackLabels, value } from "../series";

export default {
    AlloyReceiverRefusedData: {
        after: "30m",
        fires: { [seriesOf("otelcol_receiver_refused_metric_points_total", alloy)]: perSecond(2) },
        labels: { ...stackLabels, ...alloy, signal: "metrics" },
        summary:
            "alloy-0 (metrics): 2 items per second are refused, because the memory limit is reached or the backend does not accept them",
        silent: { [seriesOf("otelcol_receiver_refused_metric_points_total", alloy)]: constant },
    },
    AlloyExporterDroppedData: {
        after: "30m",
        fires: {
            [seriesOf("loki_write_dropped_entries_total", { job: "alloy-logs", pod: "logs-a" })]: perSecond(2),
        },
        labels: { ...stackLabels, job: "alloy-logs", pod: "logs-a", signal: "logs" },
        summary: "logs-a (logs): 2 items per second are dropped",
        silent: { [seriesOf("loki_write_dropped_entries_total", { job: "alloy-logs", pod: "logs-a" })]: constant },
    },
    AlloyRemoteWriteBehind: remoteWriteBehind("alloy-metrics", "p: remote write is 5m 0s behind the scrapes"),
    AlloyFailedReload: {
        after: "30m",
        fires: { [seriesOf("alloy_config_last_load_successful", alloy)]: value(0) },
        labels: { ...stackLabels, ...alloy },
        summary: "alloy-0: Alloy could not load its configuration",
        silent: { [seriesOf("alloy_config_last_load_successful", alloy)]: value(1) },
    },
    AlloyComponentUnhealthy: {
        after: "30m",
        fires: {
            [seriesOf("alloy_component_controller_running_components", { ...alloy, health_type: "exited" })]: value(1),
        },
        labels: { ...stackLabels, ...alloy, health_type: "exited" },
        summary: "alloy-0: 1 Alloy components are exited",
        silent: {
            [seriesOf("alloy_component_controller_running_components", { ...alloy, health_type: "healthy" })]: value(6),
        },
    },
} satisfies Cases;
