import * as path from "path";
import type { Profile } from "../profile";
import { packageRoot } from "./package-root";
import { readYamlMap } from "./yaml";

/** Helm values: a tree of maps, lists and scalars. */
export interface HelmValues {
    [key: string]: any;
}

/**
 * Merges Helm values. Later values have priority: maps are merged, lists and scalars are replaced, and undefined has no effect.
 * null replaces a value and is kept, because Helm then removes the default of the chart. The inputs are not changed.
 */
export function mergeValues(...layers: (HelmValues | undefined)[]): HelmValues {
    return layers.reduce<HelmValues>((below, layer) => (layer === undefined ? below : merge(below, layer)), {});
}

function merge(below: HelmValues, above: HelmValues): HelmValues {
    const keys = new Set([...Object.keys(below), ...Object.keys(above)]);
    return Object.fromEntries([...keys].map((key) => [key, mergeValue(own(below, key), own(above, key))]));
}

function mergeValue(below: unknown, above: unknown): unknown {
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

/** Whether a value is a map with keys, not a list or an object of a class. */
export function isMap(value: unknown): value is HelmValues {
    return (
        typeof value === "object" && value !== null && [Object.prototype, null].includes(Object.getPrototypeOf(value))
    );
}

/** Releases whose values are those of another release, with their own file in base/ merged on top. */
const sameAs: Record<string, string> = { "alloy-kafka": "alloy-singleton" };

/** The values of a component in values/: those in base/, with those of the profile merged on top. */
export function packagedValues(component: string, profile: Profile): HelmValues {
    const other = sameAs[component];
    return other === undefined
        ? mergeValues(readValues("base", component), readValues(profile, component))
        : mergeValues(packagedValues(other, profile), readValues("base", component));
}

// Values files do not change while a program runs, and merging copies their content.
const valuesFiles = new Map<string, HelmValues>();

function readValues(layer: string, component: string): HelmValues {
    const file = path.join(packageRoot, "values", layer, `${component}.yaml`);
    const values = valuesFiles.get(file) ?? readYamlMap(file);
    valuesFiles.set(file, values);
    return values;
}

/** Escapes a text that a chart evaluates as a Helm template, so that the result is the original text. */
export function escapeTemplate(text: string): string {
    return text.replace(/\{\{/g, '{{ "{{" }}');
}
