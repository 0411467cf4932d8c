import { StoreMode } from "../components/mode";
import { valueAt } from "./paths";
import type { Mistake, Rule } from "./rule";
import type { CheckedSettings } from "./schema";

/** The settings for Helm values of distributed Tempo. Checks, limits and the size of volumes depend on these settings. */
const settingsOfValues: Record<string, string> = {
    "ingester.replicas": "replicas.tempo",
    "ingester.config.replication_factor": "replicationFactor.tempo",
    "distributor.replicas": "replicas.tempoDistributor",
    "querier.replicas": "replicas.tempoQuerier",
    "metricsGenerator.replicas": "replicas.tempoMetricsGenerator",
};

/** Helm values with which distributed Tempo cannot work, and why. */
const impossible: { key: string; isWrong: (value: unknown) => boolean; why: string }[] = [
    {
        key: "ingester.autoscaling.enabled",
        isWrong: (value) => value === true,
        why: "is not possible, because ingesters hold data; set replicas.tempo",
    },
    {
        key: "ingester.zoneAwareReplication.enabled",
        isWrong: (value) => value === true,
        why: "is true, but the stack does not deploy the operator that restarts one zone after the other, and does not expand the volumes of zones; remove it, and set zones.count",
    },
    {
        key: "ingester.enabled",
        isWrong: (value) => value === false,
        why: "is false, but without ingesters, Tempo needs Kafka, which the stack does not configure; remove it",
    },
    {
        key: "gateway.enabled",
        isWrong: (value) => value === false,
        why: "is false, but the Service tempo leads to the gateway; remove it",
    },
    {
        key: "storage.trace.backend",
        isWrong: (value) => value === "local",
        why: 'is "local", but the parts of distributed Tempo share an object store; remove it',
    },
    ...["nameOverride", "fullnameOverride"].map((key) => ({
        key,
        isWrong: () => true,
        why: "would change names on which the Service tempo and the volumes depend; remove it",
    })),
];

/** Rules about the mode of Tempo. `values.tempo` are checked against the chart of the mode. */
export const tempoModeRules: Rule[] = [
    { reads: ["mode.tempo", "values.tempo"], conditions: ["mode.tempo"], mistakes: tempoValues },
];

function tempoValues({ mode, values }: CheckedSettings): Mistake[] {
    const wrong = (key: string, message: string): Mistake => ({
        path: ["values", "tempo", ...key.split(".")],
        message,
        sentence: true,
    });
    const given = (key: string) => valueAt(values.tempo, key.split("."));
    return mode.tempo !== StoreMode.Distributed
        ? []
        : [
              ...Object.entries(settingsOfValues)
                  .filter(([key]) => given(key) !== undefined)
                  .map(([key, setting]) => wrong(key, `has a setting of its own; remove it, and set ${setting}`)),
              ...impossible
                  .filter(({ key, isWrong }) => given(key) !== undefined && isWrong(given(key)))
                  .map(({ key, why }) => wrong(key, why)),
          ];
}
