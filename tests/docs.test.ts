import { Command } from "commander";
import * as fs from "fs";
import * as path from "path";
import { knownAlerts } from "../rules";
import { resolveSettings } from "../settings/resolve";
import { settingsSchema } from "../settings/schema";
import {
    brokenLinks,
    missingPaths,
    type Page,
    parsePage,
    type Scripts,
    type Tree,
    unknownAlerts,
    unknownCommands,
    unknownSettings,
} from "./helpers/docs";

// Only the options of the commands are needed. These modules are slow to load.
jest.mock("@kubernetes/client-node", () => new Proxy({}, { get: () => class {} }));
jest.mock("@pulumi/pulumi/automation", () => new Proxy({}, { get: () => class {} }));
jest.mock("../stack/program", () => ({}));

const files = [".", "docs", "examples", "components", "tests/query-check"].flatMap((folder) =>
    fs
        .readdirSync(folder, { recursive: folder !== ".", encoding: "utf8" })
        .filter((file) => file.endsWith(".md") && !file.includes("node_modules"))
        .map((file) => path.join(folder, file)),
);
const pages = files.map((file) => parsePage(file, fs.readFileSync(file, "utf8")));
// The changelog contains former names.
const current = pages.filter(({ file }) => file !== "CHANGELOG.md");

const manifest = JSON.parse(fs.readFileSync("package.json", "utf8")) as { scripts: Record<string, string> };

/** The options of each command, as commander knows them. */
function scripts(): Scripts {
    const options = new Map<string, string[]>();
    for (const [name, script] of Object.entries(manifest.scripts)) {
        const [, file] = /^ts-node --swc (cli\/[\w-]+)\.ts$/.exec(script) ?? [];
        if (file !== undefined && fs.readFileSync(`${file}.ts`, "utf8").includes(`new Command("${name}")`)) {
            const { command } = jest.requireActual<{ command: Command }>(path.resolve(file));
            const all = [command, ...command.commands].flatMap((each) => each.options);
            options.set(name, ["--help", ...all.flatMap(({ long }) => long ?? [])]);
        }
    }
    return Object.fromEntries(Object.keys(manifest.scripts).map((name) => [name, options.get(name)]));
}

const ignored = fs
    .readFileSync(".gitignore", "utf8")
    .split("\n")
    .map((line) => line.replace(/^\/|\/$/g, ""));
const top = fs.readdirSync(".").filter((name) => !ignored.includes(name) && name !== ".git");
const tree: Tree = {
    has: fs.existsSync,
    names: new Set(
        top.flatMap((name) =>
            fs.statSync(name).isDirectory()
                ? fs.readdirSync(name, { recursive: true, encoding: "utf8" }).map((file) => path.basename(file))
                : [name],
        ),
    ),
    top,
    ignored,
};

const schema = settingsSchema("dev");
const alerts = knownAlerts().map(({ alert }) => alert);
const oldAlerts = [...fs.readFileSync("CHANGELOG.md", "utf8").matchAll(/^- (\w+) -> \w+$/gm)].map(
    ([, name = ""]) => name,
);
const exported = [...fs.readFileSync("exports.ts", "utf8").matchAll(/\b[A-Z]\w+/g)].map(([name]) => name);

/** Problems of all pages, each with its file. */
function problems(check: (page: Page) => string[]): string[] {
    return current.flatMap((page) => check(page).map((problem) => `${page.file}: ${problem}`));
}

describe("the documentation", () => {
    test("has a README of at most 120 lines", () => {
        expect(fs.readFileSync("README.md", "utf8").trimEnd().split("\n").length).toBeLessThanOrEqual(120);
    });

    test("links only to existing files and headings", () => {
        expect(problems((page) => brokenLinks(page, pages, fs.existsSync))).toEqual([]);
    });

    test("contains only existing npm commands and options", () => {
        const known = scripts();
        expect(Object.keys(known).filter((name) => known[name]?.includes("--help"))).toEqual(
            expect.arrayContaining(["plan", "render", "up", "down", "verify", "open", "health"]),
        );
        expect(problems((page) => unknownCommands(page, known))).toEqual([]);
    });

    test("contains only existing paths", () => {
        // This page contains paths of other repositories.
        const ours = (page: Page) => (page.file === "docs/values.md" ? [] : missingPaths(page, tree));
        expect(problems(ours)).toEqual([]);
    });

    test("contains only settings that the schema accepts", () => {
        // The READMEs of components contain arguments and outputs, which are not settings.
        const ofSettingsPages = (page: Page) =>
            page.file.startsWith("components/") ? [] : unknownSettings(page, schema, resolveSettings);
        expect(problems(ofSettingsPages)).toEqual([]);
    });

    test("contains only existing alert names", () => {
        // Runbooks also contain names of similar upstream alerts.
        const upstream = (page: Page) => (page.file.startsWith("docs/runbooks/") ? page.code : []);
        const found = problems((page) => unknownAlerts(page, alerts, oldAlerts, [...exported, ...upstream(page)]));
        expect(found).toEqual([]);
    });

    test("lists every page of docs/ and every decision in an index", () => {
        const listed = (index: string) =>
            pages.find(({ file }) => file === index)?.links.map((link) => path.join(path.dirname(index), link));
        const inFolder = (folder: string) =>
            files.filter((file) => path.dirname(file) === folder && path.basename(file) !== "README.md");
        expect(inFolder("docs").filter((file) => !listed("docs/README.md")?.includes(file))).toEqual([]);
        expect(
            inFolder("docs/decisions").filter((file) => !listed("docs/decisions/README.md")?.includes(file)),
        ).toEqual([]);
    });
});

describe("the checks find", () => {
    const page = (text: string, file = "docs/page.md") => parsePage(file, text);

    test.each([
        ["a missing file", "[a](missing.md) [b](../README.md) [c](https://example.com)", ["missing.md"]],
        ["a missing heading of the page", "# One\n[a](#one) [b](#two)", ["#two"]],
        ["a missing heading of another page", "[a](other.md#one-two) [b](other.md#three)", ["other.md#three"]],
        ["a heading inside a code block", "```sh\n# One\n```\n[a](#one)", ["#one"]],
        ["no problem in code", "`[a](missing.md)`\n\n```md\n[a](missing.md)\n```", []],
    ])("%s in a link", (_, text, expected) => {
        const pages = [page(text), page("# One `two`", "docs/other.md")];
        expect(brokenLinks(pages[0] as Page, pages, (file) => file !== "docs/missing.md")).toEqual(expected);
    });

    test("the second of two equal headings by its number", () => {
        const pages = [page("# One\n# One\n[a](#one-1) [b](#one-2)", "README.md")];
        expect(brokenLinks(pages[0] as Page, pages, () => true)).toEqual(["#one-2"]);
    });

    test.each([
        ["a script in a block", "```sh\nnpm run plam -- prod\n```", ["npm run plam"]],
        ["a script in inline code", "`npm run plam`", ["npm run plam"]],
        ["an option", "```sh\nnpm run plan -- prod --again dev # --not\n```", ["npm run plan -- --again"]],
        ["an option in brackets", "`npm run plan -- prod [--again]`", ["npm run plan -- --again"]],
        [
            "an option on the next line",
            "```sh\nnpm run plan -- prod \\\n  --again dev\n```",
            ["npm run plan -- --again"],
        ],
        ["an npm command", "`npm deploy`", ["npm deploy"]],
        ["no problem in valid commands", "```sh\nnpm ci && npm run --silent plan -- prod --json > a.json\n```", []],
        ["no problem if the options of a command are unknown", "`npm run test -- --watch`", []],
    ])("%s that does not exist", (_, text, expected) => {
        expect(unknownCommands(page(text), { plan: ["--json"], test: undefined })).toEqual(expected);
    });

    test.each([
        ["a folder", "`setings/` `settings/`", ["setings/"]],
        ["a file", "`settings/shema.ts` `settings/schema.ts`", ["settings/shema.ts"]],
        ["a file in the folder of the page", "`page.ts` `pages.ts`", ["pages.ts"]],
        ["a file in a shell block", "```sh\ncat settings/shema.ts other/file\n```", ["settings/shema.ts"]],
        ["no problem in text that is not a path", "`SIGNAL/NAME` `/health` `deployment/loki` `dist/x.ts`", []],
    ])("%s that does not exist", (_, text, expected) => {
        const existing = ["settings/", "settings/schema.ts", "docs/page.ts"];
        const small: Tree = {
            has: (file) => existing.includes(file),
            names: new Set(["schema.ts"]),
            top: ["settings", "docs"],
            ignored: ["dist"],
        };
        expect(missingPaths(page(text), small)).toEqual(expected);
    });

    test.each([
        ["a key", "`observability:retension.logs` `observability:retention.logs`", ["retension.logs"]],
        ["a nested key", "`storage.sizes.lokki` `storage.sizes.loki`", ["storage.sizes.lokki"]],
        ["a key of a list", "`alerting.receivers.chanel` `alerting.receivers.channel`", ["alerting.receivers.chanel"]],
        ["no problem in Helm values and file names", "`values.loki.anything` `values.ts` `loki.monitoring`", []],
    ])("%s that no setting has", (_, text, expected) => {
        expect(unknownSettings(page(text), schema, resolveSettings)).toEqual(expected);
    });

    test.each([
        ["an unknown key", "retension: { logs: 2d }", /retension/],
        ["a wrong value", "retention: { logs: 2 days }", /2 days/],
        ["an unknown alert", "alerts: { thresholds: { NoSuchAlert: 1 } }", /NoSuchAlert/],
    ])("%s in a block of settings", (_, text, message) => {
        const [problem, ...others] = unknownSettings(
            page(`\`\`\`yaml\nconfig:\n  observability:${text}\n\`\`\``),
            schema,
            resolveSettings,
        );
        expect(problem).toMatch(message);
        expect(others).toEqual([]);
    });

    test("an alert that does not exist, but not components and other names", () => {
        const text = "`LokiRequestErrors` `LokiIsSad` `VolumeFilling` `LokiArgs` `ComponentResource`";
        expect(unknownAlerts(page(text), ["LokiRequestErrors"], ["VolumeFilling"], ["LokiArgs"])).toEqual([
            "LokiIsSad",
            "VolumeFilling",
        ]);
    });
});
