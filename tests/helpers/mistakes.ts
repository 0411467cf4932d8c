import { SettingsError } from "../../settings/error";
import { resolveSettings } from "../../settings/resolve";

/** The mistakes in settings, as sentences. @param prefix prefix of the keys in the sentences, such as "observability:". */
export function mistakesOf(settings: object, prefix = ""): string[] {
    try {
        resolveSettings(settings, prefix);
        return [];
    } catch (error) {
        expect(error).toBeInstanceOf(SettingsError);
        return (error as SettingsError).mistakes;
    }
}

/** Tests that each of the settings has exactly these mistakes. `%s` in the title stands for the description. */
export function testMistakes(
    title: string,
    table: [description: string, settings: object, mistakes: string[]][],
): void {
    test.each(table)(title, (_, settings, expected) => {
        expect(mistakesOf(settings)).toEqual(expected);
    });
}
