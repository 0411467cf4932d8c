import type { contract } from "../../../components/contract";
import { type Context, logsOf } from "../context";
import type { Hop } from "../run";
import { sendLogs, sendMetrics, sendProfile, sendSpansOverGrpc, sendSpansOverHttp, sendZipkinSpans } from "../send";
import { testNamespace } from "../signals";
import type { TargetName } from "../targets";

/** What clients send is taken. */
export function sendHops(context: Context): Hop[] {
    const { signals, way } = context;
    const send = (
        id: string,
        what: string,
        to: TargetName,
        part: keyof typeof contract,
        check: (url: string) => Promise<void>,
    ): Hop => ({
        id: `send-${id}`,
        title: `${what} ${part === "pyroscope" ? "Pyroscope" : "the collector"}`,
        after: [`reach-${to}`],
        check: async () => {
            await context.exporter.before();
            await check(await way.url(to));
        },
        cause:
            part === "pyroscope"
                ? "Pyroscope refuses what is pushed: its limits, or the tenant"
                : "the collector refuses: its memory limit or its queue is full, or the pipeline of this signal is not there",
        command: logsOf(context.stack, part),
    });
    const collector = "otelCollector";
    return [
        send("zipkin", "a Dapr sidecar's spans are taken by", "zipkin", collector, (url) =>
            sendZipkinSpans(url, signals.zipkin.spans),
        ),
        send("grpc", "a trace over OTLP gRPC is taken by", "otlpGrpc", collector, (url) =>
            sendSpansOverGrpc(url, signals.grpc.spans),
        ),
        send("http", "a trace over OTLP HTTP is taken by", "otlpHttp", collector, (url) =>
            sendSpansOverHttp(url, signals.http.spans),
        ),
        send("log", "a log line of that trace is taken by", "otlpHttp", collector, (url) =>
            sendLogs(url, signals.log.records),
        ),
        send("metric", "a histogram with an exemplar of that trace is taken by", "otlpHttp", collector, (url) =>
            sendMetrics(url, signals.metric.body),
        ),
        send("profile", "a CPU profile of its span is taken by", "pyroscope", "pyroscope", (url) =>
            sendProfile(
                url,
                signals.services.app,
                { namespace: testNamespace },
                signals.profile.body,
                context.tenantHeader,
            ),
        ),
        // Nothing can be measured where applications send nothing.
        ...(signals.sampled.length === 0
            ? []
            : [
                  send(
                      "sampled",
                      "many traces, sampled as applications do, are taken by",
                      "otlpHttp",
                      collector,
                      (url) => sendSpansOverHttp(url, signals.sampled),
                  ),
              ]),
    ];
}
