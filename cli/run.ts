/**
 * Runs a command to its end. What goes wrong is a message without a stack trace.
 *
 * @param failure exit code when it goes wrong, 1 unless the command tells "found something" from "could not look".
 */
export function run(command: () => Promise<void>, failure = 1): void {
    command().catch((error: unknown) => {
        console.error(`error: ${error instanceof Error ? error.message : String(error)}`);
        process.exitCode = failure;
    });
}
