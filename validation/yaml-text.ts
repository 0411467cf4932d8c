/** Spellings that YAML 1.1, which Helm uses, does not read as a string unless they are quoted. */
const otherTypes: [string, RegExp[]][] = [
    ["a boolean", [/^(y|n|yes|no|on|off|true|false)$/i]],
    ["null", [/^(null|~|)$/i]],
    [
        "a number",
        [
            // Decimal numbers, such as "123", "1.5" and "1e5".
            /^[-+]?(\d+(\.\d*)?|\.\d+)(e[-+]?\d+)?$/i,
            /^[-+]?0(x[\da-f]+|o?[0-7]+|b[01]+)$/i,
        ],
    ],
    // Dates, such as "2026-01-31".
    ["a date", [/^\d{4}-\d{1,2}-\d{1,2}$/]],
];

/** The type as which YAML reads a word without quotes, such as "a number". undefined for a string. */
export function otherTypeOf(word: string): string | undefined {
    return otherTypes.find(([, forms]) => forms.some((form) => form.test(word)))?.[0];
}
