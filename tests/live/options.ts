/** The value of an option on the command line. Undefined if the option is missing. @throws Error if it has no value. */
export function textOption(name: string): string | undefined {
    const index = process.argv.indexOf(`--${name}`);
    const value = index < 0 ? undefined : process.argv[index + 1];
    if (index >= 0 && (value === undefined || value.startsWith("--"))) {
        throw new Error(`--${name} needs a value`);
    }
    return value;
}

/** The numbers of an option such as `--services 1,10,100`. Empty if the option is missing. @throws Error if one is not a whole number above 0. */
export function listOption(name: string): number[] {
    return (textOption(name)?.split(",") ?? []).map((text) => {
        if (!/^[1-9]\d*$/.test(text)) {
            throw new Error(
                `--${name} must be whole numbers above 0, separated by commas, such as 10,100; found "${text}"`,
            );
        }
        return Number(text);
    });
}
