import * as fs from "fs";
import * as os from "os";
import * as path from "path";
import { type Catalogue, type CatalogueSeries, readCatalogue } from "./catalogue";
import { catalogueFolder, readCatalogueFile, writeCatalogueFile } from "./catalogue-file";
import { metricFamilies } from "./metric-families";
import { analyseLogQL } from "./logql";
import { analysePromQL } from "./promql";
import { withRecorded } from "./rules";
import { traceQLProblems } from "./traceql";
import { interpolate } from "./variables";

const series = (kind: CatalogueSeries["kind"], ...labels: string[]): CatalogueSeries[] => [
    { kind, labels: new Set(labels), guaranteed: new Set(labels), jobs: ["shop", "till"], origin: "this test" },
];

const catalogue: Catalogue = {
    metrics: new Map([
        ["sold_total", series("counter", "job", "pod", "fruit")],
        ["stock", series("gauge", "job", "pod", "fruit")],
        ["weight_bucket", series("bucket", "job", "pod", "le")],
        ["shop_info", series("gauge", "job", "city")],
    ]),
    values: [{ metrics: /^sold_total$/, label: "fruit", values: ["apple", "pear"] }],
    logs: { stream: new Set(["namespace", "service_name"]), structuredMetadata: new Set(["trace_id", "level"]) },
    traces: { resource: new Set(["service.name"]), span: new Set(["http.route"]) },
    profiles: { labels: new Set(), types: new Set() },
};

describe("PromQL", () => {
    test.each([
        ['sum by (pod, fruit) (rate(sold_total{fruit="apple"}[5m]))', ["fruit", "pod"]],
        ["sum without (pod) (stock)", ["fruit", "job"]],
        ["topk by (job) (3, stock)", ["__name__", "fruit", "job", "pod"]],
        ["sum(stock)", []],
        ["histogram_quantile(0.9, sum by (le, pod) (rate(weight_bucket[5m])))", ["pod"]],
        ["sum by (job) (stock) * on (job) group_left (city) shop_info", ["city", "job"]],
        ["stock * ignoring (pod) group_left (fruit) sum without (pod) (stock)", ["fruit", "job", "pod"]],
        ["sum by (job) (stock) / ignoring (city) shop_info", ["job"]],
        ['label_replace(sum(stock), "place", "here", "", "")', ["place"]],
        ["sum by (job) (stock) or sum by (pod) (stock)", ["job", "pod"]],
        ["stock > 5 and on (job) shop_info", ["__name__", "fruit", "job", "pod"]],
        ["stock - 5", ["fruit", "job", "pod"]],
        ["count by (__name__) ({job=~'shop|till'})", ["__name__"]],
        ['count_values("amount", stock)', ["amount"]],
        ["max_over_time(sum by (pod) (rate(sold_total[5m]))[1h:5m])", ["pod"]],
        ['sum(sold_total{fruit=~"(?i)APPLE|PEAR"})', []],
        ["vector(1)", []],
        ['absent(stock{job="shop", fruit="fig"})', ["fruit", "job", "pod"]],
    ])("%s has the labels %j", (query, labels) => {
        const { result, problems } = analysePromQL(query, catalogue);
        expect(problems).toEqual([]);
        expect([...result.labels].sort()).toEqual(labels);
    });

    test.each([
        ["rate(stock[5m])", "applies rate to stock, which is a gauge and not a counter"],
        [
            "increase(sum(sold_total)[1h:5m])",
            "applies increase to sold_total aggregated by (), which is a computed value and not a counter",
        ],
        ["deriv(sold_total[5m])", "applies deriv to a counter"],
        ["histogram_quantile(0.9, stock)", 'needs buckets with the label "le", which stock does not have'],
        ['sold_total{fruit=~"fig|plum"}', 'selects fruit=~"fig|plum", but the values are apple, pear'],
        ['stock{job=~"sho"}', 'selects job=~"sho", but only these jobs have the metric: shop, till'],
        [
            "sum without (fruits) (stock)",
            'groups without the label "fruits", which stock does not have; did you mean "fruit"?',
        ],
        ["stock / on (city) shop_info", 'matches on the label "city", which stock does not have'],
        [
            "stock * on (job) group_left (citi) shop_info",
            'uses the label "citi", which shop_info does not have; did you mean "city"?',
        ],
        [
            "stock / shop_info",
            'matches no series with "/": stock has the label "pod", "fruit", which shop_info does not have',
        ],
        [
            'label_replace(sum(stock), "to", "$1", "pod", "(.*)")',
            'uses the label "pod", which stock aggregated by () does not have',
        ],
        ['{__name__=~"nothing.+"}', "nothing.+ is not a metric in the catalogue"],
        ["sold_totl", 'sold_totl is not a metric in the catalogue; did you mean "sold_total"?'],
        ['stock{fruit=~"(fig"}', 'has "(fig", which is not a valid regular expression'],
        ["stock +", "has a syntax error at the end: stock +"],
    ])("%s is invalid", (query, problem) => {
        expect(analysePromQL(query, catalogue).problems.join("\n")).toContain(problem);
    });
});

describe("LogQL", () => {
    test.each([
        ['sum by (level) (count_over_time({namespace="a"} | level="error" [5m]))', ["level"]],
        ['sum by (status) (rate({namespace="a"} | json | status >= 500 [5m]))', ["status"]],
        ['sum by (ip) (rate({namespace="a"} | pattern "<ip> <_>" | ip != "" [5m]))', ["ip"]],
        ['sum by (code) (rate({namespace="a"} | regexp "(?P<code>\\\\d+)" [5m]))', ["code"]],
        [
            'quantile_over_time(0.9, {namespace="a"} | logfmt took | unwrap duration(took) [5m]) by (service_name)',
            ["service_name"],
        ],
        ['sum by (kind) (rate({namespace="a"} | label_format kind=level [5m]))', ["kind"]],
        [
            'sum by (level) (rate({namespace="a"}[5m])) / on (level) sum by (level) (rate({namespace="b"}[5m]))',
            ["level"],
        ],
    ])("%s has the labels %j", (query, labels) => {
        const { result, problems } = analyseLogQL(query, catalogue);
        expect(problems).toEqual([]);
        expect([...result.labels].sort()).toEqual(labels);
    });

    test.each([
        [
            '{namspace="a"}',
            '{namspace="a"} selects the label "namspace", which is not an index label of Loki; did you mean "namespace"?',
        ],
        [
            '{namespace="a"} | lvel="error"',
            '| lvel="error" uses the label "lvel", which a log entry of this query does not have; did you mean "level"?',
        ],
        [
            'sum by (status) (rate({namespace="a"}[5m]))',
            'groups by the label "status", which a log entry of this query does not have',
        ],
        ['sum by (b) (rate({namespace="a"} | logfmt a [5m]))', 'groups by the label "b"'],
        ['{namespace="a"} | drop level | level="error"', 'uses the label "level"'],
        ['sum_over_time({namespace="a"} | unwrap took [5m])', 'uses the label "took"'],
        ['{namespace="a"', "has a syntax error"],
    ])("%s is invalid", (query, problem) => {
        expect(analyseLogQL(query, catalogue).problems.join("\n")).toContain(problem);
    });
});

describe("TraceQL", () => {
    test.each([
        '{ resource.service.name = "a" && span.http.route =~ "/b.*" && status = error && duration > 2s }',
        "{ .http.route != nil } | rate() by (resource.service.name)",
    ])("%s is valid", (query) => {
        expect(traceQLProblems(query, catalogue)).toEqual([]);
    });

    test.each([
        ['{ span.service.name = "a" }', "span.service.name is not an attribute in the catalogue"],
        ['{ .http.rute = "a" }', '.http.rute is not an attribute in the catalogue; did you mean "http.route"?'],
        ["{ status = broken }", "has a syntax error"],
    ])("%s is invalid", (query, problem) => {
        expect(traceQLProblems(query, catalogue).join("\n")).toContain(problem);
    });
});

test("variables are replaced by values or by the placeholder", () => {
    expect(
        interpolate('rate(a{b=~"${c:regex}", d="$e", f="[[g]]"}[$__rate_interval]) by ($by)', { by: "pod" }),
    ).toEqual({
        text: 'rate(a{b=~"__any__", d="__any__", f="__any__"}[5m]) by (pod)',
        used: ["c", "e", "g", "by"],
    });
    expect(interpolate('label_replace(a, "b", "$1", "c", "(.*)")').used).toEqual([]);
});

test("recorded series of recorded series are in the catalogue, with the labels that the rules add", () => {
    const rules = [
        { record: "b:sold:rate", expr: "sum by (fruit) (a:sold:rate)", labels: { kind: "all" } },
        { record: "a:sold:rate", expr: "sum by (fruit, pod) (rate(sold_total[5m]))" },
    ];
    const extended = withRecorded(catalogue, { mimir: [{ name: "sold", rules }], loki: [] });
    expect([...(extended.metrics.get("b:sold:rate")?.[0]?.labels ?? [])].sort()).toEqual(["fruit", "kind"]);
    expect(analysePromQL("rate(a:sold:rate[5m])", extended).problems).toEqual([
        "rate(a:sold:rate[5m]) applies rate to a:sold:rate, which is a computed value and not a counter",
    ]);
});

describe("the catalogue", () => {
    test("contains one entry for each metric family", () => {
        const labels = { job: "shop", pod: "shop-0" };
        const found = metricFamilies(
            [
                { __name__: "sold_total", ...labels, fruit: "apple" },
                { __name__: "weight_bucket", ...labels, le: "1" },
                { __name__: "weight_count", ...labels },
                { __name__: "weight_sum", ...labels },
                { __name__: "pause", ...labels, quantile: "0.5" },
                { __name__: "pause_sum", ...labels },
                { __name__: "visitors_count", ...labels },
                { __name__: "spread", ...labels, le: "1" },
            ],
            new Map([["visitors_count", "gauge"]]),
            ["job", "pod"],
        );
        expect(found).toEqual({
            sold_total: { type: "counter", labels: ["fruit"] },
            weight: { type: "histogram", labels: [] },
            pause: { type: "summary", labels: [] },
            visitors_count: { type: "gauge", labels: [] },
            spread: { type: "buckets", labels: [] },
        });
    });

    test("is sorted, so that a diff shows only changes", () => {
        const folder = fs.mkdtempSync(path.join(os.tmpdir(), "catalogue-"));
        for (const kind of ["metrics", "spans"]) {
            for (const file of fs.readdirSync(path.join(catalogueFolder, kind))) {
                const original = path.join(catalogueFolder, kind, file);
                const copy = path.join(folder, file);
                writeCatalogueFile(copy, readCatalogueFile(original));
                expect([file, fs.readFileSync(copy, "utf8")]).toEqual([file, fs.readFileSync(original, "utf8")]);
            }
        }
        fs.rmSync(folder, { recursive: true });
    });

    test("contains the metrics that a scrape adds, with the labels of each job", () => {
        const headCatalogue = readCatalogue("head");
        expect(analysePromQL('up{job="node", node="a"}', headCatalogue).problems).toEqual([]);
        expect(analysePromQL('up{job="node", pod="a"}', headCatalogue).problems).toHaveLength(1);
        expect(analysePromQL('up{job="nodes"}', headCatalogue).problems[0]).toContain(
            "but only these jobs have the metric: alloy-logs",
        );
    });
});
