import { mistakesOf } from "../helpers/mistakes";

/** The mistakes in settings, with the keys of a stack file. */
export const mistakes = (settings: object) => mistakesOf(settings, "observability:");

/** The title of the tests of rejected settings. */
export const rejected = "settings are rejected with key, value and allowed values";

/** Tests that each of the settings has exactly one mistake, whose sentence begins with the given text. */
export function testRejected(table: [description: string, settings: object, beginning: string][]): void {
    describe(rejected, () => {
        test.each(table)("%s", (_, raw, sentence) => {
            const found = mistakes(raw);
            expect(found).toHaveLength(1);
            expect(found[0]?.startsWith(sentence) ? sentence : found[0]).toBe(sentence);
        });
    });
}

/** Tests that each of the settings has no mistakes. */
export function testAccepted(table: [description: string, settings: object][]): void {
    describe("settings are accepted", () => {
        test.each(table)("%s", (_, raw) => {
            expect(mistakes(raw)).toEqual([]);
        });
    });
}
