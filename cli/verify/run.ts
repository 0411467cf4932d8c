/** One step on the way of a signal: it holds, or it does not. */
export interface Hop {
    id: string;
    /** What is so when it holds. */
    title: string;
    /** Hops without which this one cannot be looked at. They come earlier in the list. */
    after?: string[];
    /** Hops of which one is enough. */
    afterAny?: string[];
    /** Later or earlier hops that are the reason when they are broken, too. */
    explainedBy?: string[];
    /** The hop that sent what this one finds; time counts from its end. Default: this hop's own start. */
    since?: string;
    /** Returns what was found; throws what is missing. Tried again until time is up, unless it throws a Fault. */
    check: () => Promise<string | void>;
    /** How long to try, where what is looked for is known to be there. Default: until time is up. */
    patienceSeconds?: number;
    /** What is most likely wrong when it does not hold. */
    cause: string;
    /** Looks once, when time is up, whether the cause can be told more exactly. */
    diagnose?: () => Promise<string | undefined>;
    /** A command that shows more. */
    command: string;
}

/** What no waiting will mend. */
export class Fault extends Error {
    /** @param likely the cause, where it is known better than the hop in general knows. */
    constructor(
        message: string,
        readonly likely?: string,
    ) {
        super(message);
    }
}

/** What cannot be judged, as nothing came so far. Not a fault of this hop. */
export class NothingArrived extends Error {}

export type Status = "holds" | "broken" | "not reached";

export interface Outcome {
    id: string;
    title: string;
    status: Status;
    /** From sending to finding, or as long as it was tried. */
    seconds: number;
    /** What was found, or what is missing. */
    detail?: string;
    cause?: string;
    command?: string;
    /** The hops because of which this one was not reached. */
    because?: string[];
}

const firstPauseMs = 200;
const longestPauseMs = 3_000;

/**
 * Tries all hops, each as soon as those that it depends on hold, and again with growing pauses until time is up.
 *
 * @param report is told each outcome at once.
 * @returns the outcomes in the order of the hops, so that the first broken one is the nearest to the source.
 */
export async function runHops(
    hops: Hop[],
    timeoutSeconds: number,
    report: (outcome: Outcome) => void = () => undefined,
): Promise<Outcome[]> {
    const deadline = Date.now() + timeoutSeconds * 1000;
    const ended = new Map<string, number>();
    const outcomes = new Map<string, Promise<Outcome>>();
    // The promise of a hop that comes later in the list is made before any hop has had the time to fail.
    const outcomeOf = (id: string) => outcomes.get(id);
    const tryHop = async (hop: Hop): Promise<Outcome> => {
        const because = await obstacles(hop, outcomeOf);
        const { id, title, command } = hop;
        if (because.length > 0) {
            return { id, title, status: "not reached", seconds: 0, because };
        }
        const started = Date.now();
        const { patienceSeconds = Infinity } = hop;
        const result = await tryUntil(hop.check, Math.min(deadline, started + patienceSeconds * 1000));
        ended.set(id, Date.now());
        const seconds = (Date.now() - (ended.get(hop.since ?? "") ?? started)) / 1000;
        if (!(result instanceof Error)) {
            return { id, title, status: "holds", seconds, ...(result !== undefined && { detail: result }) };
        }
        const detail = result.message;
        const reasons = await brokenOf(hop.explainedBy ?? [], outcomeOf);
        if (reasons.length > 0 || result instanceof NothingArrived) {
            return { id, title, status: "not reached", seconds, detail, because: reasons };
        }
        return { id, title, status: "broken", seconds, detail, cause: await causeOf(hop, result), command };
    };
    for (const hop of hops) {
        outcomes.set(
            hop.id,
            tryHop(hop).then((outcome) => {
                report(outcome);
                return outcome;
            }),
        );
    }
    return Promise.all(outcomes.values());
}

type OutcomeOf = (id: string) => Promise<Outcome> | undefined;

async function obstacles({ after = [], afterAny = [] }: Hop, outcomeOf: OutcomeOf): Promise<string[]> {
    const missing = async (ids: string[]) =>
        (await Promise.all(ids.flatMap((id) => outcomeOf(id) ?? []))).flatMap((outcome) =>
            outcome === undefined || outcome.status === "holds" ? [] : outcome.id,
        );
    const alternatives = afterAny.flatMap((id) => outcomeOf(id) ?? []);
    const none = alternatives.length > 0 && !(await oneHolds(alternatives));
    return [...(await missing(after)), ...(none ? await missing(afterAny) : [])];
}

/** Whether one of them holds; as soon as it does. */
async function oneHolds(outcomes: Promise<Outcome>[]): Promise<boolean> {
    const held = outcomes.map(async (outcome) => {
        if ((await outcome).status !== "holds") {
            throw new Error("it does not hold");
        }
    });
    return Promise.any(held).then(
        () => true,
        () => false,
    );
}

async function brokenOf(ids: string[], outcomeOf: OutcomeOf): Promise<string[]> {
    const outcomes = await Promise.all(ids.flatMap((id) => outcomeOf(id) ?? []));
    return outcomes.flatMap((outcome) => (outcome?.status === "broken" ? [outcome.id] : []));
}

async function tryUntil(check: Hop["check"], deadline: number): Promise<string | void | Error> {
    for (let pause = firstPauseMs; ; pause = Math.min(pause * 1.5, longestPauseMs)) {
        try {
            return await check();
        } catch (error) {
            if (error instanceof Fault || Date.now() + pause >= deadline) {
                return error as Error;
            }
        }
        await new Promise((resolve) => setTimeout(resolve, pause));
    }
}

async function causeOf(hop: Hop, error: Error): Promise<string> {
    if (error instanceof Fault && error.likely !== undefined) {
        return error.likely;
    }
    // What looks for the cause may meet the same trouble.
    return (await hop.diagnose?.().catch(() => undefined)) ?? hop.cause;
}
