import { contract } from "../../../components/contract";
import { evaluatedRules, loadedRuleGroups, queryMetrics } from "../backends";
import type { Check } from "../check";
import { type Context, logsCommand } from "../context";

/** Checks that the collector is scraped and that the rulers evaluate all rules. */
export function selfMonitoringChecks({ stack, grafana }: Context): Check[] {
    const job = contract.otelCollector.release;
    return [
        {
            id: "up",
            title: `up{job="${job}"} is 1`,
            dependsOn: ["source-mimir"],
            run: async () => {
                const replicas = await queryMetrics(
                    grafana.through("mimir"),
                    `up{job="${job}", cluster="${stack.cluster}"}`,
                );
                const down = replicas.filter(({ value }) => value !== 1);
                if (replicas.length === 0) {
                    throw new Error("the collector is not scraped");
                }
                if (down.length > 0) {
                    const instances = down.map(({ labels }) => labels["instance"]).join(", ");
                    throw new Error(
                        `the scrape of ${down.length} of ${replicas.length} collectors fails: ${instances}`,
                    );
                }
                return replicas.length === 1 ? undefined : `${replicas.length} collectors`;
            },
            cause: "lgtm-alloy-metrics does not run on the node of the collector, has no permission to list pods, or cannot write to Mimir",
            command: logsCommand(stack, "alloyMetrics"),
        },
        ...(["mimir", "loki"] as const).map((backend): Check => ({
            id: `rules-${backend}`,
            title: `the ruler of ${backend} evaluates all rules without an error`,
            dependsOn: [`source-${backend}`],
            run: async () => {
                const path = backend === "mimir" ? "/api/v1/rules" : "/prometheus/api/v1/rules";
                const groups = await loadedRuleGroups(grafana.through(backend), path);
                const missing = stack.ruleGroups[backend].filter(
                    (name) => !groups.some((group) => group.name === name),
                );
                if (missing.length > 0) {
                    throw new Error(`the ruler has not loaded the groups ${missing.join(", ")}`);
                }
                const rules = evaluatedRules(groups);
                return rules.length === 1 ? "1 rule" : `${rules.length} rules`;
            },
            cause: `the ruler of ${backend} does not run, or it rejects the query of a rule`,
            command: logsCommand(stack, backend),
        })),
    ];
}
