import * as fs from "fs";
import * as path from "path";

/** Words that readers misunderstand, and the standard term for each. CONTRIBUTING.md has the rules of style. */
const refused: [RegExp, string][] = [
    [/\bwhom\b/i, "a sentence with a subject"],
    [/\b(who|nobody) (is|are) told\b/i, "receiver, or notified"],
    [/\bgets none\b/i, "has no"],
    [/\bas far as (it is|they are) known\b/i, "if known"],
    [/\ball that\b/i, "everything, or all, with a noun"],
    [/\bmend(s|ed|ing)?\b/i, "fix"],
    [/\bspoil(t|s|ed)?\b/i, "corrupted"],
    [/\bfor nothing\b/i, "not used"],
    [/\blog-?ahead/i, "write-ahead log, or WAL"],
    [/\btakes in\b/i, "accepts, or ingests"],
    [/\bpass(es|ed)? on\b/i, "forwards, or exports"],
    [/\b(laid|lays?) over\b/i, "merged on top of"],
    [/\bset(s)? aside\b/i, "renames, or moves"],
    [/\bwithout end\b/i, "until it succeeds"],
    [/\bwhat becomes of\b/i, "a noun"],
    [/\breaders? of (the )?(pod )?logs\b/i, "log collector"],
    [/\b(reader|scraper) of (the )?(node )?metrics\b/i, "metrics scraper"],
    [/\bhas heard\b/i, "received"],
    [/\bhops?\b/i, "check, step or stage"],
    [/\bno use for\b/i, "does not need"],
    [/\bSLO promises?|service promises?\b/i, "SLO, or objective"],
    [/\bwho sent\b/i, "the sender"],
    [/\bunseen\b/i, "unnoticed"],
];

const folders = [
    ".",
    ...[".ci", ".github", "charts", "cli", "components", "dashboards", "docs", "examples", "rules"],
    ...["settings", "stack", "tests", "validation", "values"],
];
const skipped = /node_modules|components\/helm\/keys|package-lock|tests\/words\.test|CHANGELOG|LICENSE/;

const files = folders
    .flatMap((folder) =>
        fs
            .readdirSync(folder, { recursive: folder !== ".", encoding: "utf8" })
            .map((file) => path.join(folder, file))
            .filter((file) => !skipped.test(file) && fs.statSync(file).isFile()),
    )
    .sort();

test("the texts use standard words", () => {
    expect(files.length).toBeGreaterThan(300);
    const found = files.flatMap((file) =>
        fs
            .readFileSync(file, "utf8")
            .split("\n")
            .flatMap((line, index) =>
                refused
                    .filter(([word]) => word.test(line))
                    .map(([word, standard]) => `${file}:${index + 1} ${word.exec(line)?.[0]}: write ${standard}`),
            ),
    );
    expect(found).toEqual([]);
});
