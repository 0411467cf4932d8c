import { dashboards } from "../../dashboards";
import { spawnSync } from "child_process";
import * as fs from "fs";
import { dump } from "js-yaml";
import * as os from "os";
import * as path from "path";
import { alertsPage } from "../../cli/alerts";
import { knownAlerts, knownGroups, renamedAlerts, ruleFiles, ruleGroups } from "../../rules";
import type { AlertingRule, RuleGroup } from "../../rules/define";
import { optionalSources } from "../../validation/components";
import { describeWith } from "../helpers/prerequisites";
import type { Case } from "./case";
import { slos } from "./cases/slos";
import { readCases } from "./read-cases";

const cases = readCases();
const groups = ruleGroups({ slos, tailSampling: true, optionalSources });
const alerting = (group: RuleGroup) => group.rules.filter((rule): rule is AlertingRule => "alert" in rule);

describe("the rules", () => {
    test("have a firing case and a silent case for every alert of Mimir, except the Watchdog, which always fires", () => {
        const known = knownAlerts().filter(({ ruler }) => ruler === "mimir");
        const alertsOf = (group: string) => known.filter((alert) => alert.group === group).map(({ alert }) => alert);
        expect(
            Object.fromEntries(Object.entries(cases).map(([group, groupCases]) => [group, Object.keys(groupCases)])),
        ).toEqual(Object.fromEntries(Object.keys(cases).map((group) => [group, alertsOf(group)])));
        expect(Object.values(cases).flatMap((groupCases) => Object.keys(groupCases))).toHaveLength(known.length);
        const withoutSilentCase = Object.values(cases).flatMap((groupCases) =>
            Object.entries(groupCases).flatMap(([alert, { silent }]) => (silent === undefined ? [alert] : [])),
        );
        expect(withoutSilentCase).toEqual(["Watchdog"]);
    });

    test("have unique names of alerts and groups", () => {
        const names = [...groups.mimir, ...groups.loki].flatMap((group) => [
            ...new Set(alerting(group).map(({ alert }) => alert)),
        ]);
        expect(new Set(names).size).toBe(names.length);
        expect(new Set(knownGroups()).size).toBe(knownGroups().length);
    });

    test("have the new name of every renamed alert, and no former name", () => {
        const names = knownAlerts().flatMap(({ alert, threshold }) => (threshold ? [alert] : []));
        expect(names).toEqual(expect.arrayContaining([...renamedAlerts.values()]));
        expect([...renamedAlerts.keys()].filter((former) => names.includes(former))).toEqual([]);
    });

    test("have a severity, a summary and a runbook section for every alert", () => {
        const alerts = [...groups.mimir, ...groups.loki].flatMap(alerting);
        expect(alerts.length).toBeGreaterThan(90);
        const incomplete = alerts.filter(({ labels, annotations }) => {
            const link = /\/docs\/runbooks\/([\w-]+)\.md#(\w+)$/.exec(annotations["runbook_url"] ?? "");
            const headings = link ? headingsOf(`docs/runbooks/${link[1]}.md`) : [];
            return (
                !["critical", "warning", "info"].includes(labels["severity"] ?? "") ||
                !/\S/.test(annotations["summary"] ?? "") ||
                !headings.includes(link?.[2] ?? "")
            );
        });
        expect(incomplete.map(({ alert }) => alert)).toEqual([]);
    });

    test("link to an existing dashboard in Grafana", () => {
        const uids = dashboards({ namespace: "monitoring", optionalSources }).map(({ uid }) => uid);
        const linked = [...groups.mimir, ...groups.loki]
            .flatMap(alerting)
            .map((rule) => rule.annotations["__dashboardUid__"]);
        expect(linked.filter((uid) => !uids.includes(uid ?? ""))).toEqual([]);
    });

    test("match docs/alerts.md, which npm run alerts generates", () => {
        // Prettier pads the cells of tables.
        const withoutPadding = (page: string) => page.replace(/ +/g, " ").replace(/-{3,}/g, "---");
        expect(withoutPadding(fs.readFileSync("docs/alerts.md", "utf8"))).toBe(withoutPadding(alertsPage()));
    });

    test("show the value in the summary of every alert with a threshold", () => {
        const withoutValue = knownAlerts().filter(({ threshold, summary }) => threshold && !summary.includes("$value"));
        expect(withoutValue.map(({ alert }) => alert)).toEqual([]);
    });

    test("use the thresholds of the stack and omit disabled groups, MinIO and SLOs that the stack does not have", () => {
        const expr = (alert: string, options: object) =>
            ruleGroups(options)
                .mimir.flatMap(alerting)
                .find((rule) => rule.alert === alert)?.expr;
        expect(expr("OtelCollectorExporterQueueAlmostFull", {})).toMatch(/ > 0\.5$/);
        expect(
            expr("OtelCollectorExporterQueueAlmostFull", {
                thresholds: { OtelCollectorExporterQueueAlmostFull: 0.75 },
            }),
        ).toMatch(/ > 0\.75$/);
        expect(expr("DaprCircuitBreakerOpen", { disabledGroups: ["dapr"] })).toBeUndefined();
        expect(expr("MinioClusterOutOfSpace", { absent: ["minio"] })).toBeUndefined();
        expect(expr("StackComponentMissing", { absent: ["minio"] })).not.toContain("minio");
        expect(expr("SLOErrorBudgetBurnFast", {})).toBeUndefined();
    });

    test("check for missing components only in the namespace of the stack", () => {
        const [missing] = ruleGroups({ namespace: "watch" })
            .mimir.flatMap(alerting)
            .filter(({ alert }) => alert === "StackComponentMissing");
        expect(missing?.expr).toContain('absent(up{job="grafana", namespace="watch"})');
    });

    test("check for missing components only in the cluster of the stack, because a central stack has those of other clusters", () => {
        const alerts = ruleGroups({ cluster: "central", namespace: "watch", optionalSources }).mimir.flatMap(alerting);
        const expr = (name: string) => alerts.find(({ alert }) => alert === name)?.expr;
        expect(expr("StackComponentMissing")).toContain('absent(up{job="loki", cluster="central", namespace="watch"})');
        expect(expr("BlackboxProbesMissing")).toBe('absent(probe_success{job="blackbox", cluster="central"})');
    });

    test("count the nodes without eBPF pods as 0 running pods only in the own stack, because other stacks need not use eBPF", () => {
        const alerts = ruleGroups({ cluster: "central", namespace: "watch", optionalSources }).mimir.flatMap(alerting);
        const found = alerts.filter(({ alert }) => /^(AutoInstrumentation|EbpfProfiler)NotRunning$/.test(alert));
        const ownScrapers =
            'or 0 * count by (cluster, namespace) (up{job="alloy-metrics", cluster="central", namespace="watch"})';
        expect(found.map(({ expr }) => expr.includes(ownScrapers))).toEqual([true, true]);
    });

    test("link to the runbook URL of the stack", () => {
        const [rule] = ruleGroups({ runbookUrl: "https://wiki.example.com/alerts/" }).mimir.flatMap(alerting);
        expect(rule?.annotations["runbook_url"]).toMatch(/^https:\/\/wiki\.example\.com\/alerts\/[\w-]+\.md#\w+$/);
    });

    test("link to the dashboard, the logs and the traces of an alert if the stack has the URL of Grafana", () => {
        const links = (options: object) =>
            ruleGroups(options)
                .mimir.flatMap(alerting)
                .filter(({ alert }) => alert === "AlertmanagerFailedToSendAlerts")
                .map(({ annotations }) => [
                    annotations["dashboard_url"],
                    annotations["logs_url"],
                    annotations["traces_url"],
                ]);
        expect(links({})).toEqual([[undefined, undefined, undefined]]);
        expect(links({ grafanaUrl: "https://example.com/grafana/" })).toEqual([
            [
                expect.stringMatching(/^https:\/\/example\.com\/grafana\/d\/platform-alerts\?from=\{\{ /),
                expect.stringContaining("https://example.com/grafana/explore?schemaVersion=1&panes={{ printf"),
                expect.stringContaining("https://example.com/grafana/explore?schemaVersion=1&panes={{ printf"),
            ],
        ]);
    });

    test("stay below the size limit of a ConfigMap with 100 SLOs and links", () => {
        const many = Array.from({ length: 100 }, (_, index) => ({ ...slos[0], service: `service-${index}` }));
        const { mimir } = ruleFiles({ slos: many, grafanaUrl: "https://grafana.example.com", optionalSources });
        expect(JSON.stringify(mimir).length).toBeLessThan(2 ** 20);
    });

    test("stay below half of the size limit of a ConfigMap with 100 SLOs", () => {
        const many = Array.from({ length: 100 }, (_, index) => ({ ...slos[0], service: `service-${index}` }));
        expect(JSON.stringify(ruleFiles({ slos: many }).mimir).length).toBeLessThan(2 ** 19);
    });
});

describeWith({ programs: ["promtool"] }, "promtool", () => {
    let folder: string;
    beforeAll(() => {
        folder = fs.mkdtempSync(path.join(os.tmpdir(), "rules-"));
    });
    afterAll(() => fs.rmSync(folder, { recursive: true }));

    function promtool(...args: string[]): { status: number | null; output: string } {
        const { status, stdout, stderr } = spawnSync("promtool", args, { cwd: folder, encoding: "utf8" });
        return { status, output: stdout + stderr };
    }

    function write(file: string, content: object): string {
        fs.writeFileSync(path.join(folder, file), dump(content, { lineWidth: -1 }));
        return file;
    }

    test("accepts every rule and rejects an invalid one", () => {
        const files = groups.mimir.map((group) => write(`${group.name}.yaml`, { groups: [group] }));
        expect(promtool("check", "rules", "--lint=all", "--lint-fatal", ...files)).toMatchObject({ status: 0 });
        const invalid = write("invalid.yaml", { groups: [{ name: "a", rules: [{ record: "a", expr: "sum(" }] }] });
        expect(promtool("check", "rules", invalid).status).not.toBe(0);
    });

    test("confirms that each alert fires and stays silent in its cases", () => {
        const files = Object.entries(cases).flatMap(([group, groupCases]) =>
            Object.entries(groupCases).map(([alert, alertCase]) => testFile(group, alert, alertCase)),
        );
        const { status, output } = promtool("test", "rules", ...files);
        expect({
            status,
            failed: output.split("\n").filter((line) => !/^(Unit Testing:.*|\s*SUCCESS|)$/.test(line)),
        }).toEqual({
            status: 0,
            failed: [],
        });
        expect(output.match(/SUCCESS/g)).toHaveLength(files.length);
    }, 30_000);

    test("fails if an alert fires unexpectedly, and if an alert does not fire", () => {
        const { MinioClusterUnhealthy: original } = cases["object-store"] as { MinioClusterUnhealthy: Case };
        const swapped = { ...original, fires: original.silent ?? {}, silent: original.fires };
        const { output } = promtool("test", "rules", testFile("object-store", "MinioClusterUnhealthy", swapped));
        expect(output).toContain("FAILED");
        expect(output).toContain("MinioClusterUnhealthy fires");
        expect(output).toContain("MinioClusterUnhealthy is silent");
    });

    /** Writes a test file for one alert. Its rule file has no other alerts, because promtool evaluates every rule in every test. */
    function testFile(
        group: string,
        alert: string,
        { after, interval = "1m", fires, alsoFires, labels, summary, silent }: Case,
    ): string {
        const rules = groups.mimir.find(({ name }) => name === group)?.rules ?? [];
        const rule = rules.find((candidate) => "alert" in candidate && candidate.alert === alert) as AlertingRule;
        const expectedAlert = (summary: string) => ({
            exp_labels: { ...rule.labels, ...labels },
            exp_annotations: { ...rule.annotations, summary },
        });
        const testOf = (name: string, series: Record<string, string>, expected: object[]) => ({
            name: `${alert} ${name}`,
            interval,
            input_series: Object.entries(series).map(([series, values]) => ({ series, values })),
            alert_rule_test: [{ eval_time: after, alertname: alert, exp_alerts: expected }],
        });
        const recorded = rules.filter((candidate) => "record" in candidate);
        return write(`${alert}.test.yaml`, {
            rule_files: [write(`${alert}.yaml`, { groups: [{ name: group, rules: [...recorded, rule] }] })],
            evaluation_interval: interval,
            tests: [
                testOf("fires", fires, [expectedAlert(summary)]),
                ...(alsoFires ? [testOf("also fires", alsoFires.series, [expectedAlert(alsoFires.summary)])] : []),
                ...(silent ? [testOf("is silent", silent, [])] : []),
            ],
        });
    }
});

/** Anchors of a page in the form of GitHub. */
function headingsOf(page: string): string[] {
    return fs.existsSync(page)
        ? [...fs.readFileSync(page, "utf8").matchAll(/^#+ (.+)$/gm)].map(([, heading]) => (heading ?? "").toLowerCase())
        : [];
}
