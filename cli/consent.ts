import { createInterface } from "readline/promises";

/**
 * Asks whether to go on.
 *
 * @param yes the answer has been given on the command line.
 * @throws Error when there is nobody to ask.
 */
export async function consent(question: string, yes: boolean): Promise<boolean> {
    if (yes) {
        return true;
    }
    if (!process.stdin.isTTY) {
        throw new Error(`${question} There is no terminal to ask at; say --yes to go on`);
    }
    const terminal = createInterface({ input: process.stdin, output: process.stdout });
    try {
        return /^y(es)?$/i.test((await terminal.question(`${question} [y/N] `)).trim());
    } finally {
        terminal.close();
    }
}
