import { type Counts, Load, storedOf } from "./load";
import { eventually, pause } from "./process";
import type { Part } from "./parts";
import type { LiveStack } from "./stack";

/** A distributed store, whose gateway accepts one signal and answers queries. */
export interface DistributedStore {
    live: LiveStack;
    store: "loki" | "mimir" | "tempo" | "pyroscope";
    signal: keyof Counts;
    /** URL of the gateway. */
    gateway: string;
    /** Path for OTLP, or for profiles. */
    otlpPath: string;
    /** How much is sent every second. Default: 50. */
    perSecond?: number;
    /** How long queries can lack data that was accepted. Default: 0. */
    delaySeconds?: number;
}

function loadOf({ gateway, otlpPath, signal, perSecond }: DistributedStore, service: string): Load {
    return new Load(service, { [signal]: [gateway + otlpPath] }, perSecond);
}

/** Starts parts, and waits until they are ready. */
export async function start(live: LiveStack, parts: readonly Part[]): Promise<void> {
    parts.forEach((part) => live.process(part).start());
    await Promise.all(parts.map((part) => live.process(part).ready(180)));
}

/**
 * Kills one ingester after the other while a service sends, and queries all the time what was accepted of it.
 * A query may lack only what was accepted within the delay of the store.
 *
 * @param pauseSeconds time after the start of an ingester, in which the clients of the others connect to it again.
 */
export async function queryWhileKilled(
    distributed: DistributedStore,
    service: string,
    ingesters: readonly Part[],
    pauseSeconds: number,
): Promise<void> {
    const { live, store, signal, gateway, delaySeconds = 0 } = distributed;
    const load = loadOf(distributed, service);
    const wrong: string[] = [];
    const counts: { at: number; accepted: number }[] = [];
    let [running, queries] = [true, 0];
    const query = async () => {
        while (running) {
            const now = Date.now();
            counts.push({ at: now, accepted: load.accepted[signal] ?? 0 });
            const accepted = counts.filter(({ at }) => at <= now - delaySeconds * 1000).at(-1)?.accepted ?? 0;
            const answer = await storedOf(service, { [store]: gateway }).catch((error: Error) => error);
            queries++;
            if (answer instanceof Error || (answer[signal] ?? 0) < accepted) {
                wrong.push(`${answer instanceof Error ? answer.message : answer[signal]} of ${accepted}`);
            }
            await pause(0.5);
        }
    };
    load.start();
    const querying = query();
    try {
        await pause(3);
        for (const ingester of ingesters) {
            await live.process(ingester).stop("SIGKILL");
            await pause(3);
            await start(live, [ingester]);
            await pause(pauseSeconds);
        }
    } finally {
        running = false;
        await querying;
        await load.stop();
    }
    expect([...load.rejected, ...wrong]).toEqual([]);
    expect(queries).toBeGreaterThan(20);
    await expectStored(distributed, load);
}

/** Kills a part while a service sends, and starts it again. Then everything that was accepted is found. */
export async function killUnderLoad(distributed: DistributedStore, service: string, part: Part): Promise<void> {
    const { live } = distributed;
    const load = loadOf(distributed, service);
    load.start();
    try {
        await pause(2);
        await live.process(part).stop("SIGKILL");
        await pause(2);
        await start(live, [part]);
        await pause(1);
    } finally {
        await load.stop();
    }
    expect(load.rejected).toEqual([]);
    await expectStored(distributed, load);
}

async function expectStored({ store, signal, gateway, perSecond = 50 }: DistributedStore, load: Load): Promise<void> {
    const accepted = load.accepted[signal];
    expect(accepted).toBeGreaterThan(2 * perSecond);
    await eventually(
        `the gateway finds what was accepted of ${load.service}`,
        async () => expect(await storedOf(load.service, { [store]: gateway })).toEqual({ [signal]: accepted }),
        120,
    );
}
