import { testAccepted, testRejected } from "./tables";

testRejected([
    [
        "a ratio above 1",
        { tracing: { samplingRatio: 1.5 } },
        "observability:tracing.samplingRatio is 1.5; it must be a number from 0 to 1.",
    ],
    [
        "a ratio below 0",
        { tracing: { samplingRatio: "-0.1" } },
        'observability:tracing.samplingRatio is "-0.1"; it must be a number from 0 to 1.',
    ],
    [
        "a retention of logs below the minimum",
        { retention: { logs: "12h" } },
        'observability:retention.logs is "12h"; it must be a duration of at least 24h, such as "30d" (the Loki index has a period of 24h).',
    ],
    [
        "a retention of traces below the minimum",
        { retention: { traces: "30m" } },
        'observability:retention.traces is "30m"; it must be a duration',
    ],
    [
        "a retention above the maximum",
        { retention: { logs: "106752d" } },
        'observability:retention.logs is "106752d"; it must be a duration from 24h to 2562047h, such as "30d".',
    ],
    [
        "a duration without unit",
        { retention: { metrics: 30 } },
        "observability:retention.metrics is 30; it must be a duration",
    ],
    [
        "tail settings in head mode",
        { tracing: { tail: { decisionWait: "10s" } } },
        'observability:tracing.tail has no effect with tracing.samplingMode "head"',
    ],
    [
        "both namespaces and exceptions",
        { collectFrom: { namespaces: ["shop"], excludeNamespaces: ["dev"] } },
        "observability:collectFrom.excludeNamespaces and namespaces are both set; remove one of them",
    ],
    [
        "the own namespace as an exception",
        { namespace: "obs", collectFrom: { excludeNamespaces: ["shop", "obs"] } },
        'observability:collectFrom.excludeNamespaces contains "obs", the namespace of the stack; remove it',
    ],
    [
        "an empty list of namespaces",
        { collectFrom: { namespaces: [] } },
        "observability:collectFrom.namespaces is []; it must be a list of namespaces that is not empty",
    ],
    [
        "a collector pipeline with undefined components",
        {
            collector: {
                pipelines: {
                    "traces/x": { receivers: ["otlp"], processors: ["memory_limiter"], exporters: ["debug"] },
                },
            },
        },
        'observability:collector.pipelines.traces/x.exporters[0] is "debug", which is not defined; it must be "otlp_http".',
    ],
    [
        "an unknown key in a pipeline",
        { collector: { pipelines: { logs: { receivers: ["otlp"], exporters: ["otlp_grpc"], recievers: [] } } } },
        "observability:collector.pipelines.logs.recievers is unknown. Did you mean collector.pipelines.logs.receivers?",
    ],
]);

testAccepted([
    [
        "a pipeline with the processor that adds the head sampling ratio",
        {
            profile: "prod",
            collector: {
                pipelines: {
                    "traces/copy": {
                        receivers: ["otlp"],
                        processors: ["memory_limiter", "resource/sampling"],
                        exporters: ["otlp_http"],
                    },
                },
            },
        },
    ],
    ["tail sampling", { tracing: { samplingMode: "tail", tail: { decisionWait: "30s" } } }],
]);
