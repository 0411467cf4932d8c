import { backends } from "../../validation/buckets";
import type { Comparison } from "./move";

/** Changes that concern the buckets, and the drives of MinIO. */
export const ofBuckets: Comparison[] = [
    (before, after) => {
        const [from, to] = [before.objectStore, after.objectStore];
        if (from.kind === undefined || to.kind === undefined) {
            // No component stored data in it, or none does any more.
            return [];
        }
        if (from.kind !== to.kind) {
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
            .map((backend) => ({ backend, old: from.buckets[backend], wanted: to.buckets[backend] }))
            .filter(({ old, wanted }) => old !== undefined && wanted !== undefined && old !== wanted)
            .map(({ backend, old, wanted }) => ({
                setting: `objectStore.buckets.${backend}`,
                from: old,
                to: wanted,
                effect: `The data in bucket ${old} remains, but nothing reads it.`,
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
