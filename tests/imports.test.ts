import * as fs from "fs";
import * as path from "path";
import * as ts from "typescript";

const folders = ["cli", "components", "dashboards", "rules", "settings", "stack", "validation"];

/** The files of this project that a file imports, types included. */
function imported(file: string): string[] {
    return ts
        .preProcessFile(fs.readFileSync(file, "utf8"))
        .importedFiles.filter(({ fileName }) => fileName.startsWith("."))
        .map(({ fileName }) => path.join(path.dirname(file), fileName))
        .map((target) => (fs.existsSync(`${target}.ts`) ? `${target}.ts` : path.join(target, "index.ts")));
}

/** Circles in a graph, each as the files on the way. */
function circles(graph: Map<string, string[]>): string[] {
    const done = new Set<string>();
    const visit = (file: string, way: string[]): string[] => {
        if (way.includes(file)) {
            return [[...way.slice(way.indexOf(file)), file].join(" -> ")];
        }
        if (done.has(file)) {
            return [];
        }
        const found = (graph.get(file) ?? []).flatMap((target) => visit(target, [...way, file]));
        done.add(file);
        return found;
    };
    return [...graph.keys()].flatMap((file) => visit(file, []));
}

test("no file imports itself through others", () => {
    const files = folders.flatMap((folder) =>
        fs
            .readdirSync(folder, { recursive: true, encoding: "utf8" })
            .filter((file) => file.endsWith(".ts"))
            .map((file) => path.join(folder, file)),
    );
    expect(files.length).toBeGreaterThan(150);
    expect(circles(new Map(files.map((file) => [file, imported(file)])))).toEqual([]);
});

test("a circle is found, with its files", () => {
    const graph = new Map([
        ["a", ["b"]],
        ["b", ["c", "d"]],
        ["c", []],
        ["d", ["b"]],
    ]);
    expect(circles(graph)).toEqual(["b -> d -> b"]);
});
