/** Replaces a variable whose value is not known. */
export const placeholder = "__any__";

/** Global variables of Grafana with valid example values. */
const builtIn: Record<string, string> = {
    __rate_interval: "5m",
    __interval: "1m",
    __auto: "1m",
    __range: "1h",
    __interval_ms: "60000",
    __range_s: "3600",
    __range_ms: "3600000",
    __from: "1700000000000",
    __to: "1700003600000",
};

/** A query with replaced variables, and the names of these variables. */
export interface Interpolated {
    text: string;
    used: string[];
}

/**
 * Replaces the variables of a query by values.
 *
 * @param values Values by name. Other variables get the placeholder.
 */
export function interpolate(text: string, values: Readonly<Record<string, string>> = {}): Interpolated {
    const used: string[] = [];
    const interpolated = text.replace(
        /\$\{(\w+)(?:\.[\w.]+)?(?::[^}]*)?\}|\$(\w+)|\[\[(\w+)(?::\w+)?\]\]/g,
        (whole, braced?: string, plain?: string, bracketed?: string) => {
            const name = braced ?? plain ?? bracketed ?? "";
            // $1 is a capture group of a regular expression.
            if (/^\d+$/.test(name)) {
                return whole;
            }
            used.push(name);
            return builtIn[name] ?? values[name] ?? placeholder;
        },
    );
    return { text: interpolated, used: [...new Set(used)].filter((name) => !name.startsWith("__")) };
}
