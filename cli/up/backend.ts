import { randomBytes } from "crypto";
import * as fs from "fs";
import * as os from "os";
import * as path from "path";
import { load } from "js-yaml";

/** Where Pulumi keeps the state of stacks. */
export interface Backend {
    /** For people. */
    name: string;
    /** Environment of every Pulumi command. */
    env: Record<string, string>;
    /** What a shell needs before `pulumi` by hand, run in the project's folder, works on the same state; undefined: nothing. */
    shell?: string;
}

type Environment = Record<string, string | undefined>;

const passphraseFile = path.join(".pulumi", "passphrase");

/**
 * The backend that Pulumi is told of or logged in to, or else the project's own folder .pulumi. The folder's secrets are
 * encrypted with a passphrase that is made once and kept beside the state, unless the environment has one.
 *
 * @param stackFile Pulumi.STACK.yaml.
 * @throws Error where the stack file was encrypted with a passphrase that is not here.
 */
export function chooseBackend(stackFile: string, env: Environment = process.env): Backend {
    const known = knownBackend(env);
    if (known !== undefined) {
        return { name: known, env: {} };
    }
    const folder = process.cwd();
    fs.mkdirSync(path.join(folder, ".pulumi"), { recursive: true });
    const url = { PULUMI_BACKEND_URL: `file://${folder}` };
    const name = `the folder .pulumi in ${folder}`;
    const shell = "export PULUMI_BACKEND_URL=file://.";
    if (env["PULUMI_CONFIG_PASSPHRASE"] !== undefined || env["PULUMI_CONFIG_PASSPHRASE_FILE"] !== undefined) {
        return { name, env: url, shell };
    }
    keepPassphrase(path.join(folder, passphraseFile), stackFile);
    return {
        name,
        env: { ...url, PULUMI_CONFIG_PASSPHRASE_FILE: path.join(folder, passphraseFile) },
        shell: `${shell} PULUMI_CONFIG_PASSPHRASE_FILE=${passphraseFile}`,
    };
}

/** In the order in which Pulumi itself looks. */
function knownBackend(env: Environment): string | undefined {
    const { backend } = load(fs.readFileSync("Pulumi.yaml", "utf8")) as { backend?: { url?: string } };
    return (
        (env["PULUMI_BACKEND_URL"] || undefined) ??
        backend?.url ??
        loggedIn(env) ??
        (env["PULUMI_ACCESS_TOKEN"] ? "Pulumi Cloud" : undefined)
    );
}

function loggedIn(env: Environment): string | undefined {
    const home = env["PULUMI_CREDENTIALS_PATH"] ?? env["PULUMI_HOME"] ?? path.join(os.homedir(), ".pulumi");
    const file = path.join(home, "credentials.json");
    if (!fs.existsSync(file)) {
        return undefined;
    }
    const { current } = JSON.parse(fs.readFileSync(file, "utf8")) as { current?: string };
    return current || undefined;
}

/** Makes the passphrase, unless it is there. */
function keepPassphrase(file: string, stackFile: string): void {
    if (fs.existsSync(file)) {
        return;
    }
    const stack = load(fs.readFileSync(stackFile, "utf8")) as { encryptionsalt?: string } | null;
    if (stack?.encryptionsalt !== undefined) {
        throw new Error(
            `${stackFile} has an "encryptionsalt" that belongs to a passphrase, and there is none here: set PULUMI_CONFIG_PASSPHRASE ` +
                `to it, or log in to the backend that has the stack; if the stack is gone, remove the line and all that is encrypted with it`,
        );
    }
    fs.writeFileSync(file, `${randomBytes(24).toString("base64url")}\n`, { mode: 0o600, flag: "wx" });
}
