import { type Counts, signals } from "./load-pod";
import type { LoadedStack } from "./loaded-stack";

type Signal = keyof Counts;

const any = Infinity;
/** One line, which the log collector has read and holds to join it with the next lines. Alloy 1.18 can drop it when it ends. */
const heldLine = { lines: 1 };
// Pyroscope responds with status 500 while it cannot write to the object store, and clients do not retry after this status.
const unwrittenProfiles = { profiles: any };

/**
 * How much of a signal an event may lose at most, with the reason. An event loses nothing else. The collector keeps data in its queues until a
 * backend has stored it, and applications retry while the collector or Pyroscope does not respond.
 */
const mayLose: Partial<Record<string, Partial<Record<Signal, number>>>> = {
    // In dev, the queues of the collector are in an emptyDir, which is deleted with the pod.
    "otelCollector deleted": { zipkin: any, traces: any, logs: any, samples: any },
    // Tempo and the collector restart at the same time.
    "tail-sampling": { zipkin: any, traces: any },
    // Tempo keeps the spans of the last seconds in memory, until their trace is complete.
    "tempo killed": { zipkin: any, traces: any },
    "volume of minio full": unwrittenProfiles,
    "minio deleted": unwrittenProfiles,
    "minio killed": unwrittenProfiles,
    "minio rolled out": unwrittenProfiles,
    // Pyroscope responds with the same status while it ends.
    "pyroscope deleted": unwrittenProfiles,
    "pyroscope rolled out": unwrittenProfiles,
    // Pyroscope is stopped while the rest of the objects is copied.
    "minio-1-to-4": unwrittenProfiles,
    "minio-to-s3": unwrittenProfiles,
    "alloyLogs deleted": heldLine,
    "alloyLogs rolled out": heldLine,
};

/** What an event may lose, for the title of its test. */
export function expectedLoss(event: string): string {
    const losses = Object.entries(mayLose[event] ?? {});
    return (
        losses.map(([signal, most]) => (most === any ? signal : `at most ${most} of ${signal}`)).join(", ") || "nothing"
    );
}

/** Checks that an event loses only what it may lose, and returns what was accepted. The arguments are those of {@link LoadedStack.during}. */
export async function expectLoss(
    loaded: LoadedStack,
    ...[event, ...rest]: Parameters<LoadedStack["during"]>
): Promise<Counts> {
    const { accepted, lost, rejected } = await loaded.during(event, ...rest);
    expect({
        lost: unexpectedLoss(event, lost),
        rejected: rejected.filter((reason) =>
            signals.some((signal) => most(event, signal) < any && reason.startsWith(`${signal}:`)),
        ),
    }).toEqual({ lost: {}, rejected: [] });
    return accepted;
}

/** What an event has lost although it may not. Data that is stored twice is no loss: exporters repeat a request after an error. */
export function unexpectedLoss(event: string, lost: Partial<Counts>): Partial<Counts> {
    return Object.fromEntries(
        signals
            .map((signal) => [signal, lost[signal] ?? 0] as const)
            .filter(([signal, count]) => count > most(event, signal)),
    );
}

function most(event: string, signal: Signal): number {
    return mayLose[event]?.[signal] ?? 0;
}
