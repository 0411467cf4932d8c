import { dataSources } from "../../components/grafana/datasources";
import { dashboards } from "../../dashboards";
import { ruleGroups } from "../../rules";
import { readTruth, type Truth } from "./catalogue";
import { samplingModes } from "./catalogue-file";
import { dashboardMistakes, type DashboardText } from "./dashboards";
import { dataSourceMistakes, type DataSourcesFile, dataSourceTypes } from "./data-sources";
import { type Groups, ruleMistakes, withRecorded } from "./rules";

/** Everything that asks for something, and what there is to ask for. */
interface Everything {
    boards: DashboardText[];
    groups: Groups;
    sources: DataSourcesFile;
    truth: Truth;
}

const slo = { service: "mentor-api", objective: 0.99, window: "30d" };

function everything(sampling: (typeof samplingModes)[number] = "head"): Everything {
    return {
        boards: dashboards({ namespace: "monitoring" }),
        groups: ruleGroups({
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
        truth: readTruth(sampling),
    };
}

/** @param good what needs not be looked into again. */
function mistakes({ boards, groups, sources, truth }: Everything, good?: Everything): string[] {
    const known = withRecorded(truth, groups);
    const changed = boards.filter((board) => !good?.boards.includes(board));
    return [
        ...ruleMistakes(groups, known),
        ...dashboardMistakes(boards, known, dataSourceTypes(sources), changed),
        ...dataSourceMistakes(sources, known),
    ];
}

test.each(samplingModes)(
    "dashboards, rules and links ask for what there is, where spans are sampled at the %s",
    (sampling) => {
        const all = everything(sampling);
        expect(all.boards.length).toBeGreaterThan(20);
        expect(mistakes(all)).toEqual([]);
    },
);

describe("it is noticed when", () => {
    const good = everything();

    /** @throws Error where there is nothing to replace, so that no break is without effect. */
    function replaced<T>(value: T, text: string, by: string): T {
        const json = JSON.stringify(value);
        if (!json.includes(text)) {
            throw new Error(`there is no ${text}`);
        }
        return JSON.parse(json.replaceAll(text, by)) as T;
    }

    /** One dashboard with an edit to what it has. */
    function edited(uid: string, edit: (board: any) => void): Everything {
        const boards = good.boards.map((board) => {
            if (board.uid !== uid) {
                return board;
            }
            const json = JSON.parse(board.json);
            edit(json);
            return { ...board, json: JSON.stringify(json) };
        });
        return { ...good, boards };
    }

    /** A dashboard with one panel more. */
    function withPanel(type: string, uid: string, target: object, panel: object = {}): Everything {
        const datasource = { type, uid };
        return edited("platform-service", ({ panels }) =>
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
    const withRule = (rule: object, groups = good.groups): Everything => ({
        ...good,
        groups: { ...groups, mimir: [...groups.mimir, { name: "new", rules: [rule as { expr: string }] }] },
    });
    const another = good.boards.find(({ uid }) => uid !== "platform-service")?.uid ?? "";
    const inPanel = (mistake: string) => `dashboard platform-service, panel 999 "New": ${mistake}`;

    const breaks: [string, () => Everything, string | RegExp][] = [
        [
            "a label is renamed",
            () => ({ ...good, boards: replaced(good.boards, "span_kind", "span_knd") }),
            /^dashboard platform-service, panel \d+ ".+": query A: .+ asks for the label "span_knd", which traces_spanmetrics_calls_total does not have; did you mean "span_kind"\?$/,
        ],
        [
            "a metric is dropped",
            () => ({
                ...good,
                truth: {
                    ...good.truth,
                    metrics: new Map(
                        [...good.truth.metrics].filter(([name]) => name !== "traces_spanmetrics_calls_total"),
                    ),
                },
            }),
            "data source tempo: traces_spanmetrics_calls_total is nothing that the stack scrapes, is sent or records" +
                '; did you mean "traces_spanmetrics_size_total"?',
        ],
        [
            "a recording rule is removed",
            () => {
                const recorded = good.groups.mimir.flatMap(({ rules }) => rules.flatMap(({ record }) => record ?? []));
                const without = good.groups.mimir.map((group) => ({
                    ...group,
                    rules: group.rules.filter(({ record }) => record === undefined),
                }));
                const expr = `${recorded[0]} > 1`;
                return withRule({ alert: "New", expr }, { ...good.groups, mimir: without });
            },
            /^new, New: \S+:\S+ is nothing that the stack scrapes, is sent or records/,
        ],
        [
            "a panel names another data source",
            () => withPanel("tempo", "tmepo", { query: "{}" }),
            inPanel('query A: there is no data source tmepo; did you mean "tempo"?'),
        ],
        [
            "a panel takes a data source for one of another type",
            () => withPanel("loki", "mimir", { expr: "up" }),
            inPanel("query A: the data source mimir is of the type prometheus, not loki"),
        ],
        [
            "an aggregation loses a label",
            () => withQuery("sum by (pod) (sum by (job) (rate(loki_distributor_lines_received_total[5m])))"),
            inPanel(
                "query A: sum by (pod) (sum by (job) (rate(loki_distributor_lines_received_total[5m]))) groups by the " +
                    'label "pod", which what is left of loki_distributor_lines_received_total by (job) does not have; did you mean "job"?',
            ),
        ],
        [
            "a legend shows what is not there",
            () => withQuery("sum by (job) (up)", "{{job}} {{pod}}"),
            inPanel(
                'query A: the legend shows the label "pod", which what is left of up by (job) does not have; did you mean "job"?',
            ),
        ],
        [
            "a rate is taken of a gauge",
            () => withQuery("rate(go_goroutines[$__rate_interval])"),
            inPanel("query A: rate(go_goroutines[5m]) takes the rate of what is no counter: go_goroutines is a gauge"),
        ],
        [
            "a query cannot be parsed",
            () => withQuery("sum by (job) (up"),
            inPanel("query A: does not parse at its end: sum by (job) (up"),
        ],
        [
            "a job has no such metric",
            () => withQuery('sum(loki_distributor_lines_received_total{job="mimir"})'),
            inPanel(
                'query A: loki_distributor_lines_received_total{job="mimir"} asks for job="mimir", but only these jobs have it: loki',
            ),
        ],
        [
            "a label never has such a value",
            () => withQuery('traces_spanmetrics_calls_total{status_code="ERROR"}'),
            inPanel(
                'query A: traces_spanmetrics_calls_total{status_code="ERROR"} asks for status_code="ERROR", which is none of ' +
                    "STATUS_CODE_UNSET, STATUS_CODE_OK, STATUS_CODE_ERROR",
            ),
        ],
        [
            "quantiles are asked of buckets that have lost their bounds",
            () => withQuery("histogram_quantile(0.9, sum by (job) (rate(loki_request_duration_seconds_bucket[5m])))"),
            inPanel(
                "query A: histogram_quantile(0.9, sum by (job) (rate(loki_request_duration_seconds_bucket[5m]))) needs buckets " +
                    'with their label "le", which what is left of loki_request_duration_seconds_bucket by (job) does not have',
            ),
        ],
        [
            "two sides of an operator cannot match",
            () => withQuery("sum by (job) (up) / sum by (job, instance) (up)"),
            inPanel(
                'query A: sum by (job) (up) / sum by (job, instance) (up) finds no pairs for "/": what is left of up by ' +
                    '(job, instance) has the label "instance", which what is left of up by (job) does not have',
            ),
        ],
        [
            "Loki is asked for a label that is none of its index",
            () => withPanel("loki", "loki", { expr: '{namespace="a", trace_id="b"}' }),
            inPanel(
                'query A: {namespace="a", trace_id="b"} asks for the label "trace_id", by which Loki does not index' +
                    "; filter behind the braces: | trace_id = …",
            ),
        ],
        [
            "an attribute of spans does not exist",
            () => withPanel("tempo", "tempo", { query: "{ span.http.rout = `/lesson` }", queryType: "traceql" }),
            inPanel('query A: span.http.rout is no attribute that anything sends; did you mean "http.route"?'),
        ],
        [
            "profiles are of no such type",
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
            inPanel("query A: uses $jobs, which is no variable of this dashboard"),
        ],
        [
            "two panels have the same id",
            () => edited("platform-service", ({ panels }) => (panels[1].id = panels[0].id)),
            "dashboard platform-service: two panels have the id 1",
        ],
        [
            "two dashboards have the same uid",
            () => ({ ...good, boards: [...good.boards, ...good.boards.slice(0, 1)] }),
            /^two dashboards have the uid /,
        ],
        [
            "a link leads to no dashboard",
            () =>
                edited("platform-service", (board) =>
                    board.links.push({ type: "link", url: `/d/${another}s?orgId=1` }),
                ),
            `dashboard platform-service: a link leads to the dashboard ${another}s, which does not exist; did you mean "${another}"?`,
        ],
        [
            "a link gives a variable that its dashboard does not have",
            () =>
                edited("platform-service", (board) =>
                    board.links.push({ type: "link", url: `/d/${another}?var-servce=a` }),
                ),
            new RegExp(
                `^dashboard platform-service: a link gives ${another} the variable servce, which it does not have`,
            ),
        ],
        [
            "a link opens Explore with a mistake",
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
            inPanel('a link to Explore: upp is nothing that the stack scrapes, is sent or records; did you mean "up"?'),
        ],
        [
            "a table has no such column",
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
            "the rows of a table's columns are not the same",
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
            "a link takes a label that is not there",
            () =>
                withPanel(
                    "prometheus",
                    "mimir",
                    { expr: "sum by (pod) (up)" },
                    {
                        links: [{ url: `/d/${another}?var-cluster=\${__data.fields["clutser"]}` }],
                    },
                ),
            inPanel('a link takes "clutser", which no query here results in'),
        ],
        [
            "an alert's summary shows a label that its expression has lost",
            () =>
                withRule({
                    alert: "New",
                    expr: "sum by (job) (up) == 0",
                    annotations: { summary: "{{ $labels.pod }} is gone" },
                }),
            'new, New: summary shows the label "pod", which the result does not have; did you mean "job"?',
        ],
        [
            "a data source links to one that is gone",
            () => ({
                ...good,
                sources: { datasources: good.sources.datasources.filter(({ uid }) => uid !== "pyroscope") },
            }),
            "data source tempo: links to the data source pyroscope, which does not exist",
        ],
        [
            "a link between data sources asks for a label that is gone",
            () => ({ ...good, sources: replaced(good.sources, '"value":"service"', '"value":"service_nam"') }),
            /^data source tempo: traces_spanmetrics_calls_total.+ asks for the label "service_nam", which .+ does not have/,
        ],
    ];

    test.each(breaks)("%s", (_, broken, expected) => {
        expect(mistakes(broken(), good)).toContainEqual(
            typeof expected === "string" ? expected : expect.stringMatching(expected),
        );
    });
});
