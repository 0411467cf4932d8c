import { samplingRatioAttribute } from "../contract";
import type { HelmValues } from "../helm/values";
import { commonProcessors, mainExporter } from "./base";

/** The pipeline of traces without tail sampling. It exports all traces, with the sampling ratio if it is between 0 and 1. */
export function headSampling(ratio = 1, receivers: string[]): HelmValues {
    const sampled = ratio > 0 && ratio < 1;
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
                processors: sampled ? [...commonProcessors, "resource/sampling"] : commonProcessors,
                exporters: [mainExporter],
            },
        },
    };
}
