import * as dashboard from "@grafana/grafana-foundation-sdk/dashboard";
import { mimir } from "./data-sources";

/** A variable that users select at the top of a dashboard. */
export type Variable = dashboard.QueryVariableBuilder;

/** @param query `label_values(METRIC, LABEL)`, which Mimir evaluates. */
export function singleValueVariable(name: string, label: string, query: string): Variable {
    return new dashboard.QueryVariableBuilder(name)
        .label(label)
        .datasource(mimir)
        .query({ query, refId: name })
        .definition(query)
        .refresh(dashboard.VariableRefresh.OnTimeRangeChanged)
        .sort(dashboard.VariableSort.AlphabeticalAsc);
}

/** A variable with several values. All values are selected by default. */
export function multiValueVariable(name: string, label: string, query: string): Variable {
    return singleValueVariable(name, label, query)
        .multi(true)
        .includeAll(true)
        .allValue(".*")
        .current({ text: "All", value: "$__all" });
}

/** A single value, because sums over several clusters are not useful. */
export const cluster = () => singleValueVariable("cluster", "Cluster", "label_values(up, cluster)");

/** Namespaces with services that send traces. */
export const namespace = () =>
    multiValueVariable(
        "namespace",
        "Namespace",
        'label_values(traces_spanmetrics_calls_total{cluster="$cluster"}, namespace)',
    );

const services = 'label_values(traces_spanmetrics_calls_total{cluster="$cluster", namespace=~"$namespace"}, service)';
export const service = () => singleValueVariable("service", "Service", services);
