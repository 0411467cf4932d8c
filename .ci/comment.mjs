// Prints the text of a pull request comment that contains a file.
// Usage: node .ci/comment.mjs TITLE FILE LINK, where LINK is a Markdown link to the complete file.
import { readFileSync } from "fs";

// GitHub accepts 65,536 characters. The workflow adds a marker.
const maxLength = 65000;
const [title, file, link] = process.argv.slice(2);
const text = readFileSync(file, "utf8").trimEnd();
// The fence must be longer than any fence in the text.
const fence = "~".repeat(Math.max(3, ...(text.match(/~+/g) ?? []).map(({ length }) => length + 1)));
const comment = (content, note = "") => `## ${title}\n${note}\n${fence}diff\n${content}\n${fence}\n`;

function truncated() {
    const note = `\n**The text is truncated, because it exceeds the maximum length of a comment. See ${link} for the complete text.**\n`;
    const start = text.slice(0, maxLength - comment("", note).length);
    // Truncate after a complete line.
    return comment(start.slice(0, start.lastIndexOf("\n") + 1), note);
}

const whole = comment(text);
process.stdout.write(whole.length <= maxLength ? whole : truncated());
