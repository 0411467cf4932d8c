import { Listr } from "listr2";

/** How often a task prints its progress without a terminal. */
const printEverySeconds = 15;

/**
 * Runs a task and shows its title and its progress: as a list on a terminal, otherwise as lines.
 *
 * @throws the error of the task.
 */
export async function withProgress<T>(
    title: string,
    run: (onProgress: (text: string) => void) => Promise<T>,
): Promise<T> {
    if (!process.stdout.isTTY) {
        console.log(title);
        return run(seldom((text) => console.log(`  ${text}`)));
    }
    let result: { value: T } | undefined;
    await new Listr(
        [
            {
                title,
                task: async (_, task) => {
                    result = { value: await run((text) => (task.output = text)) };
                },
                rendererOptions: { persistentOutput: true },
            },
        ],
        { registerSignalListeners: false },
    ).run();
    return (result as unknown as { value: T }).value;
}

/** Limits how often a text is printed. A text that was printed last is not repeated. */
export function seldom(print: (text: string) => void, now: () => number = Date.now): (text: string) => void {
    let last = { text: "", time: -Infinity };
    return (text) => {
        if (text !== "" && text !== last.text && now() - last.time >= printEverySeconds * 1000) {
            last = { text, time: now() };
            print(text);
        }
    };
}
