/** One check of the path that a signal takes. It passes or fails. */
export interface Check {
    id: string;
    /** The statement that is true if the check passes. */
    title: string;
    /** Ids of checks that must pass before this one can run. They are earlier in the list. */
    dependsOn?: string[];
    /** Ids of checks of which at least one must pass before this one can run. */
    dependsOnAny?: string[];
    /** Ids of checks whose failure also explains a failure of this one. They can be later in the list. */
    explainedBy?: string[];
    /** Id of the check that sent the data. The duration is measured from its end. Default: the start of this check. */
    measuredFrom?: string;
    /** Returns details for the report. An error fails the attempt; it is repeated until the timeout, except for a PermanentError. */
    run: () => Promise<string | void>;
    /** Timeout for data that is already stored. Default: the timeout of the whole command. */
    timeoutSeconds?: number;
    /** The most likely cause of a failure. */
    cause: string;
    /** Looks for a more precise cause, once, after the check has failed. */
    diagnose?: () => Promise<string | undefined>;
    /** A command that shows more. */
    command: string;
}

/** A failure that a retry cannot change. */
export class PermanentError extends Error {
    /** @param likelyCause a more precise cause than that of the check. */
    constructor(
        message: string,
        readonly likelyCause?: string,
    ) {
        super(message);
    }
}

/** No data has arrived, so the check has nothing to examine. Another check reports the missing data. */
export class NoDataError extends Error {}

export type Status = "passed" | "failed" | "skipped";

export interface CheckResult {
    id: string;
    title: string;
    status: Status;
    /** Time from sending the data to finding it, or until the timeout. */
    seconds: number;
    /** What was found, or why the check failed. */
    detail?: string;
    cause?: string;
    command?: string;
    /** Ids of the failed or skipped checks because of which this one was skipped. */
    skippedBecause?: string[];
}
