import { execFile } from "child_process";
import { promisify } from "util";

const execute = promisify(execFile);

/** How crane is called. */
export interface CraneOptions {
    /** The platform of the images, such as "linux/amd64", or "all". */
    platform: string;
    /** Whether the registry has no TLS. */
    insecure: boolean;
}

/** @throws Error if crane is not on the PATH. */
export async function requireCrane(): Promise<void> {
    try {
        await execute("crane", ["version"], { env: process.env });
    } catch (error) {
        throw new Error(
            "crane is not on the PATH, but it copies the images; install it from https://github.com/google/go-containerregistry/releases",
            { cause: error },
        );
    }
}

/** The digest of an image. Undefined if the registry does not have the image. @throws Error with the message of crane. */
export async function imageDigest(image: string, options: CraneOptions): Promise<string | undefined> {
    try {
        return (await crane("digest", [image], options)).trim();
    } catch (error) {
        if (/MANIFEST_UNKNOWN|NAME_UNKNOWN|404 Not Found/.test((error as Error).message)) {
            return undefined;
        }
        throw error;
    }
}

/** Downloads an image to a folder as an OCI image layout. */
export async function pullImage(image: string, folder: string, options: CraneOptions): Promise<void> {
    await crane("pull", ["--format", "oci", image, folder], options);
}

/** Uploads an image from an OCI image layout. */
export async function pushImage(folder: string, image: string, options: CraneOptions): Promise<void> {
    await crane("push", [folder, image], options);
}

/** Copies an image from one registry to another. */
export async function copyImage(from: string, to: string, options: CraneOptions): Promise<void> {
    await crane("copy", [from, to], options);
}

async function crane(command: string, args: string[], { platform, insecure }: CraneOptions): Promise<string> {
    const options = [...(platform === "all" ? [] : ["--platform", platform]), ...(insecure ? ["--insecure"] : [])];
    try {
        const { stdout } = await execute("crane", [command, ...options, ...args], { env: process.env });
        return stdout;
    } catch (error) {
        const { stderr, message } = error as { stderr?: string; message: string };
        const reason = (stderr ?? message).trim().split("\n").at(-1) ?? message;
        const login = /UNAUTHORIZED|401|DENIED|403/.test(reason) ? "; log in with: crane auth login REGISTRY" : "";
        throw new Error(`crane could not ${command} ${args.join(" ")}: ${reason.replace(/^Error: /, "")}${login}`, {
            cause: error,
        });
    }
}
