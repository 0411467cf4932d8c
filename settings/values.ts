import { instrumentationPin } from "../components/auto-instrumentation/values";
import { type ChartPin, pins } from "../components/helm/pins";
import { unknownSentence, unknownValues } from "../components/helm/value-keys";
import { type HelmValues, packagedValues } from "../components/helm/values";
import { StoreMode } from "../components/mode";
import { keyOf } from "./paths";
import type { Mistake, Path, Rule } from "./rule";
import type { CheckedSettings } from "./schema";

/** The chart of each key of the setting values. */
const charts: Record<keyof CheckedSettings["values"], ChartPin> = {
    otelCollector: pins.otelCollector,
    alloyReceiver: pins.alloy,
    alloyLogs: pins.alloy,
    alloyMetrics: pins.alloy,
    alloySingleton: pins.alloy,
    alloyProfiles: pins.alloy,
    loki: pins.loki,
    tempo: pins.tempo,
    mimir: pins.mimir,
    pyroscope: pins.pyroscope,
    kubeStateMetrics: pins.kubeStateMetrics,
    alloyKafka: pins.alloy,
    redpanda: pins.redpanda,
    prometheus: pins.prometheus,
    autoInstrumentation: pins.beyla,
    ingestionProxy: pins.ingestionProxy,
    grafana: pins.grafana,
    minio: pins.minio,
};

/** The settings that the chart of a component depends on. */
const chartConditions: Partial<Record<keyof typeof charts, string[]>> = {
    tempo: ["mode.tempo"],
    autoInstrumentation: ["autoInstrumentation.kind"],
};

/** The chart of a component, which depends on the mode of Tempo and on the kind of the auto-instrumentation. */
function chartOf(
    component: keyof typeof charts,
    { mode, autoInstrumentation }: Pick<CheckedSettings, "mode" | "autoInstrumentation">,
): ChartPin {
    if (component === "autoInstrumentation") {
        return instrumentationPin(autoInstrumentation.kind);
    }
    return component === "tempo" && mode.tempo === StoreMode.Distributed ? pins.tempoDistributed : charts[component];
}

/** Helm values of Grafana that have no effect, because the stack creates the login. The settings of the same names have. */
const loginKeys = ["adminPassword", "adminUser"];

/** Reject Helm values that would have no effect. */
export const valuesRules: Rule[] = Object.keys(charts).map((name) => {
    const component = name as keyof typeof charts;
    const conditions = chartConditions[component] ?? [];
    return {
        reads: [`values.${component}`, `valuesUnchecked.${component}`, ...conditions],
        conditions,
        mistakes: (settings) => {
            const { profile, values, valuesUnchecked } = settings;
            const given = values[component];
            const pin = chartOf(component, settings);
            const unknown = valuesUnchecked[component] ? [] : unknownMistakes(component, pin, given);
            // The known keys do not tell which values are maps if a template copies the whole map.
            const replaced = replacedMaps(
                given,
                packagedValues(pin === pins.tempoDistributed ? pin.name : fileOf(component), profile),
                ["values", component],
            );
            return [
                ...(component === "grafana" ? loginMistakes(given) : []),
                ...unknown,
                ...replaced.filter(({ path }) => !unknown.some((other) => keyOf(other.path) === keyOf(path))),
            ];
        },
    };
});

function unknownMistakes(component: keyof typeof charts, pin: ChartPin, values: HelmValues): Mistake[] {
    return unknownValues(pin, values).map((value): Mistake => {
        const path = ["values", component, ...value.path];
        if (component === "grafana" && loginKeys.includes(value.suggestion ?? "")) {
            return {
                path,
                message: `is unknown. Did you mean the setting grafana.${value.suggestion}?`,
                sentence: true,
            };
        }
        const end = /[.?]$/.test(unknownSentence(value)) ? "" : ".";
        const message = `${unknownSentence(value, `values.${component}.`)}${end} To pass it anyway, set valuesUnchecked.${component}: true`;
        return { path, message, sentence: true };
    });
}

/** Name of the file with the values that the stack sets. */
function fileOf(component: string): string {
    return component.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

/** Scalars that would replace a map that the stack sets. */
function replacedMaps(given: HelmValues, packaged: HelmValues, path: Path): Mistake[] {
    return Object.entries(given).flatMap(([key, value]): Mistake[] => {
        const own = packaged[key] as unknown;
        const at = [...path, key];
        if (!isMap(own) || value === null || Array.isArray(value)) {
            return [];
        }
        return isMap(value)
            ? replacedMaps(value, own, at)
            : [{ path: at, message: `a map with keys such as ${Object.keys(own).slice(0, 3).join(", ")}` }];
    });
}

function isMap(value: unknown): value is HelmValues {
    return typeof value === "object" && value !== null && !Array.isArray(value);
}

function loginMistakes(values: HelmValues): Mistake[] {
    return loginKeys
        .filter((key) => key in values)
        .map((key) => ({
            path: ["values", "grafana", key],
            message: `has no effect, because Grafana reads its login from a Secret; set grafana.${key} instead`,
            sentence: true,
        }));
}
