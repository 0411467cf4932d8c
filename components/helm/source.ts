import * as fs from "fs";
import * as path from "path";
import { mirrorForm, mirrorKind } from "../../validation/urls";
import { packageRoot } from "./package-root";
import { type ChartPin, pins } from "./pins";

/** Where Helm finds a chart: the inputs of helm.v4.Chart that say so. */
export interface ChartSource {
    chart: string;
    version?: string;
    repositoryOpts?: { repo: string };
}

/**
 * Where a chart comes from: its own repository, or the mirror that stands in for all of them. A mirror is a folder of
 * `NAME-VERSION.tgz` files, an OCI registry (`oci://…`) or a Helm repository (`https://…`).
 *
 * @throws Error that says what is missing and how to get it.
 */
export function chartSource(pin: ChartPin, mirror: string | undefined): ChartSource {
    if (pin.repository === undefined) {
        return { chart: fromHere(path.join(packageRoot, "charts", pin.name)) };
    }
    const from = mirror ?? pin.repository;
    switch (mirrorKind(from)) {
        case "repository":
            refuseShadow(pin.name);
            return { chart: pin.name, version: pin.version, repositoryOpts: { repo: from } };
        case "registry":
            return { chart: `${from.replace(/\/+$/, "")}/${pin.name}`, version: pin.version };
        case "folder":
            return { chart: fromHere(path.resolve(from, archiveName(pin))) };
        default:
            throw new Error(`the chart mirror must be ${mirrorForm}`);
    }
}

/**
 * What is missing of a mirror folder, in sentences; empty for every other kind of mirror.
 *
 * @param wanted the charts that it must have. Default: all of them.
 */
export function mirrorMistakes(mirror: string | undefined, wanted: ChartPin[] = Object.values(pins)): string[] {
    const remote = wanted.filter(({ repository }) => repository !== undefined);
    if (remote.length === 0 || mirror === undefined || mirrorKind(mirror) !== "folder") {
        return [];
    }
    if (!fs.existsSync(mirror)) {
        const pulls = remote.map((pin) => `      ${pullCommand(pin, mirror)}`).join("\n");
        return [`the chart mirror ${mirror} does not exist; make the folder and fill it:\n${pulls}`];
    }
    const missing = remote.filter((pin) => !fs.existsSync(path.join(mirror, archiveName(pin))));
    return missing.map(
        (pin) => `the chart mirror ${mirror} has no ${archiveName(pin)}; get it with: ${pullCommand(pin, mirror)}`,
    );
}

/** The pin behind the inputs of a helm.v4.Chart: the inverse of {@link chartSource}. */
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

// Helm takes a folder of the chart's name before it looks at the repository, and then misses Chart.yaml.
function refuseShadow(name: string): void {
    if (fs.existsSync(name)) {
        throw new Error(
            `the folder ${path.resolve(name)} hides the chart "${name}": Helm takes it for the chart. Rename it, or set a chart mirror`,
        );
    }
}

// Relative, so that the state and a preview are the same on every machine.
function fromHere(file: string): string {
    const relative = path.relative(process.cwd(), file);
    return relative.startsWith("..") ? file : `./${relative}`;
}
