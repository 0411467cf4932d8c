import * as path from "path";
import type { Profile } from "../profile";
import { packageRoot } from "./package-root";
import { readYamlMap } from "./yaml";

/** Helm values: a tree of maps, lists and scalars. */
export interface HelmValues {
    [key: string]: any;
}

/**
 * Lays trees over each other, later ones on top. Maps merge, lists and scalars replace, undefined leaves what is below.
 * null replaces too, and stays: Helm then deletes the chart's own default. No input is changed.
 */
export function mergeValues(...layers: (HelmValues | undefined)[]): HelmValues {
    return layers.reduce<HelmValues>((below, layer) => (layer === undefined ? below : merge(below, layer)), {});
}

function merge(below: HelmValues, above: HelmValues): HelmValues {
    const keys = new Set([...Object.keys(below), ...Object.keys(above)]);
    return Object.fromEntries([...keys].map((key) => [key, layOver(own(below, key), own(above, key))]));
}

function layOver(below: unknown, above: unknown): unknown {
    if (isMap(above)) {
        return merge(isMap(below) ? below : {}, above);
    }
    return copy(above === undefined ? below : above);
}

function copy(value: unknown): unknown {
    if (Array.isArray(value)) {
        return value.map(copy);
    }
    return isMap(value) ? merge({}, value) : value;
}

function own(map: HelmValues, key: string): unknown {
    return Object.prototype.hasOwnProperty.call(map, key) ? map[key] : undefined;
}

function isMap(value: unknown): value is HelmValues {
    return (
        typeof value === "object" && value !== null && [Object.prototype, null].includes(Object.getPrototypeOf(value))
    );
}

/** The YAML values that this package keeps for a component: what we always want, and over it what a profile needs. */
export function packagedValues(component: string, profile: Profile): HelmValues {
    return mergeValues(readValues("base", component), readValues(profile, component));
}

function readValues(layer: string, component: string): HelmValues {
    return readYamlMap(path.join(packageRoot, "values", layer, `${component}.yaml`));
}

/** A text that a chart puts through Helm's template engine, written so that it comes out as it is. */
export function escapeTemplate(text: string): string {
    return text.replace(/\{\{/g, '{{ "{{" }}');
}
