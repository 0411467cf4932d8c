/** Spellings that YAML 1.1, which Helm uses, does not read as a text unless they are quoted. */
const otherTypes = [
    /^(y|n|yes|no|on|off|true|false|null|~|)$/i,
    // Decimal numbers, such as "123", "1.5" and "1e5".
    /^[-+]?(\d+(\.\d*)?|\.\d+)(e[-+]?\d+)?$/i,
    /^[-+]?0(x[\da-f]+|o?[0-7]+|b[01]+)$/i,
    // Dates, such as "2026-01-31".
    /^\d{4}-\d{1,2}-\d{1,2}$/,
];

/** Whether YAML reads a word as a text even without quotes. */
export function isYamlText(word: string): boolean {
    return !otherTypes.some((form) => form.test(word));
}
