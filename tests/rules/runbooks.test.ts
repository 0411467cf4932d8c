import * as fs from "fs";
import * as path from "path";
import { knownAlerts, knownGroups, ruleGroups } from "../../rules";
import { optionalSources } from "../../validation/components";
import { readCatalogue } from "../query-check/catalogue";
import { analyseLogQL } from "../query-check/logql";
import { analysePromQL } from "../query-check/promql";
import { withRecorded } from "../query-check/rules";
import { traceQLProblems } from "../query-check/traceql";
import { placeholder } from "../query-check/variables";

const folder = "docs/runbooks";
const alertsOf = (group: string) => knownAlerts().flatMap((known) => (known.group === group ? [known.alert] : []));
const groups = knownGroups().filter((group) => alertsOf(group).length > 0);
const pageOf = (group: string) => fs.readFileSync(path.join(folder, `${group}.md`), "utf8");

/** Splits text at the headings of a level: pairs of the heading and the text below it. */
function sections(text: string, level: number): [heading: string, body: string][] {
    return text
        .split(new RegExp(`^#{${level}} `, "m"))
        .slice(1)
        .map((section) => {
            const end = section.indexOf("\n");
            return [section.slice(0, end), section.slice(end).trim()];
        });
}

/** Code blocks of a language. */
function codeBlocks(text: string, language: string): string[] {
    return [...text.matchAll(new RegExp(`^\`\`\`${language}\n(.*?)\n\`\`\``, "gms"))].map(([, code = ""]) => code);
}

test("each group of alerts has a runbook, and each runbook has a group", () => {
    expect(
        fs
            .readdirSync(folder)
            .map((file) => path.parse(file).name)
            .sort(),
    ).toEqual([...groups].sort());
});

describe.each(groups)("the runbook of %s", (group) => {
    const alerts = sections(pageOf(group), 2);

    test("has one section for each alert, in the order of the rules", () => {
        expect(alerts.map(([heading]) => heading)).toEqual(alertsOf(group));
    });

    test("has the four parts in each section, with text in each and commands or queries in the diagnosis", () => {
        for (const [alert, body] of alerts) {
            const parts = sections(body, 3);
            expect([alert, ...parts.map(([heading]) => heading)]).toEqual([
                alert,
                "Meaning",
                "Impact",
                "Diagnosis",
                "Mitigation",
            ]);
            const prose = parts.map(([, text]) => text.replace(/^```.*?^```/gms, "").trim());
            expect([alert, prose.filter((text) => !/[A-Z].+[.:]$/s.test(text))]).toEqual([alert, []]);
            expect([alert, /^```(sh|promql|logql|traceql)$/m.test(parts[2]?.[1] ?? "")]).toEqual([alert, true]);
        }
    });
});

test("queries of the runbooks use metrics, labels and attributes that exist", () => {
    const anySlo = { service: "mentor-api", objective: 0.99, window: "30d", kind: "availability" } as const;
    const catalogue = withRecorded(readCatalogue("head"), ruleGroups({ slos: [anySlo], optionalSources }));
    // Words in capitals are for the reader to replace.
    const queries = (language: string) =>
        groups.flatMap((group) =>
            codeBlocks(pageOf(group), language).map((query) => query.replace(/"[A-Z]+"/g, `"${placeholder}"`)),
        );
    expect(queries("promql").length).toBeGreaterThan(30);
    expect(queries("promql").flatMap((query) => analysePromQL(query, catalogue).problems)).toEqual([]);
    expect(queries("logql").length).toBeGreaterThan(3);
    expect(queries("logql").flatMap((query) => analyseLogQL(query, catalogue).problems)).toEqual([]);
    expect(queries("traceql").length).toBeGreaterThan(2);
    expect(queries("traceql").flatMap((query) => traceQLProblems(query, catalogue))).toEqual([]);
});
