import { dataSourceUids } from "../../../../dashboards/lib/data-sources";
import { queryLogs } from "../../backends";
import { type Check, PermanentError } from "../../check";
import type { Context } from "../../context";
import { type DerivedField, derivedValue } from "../../links";
import { configOf, linkCheck, requireTrace, storedDataTimeoutSeconds } from "./link";

const { loki } = dataSourceUids;

/** Checks the links from a log line to its trace: by a label, and by the text of the log line. */
export function logLinkChecks(context: Context): Check[] {
    const { grafana, testData } = context;
    const derivedFieldCheck = (
        id: string,
        title: string,
        source: string,
        isSelected: (field: DerivedField) => boolean,
    ) =>
        linkCheck(context, id, title, loki, {
            dependsOn: ["read-loki", "read-tempo"],
            measuredFrom: "send-log",
            timeoutSeconds: storedDataTimeoutSeconds,
            run: async () => {
                const all = configOf(await grafana.dataSource(loki), "derivedFields") as DerivedField[];
                const fields = all.filter(isSelected);
                const [line] = await queryLogs(grafana.through(loki), `{service_name="${testData.services.app}"}`);
                const matching = fields.find(
                    (field) => derivedValue(field, line?.labels ?? {}, line?.line ?? "") === testData.http.traceId,
                );
                if (matching === undefined) {
                    const patterns = fields.map(({ matcherRegex }) => matcherRegex).join(", ");
                    throw new PermanentError(
                        fields.length === 0
                            ? `no derived field uses ${source}`
                            : `no derived field that uses ${source} finds the trace ID; the patterns are ${patterns}`,
                    );
                }
                await requireTrace(context, matching.datasourceUid, testData.http.traceId);
            },
        });
    return [
        derivedFieldCheck(
            "log-trace",
            "log → trace, by structured metadata",
            "labels",
            ({ matcherType }) => matcherType === "label",
        ),
        derivedFieldCheck(
            "line-trace",
            "log → trace, by the text of the log line",
            "the text of the log line",
            ({ matcherType }) => matcherType !== "label",
        ),
    ];
}
