import type { Dashboard } from "@grafana/grafana-foundation-sdk/dashboard";
import { createDashboard, row } from "../lib/dashboard";
import { stat, timeSeries } from "../lib/panels";
import { inCluster } from "../lib/selectors";
import { unit } from "../lib/units";
import { cluster } from "../lib/variables";

const job = `${inCluster}, job="coredns"`;
const rate = (metric: string, by: string, more = "") =>
    `sum by (${by}) (rate(coredns_${metric}{${job}${more}}[$__rate_interval]))`;
const duration = (quantile: number) =>
    `histogram_quantile(${quantile}, ${rate("dns_request_duration_seconds_bucket", "le")})`;
const hits = rate("cache_hits_total", "cluster");

/** The DNS server of the cluster. */
export default (): Dashboard =>
    createDashboard(
        {
            uid: "control-plane-coredns",
            title: "CoreDNS",
            description: "Queries, errors, latency and cache of the DNS server of the cluster.",
            variables: [cluster()],
            drilldown: {
                dashboards: { "kubernetes-cluster": "Cluster" },
                logs: `{${inCluster}, namespace="kube-system", pod=~".*coredns.*"}`,
            },
        },
        row(
            "CoreDNS status",
            stat("Pods up", {
                description: "The number of pods of CoreDNS that can be scraped.",
                unit: unit.count,
                queries: { up: `sum(up{${job}})` },
                criticalBelow: 1,
            }),
            stat("Queries", {
                description: "Queries per second of all clients.",
                unit: unit.perSecond,
                queries: { queries: rate("dns_requests_total", "cluster") },
            }),
            stat("SERVFAIL", {
                description: "The ratio of queries that CoreDNS could not answer. Normal is 0.",
                unit: unit.ratio,
                queries: {
                    errors: `(${rate("dns_responses_total", "cluster", ', rcode="SERVFAIL"')} or vector(0)) / ${rate("dns_responses_total", "cluster")}`,
                },
                warnAbove: 0.01,
                criticalAbove: 0.03,
            }),
            stat("p99 duration", {
                description: "99 % of the queries take less time.",
                unit: unit.seconds,
                queries: { p99: duration(0.99) },
                warnAbove: 1,
            }),
        ),
        row(
            "Queries",
            timeSeries("Queries by type", {
                description:
                    "Queries per second. Clients in pods try several names for each host, so that many answers are NXDOMAIN.",
                unit: unit.perSecond,
                stacked: true,
                queries: { "{{type}}": rate("dns_requests_total", "type") },
            }),
            timeSeries("Answers by code", {
                description: "Answers per second. SERVFAIL means that CoreDNS or a server behind it has failed.",
                unit: unit.perSecond,
                queries: { "{{rcode}}": rate("dns_responses_total", "rcode") },
            }),
            timeSeries("Duration", {
                description: "The duration of queries, with the time of servers behind CoreDNS.",
                unit: unit.seconds,
                queries: { p50: duration(0.5), p99: duration(0.99) },
            }),
            timeSeries("Cache hit ratio", {
                description: "The ratio of queries that the cache has answered.",
                unit: unit.ratio,
                max: 1,
                queries: { hits: `${hits} / (${hits} + ${rate("cache_misses_total", "cluster")} > 0)` },
            }),
            timeSeries("Duration of forwarded queries", {
                description: "The average duration of queries that CoreDNS forwards, by server.",
                unit: unit.seconds,
                queries: {
                    "{{to}}": `${rate("proxy_request_duration_seconds_sum", "to")} / (${rate("proxy_request_duration_seconds_count", "to")} > 0)`,
                },
            }),
            timeSeries("Problems", {
                description:
                    "Failed health checks of servers behind CoreDNS, queries that were refused because of too many at the same time, and panics, per second.",
                unit: unit.perSecond,
                queries: {
                    "health checks of {{to}} failed": rate("proxy_healthcheck_failures_total", "to"),
                    "refused queries": rate("forward_max_concurrent_rejects_total", "cluster"),
                    panics: rate("panics_total", "cluster"),
                },
            }),
        ),
    );
