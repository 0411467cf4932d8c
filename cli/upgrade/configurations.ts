import { execFile } from "child_process";
import * as fs from "fs";
import * as os from "os";
import * as path from "path";
import { promisify } from "util";
import type { KubernetesObject } from "../manifests";
import { type Container, type Workload, workloads } from "../workloads";
import type { Finding } from "./finding";
import { parseImage } from "./images";
import { findProgram, type Program, programOf } from "./programs";

const execute = promisify(execFile);

/** The configuration that a chart generates for a container, with everything that its program needs to validate it. */
export interface GeneratedConfig {
    /** Kind and name of the workload. */
    workload: string;
    program: Program;
    version: string;
    image: string;
    /** Arguments of the container. */
    args: string[];
    env: Record<string, string>;
    /** The mounted files of ConfigMaps, by path in the container. */
    files: Record<string, string>;
}

interface Volume {
    name: string;
    configMap?: { name: string; items?: { key: string; path: string }[] };
}

/** The configurations of all containers whose program is known and that mount a ConfigMap. */
export function generatedConfigs(objects: KubernetesObject[]): GeneratedConfig[] {
    return workloads(objects)
        .filter(({ kind }) => kind !== "Job")
        .flatMap((workload) =>
            workload.pod.containers.flatMap((container) => {
                const { repository, tag } = parseImage(container.image);
                const program = programOf(repository);
                const files = mountedFiles(workload, container, objects);
                return program === undefined || Object.keys(files).length === 0
                    ? []
                    : [
                          {
                              workload: `${workload.kind} ${workload.name}`,
                              program,
                              version: tag,
                              image: container.image,
                              args: argumentsOf(container),
                              env: environment(container, workload),
                              files,
                          },
                      ];
            }),
        );
}

function argumentsOf(container: Container): string[] {
    return [...((container["command"] ?? []) as string[]).slice(1), ...((container["args"] ?? []) as string[])];
}

function mountedFiles({ pod }: Workload, container: Container, objects: KubernetesObject[]): Record<string, string> {
    const mounts = (container["volumeMounts"] ?? []) as { name: string; mountPath: string; subPath?: string }[];
    const volumes = (pod["volumes"] ?? []) as Volume[];
    return Object.fromEntries(
        mounts.flatMap(({ name, mountPath, subPath }) => {
            const files = configMapFiles(volumes.find((volume) => volume.name === name)?.configMap, objects);
            return subPath === undefined
                ? files.map(([file, text]) => [path.posix.join(mountPath, file), text] as const)
                : files.filter(([file]) => file === subPath).map(([, text]) => [mountPath, text] as const);
        }),
    );
}

/** The files of a ConfigMap volume, by path. */
export function configMapFiles(volume: Volume["configMap"], objects: KubernetesObject[]): [string, string][] {
    const configMap = objects.find(({ kind, metadata }) => kind === "ConfigMap" && metadata.name === volume?.name);
    const data = (configMap?.["data"] ?? {}) as Record<string, string>;
    return volume?.items
        ? volume.items.map(({ key, path: file }): [string, string] => [file, data[key] ?? ""])
        : Object.entries(data);
}

interface Variable {
    name: string;
    value?: string;
    valueFrom?: { fieldRef?: { fieldPath: string } };
}

/** The environment of a container, with sample values for fields of the pod. Secrets have no values. */
function environment(container: Container, { name }: Workload): Record<string, string> {
    const fields: Record<string, string> = {
        "status.podIP": "127.0.0.1",
        "status.hostIP": "127.0.0.1",
        "spec.nodeName": "node",
        "metadata.name": `${name}-0`,
        "metadata.namespace": "monitoring",
    };
    return Object.fromEntries(
        ((container["env"] ?? []) as Variable[]).map(({ name: key, value, valueFrom }) => [
            key,
            value ?? fields[valueFrom?.fieldRef?.fieldPath ?? ""] ?? "",
        ]),
    );
}

/** Whether two configurations are validated with the same result, because program, arguments and files are equal. */
export function isSameConfig(one: GeneratedConfig, other: GeneratedConfig): boolean {
    const relevant = ({ version, args, env, files }: GeneratedConfig) => JSON.stringify([version, args, env, files]);
    return relevant(one) === relevant(other);
}

/**
 * Validates the configurations of new objects that differ from those of the old objects, each with the program in the new version. A
 * configuration whose program is not found is reported as not checked.
 *
 * @param folders folders with programs, before those of the PATH.
 */
export async function configFindings(
    before: KubernetesObject[],
    after: KubernetesObject[],
    folders: string[] = [],
): Promise<Finding[]> {
    const old = generatedConfigs(before);
    const changed = generatedConfigs(after).filter(
        (config) => !old.some((candidate) => candidate.workload === config.workload && isSameConfig(candidate, config)),
    );
    const found: Finding[] = [];
    for (const config of changed) {
        found.push(await validate(config, folders));
    }
    return found;
}

async function validate(config: GeneratedConfig, folders: string[]): Promise<Finding> {
    const { workload, program, version } = config;
    const finding = (severity: Finding["severity"], text: string): Finding => ({
        severity,
        check: "configuration",
        text,
    });
    if (program.validation === undefined) {
        return finding(
            "unchecked",
            `${workload}: the configuration is not checked: program ${program.name} has no command that validates it.`,
        );
    }
    const executable = await findProgram(program, version, folders);
    if ("missing" in executable) {
        const text = `${workload}: the configuration is not checked: ${executable.missing}.`;
        const missing = { program: program.name, version: version.replace(/^v/, ""), image: config.image };
        return { ...finding("unchecked", text), missing };
    }
    const failure = await validationFailure(executable.file, config);
    return failure === undefined
        ? finding("note", `${workload}: ${program.name} ${version} accepts the configuration.`)
        : finding("unsafe", `${workload}: ${program.name} ${version} rejects the configuration: ${failure}`);
}

/** The message of a program that rejects its configuration. Undefined if it accepts it. */
export async function validationFailure(file: string, config: GeneratedConfig): Promise<string | undefined> {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "upgrade-"));
    try {
        const { args, env } = writeConfig(config, folder);
        await execute(file, args, {
            env: { ...process.env, ...env },
            cwd: folder,
            timeout: 60_000,
            maxBuffer: 2 ** 26,
        });
        return undefined;
    } catch (error) {
        const { stdout = "", stderr = "", message } = error as { stdout?: string; stderr?: string; message: string };
        return summary(`${stdout}\n${stderr}`.replaceAll(folder, "")) || message;
    } finally {
        fs.rmSync(folder, { recursive: true, force: true });
    }
}

/** Writes the files of a configuration to a folder. Returns the arguments that validate it there. */
function writeConfig({ program, args, env, files }: GeneratedConfig, folder: string) {
    const local = (text: string) =>
        Object.keys(files)
            .sort((one, other) => other.length - one.length)
            .reduce((result, file) => result.replaceAll(file, path.join(folder, file)), text);
    for (const [file, text] of Object.entries(files)) {
        const target = path.join(folder, file);
        fs.mkdirSync(path.dirname(target), { recursive: true });
        // The chart of Alloy removes the newline at the end.
        fs.writeFileSync(target, `${text.trimEnd()}\n`);
    }
    const expanded = args.map((arg) => arg.replace(/\$\((\w+)\)/g, (_, name: string) => env[name] ?? ""));
    const main = Object.keys(files).find((file) => expanded.some((arg) => isConfigArgument(arg, file)));
    const validated = program.validation?.(path.join(folder, main ?? Object.keys(files)[0] ?? ""), expanded) ?? [];
    return { args: validated.map((arg) => (arg.includes(folder) ? arg : local(arg))), env };
}

/** Whether an argument of a container names a file as the configuration: "-config.file=FILE", "--config=FILE" or "FILE". */
function isConfigArgument(arg: string, file: string): boolean {
    return arg === file || (/^--?config(\.file)?=/.test(arg) && arg.endsWith(`=${file}`));
}

const mostLines = 4;

/** The lines of an output that explain a failure: those with an error, or else the last ones. */
function summary(output: string): string {
    const lines = output
        .split("\n")
        .map((line) => line.trim())
        .filter((line) => line !== "");
    const errors = lines.filter((line) => /error|fail|invalid|not found|not defined|unknown|cannot/i.test(line));
    return (errors.length > 0 ? errors.slice(0, mostLines) : lines.slice(-mostLines)).join(" ");
}
