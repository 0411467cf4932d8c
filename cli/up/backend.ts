import { randomBytes } from "crypto";
import * as fs from "fs";
import * as os from "os";
import * as path from "path";
import { load } from "js-yaml";

/** The Pulumi backend: where the state of stacks is stored. */
export interface Backend {
    /** For messages. */
    name: string;
    /** Environment variables for every Pulumi command. */
    env: Record<string, string>;
    /** Shell commands after which `pulumi` in the folder of the project uses the same state. Undefined if none is necessary. */
    shell?: string;
}

/**
 * Adds the shell command that finds the Pulumi CLI, if it was downloaded to the folder of the project.
 *
 * @param command the CLI: a path, or "pulumi" if it is on the PATH.
 */
export function withCli(backend: Backend, command: string): Backend {
    if (!path.isAbsolute(command)) {
        return backend;
    }
    const folder = path.relative(process.cwd(), path.dirname(command));
    const commands = [`export PATH="$PWD/${folder}:$PATH"`, backend.shell];
    return { ...backend, shell: commands.filter((line) => line !== undefined).join("\n  ") };
}

/** The end of a message that tells the user to run a command of Pulumi. Empty if `pulumi` works without preparation. */
export function pulumiHint({ shell }: Backend): string {
    return shell === undefined ? "" : `\nBefore you use pulumi, run:\n  ${shell}`;
}

type Environment = Record<string, string | undefined>;

const passphraseFile = path.join(".pulumi", "passphrase");

/**
 * Selects the backend: the one that Pulumi is configured for or logged in to, or otherwise the folder .pulumi of the project. In this folder,
 * secrets are encrypted with the passphrase from the environment, or with a generated one in .pulumi/passphrase.
 *
 * @param stackFile path of Pulumi.STACK.yaml.
 * @throws Error if the stack file was encrypted with an unknown passphrase.
 */
export function chooseBackend(stackFile: string, env: Environment = process.env): Backend {
    const configured = configuredBackend(env);
    if (configured !== undefined) {
        return { name: configured, env: {} };
    }
    const folder = process.cwd();
    fs.mkdirSync(path.join(folder, ".pulumi"), { recursive: true });
    const url = { PULUMI_BACKEND_URL: `file://${folder}` };
    const name = `the folder ${path.join(folder, ".pulumi")}`;
    const shell = "export PULUMI_BACKEND_URL=file://.";
    if (env["PULUMI_CONFIG_PASSPHRASE"] !== undefined || env["PULUMI_CONFIG_PASSPHRASE_FILE"] !== undefined) {
        return { name, env: url, shell };
    }
    createPassphrase(path.join(folder, passphraseFile), stackFile);
    return {
        name,
        env: { ...url, PULUMI_CONFIG_PASSPHRASE_FILE: path.join(folder, passphraseFile) },
        shell: `${shell} PULUMI_CONFIG_PASSPHRASE_FILE=${passphraseFile}`,
    };
}

/** Uses the same order as Pulumi. */
function configuredBackend(env: Environment): string | undefined {
    const { backend } = load(fs.readFileSync("Pulumi.yaml", "utf8")) as { backend?: { url?: string } };
    return (
        (env["PULUMI_BACKEND_URL"] || undefined) ??
        backend?.url ??
        currentLogin(env) ??
        (env["PULUMI_ACCESS_TOKEN"] ? "Pulumi Cloud" : undefined)
    );
}

function currentLogin(env: Environment): string | undefined {
    const home = env["PULUMI_CREDENTIALS_PATH"] ?? env["PULUMI_HOME"] ?? path.join(os.homedir(), ".pulumi");
    const file = path.join(home, "credentials.json");
    if (!fs.existsSync(file)) {
        return undefined;
    }
    const { current } = JSON.parse(fs.readFileSync(file, "utf8")) as { current?: string };
    return current || undefined;
}

/** Creates the file with the passphrase if it does not exist. */
function createPassphrase(file: string, stackFile: string): void {
    if (fs.existsSync(file)) {
        return;
    }
    const stack = load(fs.readFileSync(stackFile, "utf8")) as { encryptionsalt?: string } | null;
    if (stack?.encryptionsalt !== undefined) {
        throw new Error(
            `${stackFile} has an "encryptionsalt", but the passphrase for it is unknown; set PULUMI_CONFIG_PASSPHRASE, ` +
                `or log in to the backend that stores the stack. If the stack no longer exists, remove this line and all encrypted values`,
        );
    }
    fs.writeFileSync(file, `${randomBytes(24).toString("base64url")}\n`, { mode: 0o600, flag: "wx" });
}
