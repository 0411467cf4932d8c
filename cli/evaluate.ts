import { createHash } from "crypto";
import * as fs from "fs";
import * as path from "path";
import { type ChartSource, describeSource } from "../components/helm/source";
import type { HelmValues } from "../components/helm/values";
import { readYamlMap } from "../components/helm/yaml";
import { clearTextWarnings } from "../settings/clear-text";
import { encryptedPaths } from "../settings/encrypted";
import { loadSettings } from "../settings/load";
import type { Settings } from "../settings/resolve";
import { secretKeys } from "../settings/schema";
import { warnings } from "../settings/warnings";
import { deploy } from "../stack/program";
import { hidden, type Place, recordProgram, type Resource } from "./record";

/** A chart as it would be deployed. */
export interface Chart {
    release: string;
    chart: string;
    version: string;
    repository: string;
    namespace: string;
    values: HelmValues;
    /** Of the files of a chart of our own, which changes without a new version. */
    digest?: string;
}

/** A chart with the inputs that say where Helm finds it. */
export interface LocatedChart extends Chart {
    source: ChartSource;
}

/** What a stack's program does, found out by running it without an engine. */
export interface Evaluation {
    stack: string;
    settings: Settings;
    resources: Resource[];
    charts: LocatedChart[];
    endpoints: Record<string, string>;
    warnings: string[];
}

export const chartType = "kubernetes:helm.sh/v4:Chart";

/**
 * Runs the program for a stack file in this process: no cluster, no Pulumi CLI, no network. Nothing is decrypted: what is
 * encrypted where a secret may be is known and hidden, and everywhere else refused.
 *
 * @param stack name of the stack, whose settings are in Pulumi.STACK.yaml in the current folder.
 * @param overrides settings that take the place of those in the stack file, key by top-level key.
 * @throws Error that says what is missing or wrong.
 */
export async function evaluateStack(stack: string, overrides: object = {}): Promise<Evaluation> {
    const place = readPlace(stack, overrides);
    const { resources, result } = await recordProgram(place, () => {
        const settings = loadSettings();
        const found = [...warnings(settings), ...clearTextWarnings(place.project, stack)];
        return { settings, warnings: found, outputs: deploy(settings) };
    });
    return {
        stack,
        settings: result.settings,
        resources,
        charts: resources.filter(({ type }) => type === chartType).map(({ inputs }) => chartOf(inputs)),
        endpoints: { ...result.outputs.endpoints },
        warnings: result.warnings,
    };
}

/** Names of the stacks that the current folder has a file for. */
export function stackNames(): string[] {
    return fs
        .readdirSync(".")
        .flatMap((file) => /^Pulumi\.(.+)\.yaml$/.exec(file)?.[1] ?? [])
        .sort();
}

function readPlace(stack: string, overrides: object): Required<Place> {
    const project = readProject();
    const file = `Pulumi.${stack}.yaml`;
    if (!fs.existsSync(file)) {
        const stacks = stackNames().join(", ") || "none";
        throw new Error(`there is no ${file} for a stack "${stack}"; the stacks here are ${stacks}`);
    }
    const place: Required<Place> = { project, stack, config: {}, secretKeys: [] };
    const config = readYamlMap(file)["config"] ?? {};
    if (typeof config !== "object" || Array.isArray(config)) {
        throw new Error(`config in ${file} must be a map of settings`);
    }
    const named = (settings: object) =>
        Object.entries(settings).map(([key, value]): [string, unknown] => [
            key.includes(":") ? key : `${project}:${key}`,
            value,
        ]);
    for (const [name, value] of new Map([...named(config), ...named(overrides)])) {
        const key = name.slice(name.indexOf(":") + 1);
        const text = typeof value === "string" ? value : JSON.stringify(hide(value, key));
        // Pulumi hands maps and lists to the program as JSON, everything else as text.
        place.config[name] = text;
        if (encryptedPaths([], value).length > 0) {
            place.secretKeys.push(name);
        }
    }
    return place;
}

/** The same value, with what is encrypted hidden where a secret may be. */
function hide(node: unknown, key: string): unknown {
    if (typeof node !== "object" || node === null) {
        return node;
    }
    if (secretKeys.includes(key) && encryptedPaths([], node)[0]?.length === 0) {
        return hidden;
    }
    return Array.isArray(node)
        ? node
        : Object.fromEntries(Object.entries(node).map(([part, value]) => [part, hide(value, `${key}.${part}`)]));
}

function readProject(): string {
    if (!fs.existsSync("Pulumi.yaml")) {
        throw new Error(`there is no Pulumi.yaml in ${process.cwd()}; run this in the folder of the program`);
    }
    const { name } = readYamlMap("Pulumi.yaml");
    if (typeof name !== "string") {
        throw new Error("name is missing in Pulumi.yaml; it is the name of the project");
    }
    return name;
}

function chartOf(inputs: Record<string, unknown>): LocatedChart {
    const { chart, version, repositoryOpts, name, namespace, values } = inputs as unknown as ChartSource & {
        name: string;
        namespace: string;
        values: HelmValues;
    };
    const source = { chart, version, repositoryOpts };
    const located = { release: name, ...describeSource(source), namespace, values, source };
    return fs.existsSync(path.join(chart, "Chart.yaml")) ? { ...located, digest: digestOf(chart) } : located;
}

function digestOf(folder: string): string {
    const hash = createHash("sha256");
    const files = fs.readdirSync(folder, { recursive: true, encoding: "utf8" }).sort();
    for (const file of files.filter((name) => fs.statSync(path.join(folder, name)).isFile())) {
        // With their ends marked, so that nothing can move from one to the other unseen.
        hash.update(`${file}\0`)
            .update(fs.readFileSync(path.join(folder, file)))
            .update("\0");
    }
    return `sha256:${hash.digest("hex")}`;
}
