import {
    type ControlPlanePart,
    controlPlaneJobs,
    controlPlaneParts,
    controlPlaneTitles,
} from "../../validation/control-plane";
import { objectRulerName } from "../../components/mimir";
import { databaseTitles } from "../../validation/databases";
import type { OptionalSource } from "../../validation/components";
import { existingSources } from "../../settings/components";
import type { Settings } from "../../settings/resolve";
import type { Get } from "../cluster/backend-api";
import type { Finding } from "./finding";
import { age } from "./finding";

/** A signal, its backend, and the query for the time of its newest data. */
export interface Signal {
    name: string;
    /** One piece of data of this signal. */
    item: string;
    backend: "loki" | "tempo" | "mimir" | "pyroscope";
    /** Whether the stack itself always produces this signal. Then missing data is a problem. */
    alwaysPresent: boolean;
    /** Whether the metrics scraper produces it. */
    scraped?: true;
    /** Returns the time of the newest data of the last hour, in seconds since 1970. Undefined if there is none. */
    newest: (get: Get, now: Date) => Promise<number | undefined>;
}

const hourSeconds = 3600;

/** The signals whose newest data can be in the stores of a stack. */
export function storedSignals(settings: Settings): Signal[] {
    const { cluster, components } = settings;
    const bySource = optionalSignals(cluster);
    return [...basicSignals(cluster), ...existingSources(settings).map((source) => bySource[source])].filter(
        ({ backend, scraped = false }) => components[backend] && (!scraped || components.alloyMetrics),
    );
}

/** A central stack stores the data of other clusters too. */
const of = (cluster: string): string => `cluster="${cluster}"`;

/** The signals of each stack. Profiles are those of all clusters, because SDKs send them without the name of the cluster. */
export function basicSignals(cluster: string): Signal[] {
    return [
        {
            name: "logs",
            item: "log line",
            backend: "loki",
            alwaysPresent: true,
            newest: newestEntry(`{service_name=~".+", ${of(cluster)}}`),
        },
        {
            name: "metrics",
            item: "sample",
            backend: "mimir",
            alwaysPresent: true,
            newest: newestSample(`up{${of(cluster)}}`),
        },
        {
            name: "traces",
            item: "trace",
            backend: "tempo",
            alwaysPresent: false,
            newest: async (get, now) => {
                const end = Math.ceil(now.getTime() / 1000);
                // A search returns any traces of its range, not the newest. Only an empty range leads to a longer one.
                for (const seconds of [60, 600, hourSeconds]) {
                    const range = `start=${end - seconds}&end=${end}`;
                    const { traces } = await get(
                        `/api/search?q=${encodeURIComponent(`{ resource.${of(cluster)} }`)}&limit=100&${range}`,
                    );
                    if (traces?.length > 0) {
                        return latest(traces.map(({ startTimeUnixNano }: any) => Number(startTimeUnixNano) / 1e9));
                    }
                }
                return undefined;
            },
        },
        {
            name: "profiles",
            item: "profile",
            backend: "pyroscope",
            alwaysPresent: false,
            newest: async (get, now) => {
                const range = { start: now.getTime() - hourSeconds * 1000, end: now.getTime() };
                const service = "/querier.v1.QuerierService";
                const { profileTypes } = await get(`${service}/ProfileTypes`, range);
                const points = await Promise.all(
                    (profileTypes ?? []).map(async ({ ID }: any) => {
                        const query = { ...range, profileTypeID: ID, labelSelector: "{}", step: 15, groupBy: [] };
                        const { series } = await get(`${service}/SelectSeries`, query);
                        return (series ?? []).flatMap(({ points }: any) =>
                            points.map((point: any) => point.timestamp / 1000),
                        );
                    }),
                );
                return latest(points.flat());
            },
        },
    ];
}

/** The data of the sources that a stack does not have by default. */
export function optionalSignals(cluster: string): Record<OptionalSource, Signal> {
    return {
        kubeStateMetrics: {
            name: "kube-state-metrics",
            item: "scrape of kube-state-metrics",
            backend: "mimir",
            alwaysPresent: true,
            newest: newestSample(`up{job="kube-state-metrics", ${of(cluster)}} == 1`),
        },
        kafka: {
            name: "metrics of Kafka",
            item: "successful scrape of Kafka",
            backend: "mimir",
            alwaysPresent: true,
            newest: newestSample(`up{job="kafka", ${of(cluster)}} == 1`),
        },
        redpanda: {
            name: "metrics of Redpanda",
            item: "scrape of Redpanda",
            backend: "mimir",
            alwaysPresent: true,
            newest: newestSample(`up{job="redpanda", ${of(cluster)}} == 1`),
        },
        prometheus: {
            name: "metrics of Prometheus",
            item: "scrape of Prometheus",
            backend: "mimir",
            alwaysPresent: true,
            newest: newestSample(`up{job="prometheus", ${of(cluster)}} == 1`),
        },
        kubernetesEvents: {
            name: "events",
            item: "event",
            backend: "loki",
            // A cluster in which nothing changes has no events.
            alwaysPresent: false,
            newest: newestEntry(`{service_name="kubernetes-events", ${of(cluster)}}`),
        },
        probes: {
            name: "probe results",
            item: "probe result",
            backend: "mimir",
            alwaysPresent: true,
            newest: newestSample(`probe_success{job="blackbox", ${of(cluster)}}`),
        },
        otherClusters: {
            name: "ingestion proxy",
            item: "scrape of the ingestion proxy",
            backend: "mimir",
            alwaysPresent: true,
            scraped: true,
            newest: newestSample(`up{job="ingestion-proxy", ${of(cluster)}} == 1`),
        },
        prometheusOperator: {
            name: "targets of monitors",
            item: "update of the targets of monitors",
            backend: "mimir",
            // A cluster may have no monitors.
            alwaysPresent: false,
            scraped: true,
            newest: newestSample(
                `prometheus_target_scrape_pool_targets{component_id=~"prometheus\\\\.operator\\\\..+", ${of(cluster)}}`,
            ),
        },
        prometheusRules: {
            name: "PrometheusRules",
            item: "evaluation of PrometheusRules",
            backend: "mimir",
            // A cluster may have no PrometheusRules.
            alwaysPresent: false,
            scraped: true,
            newest: newestSample(
                `cortex_prometheus_rule_group_rules{job="mimir", pod=~"${objectRulerName}-.+", ${of(cluster)}}`,
            ),
        },
        ...(Object.fromEntries(controlPlaneParts.map((part) => [part, controlPlaneSignal(part, cluster)])) as Record<
            ControlPlanePart,
            Signal
        >),
        loadMonitor: {
            name: "results of the load monitor",
            item: "result of the load monitor",
            backend: "mimir",
            // A run can be an hour ago, which is late for other signals.
            alwaysPresent: false,
            newest: newestSample(`k6_comparison_failed{namespace="load-monitor", ${of(cluster)}}`),
        },
        autoInstrumentation: {
            name: "auto-instrumentation",
            item: "scrape of the auto-instrumentation",
            backend: "mimir",
            alwaysPresent: true,
            scraped: true,
            newest: newestSample(`up{job="auto-instrumentation", ${of(cluster)}} == 1`),
        },
        ebpfProfiles: {
            name: "profiler",
            item: "scrape of the profiler",
            backend: "mimir",
            alwaysPresent: true,
            scraped: true,
            newest: newestSample(`up{job="alloy-profiles", ${of(cluster)}} == 1`),
        },
        postgresql: databaseSignal(databaseTitles.postgresql, `pg_up{job="postgresql", ${of(cluster)}} == 1`),
        mysql: databaseSignal(databaseTitles.mysql, `mysql_up{job="mysql", ${of(cluster)}} == 1`),
        mongodb: databaseSignal(databaseTitles.mongodb, `mongodb_up{job="mongodb", ${of(cluster)}} == 1`),
        redis: databaseSignal(databaseTitles.redis, `redis_up{job="redis", ${of(cluster)}} == 1`),
    };
}

function controlPlaneSignal(part: ControlPlanePart, cluster: string): Signal {
    const title = controlPlaneTitles[part];
    return {
        name: `metrics of ${title}`,
        item: `successful scrape of ${title}`,
        backend: "mimir",
        alwaysPresent: true,
        newest: newestSample(`up{job=~"${controlPlaneJobs[part].join("|")}", ${of(cluster)}} == 1`),
    };
}

function databaseSignal(title: string, up: string): Signal {
    return {
        name: `metrics of ${title}`,
        item: `successful scrape of ${title}`,
        backend: "mimir",
        alwaysPresent: true,
        newest: newestSample(up),
    };
}

function newestEntry(selector: string): Signal["newest"] {
    return async (get) => {
        const query = encodeURIComponent(selector);
        const { data } = await get(`/loki/api/v1/query_range?query=${query}&since=1h&limit=1&direction=backward`);
        return latest(data.result.flatMap(({ values }: any) => values.map(([time]: any) => Number(time) / 1e9)));
    };
}

function newestSample(vector: string): Signal["newest"] {
    return async (get) => {
        const query = encodeURIComponent(`max(max_over_time(timestamp(${vector})[1h:15s]))`);
        const { data } = await get(`/prometheus/api/v1/query?query=${query}`);
        return latest(data.result.map(({ value }: any) => Number(value[1])));
    };
}

// Samples and log lines arrive at least once a minute.
const lateSeconds = 300;

export function signalFinding({ name, item, alwaysPresent }: Signal, newest: number | undefined, now: Date): Finding {
    if (newest === undefined) {
        return { area: "signals", subject: name, ok: !alwaysPresent, text: `no ${name} arrived in the last hour` };
    }
    const seconds = Math.max(0, now.getTime() / 1000 - newest);
    return {
        area: "signals",
        subject: name,
        ok: !alwaysPresent || seconds < lateSeconds,
        text: `the newest ${item} is ${age(seconds)} old`,
    };
}

function latest(times: number[]): number | undefined {
    return times.length === 0 ? undefined : Math.max(...times);
}
