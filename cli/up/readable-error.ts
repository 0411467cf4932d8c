import { type Backend, pulumiHint } from "./backend";
import { locksIn } from "./state";

/** Extracts the reason from an error of Pulumi, whose message contains the whole output of the command. */
export function readableError(error: unknown, backend: Backend): Error {
    const { message } = error as Error;
    const cause = { cause: error };
    if (/incorrect passphrase/.test(message)) {
        return new Error(
            "the passphrase is wrong; set PULUMI_CONFIG_PASSPHRASE or PULUMI_CONFIG_PASSPHRASE_FILE to the passphrase that was used to create the stack",
            cause,
        );
    }
    if (/passphrase must be set/.test(message)) {
        return new Error(
            "the secrets of the stack are encrypted, and the passphrase is missing; set PULUMI_CONFIG_PASSPHRASE or PULUMI_CONFIG_PASSPHRASE_FILE",
            cause,
        );
    }
    if (locksIn(message).length > 0) {
        const owners = locksIn(message).map(({ owner, pid }) => `${owner} (process ${pid})`);
        return new Error(
            `the stack is locked by ${[...new Set(owners)].join(", ")}. Another run is probably active: wait until it ends. If this run was killed, remove its lock with \`pulumi cancel\`.${pulumiHint(backend)}`,
            cause,
        );
    }
    // An error of the program is a sentence and a list, one mistake a line.
    const errors = [...message.matchAll(/^ *error: (.+(?:\n +- .+)*)/gm)].flatMap(([, text = ""]) =>
        text.split(/\n +- /).map((line) => line.trim()),
    );
    const reasons = errors.filter((text) => !/^(update|destroy) failed$|client connection is closing/.test(text));
    const text = [...new Set(reasons)].map((line) => `\n  - ${line}`).join("");
    return text === "" ? (error as Error) : new Error(`Pulumi failed:${text}`, cause);
}
