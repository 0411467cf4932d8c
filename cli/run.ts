import type { Command } from "commander";

/**
 * Runs a command to its end. An error becomes a message without a stack trace.
 *
 * @param failure exit code of an error: 1, unless the command distinguishes "something is wrong" from "the check was not possible".
 */
export async function run(command: () => Promise<void>, failure = 1): Promise<void> {
    try {
        await command();
    } catch (error) {
        console.error(`error: ${error instanceof Error ? error.message : String(error)}`);
        process.exitCode = failure;
    }
}

/** Runs a command with the arguments of the process, if its file was started. A file that imports the command runs it itself. */
export function start(command: Command, file: NodeJS.Module): void {
    if (require.main === file) {
        void command.parseAsync();
    }
}
