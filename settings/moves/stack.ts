import { defaultClusterDomain } from "../../components/contract";
import { durationSeconds } from "../../validation/durations";
import type { AppliedSettings } from "../applied";
import { dataOwners } from "../schema/data-owners";
import { deployedStores } from "./components";
import type { Comparison, Move } from "./move";

/** The change to another namespace. Empty if there is none. */
export function namespaceMoves(before: AppliedSettings, after: AppliedSettings): Move[] {
    if (before.namespace === undefined || before.namespace === after.namespace) {
        return [];
    }
    const volumes =
        before.createNamespace && before.profile !== "prod"
            ? `Namespace ${before.namespace} is deleted with all its volumes`
            : `The volumes stay in namespace ${before.namespace}, and nothing reads them`;
    const stored =
        before.objectStore.kind === "s3"
            ? "Data in the buckets remains. Data that is not uploaded yet, and Grafana's database, are lost."
            : "All stored data is lost.";
    return [
        {
            setting: "namespace",
            from: before.namespace,
            to: after.namespace,
            effect: `${volumes}. ${stored} The DNS names that applications use change too.`,
            safe: "Set the namespace back. To move the stack, follow `npm run migrate -- namespace`.",
            loses: dataOwners.filter((owner) => owner !== "redpanda" || before.replicas.redpanda !== undefined),
        },
    ];
}

/** Changes that concern the labels, the owner or the age of stored data. */
export const ofStack: Comparison[] = [
    (before, { tenant: to }) => [
        before.tenant === to
            ? undefined
            : {
                  setting: "tenant",
                  from: before.tenant,
                  to,
                  effect: "All stored data belongs to the old tenant, and Grafana no longer shows it.",
                  safe:
                      before.tenant === undefined
                          ? "To keep it visible, follow `npm run migrate -- tenant-on`."
                          : `Set tenant back to ${JSON.stringify(before.tenant)}.`,
                  loses: deployedStores(before),
              },
    ],
    (before, after) =>
        (["logs", "traces", "metrics", "profiles"] as const).map((signal): Move | undefined => {
            const [from, to] = [before.retention[signal], after.retention[signal]];
            return from === undefined || to === undefined || (durationSeconds(to) ?? 0) >= (durationSeconds(from) ?? 0)
                ? undefined
                : {
                      setting: `retention.${signal}`,
                      from,
                      to,
                      effect: `Stored ${signal} that are older than ${to} are deleted.`,
                      safe: "",
                      loses: [],
                  };
        }),
    (before, after) =>
        (["loki", "mimir", "tempo"] as const).map((backend): Move | undefined => {
            const [from, to] = [before.replicationFactor[backend], after.replicationFactor[backend]];
            return from === undefined || to === undefined || to <= from
                ? undefined
                : {
                      setting: `replicationFactor.${backend}`,
                      from,
                      to,
                      effect: `Data that is not uploaded yet has ${from} ${from === 1 ? "copy" : "copies"} until it is uploaded. While the replicas restart, writes may fail, and the queues of the collector keep the data.`,
                      safe: backend === "loki" ? "The steps are in `npm run migrate -- loki-replication`." : "",
                      loses: [],
                  };
        }),
    ({ cluster: from }, { cluster: to }) => [
        from === undefined || from === to
            ? undefined
            : {
                  setting: "cluster",
                  from,
                  to,
                  effect: `Stored data keeps the label cluster=${JSON.stringify(from)}. Dashboards show it when this cluster is selected.`,
                  safe: "",
                  loses: [],
              },
    ],
    ({ networkPolicies: { enabled: from = false } }, { networkPolicies: { enabled: to = false } }) => [
        from === to
            ? undefined
            : {
                  setting: "networkPolicies.enabled",
                  from,
                  to,
                  effect: to
                      ? "Only the namespaces in networkPolicies.clientNamespaces, and those with the labels of networkPolicies.clientLabels, can send data to the stack. All other connections to and from its pods are denied."
                      : "All pods of the cluster can then connect to the pods of the stack, and read and write its data.",
                  safe: to
                      ? "To check the list of namespaces first, set networkPolicies.enabled to false: see docs/security.md."
                      : "",
                  loses: [],
              },
    ],
    ({ clients: from = [] }, { clients: to = [] }) => {
        const removed = from.filter((client) => !to.includes(client));
        return [
            removed.length === 0
                ? undefined
                : {
                      setting: "ingestion.external",
                      subject: `The list of clients in ingestion.external`,
                      from: from.join(", "),
                      to: to.length === 0 ? undefined : to.join(", "),
                      effect: `The credentials of ${removed.join(", ")} are deleted, and the collector refuses these clients.`,
                      safe: "If such a client is added again, it gets another credential, unless ingestion.external.credentials has it.",
                      loses: [],
                  },
        ];
    },
    ({ clusterDomain: from }, { clusterDomain: to }) => [
        (from ?? defaultClusterDomain) === (to ?? defaultClusterDomain)
            ? undefined
            : {
                  setting: "clusterDomain",
                  from,
                  to,
                  effect: "The pods that use addresses of Services restart. If the setting is not the DNS domain of the cluster, no address can be resolved, and data that is sent in the meantime is lost when the queues are full.",
                  safe: `Check it with \`nslookup kubernetes.default.svc.${to ?? defaultClusterDomain}\` in a pod.`,
                  loses: [],
              },
    ],
    ({ tracing: { samplingMode: from } }, { tracing: { samplingMode: to } }) => [
        from === undefined || from === to
            ? undefined
            : {
                  setting: "tracing.samplingMode",
                  from,
                  to,
                  effect:
                      to === "tail"
                          ? "Applications must send all traces. Until they do, the sampling ratio is applied twice."
                          : "Applications must sample by themselves. Until they do, all traces are stored.",
                  safe: to === "tail" ? "The steps are in `npm run migrate -- tail-sampling`." : "",
                  loses: [],
              },
    ],
];
