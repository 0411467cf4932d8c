import { execFile } from "child_process";
import * as fs from "fs";
import * as os from "os";
import * as path from "path";
import { promisify } from "util";
import { load } from "js-yaml";
import { compare, prerelease, rcompare, SemVer, valid } from "semver";
import type { ChartPin } from "../../components/helm/pins";
import { chartSource } from "../../components/helm/source";
import { mirrorKind } from "../../validation/urls";

const execute = promisify(execFile);

/** The versions of a chart in a mirror folder, the newest first. */
export function versionsInFolder(name: string, files: string[]): string[] {
    const archives = files.filter((file) => file.startsWith(`${name}-`) && file.endsWith(".tgz"));
    // "grafana-agent-1.0.0.tgz" is not a version of "grafana".
    const versions = archives.map((file) => file.slice(name.length + 1, -".tgz".length)).filter((text) => valid(text));
    return versions.sort(rcompare);
}

/**
 * The versions of a chart that its repository or mirror offers, the newest first. For an OCI registry, which cannot list them with Helm, only
 * the newest ones of all versions, of a major version and of a minor version, and one exact version.
 *
 * @param near the version that is looked for in a registry. Default: the pinned one.
 * @throws Error with the message of Helm if the repository cannot be read.
 */
export async function availableVersions(
    pin: ChartPin,
    mirror: string | undefined,
    near: string = pin.version,
): Promise<string[]> {
    const from = mirror ?? pin.repository ?? "";
    switch (mirrorKind(from)) {
        case "folder":
            return fs.existsSync(from) ? versionsInFolder(pin.name, fs.readdirSync(from)) : [];
        case "repository":
            return versionsInRepository(pin.name, from);
        default:
            return versionsInRegistry(chartSource(pin, mirror).chart, near);
    }
}

// Helm, not fetch(), because it knows proxies, credentials and certificates.
async function versionsInRepository(name: string, repository: string): Promise<string[]> {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "helm-"));
    const env = {
        ...process.env,
        HELM_REPOSITORY_CONFIG: path.join(folder, "repositories.yaml"),
        HELM_REPOSITORY_CACHE: path.join(folder, "cache"),
    };
    try {
        await helm(["repo", "add", "upgrade", repository], env);
        const found = await helm(
            ["search", "repo", `upgrade/${name}`, "--versions", "--devel", "--output", "json"],
            env,
        );
        return (JSON.parse(found) as { name: string; version: string }[])
            .filter((chart) => chart.name === `upgrade/${name}` && valid(chart.version))
            .map(({ version }) => version)
            .sort(rcompare);
    } finally {
        fs.rmSync(folder, { recursive: true, force: true });
    }
}

async function versionsInRegistry(chart: string, near: string): Promise<string[]> {
    const { major, minor } = new SemVer(near);
    const ranges = [">=0.0.0", `^${major}`, `~${major}.${minor}`, near];
    const found: (string | Error)[] = [];
    for (const range of ranges) {
        const shown = helm(["show", "chart", chart, "--version", range], process.env);
        found.push(
            await shown.then(
                (yaml) => (load(yaml) as { version: string }).version,
                (error: Error) => error,
            ),
        );
    }
    const [newest] = found;
    if (newest instanceof Error) {
        throw newest;
    }
    return [...new Set(found.filter((version) => typeof version === "string"))].sort(rcompare);
}

async function helm(args: string[], env: NodeJS.ProcessEnv): Promise<string> {
    try {
        return (await execute("helm", args, { env, maxBuffer: 64 * 2 ** 20 })).stdout;
    } catch (error) {
        const { stderr, message } = error as { stderr?: string; message: string };
        throw new Error((stderr ?? message).trim().split("\n").at(-1) ?? message, { cause: error });
    }
}

/** The newest version. A preliminary version only if the pinned one is preliminary too. */
export function newestVersion(versions: string[], pinned: string): string | undefined {
    const allowed = versions.filter((version) => prerelease(version) === null || prerelease(pinned) !== null);
    return allowed.sort(rcompare)[0];
}

/** The versions nearest to a version that does not exist: the next lower one, the next higher one and the newest one. */
export function nearestVersions(version: string, versions: string[]): string[] {
    const sorted = versions.filter((candidate) => prerelease(candidate) === null).sort(compare);
    const known = valid(version) === null ? "999999.0.0" : version;
    const lower = sorted.filter((candidate) => compare(candidate, known) < 0).at(-1);
    const higher = sorted.find((candidate) => compare(candidate, known) > 0);
    return [...new Set([lower, higher, sorted.at(-1)])].filter((candidate) => candidate !== undefined);
}

/** The sentence for a version that does not exist. */
export function missingVersion(name: string, version: string, source: string, versions: string[]): string {
    const nearest = nearestVersions(version, versions);
    return nearest.length === 0
        ? `${source} has no version of chart ${name}`
        : `chart ${name} ${version} does not exist in ${source}; the nearest ${nearest.length === 1 ? "version is" : "versions are"} ${nearest.join(", ")}`;
}
