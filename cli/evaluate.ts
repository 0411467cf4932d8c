import { createHash } from "crypto";
import * as fs from "fs";
import * as path from "path";
import { type ChartSource, describeSource } from "../components/helm/source";
import type { HelmValues } from "../components/helm/values";
import { readYamlMap } from "../components/helm/yaml";
import { clearTextWarnings } from "../settings/clear-text";
import { encryptedPaths, secretPlaceholder } from "../settings/encrypted";
import { loadSettings } from "../settings/load";
import type { Settings } from "../settings/resolve";
import { isSecretKey } from "../settings/schema";
import { warnings } from "../settings/warnings";
import { deploy } from "../stack/program";
import { didYouMean, nearest } from "../validation/nearest";
import { type ProgramConfig, recordProgram, type Resource } from "./record";

/** A chart with its values for a deployment. */
export interface Chart {
    release: string;
    chart: string;
    version: string;
    repository: string;
    namespace: string;
    values: HelmValues;
    /** Digest of the files of a chart in this repository, because its version does not change with every edit. */
    digest?: string;
}

/** A chart with its source for Helm. */
export interface LocatedChart extends Chart {
    source: ChartSource;
}

/** The result of running the program for a stack without the Pulumi engine. */
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
 * Runs the program for a stack file in this process, without cluster, Pulumi CLI and network. Encrypted values are not decrypted. They are
 * replaced by a placeholder if the setting can be secret, and rejected otherwise.
 *
 * @param stack name of the stack. Its settings are in Pulumi.STACK.yaml in the current folder.
 * @param overrides settings that replace top-level keys of the stack file.
 * @throws Error if the stack file is missing or has mistakes.
 */
export async function evaluateStack(stack: string, overrides: object = {}): Promise<Evaluation> {
    const programConfig = readProgramConfig(stack, overrides);
    const { resources, result } = await recordProgram(programConfig, () => {
        const settings = loadSettings();
        const found = [...warnings(settings), ...clearTextWarnings(programConfig.project, stack)];
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

/** Names of the stacks that have a stack file in the current folder. */
export function stackNames(): string[] {
    return fs
        .readdirSync(".")
        .flatMap((file) => /^Pulumi\.(.+)\.yaml$/.exec(file)?.[1] ?? [])
        .sort();
}

/** Help text of the argument with the name of the stack. */
export function stackHelp(): string {
    return `name of the stack: ${stackNames().join(", ") || "none found"}`;
}

/** The name of the project, and the settings in a stack file by their keys there. @throws Error if the stack file is missing or has no settings. */
export function readStackFile(stack: string): { project: string; config: Record<string, unknown> } {
    const project = readProject();
    const file = `Pulumi.${stack}.yaml`;
    if (!fs.existsSync(file)) {
        const stacks = stackNames();
        const question = didYouMean(nearest(stack, stacks));
        throw new Error(
            `stack "${stack}" does not exist: there is no file ${file}; the stacks are ${stacks.join(", ") || "none"}${question}`,
        );
    }
    const config = readYamlMap(file)["config"] ?? {};
    if (typeof config !== "object" || Array.isArray(config)) {
        throw new Error(`the key "config" in ${file} must be a map of settings`);
    }
    return { project, config: config as Record<string, unknown> };
}

function readProgramConfig(stack: string, overrides: object): Required<ProgramConfig> {
    const { project, config } = readStackFile(stack);
    const programConfig: Required<ProgramConfig> = { project, stack, config: {}, secretKeys: [] };
    const withFullKeys = (settings: object) =>
        Object.entries(settings).map(([key, value]): [string, unknown] => [
            key.includes(":") ? key : `${project}:${key}`,
            value,
        ]);
    for (const [name, value] of new Map([...withFullKeys(config), ...withFullKeys(overrides)])) {
        const key = name.slice(name.indexOf(":") + 1);
        const text = typeof value === "string" ? value : JSON.stringify(redact(value, key));
        // Pulumi passes maps and lists to the program as JSON, and all other values as text.
        programConfig.config[name] = text;
        if (encryptedPaths([], value).length > 0) {
            programConfig.secretKeys.push(name);
        }
    }
    return programConfig;
}

/** Replaces encrypted values by a placeholder if the setting can be secret. */
function redact(node: unknown, key: string): unknown {
    if (typeof node !== "object" || node === null) {
        return node;
    }
    if (isSecretKey(key) && encryptedPaths([], node)[0]?.length === 0) {
        return secretPlaceholder;
    }
    return Array.isArray(node)
        ? node
        : Object.fromEntries(Object.entries(node).map(([part, value]) => [part, redact(value, `${key}.${part}`)]));
}

function readProject(): string {
    if (!fs.existsSync("Pulumi.yaml")) {
        throw new Error(
            `the folder ${process.cwd()} has no Pulumi.yaml; run this command in the folder of the project`,
        );
    }
    const { name } = readYamlMap("Pulumi.yaml");
    if (typeof name !== "string") {
        throw new Error('the key "name" in Pulumi.yaml is missing or not a string; set it to the name of the project');
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
        // Separators make the digest unambiguous.
        hash.update(`${file}\0`)
            .update(fs.readFileSync(path.join(folder, file)))
            .update("\0");
    }
    return `sha256:${hash.digest("hex")}`;
}
