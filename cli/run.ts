/** Runs a command to its end. What goes wrong is a message without a stack trace, and exit code 1. */
export function run(command: () => Promise<void>): void {
    command().catch((error: unknown) => {
        console.error(`error: ${error instanceof Error ? error.message : String(error)}`);
        process.exitCode = 1;
    });
}
