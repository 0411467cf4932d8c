import { type Check, type CheckResult, NoDataError, PermanentError } from "./check";

const firstPauseMs = 200;
const longestPauseMs = 3_000;

/**
 * Runs all checks. Each check starts when its dependencies have passed. It is repeated with increasing pauses until it passes or the
 * timeout is over.
 *
 * @param report called with each result as soon as it is available.
 * @returns the results in the order of the checks. The first failed one is the nearest to the source of the signals.
 */
export async function runChecks(
    checks: Check[],
    timeoutSeconds: number,
    report: (result: CheckResult) => void = () => undefined,
): Promise<CheckResult[]> {
    const deadline = Date.now() + timeoutSeconds * 1000;
    const ended = new Map<string, number>();
    const results = new Map<string, Promise<CheckResult>>();
    // The map contains all promises before the first check ends, so that a check can also wait for a later one.
    const resultOf = (id: string) => results.get(id);
    const runOne = async (check: Check): Promise<CheckResult> => {
        const unmet = await unmetDependencies(check, resultOf);
        const { id, title, command } = check;
        if (unmet.length > 0) {
            return { id, title, status: "skipped", seconds: 0, skippedBecause: unmet };
        }
        const started = Date.now();
        const { timeoutSeconds: ownTimeoutSeconds = Infinity } = check;
        const outcome = await retry(check.run, Math.min(deadline, started + ownTimeoutSeconds * 1000));
        ended.set(id, Date.now());
        const seconds = (Date.now() - (ended.get(check.measuredFrom ?? "") ?? started)) / 1000;
        if (!(outcome instanceof Error)) {
            return { id, title, status: "passed", seconds, ...(outcome !== undefined && { detail: outcome }) };
        }
        const detail = outcome.message;
        const explanations = await failedOf(check.explainedBy ?? [], resultOf);
        if (explanations.length > 0 || outcome instanceof NoDataError) {
            return { id, title, status: "skipped", seconds, detail, skippedBecause: explanations };
        }
        return { id, title, status: "failed", seconds, detail, cause: await causeOf(check, outcome), command };
    };
    for (const check of checks) {
        results.set(
            check.id,
            runOne(check).then((result) => {
                report(result);
                return result;
            }),
        );
    }
    return Promise.all(results.values());
}

type ResultOf = (id: string) => Promise<CheckResult> | undefined;

async function unmetDependencies({ dependsOn = [], dependsOnAny = [] }: Check, resultOf: ResultOf): Promise<string[]> {
    const notPassed = async (ids: string[]) =>
        (await Promise.all(ids.flatMap((id) => resultOf(id) ?? []))).flatMap((result) =>
            result === undefined || result.status === "passed" ? [] : result.id,
        );
    const alternatives = dependsOnAny.flatMap((id) => resultOf(id) ?? []);
    const nonePassed = alternatives.length > 0 && !(await anyPasses(alternatives));
    return [...(await notPassed(dependsOn)), ...(nonePassed ? await notPassed(dependsOnAny) : [])];
}

/** Resolves to true as soon as one check has passed, and to false if none passes. */
async function anyPasses(results: Promise<CheckResult>[]): Promise<boolean> {
    const passed = results.map(async (result) => {
        if ((await result).status !== "passed") {
            throw new Error("the check did not pass");
        }
    });
    return Promise.any(passed).then(
        () => true,
        () => false,
    );
}

async function failedOf(ids: string[], resultOf: ResultOf): Promise<string[]> {
    const results = await Promise.all(ids.flatMap((id) => resultOf(id) ?? []));
    return results.flatMap((result) => (result?.status === "failed" ? [result.id] : []));
}

async function retry(attempt: Check["run"], deadline: number): Promise<string | void | Error> {
    for (let pause = firstPauseMs; ; pause = Math.min(pause * 1.5, longestPauseMs)) {
        try {
            return await attempt();
        } catch (error) {
            if (error instanceof PermanentError || Date.now() + pause >= deadline) {
                return error as Error;
            }
        }
        await new Promise((resolve) => setTimeout(resolve, pause));
    }
}

async function causeOf(check: Check, error: Error): Promise<string> {
    if (error instanceof PermanentError && error.likelyCause !== undefined) {
        return error.likelyCause;
    }
    // The diagnosis can fail for the same reason as the check.
    return (await check.diagnose?.().catch(() => undefined)) ?? check.cause;
}
