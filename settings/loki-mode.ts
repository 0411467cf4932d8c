import { StoreMode } from "../components/mode";
import { defaultReplicationFactor } from "../validation/replication";
import { valueAt } from "./paths";
import type { Mistake, Rule } from "./rule";
import type { CheckedSettings } from "./schema";

/** Rules about the mode of Loki. */
export const lokiModeRules: Rule[] = [
    {
        reads: ["mode", "values", "replicas", "replicationFactor"],
        conditions: ["mode", "replicas", "replicationFactor"],
        mistakes: lokiValues,
    },
];

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
                  "is true, but the stack does not deploy the operator that restarts one zone after the other, and does not expand the volumes of zones; remove it, and set zones.count",
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
