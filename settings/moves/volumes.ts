import { quantityValue } from "../../validation/quantities";
import { storeMode } from "./modes";
import type { Comparison, Move } from "./move";

/** Changes that concern volumes in the namespace of the stack. */
export const ofVolumes: Comparison[] = [
    ({ createNamespace: from, namespace }, { createNamespace: to }) => [
        from !== false || to !== true
            ? undefined
            : {
                  setting: "createNamespace",
                  from,
                  to,
                  effect: `Namespace ${namespace} already exists, so Pulumi cannot create it.`,
                  safe: "Set createNamespace back to false.",
                  loses: [],
                  impossible: true,
              },
    ],
    ({ createNamespace: from, profile, namespace }, { createNamespace: to }) => [
        from !== true || to !== false
            ? undefined
            : profile === "prod"
              ? {
                    setting: "createNamespace",
                    from,
                    to,
                    effect: `Namespace ${namespace} remains, and no longer belongs to the stack. \`npm run down\` does not delete it.`,
                    safe: "",
                    loses: [],
                }
              : {
                    setting: "createNamespace",
                    from,
                    to,
                    effect: `Namespace ${namespace} belongs to the stack, so Pulumi would delete it with everything in it.`,
                    safe: "Set createNamespace back to true.",
                    loses: [],
                    impossible: true,
                },
    ],
    (before, after) =>
        Object.entries(before.storage.sizes).map(([volume, size]): Move | undefined => {
            const configured = after.storage.sizes[volume as keyof typeof after.storage.sizes];
            // The volumes of another mode are new.
            const isNew =
                (volume === "loki" || volume === "mimir" || volume === "tempo") &&
                storeMode(before, volume) !== storeMode(after, volume);
            return configured === undefined || isNew || (quantityValue(configured) ?? 0) >= (quantityValue(size) ?? 0)
                ? undefined
                : {
                      setting: `storage.sizes.${volume}`,
                      from: size,
                      to: configured,
                      effect: "Kubernetes cannot shrink a volume.",
                      safe: `Set the size to at least ${size}.`,
                      loses: [],
                      impossible: true,
                  };
        }),
    (before, after) => [
        before.grafana.persistence === true && after.grafana.persistence === false
            ? {
                  setting: "grafana.persistence",
                  from: true,
                  to: false,
                  effect: "Grafana's volume is deleted. Users, preferences, and dashboards that were created in Grafana are lost.",
                  safe: "Set grafana.persistence back to true, or back up the database first: see docs/backup.md.",
                  loses: ["grafana"],
              }
            : undefined,
    ],
    (before, after) => [
        before.storage.sizes.collector !== undefined &&
        after.storage.sizes.collector === undefined &&
        after.components?.otelCollector !== false
            ? {
                  setting: "profile",
                  from: before.profile,
                  to: after.profile,
                  effect: "The OpenTelemetry Collector no longer has volumes. Data in its queues that it has not exported yet is lost.",
                  safe: "Deploy the change when the queues are empty: `npm run health` shows them.",
                  loses: ["collector"],
              }
            : undefined,
    ],
    (before, after) => [
        before.storage.sizes.collector !== undefined &&
        after.storage.sizes.collector !== undefined &&
        (before.replicas.collector ?? 0) > (after.replicas.collector ?? 0)
            ? {
                  setting: "replicas.collector",
                  from: before.replicas.collector,
                  to: after.replicas.collector,
                  effect: "The volumes of the removed replicas remain. Data in their queues is only exported after the replicas exist again.",
                  safe: "Deploy the change when the queues are empty: `npm run health` shows them.",
                  loses: [],
              }
            : undefined,
    ],
    (before, after) => [
        before.storage.className === after.storage.className
            ? undefined
            : {
                  setting: "storage.className",
                  from: before.storage.className,
                  to: after.storage.className,
                  effect: "Existing volumes keep their class, and so do those of further replicas.",
                  safe: "",
                  loses: [],
              },
    ],
];
