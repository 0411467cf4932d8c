import { execFile } from "child_process";
import { createHash } from "crypto";
import * as fs from "fs";
import * as path from "path";
import { pipeline } from "stream/promises";
import { promisify } from "util";
import { helmPull } from "../helm";
import { chartFile, type RemoteChart } from "./content";

const execute = promisify(execFile);

/** The SHA-256 checksum of a file. */
export async function fileDigest(file: string): Promise<string> {
    const hash = createHash("sha256");
    await pipeline(fs.createReadStream(file), hash);
    return `sha256:${hash.digest("hex")}`;
}

/** Downloads the package of a chart to a folder, or copies it from a folder. Does nothing if the folder has it. */
export async function pullChart(chart: RemoteChart, folder: string): Promise<void> {
    const target = path.join(folder, chartFile(chart));
    if (fs.existsSync(target)) {
        return;
    }
    fs.mkdirSync(folder, { recursive: true });
    if (fs.existsSync(chart.source.chart)) {
        fs.copyFileSync(chart.source.chart, target);
    } else {
        await helmPull(chart, folder);
    }
}

/** Uploads the package of a chart to a registry. @param registry without a scheme, with the path of the charts. */
export async function pushChart(file: string, registry: string, insecure: boolean): Promise<void> {
    await helm(["push", file, `oci://${registry}`, ...(insecure ? ["--plain-http"] : [])]);
}

/** The checksum of a chart in a registry. Undefined if the registry does not have it. */
export async function remoteChartDigest(
    { chart, version }: Pick<RemoteChart, "chart" | "version">,
    registry: string,
    insecure: boolean,
    folder: string,
): Promise<string | undefined> {
    try {
        const options = ["--version", version, "--destination", folder, ...(insecure ? ["--plain-http"] : [])];
        await helm(["pull", `oci://${registry}/${chart}`, ...options]);
    } catch (error) {
        if (/not found|404|MANIFEST_UNKNOWN|NAME_UNKNOWN/i.test((error as Error).message)) {
            return undefined;
        }
        throw error;
    }
    return fileDigest(path.join(folder, `${chart}-${version}.tgz`));
}

async function helm(args: string[]): Promise<void> {
    try {
        await execute("helm", args, { env: process.env });
    } catch (error) {
        const { stderr, message } = error as { stderr?: string; message: string };
        const reason = (stderr ?? message).trim();
        const login = /unauthorized|denied|401|403/i.test(reason) ? "; log in with: helm registry login REGISTRY" : "";
        throw new Error(`helm could not ${args.slice(0, 2).join(" ")}: ${reason}${login}`, { cause: error });
    }
}
