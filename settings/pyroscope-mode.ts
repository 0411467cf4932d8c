import { defaultServerId } from "../components/pyroscope/values";
import { StoreMode } from "../components/mode";
import { metastoreReplicas } from "./mode";
import { type ImpossibleValue, modeValueMistakes, namingKeys } from "./mode-values";
import type { Mistake, Rule } from "./rule";
import type { CheckedSettings } from "./schema";

/** The settings for the replicas of parts. Both places in the values of the chart have an effect. */
const settingsOfParts: Record<string, string> = {
    metastore: "replicas.pyroscopeMetastore",
    distributor: "replicas.pyroscopeDistributor",
    "segment-writer": "replicas.pyroscopeSegmentWriter",
    "query-frontend": "replicas.pyroscopeQueryFrontend",
    "query-backend": "replicas.pyroscopeQueryBackend",
    "compaction-worker": "replicas.pyroscopeCompactionWorker",
};
const placesOfParts = ["pyroscope.components", "architecture.microservices.v2"];
const settingsOfValues = Object.fromEntries(
    placesOfParts.flatMap((place) =>
        Object.entries(settingsOfParts).map(([part, setting]) => [`${place}.${part}.replicaCount`, setting]),
    ),
);

/** Helm values with which distributed Pyroscope cannot work, and why. */
const impossible: ImpossibleValue[] = [
    {
        key: "pyroscope.components.metastore.autoscaling",
        why: "is not possible, because the metastore holds the index; set replicas.pyroscopeMetastore",
    },
    {
        key: "architecture.microservices.v2.metastore",
        why: "has no effect, because the stack runs the metastore in the StatefulSet of the monolithic Pyroscope; set pyroscope.components.metastore",
    },
    {
        key: "architecture.microservices.enabled",
        isWrong: (value) => value === false,
        why: 'contradicts mode.pyroscope, which is "distributed"; remove it',
    },
    {
        key: "architecture.storage",
        why: "would add the parts of Pyroscope 1, which keep profiles on volumes that the stack does not have; remove it",
    },
    {
        key: "pyroscope.replicaCount",
        why: "has no effect, because each part has its own replicas; remove it",
    },
    ...namingKeys(["pyroscope.nameOverride", "pyroscope.fullnameOverride"], "the Service pyroscope and the volumes"),
];

/** Rules about the mode of Pyroscope. */
export const pyroscopeModeRules: Rule[] = [
    {
        reads: ["mode.pyroscope", "values.pyroscope"],
        conditions: ["mode.pyroscope"],
        mistakes: (settings) =>
            settings.mode.pyroscope === StoreMode.Distributed
                ? modeValueMistakes("pyroscope", settings, settingsOfValues, impossible)
                : [],
    },
    {
        reads: [
            "mode.pyroscope",
            "replicas.pyroscopeMetastore",
            "profile",
            "storage.pyroscopeServerId",
            "namespace",
            "clusterDomain",
        ],
        conditions: ["mode.pyroscope", "profile", "namespace", "clusterDomain"],
        mistakes: serverNames,
    },
    { reads: ["mode.pyroscope", "replicas.pyroscopeMetastore"], conditions: ["mode.pyroscope"], mistakes: majority },
];

function serverNames(settings: CheckedSettings): Mistake[] {
    const { namespace, clusterDomain, storage } = settings;
    if (metastoreReplicas(settings) === 1) {
        return [];
    }
    const needed = defaultServerId(namespace, clusterDomain);
    const name = storage.pyroscopeServerId ?? defaultServerId(namespace);
    return name === needed
        ? []
        : [
              {
                  path: ["storage", "pyroscopeServerId"],
                  message: `${storage.pyroscopeServerId === undefined ? "is not set" : `is "${name}"`}, but the replicas of the metastore find each other by their addresses; with an index that has another name in it, set replicas.pyroscopeMetastore to 1, and with a new one, set the name to ${needed}`,
                  sentence: true,
              },
          ];
}

/** An even number of replicas tolerates no more failures than the odd one below it. */
function majority({ replicas: { pyroscopeMetastore: count } }: CheckedSettings): Mistake[] {
    return count === undefined || count % 2 === 1
        ? []
        : [
              {
                  path: ["replicas", "pyroscopeMetastore"],
                  message: `an odd number, such as ${count + 1}, because more than half of the replicas must run`,
              },
          ];
}
