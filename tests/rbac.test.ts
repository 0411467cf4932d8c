import { describeWith } from "./helpers/prerequisites";
import { missingRules, resourceOf } from "./helpers/rbac";
import { renderStack } from "./helpers/rendered";

const distributed = { mode: { loki: "distributed", mimir: "distributed", tempo: "distributed" } };
const sources = {
    components: { kubeStateMetrics: true, prometheus: true, redpanda: true },
    autoInstrumentation: { enabled: true },
    profiling: { ebpf: true },
    metrics: { prometheusRules: true, prometheusOperator: true },
    loadMonitor: { enabled: true },
    networkPolicies: { enabled: true },
    autoscaling: { collector: { minReplicas: 2, maxReplicas: 4 } },
};

describeWith({ programs: ["helm"], mirror: true }, ".ci/rbac.yaml", () => {
    test.each<[string, string, object]>([
        ["distributed stores", "dev", distributed],
        ["distributed stores", "prod", distributed],
        ["optional sources", "prod", sources],
    ])("covers every kind of object of %s in %s", async (_, name, settings) => {
        const { objects } = await renderStack(name, settings);
        const kinds = new Set(objects.map(resourceOf));
        expect(kinds).toContain("apps/statefulsets");
        // The profile dev has no budgets.
        expect(kinds.has("policy/poddisruptionbudgets")).toBe(name === "prod");
        expect(missingRules(objects)).toEqual([]);
    });
});
