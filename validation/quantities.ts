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

const sizeForm = 'a Kubernetes quantity above 0 such as "512Mi", "10Gi" or "1Ti"';

/**
 * Checks the size of a volume: at least one byte, without the suffix "m".
 *
 * @returns what the size must be, or undefined if it is valid.
 */
export function sizeMistake(text: unknown): string | undefined {
    const size = typeof text === "string" ? text : "";
    if (isSize(size)) {
        return undefined;
    }
    const [, number, prefix] = /^(\d+(?:\.\d+)?) ?([KMGTPE])i?B?$/i.exec(size) ?? [];
    if (number !== undefined && prefix !== undefined && Number(number) > 0) {
        const letter = prefix.toUpperCase();
        return `${sizeForm}. Did you mean "${number}${letter}i" or "${number}${letter === "K" ? "k" : letter}"?`;
    }
    return quantityValue(size) !== undefined && size.endsWith("m")
        ? `${sizeForm}; the suffix "m" means a thousandth of a byte, and "M" or "Mi" a million bytes`
        : sizeForm;
}

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

/** Whether a string is a valid size of a volume: at least one byte, without the suffix "m". */
export function isSize(text: string): boolean {
    const bytes = quantityValue(text);
    return bytes !== undefined && bytes >= 1 && !text.endsWith("m");
}
