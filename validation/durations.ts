const unitSeconds: Record<string, number> = { s: 1, m: 60, h: 3600, d: 86400, w: 604800 };

// The backends count nanoseconds in 64 bits.
const mostSeconds = 2562047 * 3600;

/** What a duration may look like, for error messages. */
export const durationForm = 'a duration such as "90m", "36h", "14d" or "2w" (at most 2562047h)';

/**
 * Seconds of a duration as people write it: whole numbers with the units s, m, h, d, w, largest first ("1d12h").
 *
 * @returns undefined for anything else, and for more than Go can hold.
 */
export function durationSeconds(text: string): number | undefined {
    if (!/^(\d+w)?(\d+d)?(\d+h)?(\d+m)?(\d+s)?$/.test(text) || text === "") {
        return undefined;
    }
    const seconds = [...text.matchAll(/(\d+)([wdhms])/g)].reduce(
        (sum, [, count, unit]) => sum + Number(count) * (unitSeconds[unit ?? ""] ?? 0),
        0,
    );
    return seconds <= mostSeconds ? seconds : undefined;
}

/**
 * The same duration in the one form that every backend reads. Tempo parses Go durations, which know no days; the others
 * take Go durations as well.
 *
 * @throws Error when the text is no duration.
 */
export function goDuration(text: string): string {
    const seconds = durationSeconds(text);
    if (seconds === undefined) {
        throw new Error(`"${text}" is not ${durationForm}`);
    }
    if (seconds % 3600 === 0) {
        return `${seconds / 3600}h`;
    }
    return seconds % 60 === 0 ? `${seconds / 60}m` : `${seconds}s`;
}
