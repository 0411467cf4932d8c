import type { Check } from "../check";
import type { TargetName } from "../connections";
import { type ComponentName, type Context, logsCommand } from "../context";
import { sendLogs, sendMetrics, sendProfile, sendSpansOverGrpc, sendSpansOverHttp, sendZipkinSpans } from "../send";
import { testNamespace } from "../test-data";

/** Checks that the collector and Pyroscope accept each signal. These checks send the test data. */
export function sendChecks(context: Context): Check[] {
    const { testData, connections } = context;
    const send = (
        id: string,
        title: string,
        target: TargetName,
        component: ComponentName,
        sendTo: (url: string) => Promise<void>,
    ): Check => ({
        id: `send-${id}`,
        title,
        dependsOn: [`reach-${target}`],
        run: async () => {
            await context.exporter.initialCounts();
            await sendTo(await connections.url(target));
        },
        cause:
            component === "pyroscope"
                ? "Pyroscope rejects the profile because of a limit or the tenant"
                : "the collector rejects the data because its memory limit is reached, its queue is full, or it has no pipeline for this signal",
        command: logsCommand(context.stack, component),
    });
    const collector = "otelCollector";
    return [
        send("zipkin", "the collector accepts spans of a Dapr sidecar", "zipkin", collector, (url) =>
            sendZipkinSpans(url, testData.zipkin.spans),
        ),
        send("grpc", "the collector accepts a trace over OTLP gRPC", "otlpGrpc", collector, (url) =>
            sendSpansOverGrpc(url, testData.grpc.spans),
        ),
        send("http", "the collector accepts a trace over OTLP HTTP", "otlpHttp", collector, (url) =>
            sendSpansOverHttp(url, testData.http.spans),
        ),
        send("log", "the collector accepts a log line of this trace", "otlpHttp", collector, (url) =>
            sendLogs(url, testData.log.records),
        ),
        send(
            "metric",
            "the collector accepts a histogram with an exemplar of this trace",
            "otlpHttp",
            collector,
            (url) => sendMetrics(url, testData.metric.body),
        ),
        send("profile", "Pyroscope accepts a CPU profile of a span of this trace", "pyroscope", "pyroscope", (url) =>
            sendProfile(
                url,
                testData.services.app,
                { namespace: testNamespace },
                testData.profile.body,
                context.tenantHeader,
            ),
        ),
        // With a sampling ratio of 0, applications send no traces, and the ratio cannot be measured.
        ...(testData.sampled.length === 0
            ? []
            : [
                  send(
                      "sampled",
                      "the collector accepts many traces, sampled in the same way as by applications",
                      "otlpHttp",
                      collector,
                      (url) => sendSpansOverHttp(url, testData.sampled),
                  ),
              ]),
    ];
}
