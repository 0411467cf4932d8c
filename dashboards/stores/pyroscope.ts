import type { Dashboard } from "@grafana/grafana-foundation-sdk/dashboard";
import { board, row } from "../lib/board";
import type { DashboardOptions } from "../lib/options";
import { lines, number } from "../lib/panels";
import { part } from "../lib/selectors";
import { behindProgram, objectStore, process, requests, running } from "../lib/stack";
import { unit } from "../lib/units";
import { cluster } from "../lib/variables";

/** Pyroscope: takes, keeps and finds profiles. */
export default ({ namespace }: DashboardOptions): Dashboard => {
    const of = part(namespace, "pyroscope");
    return board(
        {
            uid: "stores-pyroscope",
            title: "Pyroscope",
            about: "The store of profiles.",
            variables: [cluster()],
            behind: behindProgram(namespace, "pyroscope"),
        },
        row(
            "Does it take all profiles?",
            running(of),
            number("Profiles", {
                about: "Profiles that arrive.",
                unit: unit.perSecond,
                show: {
                    profiles: `sum(rate(pyroscope_distributor_received_decompressed_bytes_count{${of}}[$__rate_interval]))`,
                },
            }),
            number("Volume", {
                about: "Bytes of profiles that arrive, as they are once unpacked.",
                unit: unit.bytesPerSecond,
                show: {
                    bytes: `sum(rate(pyroscope_distributor_received_decompressed_bytes_sum{${of}}[$__rate_interval]))`,
                },
            }),
            number("Refused", {
                about: "Profiles that it refuses: too large, too many, too old. None is normal.",
                unit: unit.perSecond,
                show: {
                    refused: `sum(rate(pyroscope_discarded_samples_total{${of}}[$__rate_interval])) or 0 * sum(up{${of}})`,
                },
                badAbove: 0.001,
            }),
            number("Panics", {
                about: "None is normal.",
                unit: unit.perSecond,
                show: { panics: `sum(rate(pyroscope_panic_total{${of}}[$__rate_interval]))` },
                badAbove: 0.0001,
            }),
        ),
        row("Does it answer?", ...requests("pyroscope", of)),
        row(
            "Is what it takes stored and compacted?",
            lines("Compaction queue", {
                about: "Blocks that wait to be merged. It may be long for a while, but not grow for hours.",
                unit: unit.count,
                show: {
                    blocks: `sum(pyroscope_metastore_compaction_global_queue_blocks_current{${of}})`,
                    batches: `sum(pyroscope_metastore_compaction_global_queue_batches_current{${of}})`,
                },
            }),
            lines("Metastore: duration of commands, 99th percentile", {
                about: "Every block that is written is a command.",
                unit: unit.seconds,
                show: {
                    duration: `histogram_quantile(0.99, sum by (le) (rate(pyroscope_metastore_raft_apply_command_duration_seconds_bucket{${of}}[$__rate_interval])))`,
                },
            }),
            lines("Metastore: size of the last snapshot", {
                about: "It grows with the number of blocks.",
                unit: unit.bytes,
                show: { "{{pod}}": `max by (pod) (pyroscope_metastore_boltdb_persist_snapshot_size_bytes{${of}})` },
            }),
            ...objectStore("", of),
        ),
        row("Has it enough of everything?", ...process(of)),
    );
};
