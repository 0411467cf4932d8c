import { quantityValue } from "../validation/quantities";
import { backends } from "../validation/buckets";
import { durationSeconds } from "../validation/durations";
import { type AppliedSettings, appliedSettings } from "./applied";
import type { Settings } from "./resolve";
import { type DataOwner, dataOwners } from "./schema/data-owners";

/** A change of a setting that concerns stored data. */
export interface Move {
    /** The changed setting, such as "objectStore.kind". */
    setting: string;
    /** The deployed value. Undefined if there was none. */
    from: string | number | boolean | undefined;
    /** The configured value. Undefined if there is none. */
    to: string | number | boolean | undefined;
    /** What happens to the data: one or more sentences. */
    effect: string;
    /** How to reach the goal without loss: one or more sentences. */
    safe: string;
    /** What loses data. `allowDataLoss` must name all of it. Empty if the change loses no data, or cannot work. */
    loses: DataOwner[];
    /** Whether the change cannot work, even if the loss is accepted. */
    impossible?: boolean;
}

/** The changes between two deployments, by what must happen with them. */
export interface Moves {
    /** Changes that must not be deployed. */
    refused: Move[];
    /** Changes that the user must know about: accepted losses, and changes without loss. */
    announced: Move[];
}

/**
 * Finds the changes that concern stored data. With the profile prod, before or after the change, data is only lost if `allowDataLoss` names its
 * owner. With the profile dev, a loss is only announced.
 *
 * @param applied the settings of the last deployment. Undefined before the first one.
 */
export function findMoves(applied: AppliedSettings | undefined, settings: Settings): Moves {
    const moves = applied === undefined ? [] : allMoves(applied, appliedSettings(settings));
    const isProd = settings.profile === "prod" || applied?.profile === "prod";
    const isRefused = ({ impossible, loses }: Move) =>
        impossible === true || (isProd && loses.some((owner) => !settings.allowDataLoss.includes(owner)));
    return { refused: moves.filter(isRefused), announced: moves.filter((move) => !isRefused(move)) };
}

/** The sentences about a change that is deployed. @param prefix prefix of the key, such as "observability:". */
export function describeAnnounced(move: Move, prefix: string): string {
    return `${describeMove(move, prefix)} ${move.safe}`.trim();
}

function describeMove({ setting, from, to, effect }: Move, prefix: string): string {
    const now = to === undefined ? "is not set" : `is ${JSON.stringify(to)}`;
    const before = from === undefined ? "does not have it" : `has ${JSON.stringify(from)}`;
    return `${prefix}${setting} ${now}; the deployed stack ${before}. ${effect}`;
}

/** The sentences about a refused change: what would be lost, the safe procedure, and how to accept the loss. */
export function describeRefusal(move: Move, prefix: string): string {
    const { loses, impossible, safe } = move;
    const accept =
        impossible === true
            ? ""
            : ` To lose the data instead, set ${prefix}allowDataLoss to [${loses.join(", ")}] and deploy with \`npm run up\`.`;
    return `${describeMove(move, prefix)} ${safe}${accept}`;
}

type Comparison = (before: AppliedSettings, after: AppliedSettings) => (Move | undefined)[];

function allMoves(before: AppliedSettings, after: AppliedSettings): Move[] {
    const everywhere = namespaceMoves(before, after);
    // In another namespace all volumes are new, so no other change concerns them.
    const comparisons = everywhere.length > 0 ? [] : [...ofVolumes, ...ofBuckets];
    return [...everywhere, ...[...comparisons, ...ofStack].flatMap((compare) => compare(before, after))].filter(
        (move) => move !== undefined,
    );
}

function namespaceMoves(before: AppliedSettings, after: AppliedSettings): Move[] {
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
            loses: [...dataOwners],
        },
    ];
}

const ofVolumes: Comparison[] = [
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
            return configured === undefined || (quantityValue(configured) ?? 0) >= (quantityValue(size) ?? 0)
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
        before.storage.sizes.collector !== undefined && after.storage.sizes.collector === undefined
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

const ofBuckets: Comparison[] = [
    (before, after) => {
        const [from, to] = [before.objectStore, after.objectStore];
        if (from.kind !== undefined && from.kind !== to.kind) {
            return [
                {
                    setting: "objectStore.kind",
                    from: from.kind,
                    to: to.kind,
                    effect:
                        from.kind === "minio"
                            ? "MinIO is deleted. Its volumes remain, but nothing reads the logs, metrics, traces and profiles in them."
                            : "The logs, metrics, traces and profiles remain in the buckets of the S3 service, but nothing reads them.",
                    safe:
                        from.kind === "minio"
                            ? "To copy the data first, use `npm run migrate -- minio-to-s3`."
                            : "To keep the data, set objectStore.kind back to s3.",
                    loses: ["objectStore"],
                },
            ];
        }
        if (from.endpoint !== to.endpoint) {
            return [
                {
                    setting: "objectStore.endpoint",
                    from: from.endpoint,
                    to: to.endpoint,
                    effect: "The backends no longer read the data in the buckets of the old service.",
                    safe: "Copy all buckets to the new service first, with the same names.",
                    loses: ["objectStore"],
                },
            ];
        }
        return backends
            .filter((backend) => (from.buckets[backend] ?? to.buckets[backend]) !== to.buckets[backend])
            .map((backend) => ({
                setting: `objectStore.buckets.${backend}`,
                from: from.buckets[backend],
                to: to.buckets[backend],
                effect: `The data in bucket ${from.buckets[backend]} remains, but nothing reads it.`,
                safe: "Set the name or objectStore.bucketPrefix back, or copy the content of the bucket first.",
                loses: [backend],
            }));
    },
    ({ replicas: { minio: from } }, { replicas: { minio: to } }) => [
        from === undefined || to === undefined || from === to
            ? undefined
            : {
                  setting: "replicas.minio",
                  from,
                  to,
                  effect: "MinIO cannot change the number of its drives: it does not start with another number.",
                  safe: `Set replicas.minio back to ${from}. To have more space, increase storage.sizes.minio. To move the data, use \`npm run migrate -- ${from === 1 ? "minio-1-to-4" : "minio-to-s3"}\`. To start without the data, delete the stack with \`npm run down\` first.`,
                  loses: [],
                  impossible: true,
              },
    ],
];

const ofStack: Comparison[] = [
    ({ tenant: from }, { tenant: to }) => [
        from === to
            ? undefined
            : {
                  setting: "tenant",
                  from,
                  to,
                  effect: "All stored data belongs to the old tenant, and Grafana no longer shows it.",
                  safe: "To keep it visible, follow `npm run migrate -- tenant-on`.",
                  loses: ["loki", "tempo", "mimir", "pyroscope"],
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
        (["loki", "mimir"] as const).map((backend): Move | undefined => {
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
