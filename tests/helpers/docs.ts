import { load } from "js-yaml";
import * as path from "path";
import type { z } from "zod";

/** A Markdown file, split into the parts that the tests check. */
export interface Page {
    file: string;
    anchors: Set<string>;
    /** Targets of links, except those to other sites. */
    links: string[];
    /** Inline code. */
    code: string[];
    /** Fenced code. */
    blocks: { language: string; text: string }[];
}

/** The text without the spaces and the rules that align the columns of tables. */
export function withoutAlignment(text: string): string {
    return text.replace(/ +/g, " ").replace(/-{3,}/g, "---");
}

/** Splits a Markdown file. */
export function parsePage(file: string, text: string): Page {
    const blocks: Page["blocks"] = [];
    const prose = text.replace(/^ *```(\w*)[^\n]*\n(.*?)^ *```$/gms, (_, language: string, block: string) => {
        blocks.push({ language, text: block });
        return "";
    });
    const seen = new Map<string, number>();
    const anchors = [...prose.matchAll(/^#+ +(.*)$/gm)].map(([, heading = ""]) => {
        const anchor = anchorOf(heading);
        const count = seen.get(anchor) ?? 0;
        seen.set(anchor, count + 1);
        return count === 0 ? anchor : `${anchor}-${count}`;
    });
    const withoutCode = prose.replace(/`[^`\n]+`/g, "code");
    return {
        file,
        anchors: new Set(anchors),
        links: [...withoutCode.matchAll(/\]\(([^)\s]+)\)/g)]
            .map(([, target = ""]) => target)
            .filter((target) => !/^[a-z]+:/.test(target)),
        code: [...prose.matchAll(/`([^`\n]+)`/g)].map(([, code = ""]) => code),
        blocks,
    };
}

/** The anchor of a heading on GitHub. */
function anchorOf(heading: string): string {
    return heading
        .replace(/\[([^\]]*)\]\([^)]*\)/g, "$1")
        .toLowerCase()
        .replace(/[^\p{L}\p{N}\s_-]/gu, "")
        .trim()
        .replace(/\s/g, "-");
}

/** Relative links to files or anchors that do not exist. */
export function brokenLinks(page: Page, pages: Page[], has: (file: string) => boolean): string[] {
    return page.links.filter((link) => {
        const [target = "", anchor] = link.split("#");
        const file = target === "" ? page.file : path.join(path.dirname(page.file), target);
        const other = pages.find((one) => one.file === path.normalize(file));
        return !has(file) || (anchor !== undefined && other?.anchors.has(anchor) !== true);
    });
}

/** The scripts of `npm run`, each with its options. undefined for a script with unknown options. */
export type Scripts = Record<string, string[] | undefined>;

/** npm commands in code that do not exist, or that have an unknown option. */
export function unknownCommands(page: Page, scripts: Scripts): string[] {
    return commandLines(page).flatMap((line) =>
        [...line.matchAll(/\bnpm (run )?(?:--silent )?([\w:-]+)([^`#|>&;]*)/g)].flatMap(
            ([, run, name = "", rest = ""]) => {
                if (!run) {
                    return ["ci", "install", "test"].includes(name) ? [] : [`npm ${name}`];
                }
                if (!(name in scripts)) {
                    return [`npm run ${name}`];
                }
                const known = scripts[name];
                const given = (/ -- (.*)/.exec(rest)?.[1] ?? "").match(/(?<=^|[ [])--[\w-]+/g) ?? [];
                return given
                    .filter((option) => known !== undefined && !known.includes(option))
                    .map((option) => `npm run ${name} -- ${option}`);
            },
        ),
    );
}

/** Lines of shell code. A line that ends with a backslash is joined with the next line. */
function commandLines({ blocks, code }: Page): string[] {
    const shell = blocks.filter(({ language }) => language === "sh").map(({ text }) => text.replaceAll("\\\n", " "));
    return [...shell.flatMap((text) => text.split("\n")), ...code];
}

/** The files of the repository. */
export interface Tree {
    has: (file: string) => boolean;
    /** Names of files, without their folders. */
    names: Set<string>;
    /** Entries of the top folder that belong to the repository. */
    top: string[];
    /** Entries of the top folder that Git ignores. */
    ignored: string[];
}

/** Paths in code that exist neither relative to the top folder of the repository nor relative to the page. */
export function missingPaths(page: Page, { has, names, top, ignored }: Tree): string[] {
    const first = (token: string) => token.split("/")[0] ?? "";
    const exists = (token: string) => has(token) || has(path.join(path.dirname(page.file), token));
    const inline = page.code
        .filter(
            (code) =>
                /^[\w.-]+(\/[\w.-]+)*\/?$/.test(code) &&
                !/\b[A-Z]{3,}\b/.test(code.replace(/\w+\.md$/, "")) &&
                !ignored.includes(first(code)),
        )
        .filter((code) =>
            code.includes("/")
                ? top.includes(first(code)) || /(\/|\.(ts|md|ya?ml|mjs|json|alloy|tpl))$/.test(code)
                : /^[\w-].*\.(ts|md|mjs|alloy)$/.test(code) || /^Pulumi\..*yaml$/.test(code),
        )
        .filter((code) => !(code.includes("/") ? exists(code) : exists(code) || names.has(code)));
    const inShell = page.blocks
        .filter(({ language }) => language === "sh")
        .flatMap(({ text }) => text.replace(/#.*$/gm, "").split(/\s+/))
        .filter((token) => token.includes("/") && top.includes(first(token)) && !has(token));
    return [...inline, ...inShell];
}

/** Keys of settings that do not exist, and errors about invalid blocks of settings. */
export function unknownSettings(page: Page, schema: z.ZodType, resolve: (raw: object) => unknown): string[] {
    const top = Object.keys(shapeOf(schema) ?? {});
    const keys = page.code.flatMap((code) => {
        const named = /^observability:([\w.]+)$/.exec(code)?.[1];
        const dotted =
            /^[a-z]\w*(\.[a-zA-Z]\w*)+$/.test(code) && !/\.(ts|md|ini|alloy|com)$/.test(code) ? code : undefined;
        return named ?? (dotted !== undefined && top.includes(dotted.split(".")[0] ?? "") ? dotted : []);
    });
    const unknown = keys.filter((key) => !schemaHas(schema, key.split(".")));
    const invalid = page.blocks
        .filter(({ language, text }) => language === "yaml" && /^\s*observability:/m.test(text))
        .flatMap(({ text }) => {
            try {
                resolve(settingsIn(load(text) as object));
                return [];
            } catch (error) {
                return [(error as Error).message];
            }
        });
    return [...unknown, ...invalid];
}

/** The settings of a stack file, without the prefix "observability:". */
function settingsIn(file: { config?: object }): object {
    return Object.fromEntries(
        Object.entries(file.config ?? file)
            .filter(([key]) => key.startsWith("observability:"))
            .map(([key, value]) => [key.slice("observability:".length), value as unknown]),
    );
}

type Definition = Record<string, z.ZodType | undefined>;

/** The schema without wrappers, such as a default. */
function unwrapped(schema: z.ZodType): z.ZodType {
    const { innerType, in: input, out } = schema.def as unknown as Definition;
    const inner = innerType ?? (input?.def.type === "transform" ? out : input);
    return inner === undefined ? schema : unwrapped(inner);
}

function shapeOf(schema: z.ZodType): Definition | undefined {
    return (unwrapped(schema).def as unknown as { shape?: Definition }).shape;
}

function schemaHas(schema: z.ZodType, [key, ...rest]: string[]): boolean {
    if (key === undefined) {
        return true;
    }
    const { type, valueType, element } = unwrapped(schema).def as unknown as Definition & { type: string };
    if (type === "any") {
        return true;
    }
    if (element !== undefined) {
        return schemaHas(element, [key, ...rest]);
    }
    const next = shapeOf(schema)?.[key] ?? valueType;
    return next !== undefined && schemaHas(next, rest);
}

/**
 * Names in code that look like an alert, but are not the name of one: former names, and names with the first word of an alert.
 *
 * @param others other names with the first word of an alert, such as names of components.
 */
export function unknownAlerts(page: Page, known: string[], former: string[], others: string[]): string[] {
    const words = (name: string) => name.match(/^[a-z]+|[A-Z][a-z0-9]+/g) ?? [];
    const firstWords = new Set(known.map((name) => words(name)[0]));
    return page.code
        .filter((code) => /^([A-Z][a-z0-9]*){2,}$/.test(code))
        .filter((code) => !known.includes(code))
        .filter((code) => former.includes(code) || (!others.includes(code) && firstWords.has(words(code)[0])));
}
