import * as fs from "fs";
import * as path from "path";
import { mirrorForm, mirrorKind } from "../../validation/urls";
import { packageRoot } from "./package-root";
import { type ChartPin, pins } from "./pins";

/** Location of a chart, as inputs of helm.v4.Chart. */
export interface ChartSource {
    chart: string;
    version?: string;
    repositoryOpts?: { repo: string };
}

/**
 * The location of a chart: its repository, or the mirror that replaces all repositories. A mirror is a folder of
 * `NAME-VERSION.tgz` files, an OCI registry (`oci://…`) or a Helm repository (`https://…`).
 *
 * @throws Error if the mirror is invalid, or a local folder has the name of the chart.
 */
export function chartSource(pin: ChartPin, mirror: string | undefined): ChartSource {
    if (pin.repository === undefined) {
        return { chart: relativePath(path.join(packageRoot, "charts", pin.name)) };
    }
    const from = mirror ?? pin.repository;
    switch (mirrorKind(from)) {
        case "repository":
            checkLocalFolder(pin.name);
            return { chart: pin.name, version: pin.version, repositoryOpts: { repo: from } };
        case "registry":
            return { chart: `${from.replace(/\/+$/, "")}/${pin.name}`, version: pin.version };
        case "folder":
            return { chart: relativePath(path.resolve(from, archiveName(pin))) };
        default:
            // Without the value, because it can contain a password.
            throw new Error(`the chart mirror must be ${mirrorForm}`);
    }
}

/**
 * The charts that are missing in a mirror folder, one sentence for each, with the command to download it. Empty for other kinds of
 * mirrors.
 *
 * @param required the charts that the folder must have. Default: all charts.
 */
export function mirrorMistakes(mirror: string | undefined, required: ChartPin[] = Object.values(pins)): string[] {
    const remote = required.filter(({ repository }) => repository !== undefined);
    if (remote.length === 0 || mirror === undefined || mirrorKind(mirror) !== "folder") {
        return [];
    }
    if (!fs.existsSync(mirror)) {
        const pulls = remote.map((pin) => `      ${pullCommand(pin, mirror)}`).join("\n");
        return [`the chart mirror ${mirror} does not exist; create the folder and download the charts:\n${pulls}`];
    }
    const missing = remote.filter((pin) => !fs.existsSync(path.join(mirror, archiveName(pin))));
    return missing.map(
        (pin) => `the chart mirror ${mirror} has no ${archiveName(pin)}; download it with: ${pullCommand(pin, mirror)}`,
    );
}

/** Returns the name, the version and the repository of the chart at a location. It is the inverse of {@link chartSource}. */
export function describeSource(source: ChartSource): { chart: string; version: string; repository: string } {
    const base = path.basename(source.chart);
    const pin = Object.values<ChartPin>(pins).find(
        (candidate) => base === candidate.name || base === archiveName(candidate),
    );
    const folder = path.dirname(source.chart);
    return {
        chart: pin?.name ?? base,
        version: source.version ?? pin?.version ?? "",
        repository: source.repositoryOpts?.repo ?? (folder === "." ? "" : folder),
    };
}

function archiveName(pin: ChartPin): string {
    return `${pin.name}-${pin.version}.tgz`;
}

function pullCommand(pin: ChartPin, mirror: string): string {
    return `helm pull ${pin.name} --repo ${pin.repository} --version ${pin.version} --destination ${mirror}`;
}

// Helm prefers a local folder with the name of the chart to the repository, and then fails because Chart.yaml is missing.
function checkLocalFolder(name: string): void {
    if (fs.existsSync(name)) {
        throw new Error(
            `the folder ${path.resolve(name)} has the name of the chart "${name}", and Helm would use it as the chart; rename the folder, or set a chart mirror`,
        );
    }
}

// Relative paths, so that the state does not depend on the machine.
function relativePath(file: string): string {
    const relative = path.relative(process.cwd(), file);
    return relative.startsWith("..") ? file : `./${relative}`;
}
