import { type Backend, backends } from "../../validation/buckets";
import { type AppliedSettings, chartsWithData } from "../applied";
import type { DataOwner } from "../schema/data-owners";
import { storeMode } from "./modes";
import type { Comparison, Move } from "./move";

/** The stores of a deployment. All stores, if the output `applied` is older than the setting `components`. */
export function deployedStores({ components }: AppliedSettings): Backend[] {
    return backends.filter((store) => components?.[store] !== false);
}

const stores: Record<Backend, { title: string; data: string }> = {
    loki: { title: "Loki", data: "logs" },
    tempo: { title: "Tempo", data: "traces" },
    mimir: { title: "Mimir", data: "metrics" },
    pyroscope: { title: "Pyroscope", data: "profiles" },
};

/** Components with data that a deployment leaves out, or replaces by an external backend. */
export const ofComponents: Comparison[] = [
    (before, after) => {
        // Without a store of its own, a stack deploys no MinIO.
        const withMinio = before.objectStore.kind === "minio" && after.objectStore.kind === undefined;
        return backends.map((store) => {
            const { title, data } = stores[store];
            const effect = withMinio
                ? `${title} and MinIO are deleted. Their volumes remain, but nothing reads the ${data} in them.`
                : `${title} is deleted. Its volumes and its bucket remain, but nothing reads the ${data} in them.`;
            const safe = (setBack: string) =>
                `${setBack} To keep a copy of the ${data}, use \`npm run backup\` first. If ${title} is deployed again, it reads the old data.`;
            return removed(before, after, store, { effect, safe, loses: withMinio ? [store, "objectStore"] : [store] });
        });
    },
    (before, after) => [
        before.grafana.persistence === true
            ? removed(before, after, "grafana", {
                  effect: "Grafana and its volume are deleted. Users, preferences, and dashboards that were created in Grafana are lost.",
                  safe: (setBack) => `${setBack} Or back up the database first: see docs/backup.md.`,
                  loses: ["grafana"],
              })
            : undefined,
        before.storage.sizes.collector !== undefined
            ? removed(before, after, "otelCollector", {
                  effect: "The OpenTelemetry Collector is deleted. Its volumes remain, but nothing exports the data in its queues.",
                  safe: (setBack) =>
                      `${setBack} Or deploy the change when the queues are empty: \`npm run health\` shows them.`,
                  loses: ["collector"],
              })
            : undefined,
    ],
];

/** Redpanda that a deployment leaves out, or that gets fewer brokers. */
export const ofRedpanda: Comparison[] = [
    ({ replicas: { redpanda: from } }, { replicas: { redpanda: to } }) => [
        from === undefined || to !== undefined
            ? undefined
            : {
                  setting: "components.redpanda",
                  from: true,
                  to: false,
                  effect: "Redpanda is deleted. Its volumes remain, but nothing reads the messages in them.",
                  safe: "Set components.redpanda back to true. If Redpanda is deployed again with the same number of brokers, it reads the old messages.",
                  loses: ["redpanda"],
              },
        from === undefined || to === undefined || to >= from
            ? undefined
            : {
                  setting: "redpanda.replicas",
                  from,
                  to,
                  effect: "Brokers are deleted with their replicas of partitions, and the others may not have a majority.",
                  safe: `Set redpanda.replicas back to ${from}.`,
                  loses: [],
                  impossible: true,
              },
    ],
];

/** Charts of components with data whose version changes, because an earlier program may not read the data of a later one. */
export const ofCharts: Comparison[] = [
    (before, after) =>
        chartsWithData.map((component): Move | undefined => {
            const [from, to] = [before.charts[component], after.charts[component]];
            const { title } = component === "grafana" ? { title: "Grafana" } : stores[component];
            // Each mode of Tempo has a chart of its own.
            const isOther = component === "tempo" && storeMode(before, "tempo") !== storeMode(after, "tempo");
            return from === undefined || to === undefined || from === to || isOther
                ? undefined
                : {
                      setting: `charts.${component}`,
                      subject: `The chart of ${title}`,
                      from,
                      to,
                      effect:
                          component === "grafana"
                              ? "Grafana migrates its database when it starts. An earlier version may not start with the database of a later one."
                              : `An earlier version of ${title} may not read what a later one has written.`,
                      safe: "To be able to roll back, use `npm run backup` before an upgrade.",
                      loses: [],
                  };
        }),
];

interface Loss {
    effect: string;
    /** The sentences after the one that says how to set the setting back. */
    safe: (setBack: string) => string;
    loses: DataOwner[];
}

/** The removal of a component. Undefined if it was not deployed, or if it is still deployed. */
function removed(
    before: AppliedSettings,
    after: AppliedSettings,
    component: Backend | "grafana" | "otelCollector",
    { effect, safe, loses }: Loss,
): Move | undefined {
    if (before.components?.[component] !== true || after.components?.[component] !== false) {
        return undefined;
    }
    const url = component === "otelCollector" ? undefined : after.external[component];
    return url === undefined
        ? {
              setting: `components.${component}`,
              from: true,
              to: false,
              effect,
              safe: safe(`Set components.${component} back to true.`),
              loses,
          }
        : {
              setting: `external.${component}.url`,
              from: undefined,
              to: url,
              effect,
              safe: safe(`Remove external.${component}.url.`),
              loses,
          };
}
