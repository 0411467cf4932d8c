import { type Context, logsOf } from "../context";
import { Fault, type Hop, NothingArrived } from "../run";
import { expectedTraces, samplingCause, shareOf } from "../sampling";
import { sampledTraces, testNamespace } from "../signals";
import {
    findTrace,
    type LogLine,
    profileTotal,
    queryExemplars,
    queryLogs,
    queryMetrics,
    searchTraces,
} from "../stores";

/** The type of CPU profiles that every SDK sends. */
export const cpuProfileType = "process_cpu:cpu:nanoseconds:cpu:nanoseconds";

const sends = ["send-zipkin", "send-grpc", "send-http", "send-log", "send-metric"];

/** What was sent is in its store, whole and under its labels. */
export function storedHops(context: Context): Hop[] {
    return [
        passedOn(context),
        ...traces(context),
        ...logs(context),
        ...metrics(context),
        profile(context),
        ...fromSpans(context),
    ];
}

function passedOn({ stack, signals, stores, exporter }: Context): Hop {
    return {
        id: "collector-alloy",
        title: "the collector passes on to Alloy",
        afterAny: sends,
        check: async () => {
            const before = await exporter.before();
            if ((await exporter.counts()).sent > before.sent) {
                return;
            }
            // Another replica than the one whose metrics these are may have been sent to.
            await findTrace(stores.tempo, signals.http.traceId).catch(() => {
                throw new Error("the collector's exporter has sent nothing since");
            });
        },
        cause: "lgtm-alloy-receiver is not ready, or the collector's exporter has another address",
        diagnose: async () => {
            const { queued } = await exporter.counts();
            return queued > 0
                ? `the collector tries in vain and keeps ${queued} bytes: lgtm-alloy-receiver is not ready, or the collector's exporter has another address`
                : undefined;
        },
        command: logsOf(stack, "otelCollector"),
    };
}

function traces({ stack, signals, stores }: Context): Hop[] {
    const alloy = logsOf(stack, "alloyReceiver");
    const stored = (id: "zipkin" | "grpc" | "http", what: string, traceId: string): Hop => ({
        id: `stored-${id}`,
        title: `${what} is in Tempo`,
        after: [`send-${id}`, "collector-alloy", "reach-tempo"],
        // Where most traces are dropped, these are, too.
        explainedBy: ["sampling"],
        since: `send-${id}`,
        check: async () => {
            await findTrace(stores.tempo, traceId);
        },
        cause: "Alloy's receiver cannot write to Tempo: another address, or another tenant than Tempo asks for",
        command: alloy,
    });
    const expected = expectedTraces(stack, signals.sampled.length);
    let found = 0;
    const sampling: Hop = {
        id: "sampling",
        title: "the share of traces that arrives is the one that was set",
        after: ["send-sampled", "collector-alloy", "reach-tempo"],
        since: "send-sampled",
        check: async () => {
            const q = `{ resource.service.name = "${signals.services.sampled}" }`;
            const before = found;
            found = (await searchTraces(stores.tempo, q, sampledTraces + 1)).length;
            if (found === 0) {
                throw new NothingArrived("none of the many traces has arrived");
            }
            if (
                found < expected.least ||
                found > expected.most ||
                (found !== before && expected.least < expected.most)
            ) {
                throw new Error(
                    `${shareOf(found, sampledTraces)} arrived instead of ${shareOf((expected.least + expected.most) / 2, sampledTraces)}`,
                );
            }
            return shareOf(found, sampledTraces);
        },
        cause: "",
        diagnose: () => Promise.resolve(samplingCause(stack, found, expected)),
        command: logsOf(stack, "otelCollector"),
    };
    return [
        ...(signals.sampled.length === 0 ? [] : [sampling]),
        stored("zipkin", "the sidecar's call", signals.zipkin.traceId),
        stored("grpc", "the trace over gRPC", signals.grpc.traceId),
        stored("http", "the trace over HTTP", signals.http.traceId),
        {
            id: "labels-trace",
            title: "the trace has the labels that all signals have",
            after: ["stored-http"],
            check: async () => {
                const [span] = await findTrace(stores.tempo, signals.http.traceId);
                mustHave(span?.resource ?? {}, {
                    "service.name": signals.services.app,
                    namespace: testNamespace,
                    cluster: stack.cluster,
                });
            },
            cause: "the collector's processors k8s_attributes and resource are not in the pipeline of traces, or were changed",
            command: logsOf(stack, "otelCollector"),
        },
    ];
}

/** @throws Fault that says which labels are missing or other. */
export function mustHave(labels: Record<string, string>, wanted: Record<string, string>): void {
    const wrong = Object.entries(wanted).filter(([name, value]) => labels[name] !== value);
    if (wrong.length > 0) {
        const what = wrong.map(([name, value]) =>
            labels[name] === undefined ? `no ${name}` : `${name} "${labels[name]}" instead of "${value}"`,
        );
        throw new Fault(`it has ${what.join(", ")}; its labels are ${Object.keys(labels).sort().join(", ")}`);
    }
}

function logs({ stack, signals, stores }: Context): Hop[] {
    const find = async (): Promise<LogLine> => {
        // By any of the labels, so that one that is wrong is told from a line that is not there.
        for (const selector of [
            `service_name="${signals.services.app}"`,
            `namespace="${testNamespace}"`,
            `cluster="${stack.cluster}"`,
        ]) {
            const [line] = await queryLogs(stores.loki, `{${selector}} |= "${signals.run}"`);
            if (line !== undefined) {
                return line;
            }
        }
        throw new Error(`there is no line with ${signals.run}`);
    };
    return [
        {
            id: "stored-log",
            title: "the log line is in Loki",
            after: ["send-log", "collector-alloy", "reach-loki"],
            since: "send-log",
            check: async () => {
                await find();
            },
            cause: "Alloy's receiver cannot write to Loki (another address or tenant), or Loki refuses (limits, old timestamps)",
            command: logsOf(stack, "alloyReceiver"),
        },
        {
            id: "labels-log",
            title: "the log line has the labels that all signals have, and its trace",
            after: ["stored-log"],
            check: async () => {
                mustHave((await find()).labels, {
                    service_name: signals.services.app,
                    namespace: testNamespace,
                    cluster: stack.cluster,
                    trace_id: signals.http.traceId,
                });
            },
            cause: "Loki's limits_config.otlp_config does not make these attributes labels, or the collector does not set them",
            command: logsOf(stack, "loki"),
        },
    ];
}

function metrics({ stack, signals, stores }: Context): Hop[] {
    const selector = `${signals.metric.name}_count{verify_run="${signals.run}"}`;
    return [
        {
            id: "stored-metric",
            title: "the histogram is in Mimir",
            after: ["send-metric", "collector-alloy", "reach-mimir"],
            since: "send-metric",
            check: async () => {
                await one(queryMetrics(stores.mimir, selector), selector);
            },
            cause: "Alloy's receiver cannot write to Mimir (another address or tenant), or Mimir refuses (limits, old samples)",
            command: logsOf(stack, "alloyReceiver"),
        },
        {
            id: "labels-metric",
            title: "the histogram has the labels that all signals have",
            after: ["stored-metric"],
            check: async () => {
                const { labels } = await one(queryMetrics(stores.mimir, selector), selector);
                mustHave(labels, {
                    service_name: signals.services.app,
                    namespace: testNamespace,
                    cluster: stack.cluster,
                });
            },
            cause: "Mimir's limit promote_otel_resource_attributes lacks them, or the collector does not set them",
            command: logsOf(stack, "mimir"),
        },
        {
            id: "stored-exemplar",
            title: "the histogram's exemplar is in Mimir",
            after: ["stored-metric"],
            since: "send-metric",
            check: async () => {
                const found = await queryExemplars(
                    stores.mimir,
                    `${signals.metric.name}_bucket{verify_run="${signals.run}"}`,
                );
                await one(Promise.resolve(found), "exemplar");
            },
            cause: "Mimir keeps no exemplars: its limit max_global_exemplars_per_user is 0",
            command: logsOf(stack, "mimir"),
        },
    ];
}

function profile({ stack, signals, stores }: Context): Hop {
    return {
        id: "stored-profile",
        title: "the profile is in Pyroscope",
        after: ["send-profile", "reach-pyroscope"],
        since: "send-profile",
        check: async () => {
            const selector = `{service_name="${signals.services.app}"}`;
            if ((await profileTotal(stores.pyroscope, cpuProfileType, selector)) === 0) {
                throw new Error(`there is no CPU profile of ${selector}`);
            }
        },
        cause: "Pyroscope took it and cannot store it: its object store, or its disk",
        command: logsOf(stack, "pyroscope"),
    };
}

/** What is counted from spans, which is some 15 to 60 seconds later. */
function fromSpans({ stack, signals, stores }: Context): Hop[] {
    const counted = (id: string, title: string, sent: string, selector: string): Hop => ({
        id,
        title,
        after: [`stored-${sent}`, "reach-mimir"],
        since: `send-${sent}`,
        check: async () => {
            await one(queryMetrics(stores.mimir, selector), selector);
        },
        cause:
            stack.samplingMode === "head"
                ? "Tempo's metrics-generator is off, lacks this processor, or cannot write to Mimir"
                : "the collector's connectors span_metrics and service_graph are not in its pipelines",
        command: logsOf(stack, stack.samplingMode === "head" ? "tempo" : "otelCollector"),
    });
    const { app, caller, callee } = signals.services;
    return [
        counted(
            "span-metrics",
            "calls are counted from spans",
            "http",
            `traces_spanmetrics_calls_total{service="${app}", span_name="${signals.http.spanName}"}`,
        ),
        counted(
            "service-graph",
            "who calls whom is counted from spans",
            "zipkin",
            `traces_service_graph_request_total{client="${caller}", server="${callee}"}`,
        ),
    ];
}

async function one<T>(found: Promise<T[]>, what: string): Promise<T> {
    const [first] = await found;
    if (first === undefined) {
        throw new Error(`there is no ${what}`);
    }
    return first;
}
