import * as pulumi from "@pulumi/pulumi";

/** Invalid settings. The message lists all mistakes, one sentence each. Nothing has been created. */
export class SettingsError extends pulumi.RunError {
    /** The message with all allowed keys and values for each unknown one. */
    readonly verboseMessage: string;

    constructor(
        /** One sentence for each mistake. */
        readonly mistakes: string[],
        {
            source = "The settings",
            verboseMistakes = mistakes,
            unchecked = [],
        }: {
            /** Where the settings come from, such as "Pulumi.dev.yaml". */
            source?: string;
            /** The same sentences, with all allowed keys and values. */
            verboseMistakes?: string[];
            /** Keys whose relation to other keys was not checked, because those have mistakes. */
            unchecked?: string[];
        } = {},
    ) {
        const message = (sentences: string[]) => {
            const verb = source === "The settings" ? "have" : "has";
            const count = sentences.length === 1 ? "a mistake" : `${sentences.length} mistakes`;
            const list = sentences.map((line) => `  - ${line}`).join("\n");
            const rest = `These keys depend on keys with mistakes, and were not checked completely: ${unchecked.join(", ")}.`;
            return `${source} ${verb} ${count}; nothing was created.\n${list}${unchecked.length > 0 ? `\n${rest}` : ""}`;
        };
        super(message(mistakes));
        this.verboseMessage = message(verboseMistakes);
    }
}
