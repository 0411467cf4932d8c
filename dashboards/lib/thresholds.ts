import * as dashboard from "@grafana/grafana-foundation-sdk/dashboard";
import { colour } from "./colours";

/** Values at which a number changes its colour. */
export interface Thresholds {
    warnAbove?: number;
    criticalAbove?: number;
    criticalBelow?: number;
}

export function hasThresholds({ warnAbove, criticalAbove, criticalBelow }: Thresholds): boolean {
    return (warnAbove ?? criticalAbove ?? criticalBelow) !== undefined;
}

/** Colours of a number: from each value on, the number has the colour. */
export function thresholds(values: Thresholds): dashboard.ThresholdsConfigBuilder {
    const { criticalBelow } = values;
    return steps([
        { value: null, color: criticalBelow === undefined ? colour.ok : colour.critical },
        ...(criticalBelow === undefined ? [] : [{ value: criticalBelow, color: colour.ok }]),
        ...upperSteps(values),
    ]);
}

/** Lines in a time series. A line has the colour of the problem on its other side. */
export function thresholdLines(values: Thresholds): dashboard.ThresholdsConfigBuilder {
    const { criticalBelow } = values;
    return steps([
        { value: null, color: colour.ok },
        ...(criticalBelow === undefined ? [] : [{ value: criticalBelow, color: colour.critical }]),
        ...upperSteps(values),
    ]);
}

function upperSteps({ warnAbove, criticalAbove }: Thresholds): dashboard.Threshold[] {
    return [
        ...(warnAbove === undefined ? [] : [{ value: warnAbove, color: colour.warning }]),
        ...(criticalAbove === undefined ? [] : [{ value: criticalAbove, color: colour.critical }]),
    ];
}

function steps(list: dashboard.Threshold[]): dashboard.ThresholdsConfigBuilder {
    return new dashboard.ThresholdsConfigBuilder().mode(dashboard.ThresholdsMode.Absolute).steps(list);
}
