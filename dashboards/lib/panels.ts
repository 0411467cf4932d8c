import * as barGaugeSdk from "@grafana/grafana-foundation-sdk/bargauge";
import * as common from "@grafana/grafana-foundation-sdk/common";
import * as dashboard from "@grafana/grafana-foundation-sdk/dashboard";
import * as heatmapSdk from "@grafana/grafana-foundation-sdk/heatmap";
import * as logsSdk from "@grafana/grafana-foundation-sdk/logs";
import * as nodeGraphSdk from "@grafana/grafana-foundation-sdk/nodegraph";
import * as statSdk from "@grafana/grafana-foundation-sdk/stat";
import * as tableSdk from "@grafana/grafana-foundation-sdk/table";
import * as timeSeriesSdk from "@grafana/grafana-foundation-sdk/timeseries";
import { colour, failureSeries, fixedColour } from "./colours";
import type { SizedPanel } from "./layout";
import { cpuProfile, loki, mimir, pyroscope, tempo } from "./data-sources";
import { dashboardUrl, type Drilldown, link } from "./links";
import { logQuery, metricQuery, profileQuery, type Query, tableQuery, traceQuery } from "./queries";
import { hasThresholds, type Thresholds, thresholdLines, thresholds } from "./thresholds";
import type { Unit } from "./units";

interface PanelOptions {
    /** What the panel shows, and what an abnormal value means. */
    description: string;
    /** Links in the panel's menu. Default: those of the dashboard. */
    drilldown?: Drilldown;
    width?: number;
    height?: number;
}

/** Options of a panel with numbers. Set either `queries` or `logQueries`. */
interface NumericOptions extends PanelOptions, Thresholds {
    unit: Unit;
    /** PromQL by legend. {{label}} in a legend is the value of a label. */
    queries?: { [legend: string]: string };
    /** LogQL by legend. */
    logQueries?: { [legend: string]: string };
}

interface TimeSeriesOptions extends NumericOptions {
    /** Default: false. */
    stacked?: boolean;
    /** Default: 0. */
    min?: number;
    max?: number;
    /** Whether exemplars are shown. Only for buckets of histograms and for counters. Default: false. */
    exemplars?: boolean;
    /** Text of a panel without series, for metrics that exist only after the event that they count. Default: "No data". */
    empty?: string;
}

type QueryOptions = PanelOptions & { query: string };

/** A panel of the type "Time series". */
export function timeSeries(title: string, options: TimeSeriesOptions): SizedPanel {
    const { unit, min = 0, max, stacked = false, exemplars = false, empty } = options;
    const panel = new timeSeriesSdk.PanelBuilder()
        .title(title)
        .description(options.description)
        .datasource(dataSourceOf(options))
        .targets(queriesOf(options, { exemplars }))
        .unit(unit)
        .interval(minInterval(options))
        .min(min)
        .fillOpacity(stacked ? 30 : 10)
        .legend(
            // The default of the SDK hides the legend.
            new common.VizLegendOptionsBuilder()
                .showLegend(true)
                .displayMode(common.LegendDisplayMode.List)
                .placement(common.LegendPlacement.Bottom),
        )
        .showPoints(common.VisibilityMode.Never)
        .tooltip(
            new common.VizTooltipOptionsBuilder()
                .mode(common.TooltipDisplayMode.Multi)
                .sort(common.SortOrder.Descending),
        )
        .overrideByRegexp(failureSeries, [{ id: "color", value: { mode: "shades", fixedColor: colour.critical } }]);
    if (max !== undefined) {
        panel.max(max);
    }
    if (empty !== undefined) {
        panel.noValue(empty);
    }
    if (stacked) {
        panel.stacking(new common.StackingConfigBuilder().mode(common.StackingMode.Normal));
    }
    if (hasThresholds(options)) {
        panel
            .thresholds(thresholdLines(options))
            .thresholdsStyle(
                new common.GraphThresholdsStyleConfigBuilder().mode(common.GraphThresholdsStyleMode.Dashed),
            );
    }
    return { panel, width: options.width ?? 8, height: options.height ?? 8, drilldown: options.drilldown };
}

/** A panel of the type "Stat": the current value with a sparkline. */
export function stat(title: string, options: NumericOptions): SizedPanel {
    const panel = new statSdk.PanelBuilder()
        .title(title)
        .description(options.description)
        .datasource(dataSourceOf(options))
        .targets(queriesOf(options, {}))
        .unit(options.unit)
        .reduceOptions(new common.ReduceDataOptionsBuilder().calcs(["lastNotNull"]))
        .graphMode(common.BigValueGraphMode.Area)
        .text(new common.VizTextDisplayOptionsBuilder().valueSize(28))
        .colorMode(common.BigValueColorMode.Value)
        .thresholds(thresholds(options))
        .interval(minInterval(options))
        .noValue("none");
    if (!hasThresholds(options)) {
        panel.colorScheme(fixedColour(colour.neutral));
    }
    return { panel, width: options.width, height: options.height ?? 3, drilldown: options.drilldown };
}

/** A panel of the type "Bar gauge": the current values as horizontal bars. */
export function barGauge(title: string, { max, ...options }: NumericOptions & { max?: number }): SizedPanel {
    const panel = new barGaugeSdk.PanelBuilder()
        .title(title)
        .description(options.description)
        .datasource(dataSourceOf(options))
        .targets(queriesOf(options, { instant: true }))
        .unit(options.unit)
        .min(0)
        .reduceOptions(
            new common.ReduceDataOptionsBuilder()
                .calcs(["lastNotNull"])
                // The result of an instant query of Loki is one table with a row for each series.
                .values(options.logQueries !== undefined),
        )
        .orientation(common.VizOrientation.Horizontal)
        .displayMode(common.BarGaugeDisplayMode.Basic)
        .namePlacement(common.BarGaugeNamePlacement.Top)
        .text(new common.VizTextDisplayOptionsBuilder().titleSize(12).valueSize(14))
        .thresholds(thresholds(options))
        .noValue("none");
    if (max !== undefined) {
        panel.max(max);
    }
    if (!hasThresholds(options)) {
        panel.colorScheme(fixedColour(colour.neutral));
    }
    return { panel, width: options.width ?? 8, height: options.height ?? 12, drilldown: options.drilldown };
}

interface Column extends Thresholds {
    /** PromQL that returns one value for each row. */
    query: string;
    unit: Unit;
}

interface TableOptions extends PanelOptions {
    columns: { [title: string]: Column };
    /** Links in the cells of a label: the uid of a dashboard, and the label that sets each of its variables. */
    links?: { [label: string]: { dashboard: string; variables: { [variable: string]: string } } };
    /** Title of the column by which the rows are sorted in descending order. Default: the first column. */
    sortBy?: string;
}

/** A panel of the type "Table". The results of the columns' queries are merged by their labels. */
export function table(title: string, { columns, links = {}, ...options }: TableOptions): SizedPanel {
    const titles = Object.keys(columns);
    const panel = new tableSdk.PanelBuilder()
        .title(title)
        .description(options.description)
        .datasource(mimir)
        .targets(Object.values(columns).map(({ query }, index) => tableQuery(refId(index), query)))
        .withTransformation({ id: "merge", options: {} })
        .withTransformation({
            id: "organize",
            options: {
                excludeByName: { Time: true },
                renameByName: Object.fromEntries(
                    // Grafana does not add the refId if there is only one query.
                    titles.flatMap((name, index) => [
                        [`Value #${refId(index)}`, name],
                        ...(titles.length === 1 ? [["Value", name]] : []),
                    ]),
                ),
            },
        })
        .sortBy([
            new common.TableSortByFieldStateBuilder().displayName(options.sortBy ?? (titles[0] as string)).desc(true),
        ])
        .noValue("none");
    for (const [name, column] of Object.entries(columns)) {
        panel.overrideByName(name, [
            { id: "unit", value: column.unit },
            ...(hasThresholds(column)
                ? [
                      { id: "thresholds", value: thresholds(column).build() },
                      { id: "custom.cellOptions", value: { type: "color-text" } },
                  ]
                : []),
        ]);
    }
    for (const [label, { dashboard: uid, variables }] of Object.entries(links)) {
        const values = Object.entries(variables).map(([name, from]) => [name, `\${__data.fields["${from}"]}`]);
        panel.overrideByName(label, [
            {
                id: "links",
                value: [link(`Show this ${label}`, dashboardUrl(uid, Object.fromEntries(values))).build()],
            },
        ]);
    }
    return { panel, width: options.width ?? 12, height: options.height ?? 8, drilldown: options.drilldown };
}

/** A panel of the type "Heatmap". The query returns the buckets of a histogram by `le`. */
export function heatmap(title: string, { query, unit, ...options }: QueryOptions & { unit: Unit }): SizedPanel {
    const panel = new heatmapSdk.PanelBuilder()
        .title(title)
        .description(options.description)
        .datasource(mimir)
        .targets([metricQuery("A", query, "{{le}}", { heatmap: true, exemplars: true })])
        .calculate(false)
        .yAxis(new heatmapSdk.YAxisConfigBuilder().unit(unit))
        .color(
            new heatmapSdk.HeatmapColorOptionsBuilder()
                .mode(heatmapSdk.HeatmapColorMode.Scheme)
                .scheme("Blues")
                .steps(64)
                .reverse(false),
        );
    return { panel, width: options.width ?? 12, height: options.height ?? 10, drilldown: options.drilldown };
}

/** A panel of the type "Logs", newest entries first. The query is LogQL. */
export function logs(title: string, { query, ...options }: QueryOptions): SizedPanel {
    const panel = new logsSdk.PanelBuilder()
        .title(title)
        .description(options.description)
        .datasource(loki)
        .targets([logQuery("A", query, "")])
        .showTime(true)
        .enableLogDetails(true)
        .wrapLogMessage(true)
        .sortOrder(common.LogsSortOrder.Descending)
        .dedupStrategy(common.LogsDedupStrategy.None);
    return { panel, width: options.width ?? 24, height: options.height ?? 10, drilldown: options.drilldown };
}

/** A table of traces with links to them. The query is TraceQL. */
export function traces(title: string, { query, ...options }: QueryOptions): SizedPanel {
    const panel = new tableSdk.PanelBuilder()
        .title(title)
        .description(options.description)
        .datasource(tempo)
        .targets([traceQuery("A", query)])
        // Leaves room for the duration. The beginning of an ID is enough for a link.
        .overrideByName("Trace ID", [{ id: "custom.width", value: 85 }])
        .overrideByName("Start time", [{ id: "custom.width", value: 160 }])
        .overrideByName("Service", [{ id: "custom.width", value: 100 }])
        .overrideByName("Name", [{ id: "custom.minWidth", value: 100 }])
        .overrideByName("Duration", [{ id: "custom.width", value: 80 }]);
    return { panel, width: options.width ?? 12, height: options.height ?? 10, drilldown: options.drilldown };
}

/** A panel of the type "Flame graph" with CPU time. The query is a label selector of profiles, without braces. */
export function flameGraph(title: string, { query, ...options }: QueryOptions): SizedPanel {
    const panel = new dashboard.PanelBuilder()
        .type("flamegraph")
        .title(title)
        .description(options.description)
        .datasource(pyroscope)
        .targets([profileQuery("A", query, cpuProfile)]);
    return { panel, width: options.width ?? 24, height: options.height ?? 12, drilldown: options.drilldown };
}

/** A panel of the type "Node graph" with the service graph. The query is a label selector of service graph metrics. */
export function nodeGraph(title: string, { query, ...options }: QueryOptions): SizedPanel {
    const panel = new nodeGraphSdk.PanelBuilder()
        .title(title)
        .description(options.description)
        .datasource(tempo)
        .targets([traceQuery("A", query, "serviceMap")]);
    return { panel, width: options.width ?? 24, height: options.height ?? 16, drilldown: options.drilldown };
}

/** Log entries arrive in batches, which rates over shorter intervals would show. */
function minInterval({ queries }: NumericOptions): string {
    return queries === undefined ? "30s" : "";
}

function dataSourceOf({ queries }: NumericOptions) {
    return queries === undefined ? loki : mimir;
}

function queriesOf(
    { queries, logQueries = {} }: NumericOptions,
    options: { exemplars?: boolean; instant?: boolean },
): Query[] {
    return queries === undefined
        ? Object.entries(logQueries).map(([legend, expr], index) => logQuery(refId(index), expr, legend, options))
        : Object.entries(queries).map(([legend, expr], index) => metricQuery(refId(index), expr, legend, options));
}

function refId(index: number): string {
    return String.fromCharCode("A".charCodeAt(0) + index);
}
