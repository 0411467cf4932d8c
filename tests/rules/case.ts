import { constant, perSecond, type Series, series, seriesOf, stackLabels, value } from "./series";

/** Series for which an alert fires, with its labels and summary, and series for which it is silent, in the notation of promtool. */
export interface Case {
    /** Time at which the alert is checked, after the first sample. */
    after: string;
    /** Time between samples and between evaluations. Default: 1m. Cases that simulate hours use a longer one, to save time. */
    interval?: string;
    fires: Series;
    /** Other series for which it fires, with the summary that they give. Default: none. */
    alsoFires?: { series: Series; summary: string };
    /** Labels of the alert other than its name and severity. */
    labels: Record<string, string>;
    summary: string;
    /** Series that are similar but healthy, or undefined for an alert that always fires. */
    silent: Series | undefined;
}

/** The cases of a group, by alert. */
export type Cases = Record<string, Case>;

/** A counter of failures that increases. `byLabels` are the labels of the alert. */
export function increasingCounter(
    metric: string,
    labels: Record<string, string>,
    byLabels: string[],
    summary: string,
    silent = constant,
): Case {
    const counter = seriesOf(metric, labels);
    const alertLabels = Object.fromEntries(Object.entries(labels).filter(([name]) => byLabels.includes(name)));
    return {
        after: "1h30m",
        fires: { [counter]: perSecond(0.1) },
        labels: { ...stackLabels, ...alertLabels },
        summary,
        silent: { [counter]: silent },
    };
}

/** Three failures within minutes, 15 minutes before the check, such as during a restart of a dependency. */
export const shortBurst = "0x70 0+1x3 3x60";

/** A ratio of two gauges, each with its name and value. `healthyNumerator` is a value for which the alert is silent. */
export function ratio(
    [numerator, numeratorValue]: [metric: string, value: number],
    [denominator, denominatorValue]: [metric: string, value: number],
    labels: Record<string, string>,
    alertLabels: Record<string, string>,
    summary: string,
    healthyNumerator: number,
): Case {
    const total = { [series(denominator, labels)]: value(denominatorValue) };
    return {
        after: "1h",
        fires: { [series(numerator, labels)]: value(numeratorValue), ...total },
        labels: alertLabels,
        summary,
        silent: { [series(numerator, labels)]: value(healthyNumerator), ...total },
    };
}

/** Remote write whose last sent sample is older than the last sample that it read. */
export function remoteWriteBehind(job: string, summary: string): Case {
    const labels = { job, pod: "p" };
    const wanted = seriesOf("prometheus_remote_storage_highest_timestamp_in_seconds", labels);
    const sent = seriesOf("prometheus_remote_storage_queue_highest_sent_timestamp_seconds", {
        ...labels,
        remote_name: "r",
    });
    return {
        after: "1h",
        fires: { [wanted]: "1000+60x300", [sent]: "700+60x300" },
        labels: { ...stackLabels, ...labels },
        summary,
        silent: { [wanted]: "1000+60x300", [sent]: "970+60x300" },
    };
}
