import type { Setting } from "./tree";

/** The default of a setting in words: one value, or one for each profile. Undefined for a required setting and for a map of settings. */
export function defaultText({ computed, defaults }: Setting, show: (value: unknown) => string): string | undefined {
    if (computed !== undefined) {
        return computed;
    }
    if (defaults === undefined) {
        return undefined;
    }
    const [dev, prod] = [show(defaults.dev), show(defaults.prod)];
    return dev === prod ? dev : `dev ${dev}, prod ${prod}`;
}

/** A value in words: "none" for an empty list or map. */
export function showValue(value: unknown): string {
    const empty = typeof value === "object" && value !== null && Object.keys(value).length === 0;
    return empty ? "none" : typeof value === "string" ? value : JSON.stringify(value);
}
