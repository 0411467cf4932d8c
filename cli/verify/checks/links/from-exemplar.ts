import { dataSourceUids } from "../../../../dashboards/lib/data-sources";
import { queryExemplars } from "../../backends";
import { type Check, PermanentError } from "../../check";
import type { Context } from "../../context";
import { exemplarTrace } from "../../links";
import { buildQuery, configOf, linkCheck, requireTrace, storedDataTimeoutSeconds } from "./link";

const { mimir } = dataSourceUids;

/** Checks the links from exemplars to traces: of an application metric, and of span metrics. */
export function exemplarLinkChecks(context: Context): Check[] {
    const { grafana, testData } = context;
    const exemplarCheck = (
        id: string,
        title: string,
        stored: string,
        measuredFrom: string,
        metric: string,
        timeout: Pick<Check, "timeoutSeconds"> = {},
    ) =>
        linkCheck(context, id, title, mimir, {
            dependsOn: ["read-mimir", "read-tempo", stored],
            measuredFrom,
            ...timeout,
            run: async () => {
                const destinations = configOf(await grafana.dataSource(mimir), "exemplarTraceIdDestinations");
                const [labels] = await queryExemplars(grafana.through(mimir), metric);
                if (labels === undefined) {
                    throw new Error(`there is no exemplar of ${metric}`);
                }
                const trace = buildQuery(exemplarTrace, destinations, labels);
                if (trace === undefined) {
                    const linked = destinations.map(({ name }: { name: string }) => name).join(", ");
                    throw new PermanentError(
                        `the exemplar has the labels ${Object.keys(labels).join(", ")}, but the data source has links only for ${linked}`,
                    );
                }
                await requireTrace(context, trace.dataSourceUid, trace.traceId);
            },
        });
    return [
        exemplarCheck(
            "exemplar-trace",
            "exemplar → trace, for an application metric",
            "stored-exemplar",
            "send-metric",
            `${testData.metric.name}_bucket{verify_run="${testData.runId}"}`,
            { timeoutSeconds: storedDataTimeoutSeconds },
        ),
        exemplarCheck(
            "span-exemplar-trace",
            "exemplar → trace, for span metrics",
            "span-metrics",
            "send-http",
            `traces_spanmetrics_latency_bucket{service="${testData.services.app}"}`,
        ),
    ];
}
