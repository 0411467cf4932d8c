import type { Dashboard } from "@grafana/grafana-foundation-sdk/dashboard";
import { createDashboard, row } from "../lib/dashboard";
import type { DashboardOptions } from "../lib/options";
import { stat, timeSeries } from "../lib/panels";
import { jobSelector } from "../lib/selectors";
import {
    componentDrilldown,
    objectStorePanels,
    processPanels,
    replicasUp,
    requestPanels,
} from "../lib/component-panels";
import { unit } from "../lib/units";
import { cluster } from "../lib/variables";

/** Pyroscope, the backend for profiles. */
export default ({ namespace }: DashboardOptions): Dashboard => {
    const selector = jobSelector(namespace, "pyroscope");
    return createDashboard(
        {
            uid: "stores-pyroscope",
            title: "Pyroscope",
            description: "Writes, reads, storage and resource usage of Pyroscope, the backend for profiles.",
            variables: [cluster()],
            drilldown: componentDrilldown(namespace, "pyroscope"),
        },
        row(
            "Writes",
            replicasUp(selector),
            stat("Profiles received", {
                description: "Profiles per second that Pyroscope receives.",
                unit: unit.perSecond,
                queries: {
                    profiles: `sum(rate(pyroscope_distributor_received_decompressed_bytes_count{${selector}}[$__rate_interval]))`,
                },
            }),
            stat("Bytes received", {
                description: "Bytes of profiles per second, after decompression.",
                unit: unit.bytesPerSecond,
                queries: {
                    bytes: `sum(rate(pyroscope_distributor_received_decompressed_bytes_sum{${selector}}[$__rate_interval]))`,
                },
            }),
            stat("Discarded profiles", {
                description:
                    "Profiles per second that Pyroscope discards because they are too large, too old or exceed a limit. Normal is 0.",
                unit: unit.perSecond,
                queries: {
                    discarded: `sum(rate(pyroscope_discarded_samples_total{${selector}}[$__rate_interval])) or 0 * sum(up{${selector}})`,
                },
                criticalAbove: 0.001,
            }),
            stat("Panics", {
                description: "Panics per second. Normal is 0.",
                unit: unit.perSecond,
                queries: { panics: `sum(rate(pyroscope_panic_total{${selector}}[$__rate_interval]))` },
                criticalAbove: 0.0001,
            }),
        ),
        row("Requests", ...requestPanels("pyroscope", selector)),
        row(
            "Storage and compaction",
            timeSeries("Compaction queue", {
                description:
                    "The number of blocks and batches that wait for compaction. Short peaks are normal. Steady growth for hours is not.",
                unit: unit.count,
                // Each replica of the metastore reports the whole queue.
                queries: {
                    blocks: `sum(max by (level) (pyroscope_metastore_compaction_global_queue_blocks_current{${selector}}))`,
                    batches: `sum(max by (level) (pyroscope_metastore_compaction_global_queue_batches_current{${selector}}))`,
                },
            }),
            timeSeries("Metastore p99 command latency", {
                description: "Seconds to apply a Raft command. Each block that is written is one command.",
                unit: unit.seconds,
                queries: {
                    p99: `histogram_quantile(0.99, sum by (le) (rate(pyroscope_metastore_raft_apply_command_duration_seconds_bucket{${selector}}[$__rate_interval])))`,
                },
            }),
            timeSeries("Metastore snapshot size", {
                description: "Bytes of the last snapshot. The size grows with the number of blocks.",
                unit: unit.bytes,
                queries: {
                    "{{pod}}": `max by (pod) (pyroscope_metastore_boltdb_persist_snapshot_size_bytes{${selector}})`,
                },
            }),
            ...objectStorePanels("", selector),
        ),
        row("Resource usage", ...processPanels(selector)),
    );
};
