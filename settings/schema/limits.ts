import { defaultLimits } from "../../components/limits";
import { group, type PerProfile, setting } from "./setting";
import { number, wholeNumber } from "./types";

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
