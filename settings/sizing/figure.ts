/** What one unit of load needs, with its uncertainty. */
export interface Rate {
    /** The lowest known value. */
    low: number;
    /** The value to plan with. */
    value: number;
    /** The highest known value. */
    high: number;
    /** What the rate is, for the formula: "1 core / 25,000 samples a second". */
    text: string;
    /** Where the values come from. */
    source: string;
}

/** A need that was computed from loads, with its uncertainty, its formula and its sources. */
export interface Figure {
    low: number;
    value: number;
    high: number;
    formula: string;
    sources: string[];
}

/** A load, multiplied by a rate. */
export interface Term {
    /** The load in words: "1,000,000 series in memory". Empty for a constant need. */
    load: string;
    amount: number;
    rate: Rate;
}

/** The sum of loads, each multiplied by its rate. Loads of zero are left out of the formula. */
export function figure(terms: Term[], factor = 1): Figure {
    const present = terms.filter(({ amount }) => amount > 0);
    const total = (side: "low" | "value" | "high") =>
        factor * present.reduce((sum, { amount, rate }) => sum + amount * rate[side], 0);
    const parts = present.map(({ load, rate }) => (load === "" ? rate.text : `${load} × ${rate.text}`)).join(" + ");
    return {
        low: total("low"),
        value: total("value"),
        high: total("high"),
        formula: factor === 1 ? parts : `${formatCount(factor)} × (${parts})`,
        sources: [...new Set(present.map(({ rate }) => rate.source))],
    };
}

/** A term that does not depend on the load. */
export function constant(rate: Rate): Term {
    return { load: "", amount: 1, rate };
}

// A format is expensive to create, and formulas contain many numbers.
const counts = new Intl.NumberFormat("en-US", { maximumSignificantDigits: 3 });

/** A number for people: three significant digits, with thousands separators. */
export function formatCount(value: number): string {
    return counts.format(value);
}
