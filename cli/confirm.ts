import { createInterface } from "readline/promises";

/**
 * Asks a question with the answers yes and no.
 *
 * @param yes whether --yes or a similar option already answers the question.
 * @throws Error if there is no terminal for the question.
 */
export async function confirm(question: string, yes = false): Promise<boolean> {
    if (yes) {
        return true;
    }
    if (!process.stdin.isTTY) {
        throw new Error(`${question} Confirmation is required, but there is no terminal; use --yes to confirm`);
    }
    const terminal = createInterface({ input: process.stdin, output: process.stdout });
    try {
        return /^y(es)?$/i.test((await terminal.question(`${question} [y/N] `)).trim());
    } finally {
        terminal.close();
    }
}
