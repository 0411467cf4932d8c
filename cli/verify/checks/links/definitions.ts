import { dataSourceUids } from "../../../../dashboards/lib/data-sources";
import { profileTotal, queryLogs, queryMetrics } from "../../backends";
import { type Check, PermanentError } from "../../check";
import type { Context } from "../../context";
import {
    type DerivedField,
    type ExemplarDestination,
    type Span,
    traceToLogs,
    traceToMetrics,
    traceToProfiles,
} from "../../links";
import { profileIdAttribute } from "../../test-data";
import { tracesOfSpan } from "./from-profile";
import { buildQuery, configOf, linkCheck, rateIntervalOf, runQuery } from "./link";

const { tempo, loki, mimir, pyroscope } = dataSourceUids;

/** A span that does not exist. It fills the variables of the links. */
const exampleSpan: Span = {
    traceId: "0".repeat(31) + "1",
    spanId: "0".repeat(15) + "1",
    name: "verify",
    startMs: Date.now() - 1_000,
    endMs: Date.now(),
    resource: { "service.name": "verify", namespace: "verify", cluster: "verify" },
    attributes: { [profileIdAttribute]: "0".repeat(15) + "1" },
};

/** Checks the links without test data: the data source of each link exists, and it accepts the query. The result of the query is ignored. */
export function linkDefinitionChecks(context: Context): Check[] {
    const { grafana } = context;
    const definition = (id: string, title: string, source: string, linked: string[], run: () => Promise<void>) =>
        linkCheck(context, id, `${title} is defined`, source, {
            dependsOn: [source, ...linked].map((uid) => `source-${uid}`),
            run,
        });
    const requireDataSources = async (links: { datasourceUid?: string }[]) => {
        if (links.length === 0) {
            throw new PermanentError("there is no link to a trace");
        }
        await Promise.all(links.map(({ datasourceUid }) => grafana.dataSource(datasourceUid ?? "")));
    };
    return [
        definition("trace-logs", "the link trace → logs", tempo, [loki], async () => {
            const config = configOf(await grafana.dataSource(tempo), "tracesToLogsV2");
            const query = buildQuery(traceToLogs, config, exampleSpan);
            await runQuery(context, query, (backend) => queryLogs(backend, query.query, query.fromMs, query.toMs));
        }),
        definition("trace-metrics", "the link trace → metrics", tempo, [mimir], async () => {
            const config = configOf(await grafana.dataSource(tempo), "tracesToMetrics");
            const interval = await rateIntervalOf(context, config.datasourceUid);
            const build = (link: any, span: Span) => traceToMetrics(link, span, interval);
            for (const query of buildQuery(build, config, exampleSpan)) {
                await runQuery(context, query, (backend) => queryMetrics(backend, query.query));
            }
        }),
        definition("trace-profiles", "the link trace → profiles", tempo, [pyroscope], async () => {
            const config = configOf(await grafana.dataSource(tempo), "tracesToProfiles");
            const query = buildQuery(traceToProfiles, config, exampleSpan);
            const { profileTypeId, fromMs, toMs } = query;
            await runQuery(context, query, (backend) =>
                profileTotal(backend, profileTypeId, query.query, [exampleSpan.spanId], fromMs, toMs),
            );
        }),
        definition("log-trace", "the link log → trace", loki, [tempo], async () => {
            const fields = configOf(await grafana.dataSource(loki), "derivedFields") as DerivedField[];
            await requireDataSources(fields);
        }),
        definition("exemplar-trace", "the link exemplar → trace", mimir, [tempo], async () => {
            const destinations = configOf(await grafana.dataSource(mimir), "exemplarTraceIdDestinations");
            await requireDataSources(destinations as ExemplarDestination[]);
        }),
        definition("service-graph", "the service graph", tempo, [mimir], async () => {
            const { datasourceUid } = configOf(await grafana.dataSource(tempo), "serviceMap");
            await grafana.dataSource((datasourceUid as string | undefined) ?? "");
        }),
        definition("profile-trace", "the link profile → trace", pyroscope, [tempo], async () => {
            await tracesOfSpan(context, exampleSpan.spanId, 1);
        }),
    ];
}
