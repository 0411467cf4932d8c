const unitSeconds: Record<string, number> = { s: 1, m: 60, h: 3600, d: 86400, w: 604800 };

// The maximum of a Go duration, which is nanoseconds in 64 bits.
const maximumSeconds = 2562047 * 3600;

/** Valid durations, for error messages. */
export const durationForm = 'a duration such as "90m", "36h", "14d" or "2w" (at most 2562047h)';

/**
 * Parses a duration: whole numbers with the units w, d, h, m and s, in this order ("1d12h").
 *
 * @returns seconds, or undefined if the duration is invalid or longer than a Go duration can be.
 */
export function durationSeconds(text: string): number | undefined {
    if (!/^(\d+w)?(\d+d)?(\d+h)?(\d+m)?(\d+s)?$/.test(text) || text === "") {
        return undefined;
    }
    const seconds = [...text.matchAll(/(\d+)([wdhms])/g)].reduce(
        (sum, [, count, unit]) => sum + Number(count) * (unitSeconds[unit ?? ""] ?? 0),
        0,
    );
    return seconds <= maximumSeconds ? seconds : undefined;
}

/**
 * Converts a duration to a Go duration, which all backends accept. Go durations have no days and weeks.
 *
 * @throws Error if the duration is invalid.
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
