import { type ChartPin, pins } from "../components/helm/pins";
import { unknownSentence, unknownValues } from "../components/helm/value-keys";
import type { HelmValues } from "../components/helm/values";
import type { Mistake, Rule } from "./rule";
import type { CheckedSettings } from "./schema";

/** The chart of each key of the setting values. */
const charts: Record<keyof CheckedSettings["values"], ChartPin> = {
    otelCollector: pins.otelCollector,
    alloyReceiver: pins.alloy,
    alloyLogs: pins.alloy,
    alloyMetrics: pins.alloy,
    loki: pins.loki,
    tempo: pins.tempo,
    mimir: pins.mimir,
    pyroscope: pins.pyroscope,
    grafana: pins.grafana,
    minio: pins.minio,
};

/** Helm values of Grafana that have no effect, because the stack creates the login. The settings of the same names have. */
const loginKeys = ["adminPassword", "adminUser"];

/** Reject Helm values that would have no effect. */
export const valuesRules: Rule[] = Object.entries(charts).map(([name, pin]) => {
    const component = name as keyof typeof charts;
    return {
        reads: [`values.${component}`, `valuesUnchecked.${component}`],
        mistakes: ({ values, valuesUnchecked }) => [
            ...(component === "grafana" ? loginMistakes(values.grafana) : []),
            ...(valuesUnchecked[component] ? [] : unknownMistakes(component, pin, values[component])),
        ],
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

function loginMistakes(values: HelmValues): Mistake[] {
    return loginKeys
        .filter((key) => key in values)
        .map((key) => ({
            path: ["values", "grafana", key],
            message: `has no effect, because Grafana reads its login from a Secret; set grafana.${key} instead`,
            sentence: true,
        }));
}
