import * as fs from "fs";
import * as path from "path";
import * as ts from "typescript";

const folders = ["cli", "components", "dashboards", "plugin", "rules", "settings", "stack", "validation"];

/** The files of this project that a file imports, including type imports. */
function imported(file: string): string[] {
    return ts
        .preProcessFile(fs.readFileSync(file, "utf8"))
        .importedFiles.filter(({ fileName }) => fileName.startsWith("."))
        .map(({ fileName }) => path.join(path.dirname(file), fileName))
        .map((target) => (fs.existsSync(`${target}.ts`) ? `${target}.ts` : path.join(target, "index.ts")));
}

/** Cycles in a graph, each with its files. */
function cycles(graph: Map<string, string[]>): string[] {
    const done = new Set<string>();
    const visit = (file: string, importers: string[]): string[] => {
        if (importers.includes(file)) {
            return [[...importers.slice(importers.indexOf(file)), file].join(" -> ")];
        }
        if (done.has(file)) {
            return [];
        }
        const found = (graph.get(file) ?? []).flatMap((target) => visit(target, [...importers, file]));
        done.add(file);
        return found;
    };
    return [...graph.keys()].flatMap((file) => visit(file, []));
}

test("no import cycles exist", () => {
    const files = folders.flatMap((folder) =>
        fs
            .readdirSync(folder, { recursive: true, encoding: "utf8" })
            .filter((file) => file.endsWith(".ts"))
            .map((file) => path.join(folder, file)),
    );
    expect(files.length).toBeGreaterThan(150);
    expect(cycles(new Map(files.map((file) => [file, imported(file)])))).toEqual([]);
});

test("a cycle is reported with its files", () => {
    const graph = new Map([
        ["a", ["b"]],
        ["b", ["c", "d"]],
        ["c", []],
        ["d", ["b"]],
    ]);
    expect(cycles(graph)).toEqual(["b -> d -> b"]);
});
