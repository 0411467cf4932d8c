/** Stands in a query where Grafana puts the value of a variable, which is not known here. */
export const placeholder = "__any__";

/** Variables that every dashboard has, with values of the right form. */
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

/** A query without variables, and the names of those that it had. */
export interface Filled {
    text: string;
    used: string[];
}

/**
 * Puts values in place of variables: of its own where one is given, otherwise what fits the place.
 *
 * @param values of variables that may stand where a text cannot, such as the name of a label.
 */
export function fillVariables(text: string, values: Readonly<Record<string, string>> = {}): Filled {
    const used: string[] = [];
    const filled = text.replace(
        /\$\{(\w+)(?:\.[\w.]+)?(?::[^}]*)?\}|\$(\w+)|\[\[(\w+)(?::\w+)?\]\]/g,
        (whole, braced?: string, plain?: string, bracketed?: string) => {
            const name = braced ?? plain ?? bracketed ?? "";
            // $1 is a group of a regular expression.
            if (/^\d+$/.test(name)) {
                return whole;
            }
            used.push(name);
            return builtIn[name] ?? values[name] ?? placeholder;
        },
    );
    return { text: filled, used: [...new Set(used)].filter((name) => !name.startsWith("__")) };
}
