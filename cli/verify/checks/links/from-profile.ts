import { dataSourceUids } from "../../../../dashboards/lib/data-sources";
import { searchTraces } from "../../backends";
import { type Check, PermanentError } from "../../check";
import type { Context } from "../../context";
import { correlationQuery } from "../../links";
import { buildQuery, linkCheck, runQuery } from "./link";

const { tempo, pyroscope } = dataSourceUids;

/** The field in which Grafana returns the span ID of a profile. */
const spanField = "Id";

/** Checks the link from a profile to its trace. */
export function profileLinkCheck(context: Context): Check {
    const { testData } = context;
    return linkCheck(context, "profile-trace", "profile → trace", pyroscope, {
        dependsOn: ["read-pyroscope", "read-tempo"],
        measuredFrom: "send-profile",
        run: async () => {
            const { query, traceIds } = await tracesOfSpan(context, testData.profile.spanId, 10);
            if (!traceIds.includes(testData.http.traceId)) {
                throw new Error(`the query ${query} does not find the trace`);
            }
        },
    });
}

/**
 * Follows the correlation from a profile to the traces of its span.
 *
 * @throws PermanentError if the data source has no correlation to Tempo, or if Grafana would not show the link.
 */
export async function tracesOfSpan(
    context: Context,
    spanId: string,
    limit: number,
): Promise<{ query: string; traceIds: string[] }> {
    const correlations = await context.grafana.correlations(pyroscope);
    const correlation = correlations.find(({ targetUID }) => targetUID === tempo);
    if (correlation === undefined) {
        throw new PermanentError(`the data source ${pyroscope} has no correlation to ${tempo}`);
    }
    const query = buildQuery(correlationQuery, correlation, { [spanField]: spanId });
    const link = { dataSourceUid: tempo, query, fromMs: 0, toMs: 0 };
    const traceIds = await runQuery(context, link, (backend) => searchTraces(backend, query, limit));
    return { query, traceIds };
}
