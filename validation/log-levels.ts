/** The levels of log entries, from the lowest to the highest, with the words and numbers that loggers write for each. */
const words = {
    trace: ["trace", "trc", "trce", "verbose", "finest", "finer", "10"],
    debug: ["debug", "dbg", "dbug", "fine", "20"],
    // The single letters are those of klog, the logger of Kubernetes.
    info: ["info", "inf", "information", "informational", "notice", "30", "I"],
    warn: ["warn", "wrn", "warning", "40", "W"],
    error: ["error", "err", "eror", "fail", "severe", "50", "E"],
    fatal: ["fatal", "ftl", "critical", "crit", "panic", "alert", "emerg", "emergency", "60", "F"],
};

/** A level of log entries. */
export type LogLevel = keyof typeof words;

/** The levels of log entries, from the lowest to the highest. */
export const logLevels = Object.keys(words) as LogLevel[];

/** The words for all levels below a level. */
export function wordsBelow(level: LogLevel): string[] {
    return logLevels.slice(0, logLevels.indexOf(level)).flatMap((lower) => words[lower]);
}

/** The key of a map of levels that stands for all namespaces without a level of their own. */
export const allNamespaces = "*";
