import * as fs from "fs";
import { dashboards } from "../../dashboards";
import { ruleGroups } from "../../rules";
import { optionalSources } from "../../validation/components";

/** Where the metrics of each file are used: the dashboard, and the group of rules with its runbook. */
const parts: Record<string, [dashboard: string, group: string]> = {
    "api-server": ["control-plane-api-server", "kubernetes-api-server"],
    coredns: ["control-plane-coredns", "coredns"],
    controllers: ["control-plane-controllers", "kubernetes-controllers"],
    etcd: ["control-plane-etcd", "etcd"],
};

/** Expands the groups of a regular expression: "a_(?:b|c)?|d" to "a_", "a_b", "a_c" and "d". */
function alternatives(expression: string): string[] {
    let rest = expression;
    const list = (): string[] => {
        const all: string[] = [];
        let prefixes = [""];
        while (rest !== "" && !rest.startsWith(")")) {
            const [text] = /^(?:\(\?:|\||[^()|]+)/.exec(rest) as RegExpExecArray;
            rest = rest.slice(text.length);
            if (text === "|") {
                all.push(...prefixes);
                prefixes = [""];
                continue;
            }
            let next = [text];
            if (text === "(?:") {
                next = list();
                const [end] = /^\)\??/.exec(rest) as RegExpExecArray;
                rest = rest.slice(end.length);
                next = end === ")?" ? ["", ...next] : next;
            }
            prefixes = prefixes.flatMap((prefix) => next.map((suffix) => prefix + suffix));
        }
        return [...all, ...prefixes];
    };
    return list();
}

/** The metrics that a file keeps. */
function keptBy(file: string): string[] {
    const config = fs.readFileSync(`components/alloy/${file}.alloy`, "utf8");
    const [, labels = "", expression = ""] =
        /source_labels = (\["__name__".*\])\n\s+regex\s+= (".+")\n\s+action\s+= "keep"/.exec(config) ?? [];
    const hasBounds = labels.includes('"le"');
    // With bounds of buckets, the value is "NAME;BOUND".
    return alternatives(JSON.parse(expression) as string).map((one) => (hasBounds ? one.replace(/;.*$/, "") : one));
}

const allDashboards = dashboards({ namespace: "monitoring", optionalSources });
const groups = ruleGroups({ optionalSources }).mimir;

/** The dashboard of the cost of metrics, and an alert on targets with many series, use scrape_samples_post_metric_relabeling. */
const costMetrics = "scrape_.+";

function expressionsOf(uid: string): string[] {
    const dashboard = allDashboards.find((one) => one.uid === uid);
    return [...(dashboard?.json ?? "").matchAll(/"expr": ("(?:[^"\\]|\\.)*")/g)].map(
        ([, text = ""]) => JSON.parse(text) as string,
    );
}

const metricsIn = (text: string) => [...text.matchAll(/\b([a-z][a-z0-9_]*)\{/g)].map(([, name = ""]) => name);

describe("the metrics of the control plane that Alloy keeps", () => {
    test("groups of regular expressions are expanded", () => {
        expect(alternatives("a_(?:b|c(?:d|e))?|f")).toEqual(["a_", "a_b", "a_cd", "a_ce", "f"]);
    });

    test.each(Object.entries(parts))(
        "%s: each one is in a panel, an alert or a runbook, and none is missing",
        (file, [uid, group]) => {
            const rules = groups.find(({ name }) => name === group)?.rules.map(({ expr }) => expr) ?? [];
            const queried = metricsIn([...expressionsOf(uid), ...rules].join("\n"));
            const inRunbook = metricsIn(fs.readFileSync(`docs/runbooks/${group}.md`, "utf8"));
            const kept = keptBy(file);
            expect(kept.filter((name) => ![...queried, ...inRunbook, costMetrics].includes(name))).toEqual([]);
            expect(queried.filter((name) => !kept.includes(name))).toEqual([]);
        },
    );
});
