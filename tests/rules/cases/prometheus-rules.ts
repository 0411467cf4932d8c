import { type Cases, increasingCounter } from "../case";
import { series, value } from "../series";

export default {
    AlloyPrometheusRulesNotWritten: increasingCounter(
        "mimir_rules_events_failed_total",
        { job: "alloy-singleton", pod: "alloy-0" },
        ["job", "pod"],
        "alloy-0: changes of PrometheusRule objects have no effect, because Alloy cannot write their rules to Mimir",
    ),
    MimirObjectRulerMissing: {
        after: "30m",
        fires: { [series("up", { job: "mimir", pod: "mimir-0" })]: value(1) },
        labels: { job: "mimir" },
        summary:
            "Mimir: no target of mimir-object-ruler exists, so that rules of PrometheusRule objects are not evaluated",
        silent: { [series("up", { job: "mimir", pod: "mimir-object-ruler-7d9f-abcde" })]: value(1) },
    },
} satisfies Cases;
