// Prints what a comment shows of a file: node .ci/comment.mjs TITLE FILE WHERE, with WHERE the whole of the file can be read.
import { readFileSync } from "fs";

// GitHub takes 65,536; the rest is for what stands around it.
const most = 65000;
const [title, file, where] = process.argv.slice(2);
const text = readFileSync(file, "utf8").trimEnd();
// Longer than any fence in the text.
const fence = "~".repeat(Math.max(3, ...(text.match(/~+/g) ?? []).map(({ length }) => length + 1)));
const comment = (shown, note = "") => `## ${title}\n${note}\n${fence}diff\n${shown}\n${fence}\n`;

function cut() {
    const note = `\n**Cut here, as a comment holds no more. The whole is in ${where}.**\n`;
    const shown = text.slice(0, most - comment("", note).length);
    // At the end of a line, so that no key and no character is halved.
    return comment(shown.slice(0, shown.lastIndexOf("\n") + 1), note);
}

const whole = comment(text);
process.stdout.write(whole.length <= most ? whole : cut());
