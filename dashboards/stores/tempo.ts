import type { Dashboard } from "@grafana/grafana-foundation-sdk/dashboard";
import { board, row } from "../lib/board";
import type { DashboardOptions } from "../lib/options";
import { lines, number } from "../lib/panels";
import { part } from "../lib/selectors";
import { behindProgram, process, requests, ring, running } from "../lib/stack";
import { unit } from "../lib/units";
import { cluster } from "../lib/variables";

/** Tempo: takes, keeps and finds traces, and counts them. */
export default ({ namespace }: DashboardOptions): Dashboard => {
    const of = part(namespace, "tempo");
    return board(
        {
            uid: "stores-tempo",
            title: "Tempo",
            about: "The store of traces, which also makes metrics of them.",
            variables: [cluster()],
            behind: behindProgram(namespace, "tempo", { dashboards: { "cost-traces": "Who sends most spans" } }),
        },
        row(
            "Does it take all spans?",
            running(of),
            number("Spans", {
                about: "Spans that arrive.",
                unit: unit.perSecond,
                show: { spans: `sum(rate(tempo_distributor_spans_received_total{${of}}[$__rate_interval]))` },
            }),
            number("Volume", {
                about: "Bytes of spans that arrive.",
                unit: unit.bytesPerSecond,
                show: { bytes: `sum(rate(tempo_distributor_bytes_received_total{${of}}[$__rate_interval]))` },
            }),
            number("Refused", {
                about: "Spans that it refuses: traces that are too large, or too many at once. None is normal.",
                unit: unit.perSecond,
                show: {
                    refused: `sum(rate(tempo_discarded_spans_total{${of}}[$__rate_interval])) or 0 * sum(up{${of}})`,
                },
                badAbove: 0.001,
            }),
            number("Live traces", {
                about: "Traces that may still get spans.",
                unit: unit.count,
                show: { traces: `sum(tempo_ingester_live_traces{${of}})` },
            }),
            number("Flush failures", {
                about: "Blocks that could not be written to the object store, and are tried again.",
                unit: unit.perSecond,
                show: { failures: `sum(rate(tempo_ingester_failed_flushes_total{${of}}[$__rate_interval]))` },
                badAbove: 0.001,
            }),
            lines("Spans by protocol", {
                about: "What its receivers accept.",
                unit: unit.perSecond,
                stacked: true,
                show: {
                    "{{receiver}} {{transport}}": `sum by (receiver, transport) (rate(tempo_receiver_accepted_spans{${of}}[$__rate_interval]))`,
                },
            }),
            lines("Refused by reason", {
                about: "trace_too_large, live_traces_exceeded and rate_limited are limits that can be raised.",
                unit: unit.perSecond,
                show: {
                    "{{reason}}": `sum by (reason) (rate(tempo_discarded_spans_total{${of}}[$__rate_interval]))`,
                },
            }),
            ring("tempo", of),
        ),
        row("Does it answer?", ...requests("tempo", of)),
        row(
            "Does it count what the spans say?",
            lines("Spans for metrics", {
                about: "Spans of which rates, durations and the service graph are made. None with tail sampling: the collector counts then.",
                unit: unit.perSecond,
                show: {
                    received: `sum(rate(tempo_metrics_generator_spans_received_total{${of}}[$__rate_interval]))`,
                    discarded: `sum(rate(tempo_metrics_generator_spans_discarded_total{${of}}[$__rate_interval]))`,
                },
            }),
            lines("Series made of spans", {
                about: "Each operation of each service has some twenty.",
                unit: unit.count,
                show: { series: `sum(tempo_metrics_generator_registry_active_series{${of}})` },
            }),
            lines("Edges of the service graph that never met", {
                about: "Calls of which only one side sent a span: the other has no tracing, or is outside.",
                unit: unit.perSecond,
                show: {
                    expired: `sum(rate(tempo_metrics_generator_processor_service_graphs_expired_edges{${of}}[$__rate_interval]))`,
                    complete: `sum(rate(tempo_metrics_generator_processor_service_graphs_edges{${of}}[$__rate_interval]))`,
                },
            }),
        ),
        row(
            "Is what it takes stored and later deleted?",
            lines("Blocks", {
                about: "Blocks written to the object store, merged there, and deleted when they are too old.",
                unit: unit.perSecond,
                show: {
                    written: `sum(rate(tempo_ingester_blocks_flushed_total{${of}}[$__rate_interval]))`,
                    "marked for deletion": `sum(rate(tempodb_retention_marked_for_deletion_total{${of}}[$__rate_interval]))`,
                    deleted: `sum(rate(tempodb_retention_deleted_total{${of}}[$__rate_interval]))`,
                },
            }),
            lines("Errors of compaction and retention", {
                about: "Without compaction searches become slow, without retention the bucket grows.",
                unit: unit.perSecond,
                show: {
                    "compaction errors": `sum(rate(tempodb_compaction_errors_total{${of}}[$__rate_interval]))`,
                    "retention errors": `sum(rate(tempodb_retention_errors_total{${of}}[$__rate_interval]))`,
                },
            }),
            lines("Object store: duration, 99th percentile", {
                about: "Searches and flushes wait for it.",
                unit: unit.seconds,
                show: {
                    "{{operation}}": `histogram_quantile(0.99, sum by (le, operation) (rate(tempodb_backend_request_duration_seconds_bucket{${of}}[$__rate_interval])))`,
                },
            }),
        ),
        row("Has it enough of everything?", ...process(of)),
    );
};
