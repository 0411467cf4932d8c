import { RE2JS } from "re2js";
import { evaluateStack } from "../cli/evaluate";
import { ruleGroups } from "../rules";
import { ruleOptions } from "../stack/component-args";

interface RelabelRule {
    labels: string[];
    regex: string;
    action: string;
}

/** The configurations of the log collector and the metrics scraper. */
async function configs(collectFrom: object, more: object = {}): Promise<Record<"logs" | "metrics", string>> {
    const { charts } = await evaluateStack("dev", { namespace: "obs", collectFrom, ...more });
    const config = (release: string) =>
        charts.find((chart) => chart.release === release)?.values["alloy"].configMap.content as string;
    return { logs: config("lgtm-alloy-logs"), metrics: config("lgtm-alloy-metrics") };
}

/** The rules of a component that keep or drop, in their order. */
function selection(config: string, component: string): RelabelRule[] {
    const [, block = ""] = config.split(`${component} {\n`);
    const body = block.split("\n}\n")[0] ?? "";
    return [...body.matchAll(/rule \{\n(.*?)\n\t\}/gs)]
        .map(([, rule = ""]) => ({
            labels: [...(/source_labels = \[(.*)\]/.exec(rule)?.[1] ?? "").matchAll(/"(\w+)"/g)].map(
                ([, name]) => name ?? "",
            ),
            regex: /regex +=\s+"(.*)"/.exec(rule)?.[1] ?? "",
            action: /action +=\s+"(\w+)"/.exec(rule)?.[1] ?? "replace",
        }))
        .filter(({ action }) => action === "keep" || action === "drop");
}

/** Whether the rules keep a target or a series with these labels. Prometheus anchors each expression. */
function isKept(rules: RelabelRule[], labels: Record<string, string>): boolean {
    return rules.every(({ labels: names, regex, action }) => {
        const matches = RE2JS.compile(`^(?:${regex})$`).matches(names.map((name) => labels[name] ?? "").join(";"));
        return matches === (action === "keep");
    });
}

const namespaces = ["obs", "shop", "shop-jobs", "dev"];

async function collected(collectFrom: object) {
    const { logs, metrics } = await configs(collectFrom);
    const pods = (config: string) => {
        const rules = selection(config, 'discovery.relabel "pods"');
        expect(rules).toHaveLength(2);
        return namespaces.filter((namespace) => isKept(rules, { __meta_kubernetes_namespace: namespace }));
    };
    const series = (labels: Record<string, string>) =>
        isKept(selection(metrics, 'prometheus.relabel "kubelet"'), labels);
    return {
        logs: pods(logs),
        metrics: pods(metrics),
        containers: namespaces.filter((namespace) => series({ __name__: "container_cpu_usage", namespace })),
        kubelet: series({ __name__: "kubelet_running_pods" }),
        up: series({ __name__: "up" }),
        node: metrics.includes("prometheus.exporter.unix"),
    };
}

describe("collectFrom", () => {
    test("is everything by default", async () => {
        expect(await collected({})).toEqual({
            logs: namespaces,
            metrics: namespaces,
            containers: namespaces,
            kubelet: true,
            up: true,
            node: true,
        });
    });

    test.each([true, false])("can be some namespaces and the own one, and the nodes: %p", async (nodes) => {
        const listed = ["obs", "shop"];
        expect(await collected({ namespaces: ["shop"], nodes })).toEqual({
            logs: listed,
            metrics: listed,
            containers: listed,
            kubelet: nodes,
            up: true,
            node: nodes,
        });
    });

    test.each([true, false])("can be all namespaces with exceptions, and the nodes: %p", async (nodes) => {
        const rest = ["obs", "shop", "shop-jobs"];
        expect(await collected({ excludeNamespaces: ["dev"], nodes })).toEqual({
            logs: rest,
            metrics: rest,
            containers: rest,
            kubelet: nodes,
            up: true,
            node: nodes,
        });
    });

    test("applies to profiles and Dapr sidecars too", async () => {
        const { metrics } = await configs({ namespaces: ["shop"] }, { profiling: { scrape: true } });
        const targets = [...metrics.matchAll(/targets += (discovery\.\S+)/g)].map(([, target]) => target);
        expect(new Set(targets)).toEqual(
            new Set([
                "discovery.kubernetes.node.targets",
                "discovery.relabel.pods.output",
                "discovery.relabel.scraped.output",
                "discovery.relabel.dapr.output",
                "discovery.relabel.kubelet.output",
                "discovery.relabel.node.output",
                "discovery.relabel.profiled.output",
            ]),
        );
        // Only the selection of pods reads the discovered pods.
        expect(metrics.match(/discovery\.kubernetes\.node\.targets/g)).toHaveLength(1);
    });

    test("without nodes has no alerts of nodes", async () => {
        const groups = async (nodes: boolean) => {
            const { settings } = await evaluateStack("dev", { collectFrom: { nodes } });
            return ruleGroups(ruleOptions(settings)).mimir.map(({ name }) => name);
        };
        const [withNodes, without] = [await groups(true), await groups(false)];
        expect(withNodes.filter((name) => !without.includes(name))).toEqual(["nodes"]);
    });
});
