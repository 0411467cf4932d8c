import type { Dashboard } from "@grafana/grafana-foundation-sdk/dashboard";
import { board, row } from "../lib/board";
import { flameGraph, lines, logLines, number, spread, traces } from "../lib/panels";
import { inNamespace, spans } from "../lib/selectors";
import { callRate, errorRate, errorShare, latency, latencyBuckets, served } from "../lib/span-metrics";
import { unit } from "../lib/units";
import { cluster, namespace, service } from "../lib/variables";

const of = `${inNamespace}, service="$service"`;
const signals = `${inNamespace}, service_name="$service"`;
const container = `${inNamespace}, pod=~"$service-.*", container!=""`;
const profiles = 'service_name="$service"';

/** One service, whole. */
export default (): Dashboard =>
    board(
        {
            uid: "platform-service",
            title: "Service",
            about: "All that is known of one service.",
            variables: [cluster(), namespace(), service()],
            behind: { logs: `{${signals}}`, traces: spans(), profiles },
        },
        row(
            "How does the service do now?",
            number("Requests", {
                about: "Requests that it answers.",
                unit: unit.requestsPerSecond,
                show: { requests: callRate(served(of)) },
            }),
            number("Errors", {
                about: "Share of the requests that it answers with an error.",
                unit: unit.ratio,
                show: { errors: errorShare(served(of)) },
                warnAbove: 0.01,
                badAbove: 0.05,
                behind: { logs: `{${signals}} |~ "(?i)error"`, traces: spans("status = error"), profiles },
            }),
            number("Duration, 95th percentile", {
                about: "19 of 20 requests are answered faster.",
                unit: unit.seconds,
                show: { "95 %": latency(0.95, served(of)) },
            }),
            number("Log entries", {
                about: "Entries that it writes.",
                unit: unit.perSecond,
                showLogs: { entries: `sum(rate({${signals}}[$__auto]))` },
            }),
            number("CPU", {
                about: "Cores that its containers use.",
                unit: unit.cores,
                show: { cores: `sum(rate(container_cpu_usage_seconds_total{${container}}[$__rate_interval]))` },
            }),
            number("Memory", {
                about: "What its containers hold and cannot give back.",
                unit: unit.bytes,
                show: { memory: `sum(container_memory_working_set_bytes{${container}})` },
            }),
        ),
        row(
            "Which operations are called, fail or are slow?",
            lines("Requests by operation", {
                about: "Requests that it answers, by the name of the span.",
                unit: unit.requestsPerSecond,
                show: { "{{span_name}}": callRate(served(of), "span_name") },
                stacked: true,
            }),
            lines("Errors by operation", {
                about: "Requests that end with an error. A constant few may be the callers' fault.",
                unit: unit.requestsPerSecond,
                show: { "{{span_name}}": errorRate(served(of), "span_name") },
                behind: { logs: `{${signals}} |~ "(?i)error"`, traces: spans("status = error"), profiles },
            }),
            lines("Duration by operation, 95th percentile", {
                about: "19 of 20 requests are answered faster. Points are traces.",
                unit: unit.seconds,
                show: { "{{span_name}}": latency(0.95, served(of), "span_name") },
                exemplars: true,
            }),
            spread("How durations are spread", {
                about: "Two bands mean two kinds of requests, such as those that a cache answers.",
                unit: unit.seconds,
                show: latencyBuckets(served(of)),
            }),
            lines("What it calls", {
                about: "Calls to others, by the name of the span. A dependency that is slow makes this service slow.",
                unit: unit.seconds,
                width: 12,
                show: { "{{span_name}}": latency(0.95, `${of}, span_kind="SPAN_KIND_CLIENT"`, "span_name") },
            }),
        ),
        row(
            "Has it enough of everything?",
            lines("CPU by pod", {
                about: "Cores that are used. Pods are found by the service's name at the beginning of theirs.",
                unit: unit.cores,
                show: {
                    "{{pod}}": `sum by (pod) (rate(container_cpu_usage_seconds_total{${container}}[$__rate_interval]))`,
                },
            }),
            lines("Throttled by pod", {
                about: "Share of the time slices in which a container had used up its CPU limit.",
                unit: unit.ratio,
                max: 1,
                show: {
                    "{{pod}}": `sum by (pod) (rate(container_cpu_cfs_throttled_periods_total{${container}}[$__rate_interval])) / sum by (pod) (rate(container_cpu_cfs_periods_total{${container}}[$__rate_interval]))`,
                },
            }),
            lines("Memory by pod, of its limit", {
                about: "At 100 % a container is killed.",
                unit: unit.ratio,
                badAbove: 0.9,
                show: {
                    "{{pod}} {{container}}": `sum by (pod, container) (container_memory_working_set_bytes{${container}}) / (sum by (pod, container) (container_spec_memory_limit_bytes{${container}}) > 0)`,
                },
            }),
        ),
        row(
            "Which traces are slow, and which fail?",
            traces("Slow traces", {
                about: "Traces in which it took longer than half a second.",
                show: spans("duration > 500ms"),
            }),
            traces("Failed traces", {
                about: "Traces in which it failed.",
                show: spans("status = error"),
            }),
        ),
        row(
            "What does it say?",
            lines("Log entries by level", {
                about: "Levels as Loki finds them in the entries.",
                unit: unit.perSecond,
                width: 24,
                height: 6,
                stacked: true,
                showLogs: { "{{detected_level}}": `sum by (detected_level) (rate({${signals}}[$__auto]))` },
            }),
            logLines("Logs", { about: "The newest entries.", show: `{${signals}}` }),
        ),
        row(
            "Where does its CPU time go?",
            flameGraph("CPU time", {
                about: "Only of services that send profiles.",
                show: profiles,
            }),
        ),
    );
