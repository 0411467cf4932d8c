import * as bargauge from "@grafana/grafana-foundation-sdk/bargauge";
import * as common from "@grafana/grafana-foundation-sdk/common";
import * as dashboard from "@grafana/grafana-foundation-sdk/dashboard";
import * as heatmap from "@grafana/grafana-foundation-sdk/heatmap";
import * as logs from "@grafana/grafana-foundation-sdk/logs";
import * as nodegraph from "@grafana/grafana-foundation-sdk/nodegraph";
import * as stat from "@grafana/grafana-foundation-sdk/stat";
import * as table from "@grafana/grafana-foundation-sdk/table";
import * as timeseries from "@grafana/grafana-foundation-sdk/timeseries";
import type { Placed } from "./board";
import { colour, lossSeries } from "./colours";
import { type Behind, dashboardUrl, link } from "./links";
import { logQuery, metricQuery, profileQuery, type Query, tableQuery, traceQuery } from "./queries";
import { cpuProfile, loki, mimir, pyroscope, tempo } from "./sources";
import type { Unit } from "./units";

/** What every panel says of itself. */
interface Described {
    /** What one sees, and what is normal. */
    about: string;
    /** What its menu leads to. Default: what the dashboard's does. */
    behind?: Behind;
    width?: number;
    height?: number;
}

/** Numbers from Mimir, or from Loki where they are counted from logs. */
interface Numbers extends Described {
    unit: Unit;
    /** PromQL by the legend of what it gives, in which {{label}} stands for a label's value. */
    show?: { [legend: string]: string };
    /** LogQL in the same form. */
    showLogs?: { [legend: string]: string };
    /** Where it becomes worth a look. */
    warnAbove?: number;
    /** Where it hurts. */
    badAbove?: number;
    /** Where too little hurts. */
    badBelow?: number;
}

interface Lines extends Numbers {
    /** On top of each other, where the sum means something. */
    stacked?: boolean;
    /** Default: 0. */
    min?: number;
    max?: number;
    /** Show the traces that were seen with a measurement. Only where the metric is a histogram's buckets or a counter. */
    exemplars?: boolean;
}

/** How something changes over time. */
export function lines(title: string, options: Lines): Placed {
    const { unit, min = 0, max, stacked = false, exemplars = false } = options;
    const panel = new timeseries.PanelBuilder()
        .title(title)
        .description(options.about)
        .datasource(sourceOf(options))
        .targets(queriesOf(options, { exemplars }))
        .unit(unit)
        .min(min)
        .fillOpacity(stacked ? 30 : 10)
        .showPoints(common.VisibilityMode.Never)
        .tooltip(
            new common.VizTooltipOptionsBuilder()
                .mode(common.TooltipDisplayMode.Multi)
                .sort(common.SortOrder.Descending),
        )
        .overrideByRegexp(lossSeries, [{ id: "color", value: { mode: "shades", fixedColor: colour.bad } }]);
    if (max !== undefined) {
        panel.max(max);
    }
    if (stacked) {
        panel.stacking(new common.StackingConfigBuilder().mode(common.StackingMode.Normal));
    }
    if (hasThresholds(options)) {
        panel
            .thresholds(thresholds(options))
            .thresholdsStyle(
                new common.GraphThresholdsStyleConfigBuilder().mode(common.GraphThresholdsStyleMode.Dashed),
            );
    }
    return { panel, width: options.width ?? 8, height: options.height ?? 8, behind: options.behind };
}

/** How much it is now, with how it came to be so. */
export function number(title: string, options: Numbers): Placed {
    const panel = new stat.PanelBuilder()
        .title(title)
        .description(options.about)
        .datasource(sourceOf(options))
        .targets(queriesOf(options, {}))
        .unit(options.unit)
        .reduceOptions(new common.ReduceDataOptionsBuilder().calcs(["lastNotNull"]))
        .graphMode(common.BigValueGraphMode.Area)
        .colorMode(common.BigValueColorMode.Value)
        .thresholds(thresholds(options))
        .noValue("none");
    if (!hasThresholds(options)) {
        panel.colorScheme(fixed(colour.plain));
    }
    return { panel, width: options.width ?? 4, height: options.height ?? 4, behind: options.behind };
}

/** Which has most, as bars. */
export function ranking(title: string, options: Numbers): Placed {
    const panel = new bargauge.PanelBuilder()
        .title(title)
        .description(options.about)
        .datasource(sourceOf(options))
        .targets(queriesOf(options, { instant: true }))
        .unit(options.unit)
        .min(0)
        .reduceOptions(new common.ReduceDataOptionsBuilder().calcs(["lastNotNull"]))
        .orientation(common.VizOrientation.Horizontal)
        .displayMode(common.BarGaugeDisplayMode.Basic)
        .thresholds(thresholds(options))
        .noValue("none");
    return { panel, width: options.width ?? 8, height: options.height ?? 8, behind: options.behind };
}

interface Column {
    /** PromQL that gives one number for each row. */
    show: string;
    unit: Unit;
    warnAbove?: number;
    badAbove?: number;
    badBelow?: number;
}

interface Table extends Described {
    columns: { [title: string]: Column };
    /** The dashboard that a cell of a label leads to, and the variables there that its row's labels fill in. */
    open?: { [label: string]: { dashboard: string; variables: { [variable: string]: string } } };
    /** Column by which the rows are sorted, greatest first. Default: the first. */
    sortBy?: string;
}

/** A row for each of the labels that the columns' numbers have in common. */
export function rows(title: string, { columns, open = {}, ...options }: Table): Placed {
    const titles = Object.keys(columns);
    const refId = (index: number) => String.fromCharCode("A".charCodeAt(0) + index);
    const panel = new table.PanelBuilder()
        .title(title)
        .description(options.about)
        .datasource(mimir)
        .targets(Object.values(columns).map(({ show }, index) => tableQuery(refId(index), show)))
        .withTransformation({ id: "merge", options: {} })
        .withTransformation({
            id: "organize",
            options: {
                excludeByName: { Time: true },
                renameByName: Object.fromEntries(
                    // With one query only, its column has no letter.
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
    for (const [label, { dashboard: uid, variables }] of Object.entries(open)) {
        const values = Object.entries(variables).map(([name, from]) => [name, `\${__data.fields["${from}"]}`]);
        panel.overrideByName(label, [
            {
                id: "links",
                value: [link(`Show this ${label}`, dashboardUrl(uid, Object.fromEntries(values))).build()],
            },
        ]);
    }
    return { panel, width: options.width ?? 12, height: options.height ?? 8, behind: options.behind };
}

/** How durations or sizes are spread. `show` gives a histogram's buckets by `le`. */
export function spread(title: string, { show, unit, ...options }: Described & { show: string; unit: Unit }): Placed {
    const panel = new heatmap.PanelBuilder()
        .title(title)
        .description(options.about)
        .datasource(mimir)
        .targets([metricQuery("A", show, "{{le}}", { heatmap: true, exemplars: true })])
        .calculate(false)
        .yAxis(new heatmap.YAxisConfigBuilder().unit(unit))
        .color(
            new heatmap.HeatmapColorOptionsBuilder()
                .mode(heatmap.HeatmapColorMode.Scheme)
                .scheme("Blues")
                .steps(64)
                .reverse(false),
        );
    return { panel, width: options.width ?? 12, height: options.height ?? 8, behind: options.behind };
}

/** Lines of logs, newest first. */
export function logLines(title: string, { show, ...options }: Described & { show: string }): Placed {
    const panel = new logs.PanelBuilder()
        .title(title)
        .description(options.about)
        .datasource(loki)
        .targets([logQuery("A", show, "")])
        .showTime(true)
        .enableLogDetails(true)
        .wrapLogMessage(true)
        .sortOrder(common.LogsSortOrder.Descending)
        .dedupStrategy(common.LogsDedupStrategy.None);
    return { panel, width: options.width ?? 24, height: options.height ?? 10, behind: options.behind };
}

/** Traces that TraceQL finds, each a link to itself. */
export function traces(title: string, { show, ...options }: Described & { show: string }): Placed {
    const panel = new table.PanelBuilder()
        .title(title)
        .description(options.about)
        .datasource(tempo)
        .targets([traceQuery("A", show)]);
    return { panel, width: options.width ?? 12, height: options.height ?? 10, behind: options.behind };
}

/** Where CPU time goes. `show` is a selector of profiles, without braces. */
export function flameGraph(title: string, { show, ...options }: Described & { show: string }): Placed {
    const panel = new dashboard.PanelBuilder()
        .type("flamegraph")
        .title(title)
        .description(options.about)
        .datasource(pyroscope)
        .targets([profileQuery("A", show, cpuProfile)]);
    return { panel, width: options.width ?? 24, height: options.height ?? 12, behind: options.behind };
}

/** Who calls whom. `show` is a selector of the service graph's metrics. */
export function serviceGraph(title: string, { show, ...options }: Described & { show: string }): Placed {
    const panel = new nodegraph.PanelBuilder()
        .title(title)
        .description(options.about)
        .datasource(tempo)
        .targets([traceQuery("A", show, "serviceMap")]);
    return { panel, width: options.width ?? 24, height: options.height ?? 16, behind: options.behind };
}

function sourceOf({ show }: Numbers) {
    return show === undefined ? loki : mimir;
}

function queriesOf({ show, showLogs }: Numbers, how: { exemplars?: boolean; instant?: boolean }): Query[] {
    const refId = (index: number) => String.fromCharCode("A".charCodeAt(0) + index);
    return show === undefined
        ? Object.entries(showLogs ?? {}).map(([legend, expr], index) => logQuery(refId(index), expr, legend, how))
        : Object.entries(show).map(([legend, expr], index) => metricQuery(refId(index), expr, legend, how));
}

type Limits = Pick<Numbers, "warnAbove" | "badAbove" | "badBelow">;

function hasThresholds({ warnAbove, badAbove, badBelow }: Limits): boolean {
    return (warnAbove ?? badAbove ?? badBelow) !== undefined;
}

function thresholds({ warnAbove, badAbove, badBelow }: Limits): dashboard.ThresholdsConfigBuilder {
    const low = { value: null, color: badBelow === undefined ? colour.good : colour.bad };
    const steps = [
        low,
        ...(badBelow === undefined ? [] : [{ value: badBelow, color: colour.good }]),
        ...(warnAbove === undefined ? [] : [{ value: warnAbove, color: colour.warning }]),
        ...(badAbove === undefined ? [] : [{ value: badAbove, color: colour.bad }]),
    ];
    return new dashboard.ThresholdsConfigBuilder().mode(dashboard.ThresholdsMode.Absolute).steps(steps);
}

function fixed(color: string): dashboard.FieldColorBuilder {
    return new dashboard.FieldColorBuilder().mode(dashboard.FieldColorModeId.Fixed).fixedColor(color);
}
