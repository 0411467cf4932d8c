import { defaultServerId } from "../components/pyroscope/values";
import { packagedValues } from "../components/helm/values";
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
        key: "pyroscope.components.metastore.initContainers",
        why: "would replace the container with which a new replica waits for the first one; remove it",
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
    {
        key: "pyroscope.resources",
        why: "has no effect, because each part has its own; set pyroscope.components.PART.resources",
    },
    ...namingKeys(["pyroscope.nameOverride", "pyroscope.fullnameOverride"], "the Service pyroscope and the volumes"),
];

/** Helm values of the parts, which the monolithic Pyroscope does not have. With them, the chart deploys parts without the objects of the stack, or nothing. */
const onlyDistributed: ImpossibleValue[] = [
    { key: "architecture.microservices.enabled", isWrong: (value: unknown) => value === true },
    { key: "pyroscope.components" },
].map((value) => ({ ...value, why: 'needs mode.pyroscope "distributed"; set it, or remove these values' }));

/** The gateway forwards requests to the parts, and the parts send requests to each other. */
function removedParts({ profile }: CheckedSettings): ImpossibleValue[] {
    const { components } = packagedValues("pyroscope-distributed", profile)["pyroscope"];
    return placesOfParts
        .flatMap((place) => [place, ...Object.keys(components).map((part) => `${place}.${part}`)])
        .map((key) => ({
            key,
            isWrong: (value: unknown) => value === null,
            why: "is null, but Pyroscope needs all of its parts; remove it",
        }));
}

/** Rules about the mode of Pyroscope. */
export const pyroscopeModeRules: Rule[] = [
    {
        reads: ["mode.pyroscope", "values.pyroscope", "profile"],
        conditions: ["mode.pyroscope", "profile"],
        mistakes: (settings) =>
            settings.mode.pyroscope === StoreMode.Distributed
                ? modeValueMistakes("pyroscope", settings, settingsOfValues, [...impossible, ...removedParts(settings)])
                : modeValueMistakes("pyroscope", settings, {}, onlyDistributed),
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
                  message: `${storage.pyroscopeServerId === undefined ? "is not set" : `is "${name}"`}, but the replicas of the metastore find each other by their addresses; if the index has another name in it, set replicas.pyroscopeMetastore to 1; for a new index, set the name to ${needed}`,
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
