import { optionalSources } from "../../validation/components";
import { dataSources } from "../../components/grafana/datasources";
import { dashboards } from "../../dashboards";
import { ruleGroups } from "../../rules";
import { type Catalogue, readCatalogue } from "./catalogue";
import { samplingModes } from "./catalogue-file";
import { type DashboardFile, dashboardProblems } from "./dashboards";
import { dataSourceProblems, type DataSourcesFile, dataSourceTypes } from "./data-sources";
import { type RuleGroups, ruleProblems, withRecorded } from "./rules";

/** All files with queries, and the catalogue. */
interface CheckedFiles {
    allDashboards: DashboardFile[];
    groups: RuleGroups;
    sources: DataSourcesFile;
    catalogue: Catalogue;
}

const slo = { service: "mentor-api", objective: 0.99, window: "30d" };

function checkedFiles(sampling: (typeof samplingModes)[number] = "head"): CheckedFiles {
    return {
        allDashboards: dashboards({ namespace: "monitoring", optionalSources }),
        groups: ruleGroups({
            optionalSources,
            tailSampling: sampling === "tail",
            slos: [
                { ...slo, kind: "availability" },
                { ...slo, kind: "latency", thresholdMs: 500 },
            ],
        }),
        sources: dataSources({
            lokiUrl: "http://loki",
            tempoUrl: "http://tempo",
            mimirUrl: "http://mimir",
            pyroscopeUrl: "http://pyroscope",
            alertmanagerUrl: "http://mimir/alertmanager",
        }),
        catalogue: readCatalogue(sampling),
    };
}

/** @param unchanged Files whose dashboards are not checked again, to save time. */
function problems({ allDashboards, groups, sources, catalogue }: CheckedFiles, unchanged?: CheckedFiles): string[] {
    const extended = withRecorded(catalogue, groups);
    const changed = allDashboards.filter((dashboard) => !unchanged?.allDashboards.includes(dashboard));
    return [
        ...ruleProblems(groups, extended),
        ...dashboardProblems(allDashboards, extended, dataSourceTypes(sources), changed),
        ...dataSourceProblems(sources, extended),
    ];
}

test.each(samplingModes)(
    "dashboards, rules and links use only existing metrics, labels and attributes with %s sampling",
    (sampling) => {
        const all = checkedFiles(sampling);
        expect(all.allDashboards.length).toBeGreaterThan(20);
        expect(problems(all)).toEqual([]);
    },
);

describe("a problem is reported if", () => {
    const valid = checkedFiles();

    /** @throws Error if the text does not occur, because the test would then have no effect. */
    function replaced<T>(value: T, text: string, by: string): T {
        const json = JSON.stringify(value);
        if (!json.includes(text)) {
            throw new Error(`"${text}" does not occur`);
        }
        return JSON.parse(json.replaceAll(text, by)) as T;
    }

    /** The valid files with a change of one dashboard. */
    function withChanged(uid: string, change: (dashboard: any) => void): CheckedFiles {
        const allDashboards = valid.allDashboards.map((dashboard) => {
            if (dashboard.uid !== uid) {
                return dashboard;
            }
            const json = JSON.parse(dashboard.json);
            change(json);
            return { ...dashboard, json: JSON.stringify(json) };
        });
        return { ...valid, allDashboards };
    }

    /** The valid files with an additional panel. */
    function withPanel(type: string, uid: string, target: object, panel: object = {}): CheckedFiles {
        const datasource = { type, uid };
        return withChanged("platform-service", ({ panels }) =>
            panels.push({
                id: 999,
                title: "New",
                datasource,
                targets: [{ refId: "A", datasource, ...target }],
                ...panel,
            }),
        );
    }
    const withQuery = (expr: string, legendFormat = "") => withPanel("prometheus", "mimir", { expr, legendFormat });
    const withRule = (rule: object, groups = valid.groups): CheckedFiles => ({
        ...valid,
        groups: { ...groups, mimir: [...groups.mimir, { name: "new", rules: [rule as { expr: string }] }] },
    });
    const otherUid = valid.allDashboards.find(({ uid }) => uid !== "platform-service")?.uid ?? "";
    const inPanel = (problem: string) => `dashboard platform-service, panel 999 "New": ${problem}`;

    const invalidFiles: [string, () => CheckedFiles, string | RegExp][] = [
        [
            "a label is renamed",
            () => ({ ...valid, allDashboards: replaced(valid.allDashboards, "span_kind", "span_knd") }),
            /^dashboard platform-service, panel \d+ ".+": query A: .+ selects the label "span_knd", which traces_spanmetrics_calls_total does not have; did you mean "span_kind"\?$/,
        ],
        [
            "a metric is not in the catalogue",
            () => ({
                ...valid,
                catalogue: {
                    ...valid.catalogue,
                    metrics: new Map(
                        [...valid.catalogue.metrics].filter(([name]) => name !== "traces_spanmetrics_calls_total"),
                    ),
                },
            }),
            "data source tempo: traces_spanmetrics_calls_total is not a metric in the catalogue" +
                '; did you mean "traces_spanmetrics_size_total"?',
        ],
        [
            "a recording rule is removed",
            () => {
                const recorded = valid.groups.mimir.flatMap(({ rules }) => rules.flatMap(({ record }) => record ?? []));
                const withoutRecordings = valid.groups.mimir.map((group) => ({
                    ...group,
                    rules: group.rules.filter(({ record }) => record === undefined),
                }));
                const expr = `${recorded[0]} > 1`;
                return withRule({ alert: "New", expr }, { ...valid.groups, mimir: withoutRecordings });
            },
            /^new, New: \S+:\S+ is not a metric in the catalogue/,
        ],
        [
            "a panel uses an unknown data source",
            () => withPanel("tempo", "tmepo", { query: "{}" }),
            inPanel('query A: the data source tmepo does not exist; did you mean "tempo"?'),
        ],
        [
            "a panel declares a wrong type for its data source",
            () => withPanel("loki", "mimir", { expr: "up" }),
            inPanel("query A: the data source mimir has the type prometheus, not loki"),
        ],
        [
            "an aggregation removes a label that is used later",
            () => withQuery("sum by (pod) (sum by (job) (rate(loki_distributor_lines_received_total[5m])))"),
            inPanel(
                "query A: sum by (pod) (sum by (job) (rate(loki_distributor_lines_received_total[5m]))) groups by the " +
                    'label "pod", which loki_distributor_lines_received_total aggregated by (job) does not have; did you mean "job"?',
            ),
        ],
        [
            "a legend uses a label that the result does not have",
            () => withQuery("sum by (job) (up)", "{{job}} {{pod}}"),
            inPanel(
                'query A: the legend shows the label "pod", which up aggregated by (job) does not have; did you mean "job"?',
            ),
        ],
        [
            "rate is applied to a gauge",
            () => withQuery("rate(go_goroutines[$__rate_interval])"),
            inPanel(
                "query A: rate(go_goroutines[5m]) applies rate to go_goroutines, which is a gauge and not a counter",
            ),
        ],
        [
            "a query has a syntax error",
            () => withQuery("sum by (job) (up"),
            inPanel("query A: has a syntax error at the end: sum by (job) (up"),
        ],
        [
            "the selected job does not have the metric",
            () => withQuery('sum(loki_distributor_lines_received_total{job="mimir"})'),
            inPanel(
                'query A: loki_distributor_lines_received_total{job="mimir"} selects job="mimir", but only these jobs have the metric: loki',
            ),
        ],
        [
            "a label never has the selected value",
            () => withQuery('traces_spanmetrics_calls_total{status_code="ERROR"}'),
            inPanel(
                'query A: traces_spanmetrics_calls_total{status_code="ERROR"} selects status_code="ERROR", but the values are ' +
                    "STATUS_CODE_UNSET, STATUS_CODE_OK, STATUS_CODE_ERROR",
            ),
        ],
        [
            "histogram_quantile is applied to buckets without the label le",
            () => withQuery("histogram_quantile(0.9, sum by (job) (rate(loki_request_duration_seconds_bucket[5m])))"),
            inPanel(
                "query A: histogram_quantile(0.9, sum by (job) (rate(loki_request_duration_seconds_bucket[5m]))) needs buckets " +
                    'with the label "le", which loki_request_duration_seconds_bucket aggregated by (job) does not have',
            ),
        ],
        [
            "the two sides of an operator never match",
            () => withQuery("sum by (job) (up) / sum by (job, instance) (up)"),
            inPanel(
                'query A: sum by (job) (up) / sum by (job, instance) (up) matches no series with "/": up aggregated by ' +
                    '(job, instance) has the label "instance", which up aggregated by (job) does not have',
            ),
        ],
        [
            "a stream selector uses a label that is not an index label of Loki",
            () => withPanel("loki", "loki", { expr: '{namespace="a", trace_id="b"}' }),
            inPanel(
                'query A: {namespace="a", trace_id="b"} selects the label "trace_id", which is not an index label of Loki' +
                    "; filter after the braces: | trace_id = …",
            ),
        ],
        [
            "a span attribute does not exist",
            () => withPanel("tempo", "tempo", { query: "{ span.http.rout = `/lesson` }", queryType: "traceql" }),
            inPanel('query A: span.http.rout is not an attribute in the catalogue; did you mean "http.route"?'),
        ],
        [
            "no profile has the selected label",
            () =>
                withPanel("grafana-pyroscope-datasource", "pyroscope", {
                    labelSelector: '{service="a"}',
                    profileTypeId: "process_cpu:cpu:nanoseconds:cpu:nanoseconds",
                }),
            inPanel('query A: no profile has the label "service"'),
        ],
        [
            "a variable is not defined",
            () => withQuery('up{job=~"$jobs"}'),
            inPanel("query A: uses $jobs, which is not a variable of this dashboard"),
        ],
        [
            "two panels have the same id",
            () => withChanged("platform-service", ({ panels }) => (panels[1].id = panels[0].id)),
            "dashboard platform-service: two panels have the id 1",
        ],
        [
            "two dashboards have the same uid",
            () => ({ ...valid, allDashboards: [...valid.allDashboards, ...valid.allDashboards.slice(0, 1)] }),
            /^two dashboards have the uid /,
        ],
        [
            "a link points to a dashboard that does not exist",
            () =>
                withChanged("platform-service", (dashboard) =>
                    dashboard.links.push({ type: "link", url: `/d/${otherUid}s?orgId=1` }),
                ),
            `dashboard platform-service: a link points to the dashboard ${otherUid}s, which does not exist; did you mean "${otherUid}"?`,
        ],
        [
            "a link passes a variable that the dashboard does not have",
            () =>
                withChanged("platform-service", (dashboard) =>
                    dashboard.links.push({ type: "link", url: `/d/${otherUid}?var-servce=a` }),
                ),
            new RegExp(
                `^dashboard platform-service: a link passes the variable servce to ${otherUid}, which does not have it`,
            ),
        ],
        [
            "a link to Explore has an invalid query",
            () =>
                withPanel(
                    "prometheus",
                    "mimir",
                    { expr: "up" },
                    {
                        links: [
                            {
                                url: `/explore?panes=${encodeURIComponent(
                                    JSON.stringify({ a: { datasource: "mimir", queries: [{ expr: "upp" }] } }),
                                )}`,
                            },
                        ],
                    },
                ),
            inPanel('a link to Explore: upp is not a metric in the catalogue; did you mean "up"?'),
        ],
        [
            "a table refers to a column that does not exist",
            () =>
                withPanel(
                    "prometheus",
                    "mimir",
                    { expr: "sum by (pod) (up)", format: "table" },
                    {
                        type: "table",
                        fieldConfig: { overrides: [{ matcher: { id: "byName", options: "pods" }, properties: [] }] },
                    },
                ),
            inPanel('the table has no column "pods"; did you mean "pod"?'),
        ],
        [
            "a table merges queries with different labels",
            () =>
                withPanel(
                    "prometheus",
                    "mimir",
                    { expr: "sum by (pod) (up)" },
                    {
                        type: "table",
                        transformations: [{ id: "merge", options: {} }],
                        targets: ["sum by (pod) (up)", "sum by (job) (up)"].map((expr, index) => ({
                            refId: "AB"[index],
                            datasource: { uid: "mimir" },
                            expr,
                        })),
                    },
                ),
            inPanel("the table cannot merge rows by (pod) with rows by (job)"),
        ],
        [
            "a link uses a field that no query returns",
            () =>
                withPanel(
                    "prometheus",
                    "mimir",
                    { expr: "sum by (pod) (up)" },
                    {
                        links: [{ url: `/d/${otherUid}?var-cluster=\${__data.fields["clutser"]}` }],
                    },
                ),
            inPanel('a link uses the field "clutser", which no query of the panel returns'),
        ],
        [
            "the summary of an alert uses a label that its result does not have",
            () =>
                withRule({
                    alert: "New",
                    expr: "sum by (job) (up) == 0",
                    annotations: { summary: "{{ $labels.pod }} is gone" },
                }),
            'new, New: summary shows the label "pod", which the result does not have; did you mean "job"?',
        ],
        [
            "a data source links to a data source that does not exist",
            () => ({
                ...valid,
                sources: { datasources: valid.sources.datasources.filter(({ uid }) => uid !== "pyroscope") },
            }),
            "data source tempo: links to the data source pyroscope, which does not exist",
        ],
        [
            "a link between data sources uses a label that does not exist",
            () => ({ ...valid, sources: replaced(valid.sources, '"value":"service"', '"value":"service_nam"') }),
            /^data source tempo: traces_spanmetrics_calls_total.+ selects the label "service_nam", which .+ does not have/,
        ],
    ];

    test.each(invalidFiles)("%s", (_, invalid, expected) => {
        expect(problems(invalid(), valid)).toContainEqual(
            typeof expected === "string" ? expected : expect.stringMatching(expected),
        );
    });
});
