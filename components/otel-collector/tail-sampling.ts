import { durationSeconds } from "../../validation/durations";
import { defaultTail, maximumTracesPerSecond } from "../../validation/tail-sampling";
import { type HelmValues, mergeValues } from "../helm/values";
import type { OtelCollectorArgs, TailSamplingArgs } from "./args";
import { commonProcessors } from "./base";
import { exportersOf } from "./main-exporter";
import { peerExporter, peerReceiver } from "./peers";
import { renameAsTempo, spanMetricsConnectorNames, spanMetricsConnectors } from "./span-metrics";

/**
 * The pipelines of traces with tail sampling. The collector generates metrics from all spans before it drops any, because Tempo
 * receives only the traces that are kept. The sampling decision needs all spans of a trace on one replica, so several replicas
 * route spans by trace ID first.
 */
export function tailSampling(args: OtelCollectorArgs, sampling: TailSamplingArgs, receivers: string[]): HelmValues {
    return mergeValues(
        {
            processors: {
                tail_sampling: tailSamplingProcessor(sampling),
                "transform/tempo": { metric_statements: renameAsTempo },
            },
            connectors: { ...spanMetricsConnectors(args.latencyBoundsSeconds), "forward/sample": {} },
            pipelines: {
                // No memory_limiter: the pipelines before it have one. If this one rejected spans, senders would send them again,
                // and the metrics would count them twice.
                "traces/sample": {
                    receivers: ["forward/sample"],
                    processors: ["tail_sampling"],
                    exporters: exportersOf("traces", args),
                },
                "metrics/spans": {
                    receivers: spanMetricsConnectorNames,
                    processors: ["transform/tempo"],
                    exporters: exportersOf("metrics", args),
                },
            },
        },
        completeTraces(args, receivers),
    );
}

/** The highest number of replicas. */
export function highestReplicas({ autoscaling, replicas }: OtelCollectorArgs): number {
    return autoscaling?.maxReplicas ?? replicas ?? 1;
}

/** The pipelines that bring all spans of a trace to one replica. */
function completeTraces(args: OtelCollectorArgs, receivers: string[]): HelmValues {
    const processors = commonProcessors("traces", args);
    const exporters = [...spanMetricsConnectorNames, "forward/sample"];
    if (highestReplicas(args) <= 1) {
        return { pipelines: { "traces/complete": { receivers, processors, exporters } } };
    }
    return {
        receivers: peerReceiver,
        exporters: peerExporter(args),
        pipelines: {
            "traces/route": { receivers, processors, exporters: ["load_balancing"] },
            "traces/complete": { receivers: Object.keys(peerReceiver), processors: ["memory_limiter"], exporters },
        },
    };
}

function tailSamplingProcessor({ ratio, ...tail }: TailSamplingArgs): HelmValues {
    const { decisionWait = defaultTail.decisionWait, slowerThan = defaultTail.slowerThan } = tail;
    const waitSeconds = durationSeconds(decisionWait) ?? 0;
    const thresholdMs = (durationSeconds(slowerThan) ?? 0) * 1000;
    return {
        decision_wait: `${waitSeconds}s`,
        // Above this number, the processor drops the oldest traces without a decision.
        num_traces: waitSeconds * maximumTracesPerSecond,
        policies: [
            { name: "errors", type: "status_code", status_code: { status_codes: ["ERROR"] } },
            { name: "slow", type: "latency", latency: { threshold_ms: thresholdMs } },
            { name: "rest", type: "probabilistic", probabilistic: { sampling_percentage: ratio * 100 } },
        ],
    };
}
