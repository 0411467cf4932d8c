import { z } from "zod";
import { defaultLimits } from "../../components/limits";
import {
    redactionPatternMistake,
    redactionPatternNames,
    requiredAttributes,
} from "../../validation/redaction";
import { group, type PerProfile, setting } from "./setting";
import { boolean, checked, listOf, number, oneOf, strict, subdomain, text, wholeNumber } from "./types";

/** Attributes that instrumentations set from headers of requests, and that contain credentials. */
const credentialAttributes = [
    "authorization",
    "proxy-authorization",
    "cookie",
    "set-cookie",
    "password",
    "http.request.header.authorization",
    "http.request.header.proxy-authorization",
    "http.request.header.proxy_authorization",
    "http.request.header.cookie",
    "http.request.header.x-api-key",
    "http.request.header.x_api_key",
    "http.response.header.set-cookie",
    "http.response.header.set_cookie",
    "rpc.grpc.request.metadata.authorization",
];

const credentialPatterns = [
    "authorization",
    "bearerToken",
    "cookie",
    "password",
    "apiKey",
    "jwt",
    "awsAccessKey",
    "urlCredentials",
    "privateKey",
] as const satisfies (typeof redactionPatternNames)[number][];

const attributes = () =>
    listOf(
        text(
            "the name of an attribute that the stack does not need itself",
            (value) => value.trim() !== "" && !requiredAttributes.includes(value),
        ),
        "names of attributes",
    );

/** What is removed from data before it is stored. */
export const redaction = (per: PerProfile) =>
    group(
        {
            deleteAttributes: setting(attributes().default(per({ dev: [], prod: credentialAttributes })), {
                description:
                    "Names of attributes that the collector deletes from resources, spans, span events, log records and metrics. The default in prod are headers with credentials.",
                example: ["http.request.header.authorization", "user.email"],
            }),
            hashAttributes: setting(attributes().default([]), {
                description:
                    "Names of attributes whose value the collector replaces with its SHA-256 hash, so that equal values can still be found. The hash of a value with few possibilities, such as a phone number, can be guessed.",
                example: ["enduser.id"],
            }),
            maskAttributes: setting(attributes().default([]), {
                description: 'Names of attributes whose value the collector replaces with "****".',
                example: ["db.query.parameter.email"],
            }),
            patterns: setting(
                listOf(oneOf(...redactionPatternNames), "names of patterns").default(
                    per({ dev: [], prod: [...credentialPatterns] }),
                ),
                {
                    description: `Names of built-in patterns: ${redactionPatternNames.join(", ")}. What they find in log lines of pods, and in bodies and attributes of OTLP log records, is replaced with "****".`,
                    type: "string[]",
                    example: ["password", "email", "creditCard"],
                },
            ),
            customPatterns: setting(
                z
                    .record(z.string(), checked(redactionPatternMistake), { error: "a map of regular expressions" })
                    .default({}),
                {
                    description:
                        "Further patterns by name: regular expressions (RE2) without capturing groups. The whole match is replaced.",
                    example: { studentNumber: "\\bS-\\d{8}\\b" },
                },
            ),
            attributeValues: setting(boolean().default(false), {
                description:
                    "Whether patterns also apply to the values of attributes of spans and metrics. It costs CPU time of the collector for each span.",
                example: true,
            }),
        },
        {
            description:
                "Secrets and personal data that are removed before data is stored. Names of attributes apply to traces, logs and metrics that arrive at the collector. Patterns apply to logs.",
            type: "RedactionArgs",
        },
    );

const positive = () => number("a number above 0", (value) => value > 0);
const count = () => wholeNumber("a whole number of at least 1", (value) => value >= 1);

/** Limits of the stores for each tenant. */
export const limits = (per: PerProfile) => {
    const { logs, metrics, traces, profiles } = per(defaultLimits);
    return group(
        {
            logs: group(
                {
                    ingestionMiBPerSecond: setting(positive().default(logs.ingestionMiBPerSecond), {
                        description:
                            "Rate at which Loki accepts logs, in MiB per second. Peaks may have twice this rate. The collector and the log collector send rejected logs again.",
                        example: 40,
                    }),
                    streamMiBPerSecond: setting(positive().default(logs.streamMiBPerSecond), {
                        description:
                            "Rate at which Loki accepts logs of one stream, in MiB per second. A stream has the logs of one container.",
                        example: 16,
                    }),
                    maxStreams: setting(count().default(logs.maxStreams), {
                        description: "Number of active streams in Loki. Logs of further streams are rejected.",
                        example: 50_000,
                    }),
                    maxLineKiB: setting(count().default(logs.maxLineKiB), {
                        description: "Length of a log line in KiB. Loki truncates longer lines.",
                        example: 64,
                    }),
                    maxQueryGiB: setting(count().default(logs.maxQueryGiB), {
                        description:
                            "How much data one query of logs reads, in GiB. Loki rejects a query that would read more.",
                        example: 500,
                    }),
                },
                { description: "Limits of Loki.", type: "LokiLimitsArgs" },
            ),
            metrics: group(
                {
                    samplesPerSecond: setting(count().default(metrics.samplesPerSecond), {
                        description:
                            "Rate at which Mimir accepts samples, per second. The metrics scraper and the collector send rejected samples again.",
                        example: 500_000,
                    }),
                    maxSeries: setting(count().default(metrics.maxSeries), {
                        description: "Number of active series in Mimir. New series above it are rejected.",
                        example: 6_000_000,
                    }),
                    maxLabelsPerSeries: setting(count().default(metrics.maxLabelsPerSeries), {
                        description: "Number of labels of a series. Mimir rejects series with more labels.",
                        example: 40,
                    }),
                    maxSeriesPerQuery: setting(count().default(metrics.maxSeriesPerQuery), {
                        description:
                            "Number of series that one query of metrics reads. Mimir rejects a query that would read more. The dashboard Cost of metrics reads all series.",
                        example: 1_000_000,
                    }),
                },
                { description: "Limits of Mimir.", type: "MimirLimitsArgs" },
            ),
            traces: group(
                {
                    ingestionMiBPerSecond: setting(positive().default(traces.ingestionMiBPerSecond), {
                        description:
                            "Rate at which Tempo accepts spans, in MiB per second. Peaks may have twice this rate.",
                        example: 60,
                    }),
                    maxTraces: setting(count().default(traces.maxTraces), {
                        description:
                            "Number of traces in Tempo that receive spans at the same time. Further traces are rejected.",
                        example: 200_000,
                    }),
                    maxTraceMiB: setting(count().default(traces.maxTraceMiB), {
                        description: "Size of a trace in MiB. Tempo rejects further spans of a larger trace.",
                        example: 20,
                    }),
                    maxSpanMetricSeries: setting(count().default(traces.maxSpanMetricSeries), {
                        description:
                            "Number of active series that Tempo generates from spans. Further series are dropped. At most limits.metrics.maxSeries.",
                        example: 50_000,
                    }),
                },
                { description: "Limits of Tempo.", type: "TempoLimitsArgs" },
            ),
            profiles: group(
                {
                    ingestionMiBPerSecond: setting(positive().default(profiles.ingestionMiBPerSecond), {
                        description:
                            "Rate at which Pyroscope accepts profiles, in MiB per second. Peaks may have twice this rate.",
                        example: 40,
                    }),
                },
                { description: "Limits of Pyroscope.", type: "PyroscopeLimitsArgs" },
            ),
        },
        {
            description:
                "Limits of the stores for each tenant. A stack without the setting tenant has one tenant. Alerts fire when a limit rejects data.",
            interface: "LimitsArgs",
        },
    );
};

const replicaCount = () => wholeNumber("a whole number from 1 to 50", (value) => value >= 1 && value <= 50);

const autoscaler = (component: string, key: string) =>
    setting(
        strict({
            minReplicas: setting(replicaCount(), { description: "Lowest number of replicas.", example: 2 }),
            maxReplicas: setting(replicaCount(), { description: "Highest number of replicas.", example: 10 }),
            targetCPUUtilizationPercentage: setting(
                wholeNumber("a whole number from 1 to 100", (value) => value >= 1 && value <= 100).optional(),
                {
                    description: "CPU utilization, in percent of the CPU request, that the autoscaler aims at.",
                    computed: "80",
                    example: 70,
                },
            ),
        }).optional(),
        {
            description: `Autoscaling of ${component}, instead of replicas.${key}. The cluster needs a metrics server.`,
            computed: "none",
            type: "AutoscalingArgs",
        },
    );

/** Number of replicas by load, and priority of pods. */
export const availability = {
    autoscaling: group(
        {
            collector: autoscaler("the OpenTelemetry Collector", "collector"),
            receiver: autoscaler("Alloy as the OTLP receiver", "receiver"),
        },
        {
            description: "HorizontalPodAutoscalers of the components that can have any number of replicas.",
            interface: "StackAutoscalingArgs",
        },
    ),
    priorityClassNames: group(
        {
            services: setting(subdomain().optional(), {
                description: "PriorityClass of all pods except those of the DaemonSets. It must exist.",
                computed: "none: the default of the cluster",
                example: "observability",
            }),
            nodeAgents: setting(subdomain().optional(), {
                description:
                    "PriorityClass of the log collector and the metrics scraper, which run on each node. It must exist.",
                computed: "none: the default of the cluster",
                example: "system-node-critical",
            }),
        },
        {
            description:
                "PriorityClasses of the pods. Under memory pressure, a node evicts pods with a lower priority first. Pods without a priority have the lowest one.",
            interface: "PriorityClassNamesArgs",
        },
    ),
};
