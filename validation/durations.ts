const unitSeconds: Record<string, number> = { s: 1, m: 60, h: 3600, d: 86400, w: 604800 };

// The maximum of a Go duration, which is nanoseconds in 64 bits.
const maximumHours = 2562047;

/** Valid durations, for error messages. */
export const durationForm = 'a duration such as "90m", "36h", "14d" or "2w"';

/** Limits of a duration, for checks and error messages. */
export interface DurationRange {
    minimum: string;
    /** Default: the maximum of a Go duration. */
    maximum?: string;
    /** Why there are limits. */
    reason: string;
    /** A valid duration. */
    example: string;
}

/**
 * Parses a duration: whole numbers with the units w, d, h, m and s, in this order ("1d12h").
 *
 * @returns seconds, or undefined if the duration is invalid or longer than a Go duration can be.
 */
export function durationSeconds(text: string): number | undefined {
    const seconds = parse(text);
    return seconds !== undefined && seconds <= maximumHours * 3600 ? seconds : undefined;
}

function parse(text: string): number | undefined {
    if (!/^(\d+w)?(\d+d)?(\d+h)?(\d+m)?(\d+s)?$/.test(text) || text === "") {
        return undefined;
    }
    return [...text.matchAll(/(\d+)([wdhms])/g)].reduce(
        (sum, [, count, unit]) => sum + Number(count) * (unitSeconds[unit ?? ""] ?? 0),
        0,
    );
}

/**
 * Checks a duration and its limits.
 *
 * @returns what it must be, or undefined if it is valid.
 */
export function durationMistake(
    text: unknown,
    { minimum, maximum, reason, example }: DurationRange,
): string | undefined {
    const seconds = typeof text === "string" ? parse(text) : undefined;
    const least = parse(minimum) ?? 0;
    const most = parse(maximum ?? `${maximumHours}h`) ?? 0;
    if (seconds !== undefined && seconds >= least && seconds <= most) {
        return undefined;
    }
    const tooLong = seconds !== undefined && seconds > most;
    const largest = maximum ?? (tooLong ? `${maximumHours}h` : undefined);
    const range = largest === undefined ? `of at least ${minimum}` : `from ${minimum} to ${largest}`;
    const why = tooLong && maximum === undefined ? "" : ` (${reason})`;
    return `a duration ${range}, such as "${example}"${why}`;
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
