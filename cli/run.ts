import type { Command } from "commander";
import { SettingsError } from "../settings/error";

interface RunOptions {
    /** Exit code after an error. Commands with several exit codes use a value other than 1. Default: 1. */
    failure?: number;
    /** Whether the error for an unknown setting lists all allowed keys. Default: false. */
    verbose?: boolean;
}

/** Runs a command. Prints an error as a message without a stack trace. */
export async function run(
    command: () => Promise<void> | void,
    { failure = 1, verbose = false }: RunOptions = {},
): Promise<void> {
    try {
        await command();
    } catch (error) {
        console.error(`error: ${messageOf(error, verbose)}`);
        process.exitCode = failure;
    }
}

function messageOf(error: unknown, verbose: boolean): string {
    if (verbose && error instanceof SettingsError) {
        return error.verboseMessage;
    }
    return error instanceof Error ? error.message : String(error);
}

/** Runs a command with the arguments of the process if its file is the main module. Does nothing if the file was imported. */
export function start(command: Command, file: NodeJS.Module): void {
    if (require.main === file) {
        void command.parseAsync();
    }
}
