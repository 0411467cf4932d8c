import { evaluateStack, type Evaluation } from "../../cli/evaluate";
import { dashboards } from "../../dashboards";
import { checkObjects } from "../../policy/check";
import { ruleGroups } from "../../rules";
import { absentComponents, existingSources } from "../../settings/components";
import { resolveSettings } from "../../settings/resolve";
import { ruleOptions } from "../../stack/component-args";
import { objectNames } from "../../stack/object-names";
import { requiredCharts } from "../../stack/required-charts";
import { testMistakes } from "../helpers/mistakes";
import { chartsMissingByDefault } from "../helpers/mirror-folder";
import { policySpec } from "../helpers/network-policies";
import { describeWith } from "../helpers/prerequisites";
import { objectOf, renderStack } from "../helpers/rendered";
import { stackObjects } from "../policy/objects";
import { everything } from "./examples";

const releases = ({ charts }: Evaluation) => charts.map(({ release }) => release);

/** Dashboards and groups of rules of optional sources. */
const ofOptionalSources =
    /probes|objects|events|monitors|databases|postgresql|mysql|mongodb|redis|kafka|redpanda|prometheus|api-server|coredns|controllers|etcd/;

describe("a stack without optional sources", () => {
    test("deploys neither kube-state-metrics nor lgtm-alloy-singleton", async () => {
        const evaluation = await evaluateStack("dev");
        expect(existingSources(evaluation.settings)).toEqual([]);
        expect(absentComponents(evaluation.settings)).toEqual([
            "alloySingleton",
            "alloyProfiles",
            "kubeStateMetrics",
            "prometheus",
            "alloyKafka",
            "redpanda",
            "autoInstrumentation",
            "ingestionProxy",
        ]);
        expect(releases(evaluation)).not.toContain("kube-state-metrics");
        expect(releases(evaluation)).not.toContain("lgtm-alloy-singleton");
        expect(JSON.stringify(evaluation.charts.map(({ values }) => values))).not.toMatch(
            /kube-state-metrics|kubernetes-events|blackbox|redpanda|exporter\.(postgres|mysql|mongodb|redis|kafka)/,
        );
    });

    test("has no dashboards and no alerts of them", () => {
        const uids = dashboards({ namespace: "monitoring" }).map(({ uid }) => uid);
        expect(uids).not.toEqual(expect.arrayContaining(["kubernetes-objects"]));
        expect(uids.filter((uid) => ofOptionalSources.test(uid))).toEqual([]);
        const { mimir } = ruleGroups(ruleOptions(resolveSettings({})));
        expect(mimir.map(({ name }) => name).filter((name) => ofOptionalSources.test(name))).toEqual([]);
        expect(JSON.stringify(mimir)).not.toMatch(
            /absent\(up\{job=\\?"(kube-state-metrics|alloy-singleton|alloy-kafka|redpanda|prometheus)/,
        );
    });

    test("does not need their charts, and leaves their names to others", () => {
        const settings = resolveSettings({});
        expect(requiredCharts(settings).map(({ name }) => name)).not.toContain("kube-state-metrics");
        expect(objectNames(settings)).not.toContain("kube-state-metrics");
        expect(chartsMissingByDefault(settings)).toEqual([]);
        expect(chartsMissingByDefault(resolveSettings(everything))).toEqual([
            expect.stringContaining("has no kube-state-metrics-8.4.0.tgz"),
            expect.stringContaining("has no prometheus-29.27.0.tgz"),
        ]);
    });
});

describe("a stack with all optional sources", () => {
    test("deploys their components, and has their dashboards and alerts", async () => {
        const evaluation = await evaluateStack("dev", everything);
        expect(releases(evaluation)).toEqual(
            expect.arrayContaining(["kube-state-metrics", "lgtm-alloy-singleton", "prometheus"]),
        );
        const { mimir } = ruleGroups(ruleOptions(evaluation.settings));
        expect(mimir.map(({ name }) => name)).toEqual(
            expect.arrayContaining([
                ...["kubernetes-objects", "probes", "postgresql", "redis"],
                ...["kubernetes-api-server", "coredns", "kubernetes-controllers", "etcd"],
            ]),
        );
        expect(mimir.map(({ name }) => name).filter((name) => /mysql|mongodb/.test(name))).toEqual([]);
        const text = JSON.stringify(mimir);
        expect(text).toContain(
            'absent(up{job=\\"kube-state-metrics\\", cluster=\\"mathtrail-dev\\", namespace=\\"monitoring\\"})',
        );
        expect(text).toContain(
            'absent(up{job=\\"alloy-singleton\\", cluster=\\"mathtrail-dev\\", namespace=\\"monitoring\\"})',
        );
        const folders = JSON.stringify(evaluation.resources.map(({ inputs }) => inputs));
        expect(folders).toContain("kubernetes-objects.json");
        expect(folders).toContain("platform-events.json");
        expect(folders).toContain("platform-probes.json");
        expect(folders).toContain("databases-postgresql.json");
        expect(folders).toContain("databases-redis.json");
        expect(folders).not.toContain("databases-mysql.json");
        expect(folders).toContain("control-plane-api-server.json");
    });

    test("has only the dashboards and alerts of the sources that it has", () => {
        const { mimir } = ruleGroups(ruleOptions(resolveSettings({ logs: { kubernetesEvents: true } })));
        expect(mimir.map(({ name }) => name).filter((name) => ofOptionalSources.test(name))).toEqual([]);
        expect(JSON.stringify(mimir)).toContain("alloy-singleton");
    });
});

testMistakes("refuses %s", [
    [
        "Helm values of components that are not deployed",
        { values: { kubeStateMetrics: { replicas: 2 }, alloySingleton: { crds: { create: false } } } },
        [
            "values.kubeStateMetrics has no effect, because the stack does not deploy this component; remove it.",
            "values.alloySingleton has no effect, because the stack does not deploy this component; remove it.",
        ],
    ],
]);

describe("NetworkPolicies", () => {
    test("have no policies for components that do not exist", () => {
        expect([policySpec({}, "alloy-singleton"), policySpec({}, "kube-state-metrics")]).toEqual([
            undefined,
            undefined,
        ]);
    });
});

describeWith({ programs: ["helm"], mirror: true }, "the objects of the optional sources", () => {
    test.each(["dev", "prod"])("follow all policies in %s", async (stack) => {
        const { objects, context } = await stackObjects(stack, everything);
        const found = checkObjects(objects, context).violations.map(
            ({ rule, object }) => `${rule} ${object.kind}/${object.metadata.name}`,
        );
        expect(found).toEqual([]);
    });

    test("have names with the namespace if they belong to the cluster, and come from images.registry", async () => {
        const { objects } = await renderStack("prod", {
            ...everything,
            images: { registry: "registry.example.com/mirror" },
        });
        const names = objects
            .filter(({ kind }) => /^ClusterRole/.test(kind))
            .map(({ kind, metadata }) => `${kind}/${metadata.name}`);
        expect(names).toEqual(
            expect.arrayContaining([
                "ClusterRole/kube-state-metrics-monitoring",
                "ClusterRoleBinding/kube-state-metrics-monitoring",
                "ClusterRole/lgtm-alloy-singleton-monitoring",
                "ClusterRoleBinding/lgtm-alloy-singleton-monitoring",
                "ClusterRole/prometheus-monitoring",
                "ClusterRoleBinding/prometheus-monitoring",
            ]),
        );
        expect(names.filter((name) => !name.endsWith("-monitoring"))).toEqual([]);
        const binding = objectOf(objects, "ClusterRoleBinding", "kube-state-metrics-monitoring");
        expect(binding["subjects"]).toEqual([
            { kind: "ServiceAccount", name: "kube-state-metrics", namespace: "monitoring" },
        ]);
        const { spec } = objectOf(objects, "Deployment", "kube-state-metrics");
        expect(spec.template.spec.containers[0].image).toBe(
            "registry.example.com/mirror/kube-state-metrics/kube-state-metrics:v2.20.0",
        );
        expect(spec.strategy).toEqual({ type: "Recreate" });
        expect(spec.template.spec.containers[0].args.join(" ")).not.toMatch(/secrets|configmaps/);
    });
});
