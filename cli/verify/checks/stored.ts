import {
    findTrace,
    type LogLine,
    profileTotal,
    queryExemplars,
    queryLogs,
    queryMetrics,
    searchTraces,
} from "../backends";
import { type Check, NoDataError } from "../check";
import { type Context, logsCommand } from "../context";
import { expectedTraces, percentOf, samplingCause } from "../sampling";
import { startedTraceCount, testNamespace } from "../test-data";
import { requireLabels } from "./labels";

/** The type of CPU profiles that the SDK for Go and pprof endpoints send. */
export const cpuProfileType = "process_cpu:cpu:nanoseconds:cpu:nanoseconds";

const sendChecks = ["send-zipkin", "send-grpc", "send-http", "send-log", "send-metric"];

/** Checks that the backends store the test data completely and with its labels. */
export function storageChecks(context: Context): Check[] {
    return [
        forwarding(context),
        forwardingToCentral(context),
        ...traces(context),
        ...logs(context),
        ...metrics(context),
        profile(context),
        ...spanMetrics(context),
    ];
}

function forwarding({ stack, testData, backends, exporter }: Context): Check {
    return {
        id: "collector-alloy",
        title: "the collector forwards data to Alloy",
        dependsOnAny: sendChecks,
        run: async () => {
            const before = await exporter.initialCounts();
            if ((await exporter.counts()).sent > before.sent) {
                return;
            }
            // The data may have been sent to another replica than the one that returned the metrics.
            await findTrace(backends.tempo, testData.http.traceId).catch(() => {
                throw new Error("the exporter of the collector has sent nothing since the test data was sent");
            });
        },
        ...explained(
            exporter,
            "lgtm-alloy-receiver or the backends are not ready, or the address of the exporter is wrong",
        ),
        command: logsCommand(stack, "otelCollector"),
    };
}

/** The cause of a failure, with the data in the queue of the collector if there is some. */
function explained(exporter: Context["exporter"], cause: string): Pick<Check, "cause" | "diagnose"> {
    return {
        cause,
        diagnose: async () => {
            const { queued } = await exporter.counts();
            return queued > 0 ? `the collector cannot send and has ${queued} bytes in its queue: ${cause}` : undefined;
        },
    };
}

/** The central stack accepts no queries, so that only its responses are known here. */
function forwardingToCentral({ stack, exporter }: Context): Check {
    return {
        id: "collector-central",
        title: "the central stack accepts the data of the collector",
        dependsOnAny: sendChecks,
        run: async () => {
            const before = await exporter.initialCounts();
            if ((await exporter.counts()).sent <= before.sent) {
                throw new Error("the exporter of the collector has sent nothing since the test data was sent");
            }
            return `what is stored was not checked, because the central stack accepts no queries of other clusters; its Grafana shows {cluster="${stack.cluster}"}`;
        },
        ...explained(
            exporter,
            "the URL or the credential in the setting central is wrong, its certificate authority is not in central.caSecret, or the central stack does not run",
        ),
        command: logsCommand(stack, "otelCollector"),
    };
}

function traces(context: Context): Check[] {
    const { stack, testData, backends } = context;
    const stored = (id: "zipkin" | "grpc" | "http", object: string, traceId: string): Check => ({
        id: `stored-${id}`,
        title: `Tempo stores ${object}`,
        dependsOn: [`send-${id}`, "collector-alloy", "reach-tempo"],
        // If too many traces are dropped, this trace is probably one of them.
        explainedBy: ["sampling"],
        measuredFrom: `send-${id}`,
        run: async () => {
            await findTrace(backends.tempo, traceId);
        },
        cause: "the Alloy receiver cannot write to Tempo: its address or its tenant is wrong",
        command: logsCommand(stack, "alloyReceiver"),
    });
    return [
        ...(testData.sampled.length === 0 ? [] : [sampling(context)]),
        stored("zipkin", "the spans of the Dapr sidecar", testData.zipkin.traceId),
        stored("grpc", "the trace sent over gRPC", testData.grpc.traceId),
        stored("http", "the trace sent over HTTP", testData.http.traceId),
        {
            id: "labels-trace",
            title: "the trace has the common labels",
            dependsOn: ["stored-http"],
            run: async () => {
                const [span] = await findTrace(backends.tempo, testData.http.traceId);
                requireLabels(span?.resource ?? {}, {
                    "service.name": testData.services.app,
                    namespace: testNamespace,
                    cluster: stack.cluster,
                });
            },
            cause: "the processors k8s_attributes and resource of the collector are missing in the traces pipeline, or were changed",
            command: logsCommand(stack, "otelCollector"),
        },
    ];
}

function sampling({ stack, testData, backends }: Context): Check {
    const expected = expectedTraces(stack, testData.sampled.length);
    let found = 0;
    return {
        id: "sampling",
        title: "Tempo stores the configured ratio of traces",
        dependsOn: ["send-sampled", "collector-alloy", "reach-tempo"],
        measuredFrom: "send-sampled",
        run: async () => {
            const q = `{ resource.service.name = "${testData.services.sampled}" }`;
            const before = found;
            found = (await searchTraces(backends.tempo, q, startedTraceCount + 1)).length;
            if (found === 0) {
                throw new NoDataError(`Tempo has none of the ${startedTraceCount} traces`);
            }
            // With tail sampling the number can still increase while it is already within the bounds.
            const unstable = found !== before && expected.min < expected.max;
            if (found < expected.min || found > expected.max || unstable) {
                throw new Error(
                    `Tempo stores ${percentOf(found, startedTraceCount)} instead of ${percentOf((expected.min + expected.max) / 2, startedTraceCount)}`,
                );
            }
            return percentOf(found, startedTraceCount);
        },
        cause: "",
        diagnose: () => Promise.resolve(samplingCause(stack, found, expected)),
        command: logsCommand(stack, "otelCollector"),
    };
}

function logs({ stack, testData, backends }: Context): Check[] {
    const find = async (): Promise<LogLine> => {
        // Uses one label at a time, because a log line with a wrong label is stored, and its labels are another check.
        for (const selector of [
            `service_name="${testData.services.app}"`,
            `namespace="${testNamespace}"`,
            `cluster="${stack.cluster}"`,
        ]) {
            const [line] = await queryLogs(backends.loki, `{${selector}} |= "${testData.runId}"`);
            if (line !== undefined) {
                return line;
            }
        }
        throw new Error(`no log line contains ${testData.runId}`);
    };
    return [
        {
            id: "stored-log",
            title: "Loki stores the log line",
            dependsOn: ["send-log", "collector-alloy", "reach-loki"],
            measuredFrom: "send-log",
            run: async () => {
                await find();
            },
            cause: "the Alloy receiver cannot write to Loki because its address or its tenant is wrong, or Loki rejects the log line because of a limit or its time",
            command: logsCommand(stack, "alloyReceiver"),
        },
        {
            id: "labels-log",
            title: "the log line has the common labels and its trace ID",
            dependsOn: ["stored-log"],
            run: async () => {
                requireLabels((await find()).labels, {
                    service_name: testData.services.app,
                    namespace: testNamespace,
                    cluster: stack.cluster,
                    trace_id: testData.http.traceId,
                });
            },
            cause: "limits_config.otlp_config of Loki does not list these attributes as labels, or the collector does not set them",
            command: logsCommand(stack, "loki"),
        },
    ];
}

function metrics({ stack, testData, backends }: Context): Check[] {
    const selector = `${testData.metric.name}_count{verify_run="${testData.runId}"}`;
    return [
        {
            id: "stored-metric",
            title: "Mimir stores the histogram",
            dependsOn: ["send-metric", "collector-alloy", "reach-mimir"],
            measuredFrom: "send-metric",
            run: async () => {
                await firstOf(queryMetrics(backends.mimir, selector), `series ${selector}`);
            },
            cause: "the Alloy receiver cannot write to Mimir because its address or its tenant is wrong, or Mimir rejects the samples because of a limit or their time",
            command: logsCommand(stack, "alloyReceiver"),
        },
        {
            id: "labels-metric",
            title: "the histogram has the common labels",
            dependsOn: ["stored-metric"],
            run: async () => {
                const { labels } = await firstOf(queryMetrics(backends.mimir, selector), `series ${selector}`);
                requireLabels(labels, {
                    service_name: testData.services.app,
                    namespace: testNamespace,
                    cluster: stack.cluster,
                });
            },
            cause: "the limit promote_otel_resource_attributes of Mimir does not list these attributes, or the collector does not set them",
            command: logsCommand(stack, "mimir"),
        },
        {
            id: "stored-exemplar",
            title: "Mimir stores the exemplar of the histogram",
            dependsOn: ["stored-metric"],
            measuredFrom: "send-metric",
            run: async () => {
                const series = `${testData.metric.name}_bucket{verify_run="${testData.runId}"}`;
                await firstOf(queryExemplars(backends.mimir, series), `exemplar of ${series}`);
            },
            cause: "Mimir stores no exemplars because its limit max_global_exemplars_per_user is 0",
            command: logsCommand(stack, "mimir"),
        },
    ];
}

function profile({ stack, testData, backends }: Context): Check {
    return {
        id: "stored-profile",
        title: "Pyroscope stores the profile",
        dependsOn: ["send-profile", "reach-pyroscope"],
        measuredFrom: "send-profile",
        run: async () => {
            const selector = `{service_name="${testData.services.app}"}`;
            if ((await profileTotal(backends.pyroscope, cpuProfileType, selector)) === 0) {
                throw new Error(`there is no CPU profile for ${selector}`);
            }
        },
        cause: "Pyroscope accepted the profile but cannot store it: its object store or its disk does not work",
        command: logsCommand(stack, "pyroscope"),
    };
}

/** Checks the metrics that are generated from spans 15 to 60 seconds later. */
function spanMetrics({ stack, testData, backends }: Context): Check[] {
    const exists = (id: string, title: string, sent: string, selector: string): Check => ({
        id,
        title,
        dependsOn: [`stored-${sent}`, "reach-mimir"],
        measuredFrom: `send-${sent}`,
        run: async () => {
            await firstOf(queryMetrics(backends.mimir, selector), `series ${selector}`);
        },
        cause:
            stack.samplingMode === "head"
                ? "the metrics-generator of Tempo is disabled, does not have this processor, or cannot write to Mimir"
                : "the connectors span_metrics and service_graph are missing in the pipelines of the collector",
        command: logsCommand(stack, stack.samplingMode === "head" ? "tempo" : "otelCollector"),
    });
    const { app, caller, callee } = testData.services;
    return [
        exists(
            "span-metrics",
            "Mimir stores span metrics",
            "http",
            `traces_spanmetrics_calls_total{service="${app}", span_name="${testData.http.spanName}"}`,
        ),
        exists(
            "service-graph",
            "Mimir stores service graph metrics",
            "zipkin",
            `traces_service_graph_request_total{client="${caller}", server="${callee}"}`,
        ),
    ];
}

/** @throws Error if nothing was found. */
async function firstOf<T>(found: Promise<T[]>, description: string): Promise<T> {
    const [first] = await found;
    if (first === undefined) {
        throw new Error(`there is no ${description}`);
    }
    return first;
}
