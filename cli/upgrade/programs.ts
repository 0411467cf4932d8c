import { execFile } from "child_process";
import * as fs from "fs";
import * as path from "path";
import { promisify } from "util";
import { coerce } from "semver";

const execute = promisify(execFile);

/** A program of the stack that reads a generated configuration. */
export interface Program {
    /** Name of the executable. */
    name: string;
    /** Arguments that print the version. */
    version: string[];
    /**
     * The arguments that validate a configuration file without starting the program.
     *
     * @param file the configuration file.
     * @param args the arguments of the container.
     */
    validation?: (file: string, args: string[]) => string[];
}

const withoutConfigFile = (args: string[]) => args.filter((arg) => !/^--?config\.file=/.test(arg));

/** The programs by the last part of their image. Mimir and Pyroscope have no command for it, but they validate their configuration to list modules. */
export const programs: Record<string, Program> = {
    alloy: {
        name: "alloy",
        version: ["--version"],
        validation: (file, args) => [
            "validate",
            ...args.filter((arg) => /^--(stability\.level|feature\.|config\.)/.test(arg)),
            file,
        ],
    },
    "opentelemetry-collector-contrib": {
        name: "otelcol-contrib",
        version: ["--version"],
        validation: (file, args) => ["validate", ...args.filter((arg) => !/^--config=/.test(arg)), "--config", file],
    },
    loki: {
        name: "loki",
        version: ["-version"],
        validation: (file, args) => [...withoutConfigFile(args), `-config.file=${file}`, "-verify-config"],
    },
    tempo: {
        name: "tempo",
        version: ["-version"],
        validation: (file, args) => [...withoutConfigFile(args), `-config.file=${file}`, "-config.verify=true"],
    },
    mimir: {
        name: "mimir",
        version: ["-version"],
        validation: (file, args) => [...withoutConfigFile(args), `-config.file=${file}`, "-modules"],
    },
    pyroscope: {
        name: "pyroscope",
        version: ["-version"],
        validation: (file, args) => [...withoutConfigFile(args), `-config.file=${file}`, "-modules"],
    },
    grafana: { name: "grafana", version: ["--version"] },
};

/** The program in an image. Undefined if it is none of {@link programs}. */
export function programOf(repository: string): Program | undefined {
    return programs[path.posix.basename(repository)];
}

/** An executable of a program, or the reason why there is none. */
export type FoundProgram = { file: string } | { missing: string };

/**
 * Finds the executable of a program in an exact version. It has the name of the program, or this name with the version, such as "loki-3.7.6".
 *
 * @param folders the folders to search, before those of the PATH.
 */
export async function findProgram(program: Program, version: string, folders: string[] = []): Promise<FoundProgram> {
    const wanted = version.replace(/^v/, "");
    const all = [...folders, ...(process.env["PATH"] ?? "").split(path.delimiter).filter(Boolean)];
    const candidates = all
        .flatMap((folder) => [`${program.name}-${wanted}`, program.name].map((name) => path.resolve(folder, name)))
        .filter((file) => fs.existsSync(file) && fs.statSync(file).isFile());
    const others: string[] = [];
    for (const file of candidates) {
        const own = await versionOf(file, program);
        // Some builds do not know their version. Then the name of the file counts.
        if (own === wanted || (own === undefined && file.endsWith(`-${wanted}`))) {
            return { file };
        }
        others.push(`${file} ${own === undefined ? "does not print its version" : `has the version ${own}`}`);
    }
    const found = others.length > 0 ? ` (${others.join("; ")})` : "";
    return { missing: `program ${program.name} version ${wanted} not found${found}` };
}

async function versionOf(file: string, { version }: Program): Promise<string | undefined> {
    const output = await execute(file, version, { env: process.env, timeout: 30_000 }).then(
        ({ stdout, stderr }) => `${stdout}\n${stderr}`,
        () => "",
    );
    const [text] = /\d+\.\d+\.\d+(-[\w.]+)?/.exec(output.split("\n", 1)[0] ?? "") ?? [];
    return text === undefined ? undefined : (coerce(text, { includePrerelease: true })?.version ?? text);
}
