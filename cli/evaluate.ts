import * as fs from "fs";
import { load } from "js-yaml";
import { type ChartSource, describeSource } from "../components/helm/source";
import type { HelmValues } from "../components/helm/values";
import program from "../index";
import { loadSettings } from "../settings/load";
import type { Settings } from "../settings/resolve";
import { warnings } from "../settings/warnings";
import { hidden, type Place, recordProgram, type Resource } from "./record";

/** A chart as it would be deployed. */
export interface Chart {
    release: string;
    chart: string;
    version: string;
    repository: string;
    namespace: string;
    values: HelmValues;
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
 * Runs the program for a stack file in this process: no cluster, no Pulumi CLI, no network. Encrypted values stay encrypted.
 *
 * @param stack name of the stack, whose settings are in Pulumi.STACK.yaml in the current folder.
 * @param overrides settings that take the place of those in the stack file, key by top-level key.
 * @throws Error that says what is missing or wrong.
 */
export async function evaluateStack(stack: string, overrides: object = {}): Promise<Evaluation> {
    const place = readPlace(stack, overrides);
    const { resources, result } = await recordProgram(place, () => {
        const settings = loadSettings();
        return { settings, warnings: warnings(settings), outputs: program() };
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
        throw new Error(`there is no ${file} for a stack "${stack}"; the stacks here are ${stackNames().join(", ")}`);
    }
    const place: Required<Place> = { project, stack, config: {}, secretKeys: [] };
    const { config } = (readYaml(file) ?? {}) as { config?: Record<string, unknown> };
    const inProject = (key: string) => (key.includes(":") ? key : `${project}:${key}`);
    for (const [key, value] of Object.entries({ ...config, ...mapKeys(overrides, inProject) })) {
        const name = inProject(key);
        const text = JSON.stringify(value);
        const opened = JSON.stringify(JSON.parse(text, (_, node: unknown) => (isEncrypted(node) ? hidden : node)));
        // Pulumi hands maps and lists to the program as JSON, everything else as text.
        place.config[name] = typeof value === "string" ? value : opened.replace(/^"(.*)"$/, "$1");
        if (opened !== text) {
            place.secretKeys.push(name);
        }
    }
    return place;
}

function mapKeys(map: object, rename: (key: string) => string): object {
    return Object.fromEntries(Object.entries(map).map(([key, value]) => [rename(key), value as unknown]));
}

function readProject(): string {
    if (!fs.existsSync("Pulumi.yaml")) {
        throw new Error(`there is no Pulumi.yaml in ${process.cwd()}; run this in the folder of the program`);
    }
    return (readYaml("Pulumi.yaml") as { name: string }).name;
}

function readYaml(file: string): unknown {
    try {
        return load(fs.readFileSync(file, "utf8"));
    } catch (error) {
        throw new Error(`${file} is not YAML: ${(error as Error).message}`, { cause: error });
    }
}

function isEncrypted(node: unknown): boolean {
    return typeof node === "object" && node !== null && Object.keys(node).join() === "secure";
}

function chartOf(inputs: Record<string, unknown>): LocatedChart {
    const { chart, version, repositoryOpts, name, namespace, values } = inputs as unknown as ChartSource & {
        name: string;
        namespace: string;
        values: HelmValues;
    };
    const source = { chart, version, repositoryOpts };
    return { release: name, ...describeSource(source), namespace, values, source };
}
