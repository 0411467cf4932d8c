import type { Outcome } from "./run";

/** The document of `verify --json`. */
export interface Report {
    stack: string;
    holds: boolean;
    seconds: number;
    /** The first that is broken on the way of the signals; what comes after may be a consequence. */
    firstBroken: string | null;
    hops: Outcome[];
}

export function reportOf(stack: string, seconds: number, hops: Outcome[]): Report {
    const firstBroken = hops.find(({ status }) => status === "broken")?.id ?? null;
    const holds = hops.every(({ status }) => status === "holds");
    return { stack, holds, seconds: Math.round(seconds * 10) / 10, firstBroken, hops };
}

/** One line a hop; for a broken one what is missing, the most likely cause and the command that shows more. */
export function formatOutcome({ title, status, seconds, detail, cause, command, because = [] }: Outcome): string {
    const time = `${seconds.toFixed(1).padStart(6)} s`;
    switch (status) {
        case "holds":
            return `✔${time}  ${title}${detail === undefined ? "" : ` (${detail})`}`;
        case "broken":
            return [
                `✘${time}  ${title}: ${detail}`,
                `           likely: ${cause}`,
                `           more:   ${command}`,
            ].join("\n");
        case "not reached":
            return `–          ${title}: not reached${because.length > 0 ? `, because of ${because.join(", ")}` : `: ${detail}`}`;
    }
}

/** What stands at the end. */
export function formatSummary({ holds, seconds, hops, firstBroken }: Report): string {
    const count = (wanted: Outcome["status"]) => hops.filter(({ status }) => status === wanted).length;
    const first = hops.find(({ id }) => id === firstBroken);
    if (holds || first === undefined) {
        return holds
            ? `All ${hops.length} hops hold. ${seconds} s.`
            : `Nothing is broken, and ${count("not reached")} of ${hops.length} hops were not reached. ${seconds} s.`;
    }
    return `Broken: ${first.title}. ${count("broken")} broken, ${count("not reached")} not reached, ${count("holds")} hold. ${seconds} s.`;
}
