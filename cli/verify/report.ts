import type { CheckResult, Status } from "./check";

/** The document that `verify --json` prints. */
export interface Report {
    stack: string;
    /** Whether all checks passed. */
    passed: boolean;
    seconds: number;
    /** Id of the failed check that is nearest to the source of the signals. Later failures can be consequences of it. */
    firstFailed: string | null;
    checks: CheckResult[];
}

export function reportOf(stack: string, seconds: number, checks: CheckResult[]): Report {
    const firstFailed = checks.find(({ status }) => status === "failed")?.id ?? null;
    const passed = checks.every(({ status }) => status === "passed");
    return { stack, passed, seconds: Math.round(seconds * 10) / 10, firstFailed, checks };
}

/** One line for a passed or skipped check. For a failed check also the reason, the likely cause and a command. */
export function formatResult(result: CheckResult): string {
    const { id, title, status, seconds, detail, cause, command, skippedBecause = [] } = result;
    const time = `${seconds.toFixed(1).padStart(6)} s`;
    switch (status) {
        case "passed":
            return `✔${time}  ${title}${detail === undefined ? "" : ` (${detail})`}`;
        case "failed":
            return [
                `✘${time}  FAILED ${id}: ${title}`,
                `           reason:       ${detail}`,
                `           likely cause: ${cause}`,
                `           next step:    ${command}`,
            ].join("\n");
        case "skipped":
            return `–          skipped ${id}: ${title} (${skippedBecause.length > 0 ? `needs ${skippedBecause.join(", ")}` : detail})`;
    }
}

/** The last line of the output. */
export function formatSummary({ passed, seconds, checks, firstFailed }: Report): string {
    const count = (status: Status) => checks.filter((check) => check.status === status).length;
    const first = checks.find(({ id }) => id === firstFailed);
    if (passed) {
        return `All ${checks.length} checks passed in ${seconds} s.`;
    }
    const counts = `Checks: ${count("passed")} passed, ${count("failed")} failed, ${count("skipped")} skipped. Time: ${seconds} s.`;
    return first === undefined ? counts : `First failed check: ${first.id} (${first.title}). ${counts}`;
}
