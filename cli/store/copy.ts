import type { Settings } from "../../settings/resolve";
import { type Backend, backends } from "../../validation/buckets";
import type { Cluster } from "../cluster/kubeconfig";
import type { StoreAccess } from "./access";
import { copyJob } from "./copy-job";
import { type CopyEvent, type CopyMode, errorsIn, parseEvents, type Usage } from "./copy-script";
import { runJob } from "./run-job";

/** The name of the Job that copies. There is only one, so that two runs cannot write to one target. */
export const copyJobName = "observability-copy";

/** What one pass of a copy has done. */
export interface CopyResult {
    /** Objects that this pass has copied. */
    copied: Record<Backend, number>;
    /** Content of the source at the end of the pass. */
    from: Record<Backend, Usage>;
    /** Content of the target at the end of the pass. */
    to: Record<Backend, Usage>;
    seconds: number;
}

/** Copies in one mode. It is a parameter of functions, so that tests can copy without a cluster. */
export type Copier = (mode: CopyMode, onProgress: (text: string) => void) => Promise<CopyResult>;

/** A copier that runs as a Job in the cluster. */
export function clusterCopier(cluster: Cluster, settings: Settings, from: StoreAccess, to: StoreAccess): Copier {
    return async (mode, onProgress) => {
        const started = Date.now();
        const job = copyJob(settings, copyJobName, mode, from, to);
        const { succeeded, output } = await runJob(cluster, job, (soFar) => {
            onProgress(progressText(parseEvents(soFar)));
        });
        return resultOf(output, succeeded, (Date.now() - started) / 1000);
    };
}

/**
 * The result of a copy from the output of its script.
 *
 * @throws Error with the messages of mc if the copy failed.
 */
export function resultOf(output: string, succeeded: boolean, seconds: number): CopyResult {
    const events = parseEvents(output);
    const failed = events.find(({ event }) => event === "failed");
    if (!succeeded || failed !== undefined) {
        const step = failed?.event === "failed" ? `cannot ${readableStep(failed.step)}` : "the copy ended unexpectedly";
        const reasons = errorsIn(output).map((reason) => `\n  - ${reason}`);
        const rest = reasons.length > 0 ? reasons.join("") : `\n${output.split("\n").slice(-5).join("\n")}`;
        throw new Error(`${step}:${rest}`);
    }
    const result: CopyResult = {
        copied: numbers(() => 0),
        from: numbers(() => ({ objects: 0, bytes: 0 })),
        to: numbers(() => ({ objects: 0, bytes: 0 })),
        seconds,
    };
    for (const event of events) {
        if (event.event === "copied") {
            result.copied[event.backend] = event.objects;
        } else if (event.event === "usage") {
            result[event.side][event.backend] = event.usage;
        }
    }
    return result;
}

/** Replaces the aliases of the script: "write to to/loki" becomes "write to loki in the target". */
function readableStep(step: string): string {
    return step.replace(
        / (from|to)\/(\S+)$/,
        (_, side: string, place: string) => ` ${place} in the ${side === "from" ? "source" : "target"}`,
    );
}

function numbers<T>(value: () => T): Record<Backend, T> {
    return { loki: value(), tempo: value(), mimir: value(), pyroscope: value() };
}

/** The progress of a copy, such as "400 objects copied, now tempo". Empty before the first object. */
export function progressText(events: CopyEvent[]): string {
    const counts = new Map<Backend, number>();
    for (const event of events) {
        if (event.event === "progress" || event.event === "copied") {
            counts.set(event.backend, event.objects);
        }
    }
    const sum = [...counts.values()].reduce((all, count) => all + count, 0);
    return sum === 0 ? "" : `${sum} objects copied, now ${[...counts.keys()].at(-1)}`;
}

/** A pass that copies at most this many objects, or ends in this time, is short enough for a stop of the writers. */
const small = { objects: 200, seconds: 60 };
const maximumPasses = 10;

/** Whether the rest can be copied while the writers are stopped. */
export function isSmall({ copied, seconds }: CopyResult): boolean {
    return total(copied) <= small.objects || seconds <= small.seconds;
}

/**
 * Repeats a copy while the backends run, until a pass is short. The first pass does not count, because it copies everything.
 *
 * @returns the last pass.
 */
export async function copyWhileRunning(copy: Copier, onProgress: (text: string) => void): Promise<CopyResult> {
    let last = await copy("copy", onProgress);
    for (let pass = 2; pass <= maximumPasses; pass++) {
        onProgress(`pass ${pass - 1} copied ${total(last.copied)} objects in ${Math.round(last.seconds)} s`);
        last = await copy("copy", onProgress);
        if (isSmall(last)) {
            break;
        }
    }
    return last;
}

function total(copied: Record<Backend, number>): number {
    return Object.values(copied).reduce((sum, count) => sum + count, 0);
}

/** The backends whose source and target do not have the same number of objects and bytes: one sentence each. */
export function differences({ from, to }: Pick<CopyResult, "from" | "to">): string[] {
    return backends
        .filter((backend) => from[backend].objects !== to[backend].objects || from[backend].bytes !== to[backend].bytes)
        .map(
            (backend) =>
                `${backend}: the source has ${describeUsage(from[backend])}, and the target has ${describeUsage(to[backend])}`,
        );
}

/** For example "12 objects (3.4 MiB)". */
export function describeUsage({ objects, bytes }: Usage): string {
    return `${objects} objects (${(bytes / 2 ** 20).toFixed(1)} MiB)`;
}
