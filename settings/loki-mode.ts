import { packagedValues } from "../components/helm/values";
import { StoreMode } from "../components/mode";
import { defaultReplicationFactor } from "../validation/replication";
import { valueAt } from "./paths";
import type { Context, Mistake, Rule } from "./rule";
import type { CheckedSettings } from "./schema";

/** Settings of the parts of distributed Loki. */
const lokiParts = ["lokiDistributor", "lokiQuerier"] as const;
type LokiPart = (typeof lokiParts)[number];
const chartKeys: Record<LokiPart, string> = { lokiDistributor: "distributor", lokiQuerier: "querier" };

/** Rules about the mode of Loki. */
export const lokiModeRules: Rule[] = [
    { reads: ["mode", "replicas", "autoscaling"], conditions: ["mode"], mistakes: unusedParts },
    {
        reads: ["mode", "values", "replicas", "replicationFactor"],
        conditions: ["mode", "replicas", "replicationFactor"],
        mistakes: lokiValues,
    },
];

function unusedParts({ mode }: CheckedSettings, { raw }: Context): Mistake[] {
    const paths = (["replicas", "autoscaling"] as const).flatMap((group) => lokiParts.map((part) => [group, part]));
    return mode.loki === StoreMode.Distributed
        ? []
        : paths
              .filter((path) => valueAt(raw, path) !== undefined)
              .map((path) => ({
                  path,
                  message: 'has no effect with mode.loki "monolithic"; remove it, or set mode.loki to "distributed"',
                  sentence: true,
              }));
}

/** Helm values with which distributed Loki cannot work. */
function lokiValues({ mode, values, replicas, replicationFactor }: CheckedSettings): Mistake[] {
    if (mode.loki !== StoreMode.Distributed) {
        return [];
    }
    const factor = replicationFactor.loki ?? defaultReplicationFactor(replicas.loki);
    const copies = `replicationFactor.loki is ${factor}, so each line is written to ${factor} ingesters`;
    const wrong = (key: string, message: string): Mistake[] => [
        { path: ["values", "loki", ...key.split(".")], message, sentence: true },
    ];
    const given = (key: string) => valueAt(values.loki, key.split("."));
    const fewIngesters = (key: string, count: unknown) =>
        Number(count) < factor ? wrong(key, `is ${String(count)}, but ${copies}; set it to at least ${factor}`) : [];
    return [
        ...(given("deploymentMode") === undefined || given("deploymentMode") === "Distributed"
            ? []
            : wrong("deploymentMode", 'contradicts mode.loki, which is "distributed"; remove it')),
        ...(given("singleBinary") === undefined
            ? []
            : wrong(
                  "singleBinary",
                  'has no effect with mode.loki "distributed"; use the values of the parts, such as ingester and querier',
              )),
        ...(given("loki.storage.type") === "filesystem"
            ? wrong(
                  "loki.storage.type",
                  'is "filesystem", but the parts of distributed Loki share an object store; remove it',
              )
            : []),
        ...(given("ingester.zoneAwareReplication.enabled") === true
            ? wrong(
                  "ingester.zoneAwareReplication.enabled",
                  "is true, but the stack does not deploy the operator that restarts one zone after the other, and does not expand the volumes of zones; remove it",
              )
            : []),
        ...(given("gateway.enabled") === false
            ? wrong("gateway.enabled", "is false, but the Service loki leads to the gateway; remove it")
            : []),
        ...(given("ingester.replicas") === undefined
            ? []
            : fewIngesters("ingester.replicas", given("ingester.replicas"))),
        ...["autoscaling", "kedaAutoscaling"].flatMap((scaler) =>
            given(`ingester.${scaler}.enabled`) === true
                ? fewIngesters(`ingester.${scaler}.minReplicas`, given(`ingester.${scaler}.minReplicas`) ?? 1)
                : [],
        ),
    ];
}

/** Valid settings of distributed Loki that can have unwanted effects. */
export function lokiModeWarnings(
    settings: Pick<CheckedSettings, "profile" | "mode" | "replicas" | "autoscaling">,
): string[] {
    const { profile, mode, autoscaling } = settings;
    if (profile !== "prod" || mode.loki !== StoreMode.Distributed) {
        return [];
    }
    const effects: Record<LokiPart, string> = {
        lokiDistributor: "while its node is down, no log lines are accepted",
        lokiQuerier: "while its node is down, log queries fail",
    };
    return lokiParts.flatMap((part) => {
        const key = autoscaling[part] === undefined ? `replicas.${part}` : `autoscaling.${part}.minReplicas`;
        return lokiPartReplicas(settings, part) === 1 ? [`${key} is 1: ${effects[part]}`] : [];
    });
}

/** The lowest number of replicas of a part of distributed Loki. */
export function lokiPartReplicas(
    { profile, replicas, autoscaling }: Pick<CheckedSettings, "profile" | "replicas" | "autoscaling">,
    part: LokiPart,
): number {
    const packaged = packagedValues("loki-distributed", profile)[chartKeys[part]]?.replicas as number;
    return autoscaling[part]?.minReplicas ?? replicas[part] ?? packaged;
}
