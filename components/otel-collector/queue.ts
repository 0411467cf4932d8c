import { quantityValue } from "../../validation/quantities";
import type { HelmValues } from "../helm/values";
import type { Profile } from "../profile";

/** Folder of the queue files in the container. */
export const queueDirectory = "/var/lib/otelcol";

/** Total size of the queues on disk of one replica, if `queueSize` is not set. */
export const defaultQueueSize = { dev: "1Gi", prod: "10Gi" };

// Each signal has a queue, and the exporter to other replicas has one.
const maximumQueues = 4;
// In measurements, small requests needed up to three times their own size on disk.
const diskBytesPerByte = 3;

const queueStorage = "file_storage/queue";

/** The extension that stores queues on disk. */
export const queueExtension = {
    [queueStorage]: {
        directory: queueDirectory,
        // Without it, `otelcol validate` fails where the volume is not mounted.
        create_directory: true,
        // Renames a corrupted queue file and starts a new one. Otherwise the collector would not start after a crash.
        recreate: true,
        compaction: { on_start: true, on_rebound: true, directory: queueDirectory },
    },
};

/** Bytes of a volume for each byte that a queue accepts. */
export const volumeBytesPerQueuedByte = maximumQueues * diskBytesPerByte;

/** Bytes that each queue of one replica accepts. */
export function queueCapacity(queueSize: string | undefined, profile: Profile): number {
    const volumeBytes = quantityValue(queueSize ?? defaultQueueSize[profile]) ?? 0;
    return Math.floor(volumeBytes / volumeBytesPerQueuedByte);
}

/** Exporter settings: a queue on disk, and retries without a time limit. A full queue rejects data, so that the sender retries. */
export function queueAndRetry(queueSize: string | undefined, profile: Profile): HelmValues {
    return {
        // Explicit, because not every exporter enables both by default.
        retry_on_failure: { enabled: true, initial_interval: "1s", max_interval: "10s", max_elapsed_time: "0s" },
        sending_queue: {
            enabled: true,
            storage: queueStorage,
            sizer: "bytes",
            queue_size: queueCapacity(queueSize, profile),
            // A gRPC server rejects messages of more than 4 MiB by default.
            batch: { flush_timeout: "200ms", min_size: 512 * 1024, max_size: 2 * 1024 * 1024 },
        },
    };
}
