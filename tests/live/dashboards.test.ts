import type { Dashboard, Panel } from "@grafana/grafana-foundation-sdk/dashboard";
import * as fs from "fs";
import * as http from "http";
import { dashboards } from "../../dashboards";
import { folderTitle } from "../../dashboards/folders";
import { describeWith } from "../helpers/prerequisites";
import { nodeName, type Pod, podLogFile, podLogLine } from "./kubernetes";
import { eventually } from "./process";
import { collector, devParts, type Part, programs } from "./parts";
import { grafanaLogin, LiveStack } from "./stack";
import {
    closeConnections,
    newSpanId,
    newTraceId,
    otlpLogs,
    otlpMetrics,
    otlpSeries,
    otlpSpans,
    post,
} from "./telemetry";

jest.setTimeout(400_000);

const needed = [...new Set(devParts.map((part) => programs[part]))];
const cluster = "mathtrail-dev";

// Values of the variables in queries.
const variables: Record<string, string> = {
    cluster,
    namespace: "mathtrail|monitoring",
    service: "mentor-api",
    node: nodeName,
    pod: "mentor-api-7d9f8b4c5d-bcdfg",
    workload: "mentor-api",
    slo: ".*",
    __rate_interval: "2m",
    __auto: "2m",
    __range: "15m",
    __range_s: "900",
};
const fill = (text: string) => text.replace(/\$(\w+)/g, (token, name: string) => variables[name] ?? token);

/**
 * Queries that may return nothing in this test: counters of losses that exist only after the first loss, times of events that have not
 * happened yet, and metrics of tail sampling, rules, Dapr and kubelets.
 */
const mayBeEmpty =
    /discarded_samples|_(refused|enqueue_failed|send_failed)_|status_code=~"5|health_type!=|tail_sampling|last_successful|ALERTS\{|slo:|prometheus_rule|alertmanager|dapr_|evictions|runtime_operations_errors|deriv\(/;

interface Query {
    datasource: { uid: string };
    refId: string;
    expr?: string;
    query?: string;
    serviceMapQuery?: string;
    labelSelector?: string;
    profileTypeId?: string;
    instant?: boolean;
    queryType?: string;
}

const all = dashboards({ namespace: "monitoring" }).map(({ folder, uid, title, json }) => {
    const { panels = [], templating } = JSON.parse(json) as Dashboard;
    const queries = panels.flatMap((panel) =>
        ((panel as Panel).targets ?? []).map((query) => ({ panel: panel.title ?? "", ...(query as unknown as Query) })),
    );
    return { folder, uid, title, queries, choices: templating?.list ?? [] };
});

/** Two services, each with a Dapr sidecar. */
function pods(address: (index: number) => string): Pod[] {
    return ["mentor-api", "profile-api"].map((service, index) => ({
        name: `${service}-7d9f8b4c5d-bcdfg`,
        namespace: "mathtrail",
        uid: `00000000-0000-0000-0000-00000000000${index}`,
        ip: address(index),
        deployment: service,
        labels: { app: service },
        annotations: { "dapr.io/enabled": "true", "dapr.io/app-id": service },
        containers: [
            { name: "app", ports: [8080] },
            { name: "daprd", ports: [{ name: "dapr-metrics", containerPort: 9090 }] },
        ],
    }));
}

describeWith({ programs: ["helm", ...needed], mirror: true }, "live: Grafana with the dashboards", () => {
    let live: LiveStack;
    let sending: NodeJS.Timeout;
    const servers: http.Server[] = [];
    const url = (part: Part, port: number, route = "") => `http://${live.address(part)}:${port}${route}`;

    async function grafana(route: string, body?: object): Promise<any> {
        const response = await fetch(url("lgtm-grafana", 3000, route), {
            method: body ? "POST" : "GET",
            headers: {
                authorization: `Basic ${btoa(`${grafanaLogin.user}:${grafanaLogin.password}`)}`,
                "content-type": "application/json",
            },
            body: body && JSON.stringify(body),
        });
        const text = await response.text();
        if (!response.ok) {
            throw new Error(`${response.status} from ${route}: ${text.slice(0, 500)}`);
        }
        return JSON.parse(text);
    }

    const throughSource = (uid: string, route: string, query: Record<string, string>, body?: object) =>
        grafana(`/api/datasources/proxy/uid/${uid}${route}?${new URLSearchParams(query).toString()}`, body);

    /** Returns the number of series, streams, traces or stack frames in the result of a query. */
    async function resultCount(query: Query): Promise<number> {
        const uid = query.datasource.uid;
        if (uid === "mimir" || uid === "loki") {
            const panelQuery = { ...query, expr: fill(query.expr ?? ""), intervalMs: 30_000, maxDataPoints: 100 };
            const { results } = await grafana("/api/ds/query", { from: "now-15m", to: "now", queries: [panelQuery] });
            const { error, frames = [] } = results[query.refId];
            expect(error).toBeUndefined();
            return frames.filter(({ data }: any) => (data.values[0]?.length ?? 0) > 0).length;
        }
        if (uid === "tempo" && query.queryType === "traceql") {
            return (await throughSource("tempo", "/api/search", { q: fill(query.query ?? "") })).traces.length;
        }
        if (uid === "tempo") {
            const expr = `traces_service_graph_request_total${fill(query.serviceMapQuery ?? "")}`;
            return (await throughSource("mimir", "/api/v1/query", { query: expr })).data.result.length;
        }
        const { flamegraph } = await throughSource(
            "pyroscope",
            "/querier.v1.QuerierService/SelectMergeStacktraces",
            {},
            {
                profileTypeID: query.profileTypeId,
                labelSelector: fill(query.labelSelector ?? ""),
                start: Date.now() - 900_000,
                end: Date.now(),
            },
        );
        return flamegraph.names.length;
    }

    let count = 0;
    async function send(): Promise<void> {
        count += 1;
        const traceId = newTraceId();
        const client = newSpanId();
        const failed = count % 3 === 0;
        const resource = { "service.name": "mentor-api" };
        const collect = (route: string, body: object, pod: number) =>
            post(url(collector, 4318, route), body, live.podAddress(pod));
        const spans = [
            { traceId, name: "GET /lesson", error: failed, durationMs: 20 + (count % 4) * 200 },
            { traceId, spanId: client, name: "ask", kind: "client" as const },
        ];
        await collect("/v1/traces", otlpSpans(resource, spans), 0);
        const asked = [{ traceId, parentSpanId: client, name: "ask", error: failed }];
        await collect("/v1/traces", otlpSpans({ "service.name": "profile-api" }, asked), 1);
        await collect("/v1/logs", otlpLogs(resource, [{ body: failed ? "error: no lesson" : "ok", traceId }]), 0);
        await collect("/v1/metrics", otlpMetrics(resource, count, traceId), 0);
        await sendProfile();
        const line = `{"level":"${failed ? "error" : "info"}","trace_id":"${traceId}","msg":"lesson"}`;
        fs.appendFileSync(logFile(), podLogLine(line));
        // There is no kubelet in this test. These series replace its metrics.
        if (count % 10 === 1) {
            await post(url("mimir", 9009, "/otlp/v1/metrics"), otlpSeries(kubeletSeries(), 60));
        }
    }

    function logFile(): string {
        return podLogFile(live.mounted("lgtm-alloy-logs", "/var/log"), pods(() => "")[0] as Pod, "app");
    }

    async function sendProfile(): Promise<void> {
        const until = Math.floor(Date.now() / 1000);
        const query = { name: "mentor-api", from: String(until - 10), until: String(until), format: "folded" };
        const route = `/ingest?${new URLSearchParams(query).toString()}`;
        await fetch(url("pyroscope", 4040, route), { method: "POST", body: "main;answer;find 10\n" });
    }

    beforeAll(async () => {
        live = await LiveStack.start("dev", {}, devParts, (address, own) => [...pods(address), ...own]);
        for (const pod of [0, 1]) {
            const server = http.createServer((_, response) => response.end("dapr_runtime_component_loaded 1\n"));
            await new Promise<void>((resolve) => server.listen(9090, live.podAddress(pod), resolve));
            servers.push(server);
        }
        sending = setInterval(() => void send().catch(() => undefined), 2000);
        await eventually(
            "span metrics, metrics of the stack, metrics of containers and remote writes exist",
            async () => {
                for (const expr of [
                    'rate(traces_spanmetrics_calls_total{status_code="STATUS_CODE_ERROR"}[2m]) > 0',
                    "rate(traces_service_graph_request_failed_total[2m]) > 0",
                    'rate(node_cpu_seconds_total{mode="idle"}[2m])',
                    ...["minio", "loki", "tempo", "mimir", "pyroscope", "grafana", "otel-collector"].map(
                        (job) => `count_over_time(up{job="${job}"}[2m]) > 2`,
                    ),
                    ...["receiver", "logs", "metrics"].map(
                        (role) => `count_over_time(up{job="alloy-${role}"}[2m]) > 2`,
                    ),
                    "rate(container_cpu_usage_seconds_total[2m]) > 0",
                    "rate(loki_write_sent_entries_total[2m]) > 0",
                ]) {
                    const { data } = await throughSource("mimir", "/api/v1/query", { query: expr });
                    expect([expr, data.result.length]).not.toEqual([expr, 0]);
                }
            },
            240,
        );
    });

    afterAll(async () => {
        clearInterval(sending);
        closeConnections();
        servers.forEach((server) => server.close());
        await live?.stop();
    });

    test("has every dashboard in its folder, and logs no provisioning error", async () => {
        const found = (await grafana("/api/search?type=dash-db&limit=1000")) as Record<string, string>[];
        expect(found.map(({ uid, title, folderTitle: folder }) => [uid, title, folder]).sort()).toEqual(
            all.map(({ uid, title, folder }) => [uid, title, folderTitle(folder)]).sort(),
        );
        const problems = live
            .process("lgtm-grafana")
            .output()
            .split("\n")
            .filter((line) => /logger=provisioning.dashboard/.test(line) && /level=(warn|error)/.test(line));
        expect(problems).toEqual([]);
    });

    test("has the platform overview as its home page", async () => {
        expect((await grafana("/api/dashboards/home")).dashboard.uid).toBe("platform-overview");
    });

    test("loads a changed dashboard without a restart", async () => {
        const file = live.mounted("lgtm-grafana", "/var/lib/grafana/dashboards/stack/stack-minio.json");
        fs.writeFileSync(file, fs.readFileSync(file, "utf8").replace('"title": "MinIO"', '"title": "MinIO, changed"'));
        await eventually("the new title is loaded", async () => {
            const { dashboard } = await grafana("/api/dashboards/uid/stack-minio");
            expect(dashboard.title).toBe("MinIO, changed");
        });
    });

    describe.each(all)("$uid", ({ folder, queries, choices }) => {
        test("has at least one value for each variable", async () => {
            // The values of slo are created by recording rules.
            for (const { name, query, regex } of choices.filter((choice) => choice.name !== "slo")) {
                const [, series = "", label = ""] =
                    /^label_values\((.*), (\w+)\)$/.exec((query as { query: string }).query) ?? [];
                const { data } = await throughSource("mimir", `/api/v1/label/${label}/values`, {
                    "match[]": fill(series),
                });
                const chosen = regex
                    ? (data as string[]).flatMap((value) => new RegExp(regex.slice(1, -1)).exec(value)?.[1] ?? [])
                    : data;
                expect([name, chosen]).toEqual([
                    name,
                    expect.arrayContaining((variables[name] as string).split("|").slice(0, 1)),
                ]);
            }
        });

        test("has a result for each query", async () => {
            const empty: string[] = [];
            for (const query of queries) {
                try {
                    if ((await resultCount(query)) === 0 && !mayBeEmpty.test(query.expr ?? "")) {
                        empty.push(`${query.panel}: ${fill(query.expr ?? query.query ?? "")}`);
                    }
                } catch (error) {
                    throw new Error(`${query.panel}: ${fill(query.expr ?? "")}: ${(error as Error).message}`, {
                        cause: error,
                    });
                }
            }
            expect([folder, empty]).toEqual([folder, []]);
        });
    });
});

/** Series with the names and labels of the metrics of a kubelet and its cAdvisor. */
function kubeletSeries() {
    const place = { cluster, namespace: "mathtrail", node: nodeName };
    const pod = { ...place, job: "cadvisor", pod: "mentor-api-7d9f8b4c5d-bcdfg" };
    const container = (name: string) => ({ ...pod, container: name });
    const volume = { ...place, job: "kubelet", persistentvolumeclaim: "data" };
    const kubelet = { cluster, node: nodeName, job: "kubelet" };
    const ofContainers = {
        container_cpu_usage_seconds_total: "counter",
        container_cpu_cfs_periods_total: "counter",
        container_cpu_cfs_throttled_periods_total: "counter",
        container_fs_reads_bytes_total: "counter",
        container_fs_writes_bytes_total: "counter",
        container_oom_events_total: "counter",
        container_memory_working_set_bytes: "gauge",
        container_spec_memory_limit_bytes: "gauge",
        container_spec_cpu_quota: "gauge",
        container_spec_cpu_period: "gauge",
        container_start_time_seconds: "gauge",
    } as const;
    const ofPods = [
        "container_network_receive_bytes_total",
        "container_network_transmit_bytes_total",
        "container_network_receive_packets_dropped_total",
        "container_network_transmit_packets_dropped_total",
    ];
    const ofVolumes = ["capacity_bytes", "available_bytes", "used_bytes", "inodes", "inodes_used"];
    return [
        ...Object.entries(ofContainers).flatMap(([name, kind]) =>
            ["app", "daprd"].map((containerName) => ({ name, kind, labels: container(containerName) })),
        ),
        ...ofPods.map((name) => ({ name, kind: "counter" as const, labels: pod })),
        ...ofVolumes.map((name) => ({ name: `kubelet_volume_stats_${name}`, kind: "gauge" as const, labels: volume })),
        { name: "kubelet_running_pods", kind: "gauge" as const, labels: kubelet },
        {
            name: "kubelet_pod_start_sli_duration_seconds_bucket",
            kind: "gauge" as const,
            labels: { ...kubelet, le: "1" },
        },
        {
            name: "kubelet_pod_start_sli_duration_seconds_bucket",
            kind: "gauge" as const,
            labels: { ...kubelet, le: "+Inf" },
        },
    ];
}
