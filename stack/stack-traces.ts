// Enough to find the function that failed.
const frames = 1;

/**
 * Shortens the stack traces of errors. Pulumi records a stack trace for each of its promises. With complete stack traces, this takes half of
 * the CPU time of the program. They stay complete if PULUMI_DEBUG_PROMISE_LEAKS is set, because Pulumi then prints them.
 *
 * @returns a function that restores the former length.
 */
export function shortenStackTraces(): () => void {
    const former = Error.stackTraceLimit;
    if (!process.env["PULUMI_DEBUG_PROMISE_LEAKS"]) {
        Error.stackTraceLimit = Math.min(former, frames);
    }
    return () => {
        Error.stackTraceLimit = former;
    };
}
