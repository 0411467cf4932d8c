import { StoreMode } from "../components/mode";
import { type ImpossibleValue, modeValueMistakes, namingKeys } from "./mode-values";
import type { Rule } from "./rule";

/** The settings for Helm values of distributed Tempo. Checks, limits and the size of volumes depend on these settings. */
const settingsOfValues: Record<string, string> = {
    "ingester.replicas": "replicas.tempo",
    "ingester.config.replication_factor": "replicationFactor.tempo",
    "distributor.replicas": "replicas.tempoDistributor",
    "querier.replicas": "replicas.tempoQuerier",
    "metricsGenerator.replicas": "replicas.tempoMetricsGenerator",
};

/** Helm values with which distributed Tempo cannot work, and why. */
const impossible: ImpossibleValue[] = [
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
    ...namingKeys(["nameOverride", "fullnameOverride"], "the Service tempo and the volumes"),
];

/** Rules about the mode of Tempo. `values.tempo` are checked against the chart of the mode. */
export const tempoModeRules: Rule[] = [
    {
        reads: ["mode.tempo", "values.tempo"],
        conditions: ["mode.tempo"],
        mistakes: (settings) =>
            settings.mode.tempo === StoreMode.Distributed
                ? modeValueMistakes("tempo", settings, settingsOfValues, impossible)
                : [],
    },
];
