import { contract } from "../../../../components/contract";
import { type Backend, findTrace, HttpStatusError } from "../../backends";
import { type Check, PermanentError } from "../../check";
import { kubectl } from "../../../cluster/kubectl";
import { type Context } from "../../context";
import type { DataSource } from "../../grafana";
import { type LinkQuery, rateInterval } from "../../links";

/** Timeout for links to data that an earlier check has already found. */
export const storedDataTimeoutSeconds = 10;

/** A check of a link that a Grafana data source defines. */
export function linkCheck(
    context: Context,
    id: string,
    title: string,
    dataSourceUid: string,
    check: Pick<Check, "dependsOn" | "measuredFrom" | "run" | "timeoutSeconds">,
): Check {
    return {
        id: `link-${id}`,
        title,
        ...check,
        cause: `the link in the data source ${dataSourceUid} uses a label, a metric or a time range that does not exist in the other data source`,
        command: kubectl(context.stack, `get configmap ${contract.grafana.service} --output yaml`),
    };
}

/** Returns a part of the configuration of a data source. @throws PermanentError if it is missing. */
export function configOf({ uid, jsonData }: DataSource, name: string): any {
    const config: unknown = jsonData[name];
    if (config === undefined) {
        throw new PermanentError(`the data source ${uid} has no ${name}`);
    }
    return config;
}

/** Builds the query of a link. @throws PermanentError if Grafana would not show the link. */
export function buildQuery<Config, Source, Query>(
    build: (config: Config, source: Source) => Query,
    config: Config,
    source: Source,
): Query {
    try {
        return build(config, source);
    } catch (error) {
        throw new PermanentError((error as Error).message);
    }
}

/** Runs the query of a link. @throws PermanentError if its data source does not exist or rejects the query. */
export async function runQuery<T>(
    { grafana }: Context,
    { dataSourceUid, query }: LinkQuery,
    runAt: (backend: Backend) => Promise<T>,
): Promise<T> {
    await grafana.dataSource(dataSourceUid);
    try {
        return await runAt(grafana.through(dataSourceUid));
    } catch (error) {
        if (error instanceof HttpStatusError && [400, 404, 422].includes(error.status)) {
            throw new PermanentError(`the query ${query} fails: ${error.message}`);
        }
        throw error;
    }
}

/** @throws Error if the data source of the link does not find the trace. */
export async function requireTrace(
    { grafana }: Context,
    dataSourceUid: string | undefined,
    traceId: string,
): Promise<void> {
    if (dataSourceUid === undefined) {
        throw new PermanentError("the link has no data source UID");
    }
    await grafana.dataSource(dataSourceUid);
    await findTrace(grafana.through(dataSourceUid), traceId);
}

/** Returns the value of $__rate_interval for a data source. */
export async function rateIntervalOf({ grafana }: Context, dataSourceUid: string): Promise<string> {
    const { jsonData } = await grafana.dataSource(dataSourceUid);
    return rateInterval(jsonData["timeInterval"] as string | undefined);
}
