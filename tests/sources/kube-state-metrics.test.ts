import { alloyMetricsValues } from "../../components/alloy/values";
import { collectorsWithoutPermission, kubeStateMetricsValues } from "../../components/kube-state-metrics/values";
import { KubeStateMetrics } from "../../exports";
import { resolveSettings } from "../../settings/resolve";
import { clusterWarnings } from "../../stack/cluster-check";
import { testMistakes } from "../helpers/mistakes";
import { anywhere, metricsScraper, policySpec, ports } from "../helpers/network-policies";
import { errorMessage } from "../helpers/record";
import { alloy, configOf } from "./examples";

testMistakes("refuses %s", [
    [
        "kube-state-metrics without the metrics scraper",
        { components: { kubeStateMetrics: true, alloyMetrics: false } },
        [
            "components.kubeStateMetrics is true, but components.alloyMetrics is false, so that nothing scrapes its metrics; set components.kubeStateMetrics to false.",
        ],
    ],
    [
        "kube-state-metrics that is scraped twice",
        {
            components: { kubeStateMetrics: true },
            values: { kubeStateMetrics: { podAnnotations: { "prometheus.io/scrape": "true" } } },
        },
        [
            "values.kubeStateMetrics.podAnnotations.prometheus.io/scrape is true, so that the same metrics would be scraped twice, with the labels of the pod; remove it.",
        ],
    ],
]);

test("another kube-state-metrics in the cluster causes a warning, unless both have different objects", async () => {
    const read = (path: string) =>
        Promise.resolve(
            path.startsWith("/apis/apps/v1/deployments")
                ? {
                      items: [
                          { metadata: { name: "ksm", namespace: "kube-system" } },
                          { metadata: { namespace: "monitoring" } },
                      ],
                  }
                : undefined,
        );
    const warningsOf = (settings: object) => clusterWarnings({ read } as never, resolveSettings(settings));
    expect(await warningsOf({ components: { kubeStateMetrics: true } })).toEqual([
        "components.kubeStateMetrics is true, but kube-state-metrics already runs in namespace kube-system. If both are scraped, each series exists twice. Set components.kubeStateMetrics to false, or remove the other one",
    ]);
    expect(await warningsOf({})).toEqual([]);
    expect(await warningsOf({ components: { kubeStateMetrics: true }, collectFrom: { namespaces: ["shop"] } })).toEqual(
        [],
    );
});

describe("kube-state-metrics", () => {
    const rulesOf = (values: Record<string, any>) =>
        values["extraManifests"].find(({ kind }: { kind: string }) => kind === "ClusterRole").rules as {
            apiGroups: string[];
            resources: string[];
            verbs: string[];
        }[];
    const resources = (args: object) =>
        rulesOf(kubeStateMetricsValues({ namespace: "obs", ...args })).flatMap((rule) => rule.resources);

    test("may list and watch exactly the objects of its collectors, and no Secrets and ConfigMaps", () => {
        const values = kubeStateMetricsValues({ namespace: "obs" });
        expect(resources({}).sort()).toEqual([...(values["collectors"] as string[])].sort());
        expect(resources({})).not.toContain("secrets");
        expect(resources({})).not.toContain("configmaps");
        expect(new Set(rulesOf(values).flatMap(({ verbs }) => verbs))).toEqual(new Set(["list", "watch"]));
        const changed = { values: { collectorsExclude: ["nodes"], collectorsExtra: ["services"] } };
        expect(resources(changed)).toContain("services");
        expect(resources(changed)).not.toContain("nodes");
    });

    test("refuses a collector that would need to read Secrets", async () => {
        const args = { namespace: "obs", values: { collectorsExtra: ["secrets"] } };
        expect(collectorsWithoutPermission(args)).toEqual(["secrets"]);
        expect(await errorMessage(() => new KubeStateMetrics("ksm", args))).toContain(
            'values.collectors is "secrets"; it must be a collector that the component grants permissions for',
        );
        // The caller grants the permissions.
        expect(collectorsWithoutPermission({ ...args, values: { ...args.values, rbac: { create: false } } })).toEqual(
            [],
        );
    });

    test("has metrics of the collected namespaces only, and of objects of the cluster only with nodes", () => {
        const values = (collectFrom: object) => kubeStateMetricsValues({ namespace: "obs", collectFrom });
        expect(values({ namespaces: ["shop"] })["namespaces"]).toEqual(["obs", "shop"]);
        expect(values({ excludeNamespaces: ["dev"] })["namespacesDenylist"]).toEqual(["dev"]);
        expect(values({ nodes: false })["collectors"]).not.toEqual(
            expect.arrayContaining([expect.stringMatching(/^(nodes|namespaces|persistentvolumes)$/)]),
        );
        expect(values({ nodes: false })["collectors"]).toContain("persistentvolumeclaims");
    });

    test("is scraped once, with the labels of the objects", () => {
        const config = configOf(alloyMetricsValues({ ...alloy, metrics: { kubeStateMetrics: true } }));
        const [, job = ""] = config.split('prometheus.scrape "kube_state_metrics" {');
        expect(config.match(/kube-state-metrics;http/g)).toHaveLength(1);
        expect(config).toContain('"obs;kube-state-metrics;kube-state-metrics;http"');
        expect(job.split("\n}")[0]).toContain("honor_labels    = true");
        expect(configOf(alloyMetricsValues(alloy))).not.toContain("kube_state_metrics");
        // The scrape of annotated pods does not select it.
        expect(kubeStateMetricsValues({ namespace: "obs" })["podAnnotations"]).toBeUndefined();
    });
});

describe("NetworkPolicies", () => {
    test("let kube-state-metrics reach the API server only, and the metrics scraper reach it", () => {
        expect(policySpec({ components: { kubeStateMetrics: true } }, "kube-state-metrics")).toMatchObject({
            ingress: [{ from: metricsScraper, ports: ports(8080) }],
            egress: [{ to: anywhere, ports: ports(443, 6443) }],
        });
    });
});
