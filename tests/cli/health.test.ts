import type { V1Pod } from "@kubernetes/client-node";
import { podFindings } from "../../cli/health/pods";
import { queueFindings } from "../../cli/health/queues";
import { basicSignals, optionalSignals, signalFinding, storedSignals } from "../../cli/health/signals";
import { volumeFindings } from "../../cli/health/volumes";
import { resolveSettings } from "../../settings/resolve";

const now = new Date("2026-01-01T12:00:00Z");

describe("a pod", () => {
    const ready = [{ type: "Ready", status: "True" }];
    const container = (state: object, restartCount = 0, lastState: object = {}) => ({
        name: "loki",
        image: "loki:3",
        imageID: "",
        ready: true,
        restartCount,
        state,
        lastState,
    });
    const finding = (status: V1Pod["status"], spec: V1Pod["spec"] = { nodeName: "one", containers: [] }) =>
        podFindings([{ metadata: { name: "loki-0" }, spec, status }], now)[0];
    const killed = (at: string) => ({ terminated: { reason: "OOMKilled", exitCode: 137, finishedAt: new Date(at) } });

    test.each<[string, V1Pod["status"], boolean, string]>([
        ["is ready", { conditions: ready }, true, "the pod is ready"],
        ["has completed", { phase: "Succeeded" }, true, "the pod has completed"],
        [
            "restarted some minutes ago",
            { conditions: ready, containerStatuses: [container({}, 3, killed("2026-01-01T11:50:00Z"))] },
            false,
            "the pod is ready; 3 restarts, the last one 10 min ago (OOMKilled)",
        ],
        [
            "restarted long ago",
            { conditions: ready, containerStatuses: [container({}, 1, killed("2026-01-01T02:00:00Z"))] },
            true,
            "the pod is ready; 1 restart, the last one 10 h ago (OOMKilled)",
        ],
        [
            "cannot pull its image",
            {
                phase: "Pending",
                containerStatuses: [container({ waiting: { reason: "ImagePullBackOff", message: "no such image" } })],
            },
            false,
            "container loki: ImagePullBackOff (no such image)",
        ],
        [
            "fails its readiness probe",
            { phase: "Running", containerStatuses: [container({ running: {} })] },
            false,
            "the pod is running but not ready: its readiness probe does not succeed",
        ],
        [
            "has no node",
            {
                phase: "Pending",
                conditions: [{ type: "PodScheduled", status: "False", message: "0/1 nodes are available" }],
            },
            false,
            "the pod has no node: 0/1 nodes are available",
        ],
    ])("that %s", (_, status, ok, text) => {
        expect(finding(status)).toEqual({ area: "pods", subject: "loki-0", ok, text });
    });

    test.each([
        [
            "has no label with its zone",
            {},
            false,
            "the pod is ready; it runs without a zone, because it has no label topology.kubernetes.io/zone: see docs/availability.md#replicas-without-a-zone",
        ],
        ["has its zone", { "topology.kubernetes.io/zone": "zone-a" }, true, "the pod is ready"],
    ])("of a store with zones that %s", (_, labels, ok, text) => {
        const fieldPath = "metadata.labels['topology.kubernetes.io/zone']";
        const env = [{ name: "AVAILABILITY_ZONE", valueFrom: { fieldRef: { fieldPath } } }];
        const spec = { nodeName: "one", containers: [{ name: "loki", env }] };
        const pod = { metadata: { name: "loki-0", labels }, spec, status: { conditions: ready } };
        expect(podFindings([pod], now)).toEqual([{ area: "pods", subject: "loki-0", ok, text }]);
    });

    test("that is being deleted is not ready", () => {
        const pod = { metadata: { name: "a", deletionTimestamp: now }, status: { conditions: ready } };
        expect(podFindings([pod], now)[0]).toMatchObject({ ok: false, text: "the pod is being deleted" });
    });
});

test("a volume is reported with its used space if the kubelet returns it", () => {
    const claim = (name: string, phase = "Bound") => ({
        metadata: { name, namespace: "monitoring" },
        status: { phase },
    });
    const volume = (name: string, usedBytes: number, namespace = "monitoring") => ({
        usedBytes,
        capacityBytes: 10 * 2 ** 30,
        pvcRef: { name, namespace },
    });
    const stats = [
        {
            pods: [
                { volume: [volume("loki", 5 * 2 ** 30), volume("full", 9 * 2 ** 30), volume("other", 1, "apps")] },
                {},
            ],
        },
    ];
    const claims = [claim("loki"), claim("full"), claim("other"), claim("pending", "Pending")];
    expect(volumeFindings(claims, stats).map(({ subject, ok, text }) => [subject, ok, text])).toEqual([
        ["loki", true, "50 % of 10.0 GiB is used"],
        ["full", false, "90 % of 10.0 GiB is used"],
        ["other", true, "the claim is bound; the used space is unknown"],
        ["pending", false, "the claim is Pending; `kubectl describe pvc pending` shows the reason"],
    ]);
});

test("a queue is reported with the used part of its capacity", () => {
    const metrics = [
        "# TYPE otelcol_exporter_queue_size gauge",
        'otelcol_exporter_queue_size{data_type="traces",exporter="otlp/alloy",otel_scope_name="x"} 100',
        'otelcol_exporter_queue_capacity{data_type="traces",exporter="otlp/alloy",otel_scope_name="x"} 1000',
        'otelcol_exporter_queue_size{data_type="logs",exporter="otlp/alloy"} 600',
        'otelcol_exporter_queue_capacity{data_type="logs",exporter="otlp/alloy"} 1000',
        'otelcol_exporter_queue_size_other{data_type="logs"} 1',
    ].join("\n");
    expect(queueFindings("pod", metrics).map(({ subject, ok, text }) => [subject, ok, text])).toEqual([
        ["pod otlp/alloy traces", true, "10 % of the queue is used (100 of 1000)"],
        ["pod otlp/alloy logs", false, "60 % of the queue is used (600 of 1000)"],
    ]);
});

test("missing data is a problem only for signals that the stack itself produces", () => {
    const seconds = now.getTime() / 1000;
    const findings = (newest: number | undefined) =>
        basicSignals("eu").map((signal) => [
            signal.name,
            ...Object.values(signalFinding(signal, newest, now)).slice(2),
        ]);
    expect(findings(undefined)).toEqual([
        ["logs", false, "no logs arrived in the last hour"],
        ["metrics", false, "no metrics arrived in the last hour"],
        ["traces", true, "no traces arrived in the last hour"],
        ["profiles", true, "no profiles arrived in the last hour"],
    ]);
    expect(findings(seconds - 600).map(([, ok]) => ok)).toEqual([false, false, true, true]);
    expect(findings(seconds - 30)[0]).toEqual(["logs", true, "the newest log line is 30 s old"]);
});

test("signals exist only with their store, and those that are scraped only with the metrics scraper", () => {
    const names = (components: object) =>
        storedSignals(
            resolveSettings({ components, autoInstrumentation: { enabled: true }, profiling: { ebpf: true } }),
        ).map(({ name }) => name);
    const basic = ["logs", "metrics", "traces", "profiles"];
    expect(names({})).toEqual([...basic, "auto-instrumentation", "profiler"]);
    expect(names({ alloyMetrics: false })).toEqual(basic);
    expect(names({ tempo: false })).toEqual(["logs", "metrics", "profiles", "auto-instrumentation", "profiler"]);
});

test("the newest data of optional sources is the result of one query", async () => {
    const asked: string[] = [];
    const get = (path: string) => {
        asked.push(decodeURIComponent(path));
        const result = path.startsWith("/loki") ? [{ values: [["5000000000", "event"]] }] : [{ value: [9, "7"] }];
        return Promise.resolve({ data: { result } });
    };
    const { kubeStateMetrics, kubernetesEvents, probes } = optionalSignals("eu");
    const newest = await Promise.all(
        [kubeStateMetrics, kubernetesEvents, probes].map((signal) => signal.newest(get, now)),
    );
    expect(newest).toEqual([7, 5, 7]);
    expect(asked).toEqual([
        '/prometheus/api/v1/query?query=max(max_over_time(timestamp(up{job="kube-state-metrics", cluster="eu"} == 1)[1h:15s]))',
        '/loki/api/v1/query_range?query={service_name="kubernetes-events", cluster="eu"}&since=1h&limit=1&direction=backward',
        '/prometheus/api/v1/query?query=max(max_over_time(timestamp(probe_success{job="blackbox", cluster="eu"})[1h:15s]))',
    ]);
});

test("the newest trace is searched in the last minute first, because a search returns any traces of its range", async () => {
    const traces = basicSignals("eu").find(({ name }) => name === "traces");
    const end = now.getTime() / 1000;
    const ranges: number[] = [];
    const backend = (stored: number[]) => (path: string) => {
        const start = Number(new URL(path, "http://tempo").searchParams.get("start"));
        ranges.push(end - start);
        const found = stored.filter((time) => time >= start).slice(0, 1);
        return Promise.resolve({ traces: found.map((time) => ({ startTimeUnixNano: String(time * 1e9) })) });
    };
    expect(await traces?.newest(backend([end - 1800, end - 30]), now)).toBe(end - 30);
    expect(ranges).toEqual([60]);
    expect(await traces?.newest(backend([end - 1800]), now)).toBe(end - 1800);
    expect(await traces?.newest(backend([]), now)).toBeUndefined();
});
