import { type Check, PermanentError } from "../check";
import { type TargetName, targets } from "../connections";
import type { Context } from "../context";
import { request } from "../http";

// With a larger difference, backends reject data because of its time, and the time ranges of queries do not include it.
const toleranceSeconds = 60;

/** Returns which clocks are wrong, or undefined. @param aheadSeconds how far each clock is ahead of the clock of this machine. */
export function clockProblem(aheadSeconds: Record<string, number>): string | undefined {
    const wrong = Object.entries(aheadSeconds).filter(([, seconds]) => Math.abs(seconds) > toleranceSeconds);
    const difference = (seconds: number) =>
        `${Math.abs(Math.round(seconds / 6) / 10)} minutes ${seconds > 0 ? "ahead of" : "behind"}`;
    if (wrong.length === 0) {
        return undefined;
    }
    const [first] = wrong as [[string, number]];
    const total = Object.keys(aheadSeconds).length;
    return wrong.length === total && total > 1
        ? `the clock of this machine is wrong: all other clocks are ${difference(first[1])} it`
        : wrong
              .map(([name, seconds]) => `the clock of ${name} is ${difference(seconds)} the clock of this machine`)
              .join("; ");
}

/** Checks that the clocks of the backends, of Grafana and of this machine agree. */
export function clockCheck(context: Context): Check {
    const names: TargetName[] = ["tempo", "loki", "mimir", "pyroscope", "grafana"];
    return {
        id: "clocks",
        title: "all clocks agree",
        dependsOnAny: names.map((name) => `reach-${name}`),
        run: async () => {
            const aheadSeconds: Record<string, number> = {};
            const readClock = async (name: TargetName) => {
                const { clockAheadSeconds } = await request(`${await context.connections.url(name)}/`);
                if (clockAheadSeconds !== undefined) {
                    aheadSeconds[targets[name].service] = clockAheadSeconds;
                }
            };
            // The reachability checks report servers that do not respond.
            await Promise.allSettled(names.map(readClock));
            const problem = clockProblem(aheadSeconds);
            if (problem !== undefined) {
                throw new PermanentError(problem);
            }
        },
        cause: "NTP does not work on the node or on this machine; backends reject or hide data with a wrong time",
        command: "timedatectl status # on this machine and on the node",
    };
}
