import type { Command } from "commander";

/**
 * Runs a command. Prints an error as a message without a stack trace.
 *
 * @param failure exit code after an error. Commands with several exit codes use a value other than 1.
 */
export async function run(command: () => Promise<void> | void, failure = 1): Promise<void> {
    try {
        await command();
    } catch (error) {
        console.error(`error: ${error instanceof Error ? error.message : String(error)}`);
        process.exitCode = failure;
    }
}

/** Runs a command with the arguments of the process if its file is the main module. Does nothing if the file was imported. */
export function start(command: Command, file: NodeJS.Module): void {
    if (require.main === file) {
        void command.parseAsync();
    }
}
