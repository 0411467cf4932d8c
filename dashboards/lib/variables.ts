import * as dashboard from "@grafana/grafana-foundation-sdk/dashboard";
import { mimir } from "./sources";

/** A choice at the top of a dashboard. */
export type Variable = dashboard.QueryVariableBuilder;

/** @param query of Mimir: `label_values(METRIC, LABEL)`. */
export function choice(name: string, label: string, query: string): Variable {
    return new dashboard.QueryVariableBuilder(name)
        .label(label)
        .datasource(mimir)
        .query({ query, refId: name })
        .definition(query)
        .refresh(dashboard.VariableRefresh.OnTimeRangeChanged)
        .sort(dashboard.VariableSort.AlphabeticalAsc);
}

/** A choice of several values, all of them at first. */
export function choices(name: string, label: string, query: string): Variable {
    return choice(name, label, query)
        .multi(true)
        .includeAll(true)
        .allValue(".*")
        .current({ text: "All", value: "$__all" });
}

/** One cluster at a time: what two clusters have in common is not worth a sum. */
export const cluster = () => choice("cluster", "Cluster", "label_values(up, cluster)");

/** Namespaces of services that send traces. */
export const namespace = () =>
    choices("namespace", "Namespace", 'label_values(traces_spanmetrics_calls_total{cluster="$cluster"}, namespace)');

const services = 'label_values(traces_spanmetrics_calls_total{cluster="$cluster", namespace=~"$namespace"}, service)';
export const service = () => choice("service", "Service", services);
export const anyService = () => choices("service", "Service", services);
