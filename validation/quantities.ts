const suffixFactors: Record<string, number> = {
    "": 1,
    m: 1e-3,
    k: 1e3,
    M: 1e6,
    G: 1e9,
    T: 1e12,
    P: 1e15,
    E: 1e18,
    Ki: 2 ** 10,
    Mi: 2 ** 20,
    Gi: 2 ** 30,
    Ti: 2 ** 40,
    Pi: 2 ** 50,
    Ei: 2 ** 60,
};

/** Valid sizes, for error messages. */
export const sizeForm = 'a Kubernetes quantity above 0 such as "512Mi", "10Gi" or "1Ti"';

/** Parses a Kubernetes quantity: "500m" is 0.5, "1Gi" is 1073741824. undefined if it is invalid. */
export function quantityValue(text: string): number | undefined {
    const match = /^(\d+(?:\.\d+)?|\.\d+)(m|[kMGTPE]|[KMGTPE]i|e\d+)?$/.exec(text);
    if (!match) {
        return undefined;
    }
    const suffix = match[2] ?? "";
    const factor = /^e\d+$/.test(suffix) ? 10 ** Number(suffix.slice(1)) : suffixFactors[suffix];
    return factor === undefined ? undefined : Number(match[1]) * factor;
}

/** Whether a text is a valid size of a volume: at least one byte, without the suffix "m". */
export function isSize(text: string): boolean {
    const bytes = quantityValue(text);
    return bytes !== undefined && bytes >= 1 && !text.endsWith("m");
}
