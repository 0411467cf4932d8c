import { durationSeconds } from "../validation/durations";
import {
    largestUsefulTolerance,
    type LoadSampling,
    sampledText,
    samplingError,
    samplingToleranceMistake,
} from "../validation/load";
import { deployedComponents } from "./components";
import type { Mistake, Rule } from "./rule";
import type { CheckedSettings } from "./schema";

/** Rules about the load monitor. */
export const loadMonitorRules: Rule[] = [
    {
        reads: ["components", "external", "loadMonitor.enabled"],
        conditions: ["components", "external"],
        mistakes: withoutStores,
    },
    {
        reads: [
            "tracing.samplingMode",
            "tracing.samplingRatio",
            "loadMonitor.enabled",
            "loadMonitor.vus",
            "loadMonitor.duration",
            "loadMonitor.samplingTolerance",
        ],
        conditions: ["tracing.samplingMode", "tracing.samplingRatio"],
        mistakes: sampling,
    },
];

const needed = { otelCollector: "collector", loki: "Loki", tempo: "Tempo", mimir: "Mimir" } as const;

/** What the load test needs and the stack does not deploy. */
export function missingForLoad(settings: Pick<CheckedSettings, "components" | "external">): string[] {
    const deployed = deployedComponents(settings);
    return (Object.keys(needed) as (keyof typeof needed)[])
        .filter((component) => !deployed[component])
        .map((component) => needed[component]);
}

function withoutStores(settings: CheckedSettings): Mistake[] {
    const missing = missingForLoad(settings);
    return settings.loadMonitor.enabled && missing.length > 0
        ? [mistake("enabled", `is true, but the stack does not deploy ${missing.join(" and ")}; set it to false`)]
        : [];
}

function sampling(settings: CheckedSettings): Mistake[] {
    const { loadMonitor, tracing } = settings;
    const { samplingTolerance } = loadMonitor;
    if (!loadMonitor.enabled) {
        return [];
    }
    if (tracing.samplingRatio === 0) {
        return [
            mistake("enabled", "is true, but tracing.samplingRatio is 0, so that no trace is stored; set it to false"),
        ];
    }
    const allowed = samplingTolerance && samplingToleranceMistake(samplingTolerance, loadSampling(settings));
    return allowed ? [{ path: ["loadMonitor", "samplingTolerance"], message: allowed }] : [];
}

/** What the sampling error of the load monitor depends on. */
function loadSampling({ loadMonitor, tracing }: Pick<CheckedSettings, "loadMonitor" | "tracing">): LoadSampling {
    const { samplingMode, samplingRatio } = tracing;
    return { samplingMode, samplingRatio, vus: loadMonitor.vus, seconds: durationSeconds(loadMonitor.duration) ?? 0 };
}

/** Warns about a load monitor that samples too few traces. */
export function loadMonitorWarnings(settings: Pick<CheckedSettings, "loadMonitor" | "tracing">): string[] {
    const run = loadSampling(settings);
    return settings.loadMonitor.enabled && samplingError(run) > largestUsefulTolerance
        ? [
              `loadMonitor.vus and loadMonitor.duration are too small to compare the sampling ratio: ${sampledText(run)}; increase them`,
          ]
        : [];
}

function mistake(key: string, message: string): Mistake {
    return { path: ["loadMonitor", key], message, sentence: true };
}
