import { missingIn } from "../../validation/components";
import type { RuleFile } from "../define";
import { anyOf, perSignal, remoteWriteLag } from "../expressions";

const rate = (metric: string, job: string) =>
    `sum by (cluster, namespace, job, pod) (rate(${metric}{job="${job}"}[5m]))`;

export default {
    group: "alloy",
    needs: ["alloyMetrics"],
    dashboard: "stack-alloy",
    description: "Grafana Alloy as receiver, log collector and metrics scraper.",
    rules: ({ absent, optionalSources }) => {
        const hasSingleton = !missingIn(absent, optionalSources).includes("alloySingleton");
        const ofEach = (metric: string, job: string) =>
            [job, ...(hasSingleton ? ["alloy-singleton"] : [])].map((each) => rate(metric, each));
        return [
            {
                alert: "AlloyReceiverRefusedData",
                needs: ["alloyReceiver"],
                severity: "critical",
                for: "10m",
                summary:
                    "{{ $labels.pod }} ({{ $labels.signal }}): {{ $value | humanize }} items per second are refused, because the memory limit is reached or the backend does not accept them",
                expr: () =>
                    `${perSignal({
                        traces: rate("otelcol_receiver_refused_spans_total", "alloy-receiver"),
                        logs: rate("otelcol_receiver_refused_log_records_total", "alloy-receiver"),
                        metrics: rate("otelcol_receiver_refused_metric_points_total", "alloy-receiver"),
                    })} > 0`,
            },
            {
                alert: "AlloyExporterDroppedData",
                severity: "critical",
                for: "5m",
                summary:
                    "{{ $labels.pod }} ({{ $labels.signal }}): {{ $value | humanize }} items per second are dropped",
                // The receiver drops nothing. The collector drops the data that a backend rejects permanently, and counts it.
                expr: () =>
                    perSignal({
                        logs: anyOf(...ofEach("loki_write_dropped_entries_total", "alloy-logs")),
                        metrics: anyOf(...ofEach("prometheus_remote_storage_samples_failed_total", "alloy-metrics")),
                    }),
            },
            {
                alert: "AlloyRemoteWriteBehind",
                severity: "warning",
                for: "15m",
                threshold: { default: 120, unit: "seconds" },
                summary: "{{ $labels.pod }}: remote write is {{ $value | humanizeDuration }} behind the scrapes",
                expr: (seconds) => `${remoteWriteLag("alloy-metrics")} > ${seconds}`,
            },
            {
                alert: "AlloyFailedReload",
                severity: "warning",
                for: "10m",
                summary: "{{ $labels.pod }}: Alloy could not load its configuration",
                expr: () => 'alloy_config_last_load_successful{job=~"alloy-.+"} == 0',
            },
            {
                alert: "AlloyComponentUnhealthy",
                severity: "warning",
                for: "15m",
                summary: "{{ $labels.pod }}: {{ $value }} Alloy components are {{ $labels.health_type }}",
                expr: () =>
                    'sum by (cluster, namespace, job, pod, health_type) (alloy_component_controller_running_components{job=~"alloy-.+", health_type!="healthy"}) > 0',
            },
        ];
    },
} satisfies RuleFile;
