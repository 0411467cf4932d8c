import { samplingRatioAttribute } from "../contract";
import type { HelmValues } from "../helm/values";
import type { OtelCollectorArgs } from "./args";
import { commonProcessors } from "./base";
import { exportersOf } from "./main-exporter";

/** The pipeline of traces without tail sampling. It exports all traces, with the sampling ratio if it is between 0 and 1, or if another collector would add its own. */
export function headSampling(args: OtelCollectorArgs, receivers: string[]): HelmValues {
    const common = commonProcessors("traces", args);
    const ratio = args.headSamplingRatio ?? 1;
    const sampled = ratio > 0 && (ratio < 1 || args.toCollector === true);
    const addRatio = {
        attributes: [
            { key: samplingRatioAttribute, value: ratio, action: "insert" },
            // A service that sets the attribute in OTEL_RESOURCE_ATTRIBUTES sends it as a string.
            { key: samplingRatioAttribute, action: "convert", converted_type: "double" },
        ],
    };
    return {
        processors: sampled ? { "resource/sampling": addRatio } : {},
        pipelines: {
            traces: {
                receivers,
                processors: sampled ? [...common, "resource/sampling"] : common,
                exporters: exportersOf("traces", args),
            },
        },
    };
}
