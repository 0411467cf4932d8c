import { type ChartPin, pins } from "../components/helm/pins";
import { unknownSentence, unknownValues } from "../components/helm/value-keys";
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

/** Refuses Helm values that would have no effect. */
export const valuesRule: Rule = { reads: ["values", "valuesUnchecked"], mistakes: valueMistakes };

function valueMistakes({ values, valuesUnchecked }: CheckedSettings): Mistake[] {
    return Object.entries(charts).flatMap(([component, pin]) => {
        const key = component as keyof typeof charts;
        const unknown = valuesUnchecked[key] ? [] : unknownValues(pin, values[key]);
        return unknown.map((value) => ({
            path: ["values", component, ...value.path],
            message: unknownSentence(value, `values.${component}.`),
            sentence: true,
        }));
    });
}
