import { dataSourceUids } from "../../../../dashboards/lib/data-sources";
import { findTrace, profileTotal, queryLogs, queryMetricRange } from "../../backends";
import { type Check, PermanentError } from "../../check";
import type { Context } from "../../context";
import { type Span, traceToLogs, traceToMetrics, traceToProfiles } from "../../links";
import { profileIdAttribute } from "../../test-data";
import { buildQuery, configOf, linkCheck, rateIntervalOf, runQuery, storedDataTimeoutSeconds } from "./link";

const { tempo } = dataSourceUids;

/** Checks the links from a span to its logs, metrics and profiles. */
export function traceLinkChecks(context: Context): Check[] {
    const { grafana, testData } = context;
    const findSpan = async (): Promise<Span> => {
        const spans = await findTrace(grafana.through(tempo), testData.http.traceId);
        return spans.find(({ spanId }) => spanId === testData.http.spanId) as Span;
    };
    return [
        linkCheck(context, "trace-logs", "trace → logs", tempo, {
            dependsOn: ["read-tempo", "read-loki"],
            measuredFrom: "send-log",
            timeoutSeconds: storedDataTimeoutSeconds,
            run: async () => {
                const config = configOf(await grafana.dataSource(tempo), "tracesToLogsV2");
                const query = buildQuery(traceToLogs, config, await findSpan());
                const lines = await runQuery(context, query, (backend) =>
                    queryLogs(backend, query.query, query.fromMs, query.toMs),
                );
                if (!lines.some(({ line }) => line.includes(testData.runId))) {
                    throw new Error(`the query ${query.query} does not find the log line`);
                }
            },
        }),
        linkCheck(context, "trace-metrics", "trace → metrics", tempo, {
            dependsOn: ["read-tempo", "read-mimir", "span-metrics"],
            measuredFrom: "send-http",
            run: async () => {
                const config = configOf(await grafana.dataSource(tempo), "tracesToMetrics");
                const interval = await rateIntervalOf(context, config.datasourceUid);
                const build = (link: any, span: Span) => traceToMetrics(link, span, interval);
                const queries = buildQuery(build, config, await findSpan());
                if (queries.length === 0) {
                    throw new PermanentError("the link has no queries");
                }
                for (const query of queries) {
                    const series = await runQuery(context, query, (backend) =>
                        queryMetricRange(backend, query.query, query.fromMs, query.toMs),
                    );
                    if (series.length === 0) {
                        throw new Error(`the query "${query.name}" finds no series: ${query.query}`);
                    }
                }
                return queries.map(({ name }) => name).join(", ");
            },
        }),
        linkCheck(context, "trace-profiles", "trace → profiles", tempo, {
            dependsOn: ["read-tempo", "read-pyroscope"],
            measuredFrom: "send-profile",
            timeoutSeconds: storedDataTimeoutSeconds,
            run: async () => {
                const config = configOf(await grafana.dataSource(tempo), "tracesToProfiles");
                const span = await findSpan();
                const query = buildQuery(traceToProfiles, config, span);
                const spanId = span.attributes[profileIdAttribute] ?? "";
                const total = await runQuery(context, query, (backend) =>
                    profileTotal(backend, query.profileTypeId, query.query, [spanId], query.fromMs, query.toMs),
                );
                if (total === 0) {
                    throw new Error(
                        `the query ${query.query} finds no profile of type ${query.profileTypeId} for span ${spanId}`,
                    );
                }
            },
        }),
    ];
}
