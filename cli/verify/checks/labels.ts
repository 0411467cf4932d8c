import { PermanentError } from "../check";

/** @throws PermanentError that lists the missing labels and the wrong values. */
export function requireLabels(labels: Record<string, string>, expected: Record<string, string>): void {
    const wrong = Object.entries(expected).filter(([name, value]) => labels[name] !== value);
    if (wrong.length > 0) {
        const problems = wrong.map(([name, value]) =>
            labels[name] === undefined
                ? `the label ${name} is missing`
                : `the label ${name} is "${labels[name]}" instead of "${value}"`,
        );
        const existing = Object.keys(labels).sort().join(", ");
        throw new PermanentError(`${problems.join(", ")}; the existing labels are ${existing}`);
    }
}
