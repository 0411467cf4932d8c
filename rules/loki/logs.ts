import type { RuleFile } from "../define";

export default {
    group: "logs",
    about: "What the lines themselves tell.",
    rules: [],
} satisfies RuleFile;
