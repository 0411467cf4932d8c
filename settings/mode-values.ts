import { valueAt } from "./paths";
import type { Mistake } from "./rule";
import type { CheckedSettings } from "./schema";

/** A Helm value with which a store cannot work in its mode, and why, as the rest of a sentence. */
export interface ImpossibleValue {
    key: string;
    /** Default: every value is wrong. */
    isWrong?: (value: unknown) => boolean;
    why: string;
}

/** The keys that change names of objects. */
export function namingKeys(keys: string[], names: string): ImpossibleValue[] {
    return keys.map((key) => ({ key, why: `would change names on which ${names} depend; remove it` }));
}

/**
 * Helm values of a store that contradict its settings or its mode, or with which it cannot work.
 *
 * @param settingsOfValues the settings for Helm values. Checks, limits and the size of volumes depend on these settings.
 */
export function modeValueMistakes(
    store: "tempo" | "pyroscope",
    { values }: CheckedSettings,
    settingsOfValues: Record<string, string>,
    impossible: ImpossibleValue[],
): Mistake[] {
    const wrong = (key: string, message: string): Mistake => ({
        path: ["values", store, ...key.split(".")],
        message,
        sentence: true,
    });
    const given = (key: string) => valueAt(values[store], key.split("."));
    return [
        ...Object.entries(settingsOfValues)
            .filter(([key]) => given(key) !== undefined)
            .map(([key, setting]) => wrong(key, `has a setting of its own; remove it, and set ${setting}`)),
        ...impossible
            .filter(({ key, isWrong = () => true }) => given(key) !== undefined && isWrong(given(key)))
            .map(({ key, why }) => wrong(key, why)),
    ];
}
