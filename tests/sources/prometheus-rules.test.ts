import { load } from "js-yaml";
import { deploymentsOf, statefulSetsOf } from "../../cli/migrate/workloads";
import { problemsOf } from "../../cli/up/preflight";
import { podRequests } from "../../cli/up/requests";
import { listening, selectedBy } from "../../cli/workloads";
import { alloySingletonValues } from "../../components/alloy/values";
import { dataSources } from "../../components/grafana/datasources";
import { podLabelsOf } from "../../components/network-policies/pods";
import { Alloy } from "../../exports";
import { checkObjects } from "../../policy/check";
import { ruleGroups } from "../../rules";
import { resolveSettings } from "../../settings/resolve";
import { ruleOptions } from "../../stack/component-args";
import { objectNames } from "../../stack/object-names";
import { quantityValue } from "../../validation/quantities";
import { mistakesOf } from "../helpers/mistakes";
import { anywhere, policySpec, ports } from "../helpers/network-policies";
import { describeWith } from "../helpers/prerequisites";
import { record } from "../helpers/record";
import { objectOf, type RenderedStack, renderStack, type Workload, workloads } from "../helpers/rendered";
import { stackObjects } from "../policy/objects";
import { offRoles } from "./examples";

const settings = { metrics: { prometheusRules: true } };
const name = "mimir-object-ruler";

describe("PrometheusRule objects", () => {
    test.each<[string, object, string]>([
        [
            "without Mimir",
            { components: { mimir: false, alloyMetrics: false } },
            "metrics.prometheusRules is true, but the stack has no Mimir, whose second ruler evaluates the PrometheusRules; set it to false.",
        ],
        [
            "with the Mimir of others",
            {
                external: {
                    mimir: {
                        url: "https://mimir.example.com/prometheus",
                        remoteWriteUrl: "https://mimir.example.com/api/v1/push",
                        otlpUrl: "https://mimir.example.com/otlp",
                    },
                },
            },
            "metrics.prometheusRules is true, but external.mimir.url replaces the Mimir of the stack, whose second ruler evaluates the PrometheusRules; set it to false.",
        ],
        [
            "in a stack that only collects",
            { cluster: "edge", central: { url: "https://central.example.com", existingSecret: "central" } },
            "metrics.prometheusRules is true, but the Mimir is in the central stack, whose second ruler evaluates the PrometheusRules; set it to false.",
        ],
    ])("are refused %s", (_, more, sentence) => {
        expect(mistakesOf({ ...settings, ...more })).toEqual([sentence]);
    });

    test("have an alert group, names of objects and a Deployment that writes the bucket only with the setting", () => {
        const groups = (given: object) =>
            ruleGroups(ruleOptions(resolveSettings(given))).mimir.map((group) => group.name);
        expect([groups({}), groups(settings)].map((names) => names.includes("prometheus-rules"))).toEqual([
            false,
            true,
        ]);
        const names = (given: object) => objectNames(resolveSettings(given));
        expect([names({}), names(settings)].map((found) => found.includes(name))).toEqual([false, true]);
        expect(deploymentsOf("mimir")).toEqual([name]);
        expect(statefulSetsOf("mimir")).not.toContain(name);
    });

    test("need their CRD before a deployment", () => {
        const facts = {
            version: { text: "v1.33.0", major: 1, minor: 33 },
            ...{ missingPermissions: [], hasDaprCrd: true, hasPrometheusRuleCrd: false },
            ...{ namespace: undefined, storageClasses: undefined, nodes: undefined, pods: undefined },
        };
        expect(problemsOf(facts, resolveSettings(settings), [])).toEqual([
            "the cluster lacks the CRD prometheusrules.monitoring.coreos.com; install those of the Prometheus operator, for example with the chart prometheus-operator-crds, or set observability:metrics.prometheusRules to false",
        ]);
    });

    test("are a data source of Grafana with a list of rules, and the Alertmanager of Mimir", () => {
        const urls = { mimirUrl: "http://mimir:9009", alertmanagerUrl: "http://mimir:9009", tenant: "acme" };
        const uids = (more: object) => dataSources({ ...urls, ...more }).datasources.map(({ uid }) => uid);
        expect(uids({})).not.toContain("prometheusrules");
        const { datasources } = dataSources({ ...urls, rulerUrl: "http://mimir-object-ruler:9009" });
        expect(datasources.find(({ uid }) => uid === "prometheusrules")).toMatchObject({
            name: "PrometheusRules",
            type: "prometheus",
            url: "http://mimir-object-ruler:9009/prometheus",
            jsonData: { prometheusType: "Mimir", alertmanagerUid: "alertmanager", httpHeaderName1: "X-Scope-OrgID" },
            secureJsonData: { httpHeaderValue1: "acme" },
        });
        expect(datasources.filter(({ isDefault }) => isDefault).map(({ uid }) => uid)).toEqual(["mimir"]);
    });

    test("open the second ruler to lgtm-alloy-singleton, and the API server to this Alloy", () => {
        const specOf = (component: string) => policySpec(settings, component);
        const mimir = [{ podSelector: { matchLabels: { "app.kubernetes.io/instance": "mimir" } } }];
        expect(specOf("alloy-singleton")?.egress).toEqual([
            { to: mimir, ports: ports(9009) },
            { to: anywhere, ports: ports(443, 6443) },
        ]);
        // The second ruler is one of the pods of Mimir: it connects to the others, and they to it.
        expect(specOf("mimir")?.podSelector).toEqual(mimir[0]?.podSelector);
        for (const direction of ["ingress", "egress"] as const) {
            const peers = (specOf("mimir")?.[direction] ?? []) as {
                from?: object;
                to?: object;
                ports: { port: number }[];
            }[];
            const own = peers.filter(({ from, to }) => JSON.stringify(from ?? to) === JSON.stringify(mimir));
            expect(own.flatMap((peer) => peer.ports.map(({ port }) => port)).sort()).toEqual([7946, 9009, 9095]);
        }
    });
});

describe("lgtm-alloy-singleton with a ruler", () => {
    const alloy = { namespace: "obs", cluster: "c", mimirUrl: "http://m" };
    const rulerUrl = "http://ruler:9009";
    const valuesOf = (more: object = {}, singleton: object = {}) =>
        alloySingletonValues({ ...alloy, ...more, singleton: { rulerUrl, ...singleton } });
    const configOf = (...args: Parameters<typeof valuesOf>): string => valuesOf(...args)["alloy"].configMap.content;

    test("writes rules with the tenant and the label cluster, and has no other source", () => {
        const config = configOf({ tenant: "acme" });
        expect(config).toContain(
            [
                'mimir.rules.kubernetes "cluster" {',
                '\taddress   = "http://ruler:9009"',
                '\ttenant_id = "acme"',
                "",
                "\t// Recorded series and alerts have this label, also if an expression drops it.",
                '\texternal_labels = {cluster = "c"}',
                "}",
            ].join("\n"),
        );
        expect(config).not.toContain("prometheus.");
    });

    test("reads PrometheusRules and namespaces, and nothing else", () => {
        const verbs = ["list", "watch"];
        const [role] = valuesOf()["extraObjects"] as { rules: object[] }[];
        expect(role?.rules).toEqual([
            { apiGroups: ["monitoring.coreos.com"], resources: ["prometheusrules"], verbs },
            { apiGroups: [""], resources: ["namespaces"], verbs },
        ]);
        // The annotation announces scraped monitors to other stacks.
        expect(valuesOf()["controller"].extraAnnotations).toBeUndefined();
    });

    test("reads the objects of the collected namespaces", () => {
        const selectorOf = (collectFrom: object) =>
            /rule_namespace_selector \{\n\t\tmatch_expression \{\n(.*?)\n\t\t\}/s
                .exec(configOf({ collectFrom }))?.[1]
                ?.replace(/\s+/g, " ");
        expect(selectorOf({})).toBeUndefined();
        const key = ' key = "kubernetes.io/metadata.name"';
        expect(selectorOf({ namespaces: ["shop"] })).toBe(`${key} operator = "In" values = ["obs", "shop"]`);
        expect(selectorOf({ excludeNamespaces: ["dev"] })).toBe(`${key} operator = "NotIn" values = ["dev"]`);
    });

    test("restricts expressions to its cluster only if the store has other clusters", () => {
        expect(configOf()).not.toContain("extra_query_matchers");
        expect(configOf({}, { otherClusters: true })).toMatch(
            /extra_query_matchers \{\n\t\tmatcher \{\n\t\t\tname {7}= "cluster"\n\t\t\tmatch_type = "="\n\t\t\tvalue {6}= "c"/,
        );
    });

    test("requires only the CRD of PrometheusRules", async () => {
        const { resources } = await record(
            (opts) => new Alloy("alloy", { ...alloy, ...offRoles, singleton: { rulerUrl } }, opts),
        );
        expect(
            resources.filter(({ type }) => /CustomResourceDefinition$/.test(type)).map((resource) => resource.name),
        ).toEqual([
            "alloy: Install the CRD prometheusrules.monitoring.coreos.com of the Prometheus operator, or remove rulerUrl",
        ]);
    });
});

describeWith({ programs: ["helm"], mirror: true }, "the second ruler of Mimir", () => {
    describe.each(["monolithic", "distributed"])("with %s Mimir", (mode) => {
        describe.each([
            ["dev", 1],
            ["prod", 2],
        ] as const)("in %s", (profile, replicas) => {
            const given = { ...settings, mode: { mimir: mode } };
            let stack: RenderedStack;
            let ruler: Workload;
            beforeAll(async () => {
                stack = await renderStack(profile, given);
                ruler = workloads(stack.objects).find((workload) => workload.name === name) as Workload;
            });

            test("is a Deployment with its own storage and its own ring, and the configuration of the others", () => {
                expect([ruler.kind, ruler.replicas]).toEqual(["Deployment", replicas]);
                expect(ruler.pod.containers[0]?.["args"]).toEqual([
                    "-target=ruler,querier",
                    "-config.file=/etc/mimir/mimir.yaml",
                    "-config.expand-env=true",
                    "-shutdown-delay=5s",
                    "-ruler.ring.prefix=object-rulers/",
                    "-ruler-storage.backend=s3",
                    "-ruler-storage.storage-prefix=objectrules",
                    "-querier.ring.instance-addr=$(POD_IP)",
                    "-querier.scheduler-address=",
                    "-ruler.max-rule-groups-per-tenant=0",
                    "-ruler.max-rules-per-rule-group=0",
                ]);
                const config = load(objectOf(stack.objects, "ConfigMap", "mimir")["data"]["mimir.yaml"]) as any;
                // The other ruler keeps the rule files.
                expect(config.ruler_storage).toMatchObject({ backend: "local", local: { directory: "/rules" } });
                expect(config.ruler.ring.prefix).toBeUndefined();
                expect(JSON.stringify(ruler.pod)).not.toContain("mimir-rules");
            });

            test("is selected by its own Service and its own budget only", () => {
                const ofKind = (kind: string) =>
                    stack.objects.filter((object) => object.kind === kind) as Record<string, any>[];
                const selecting = (kind: string, selector: (spec: any) => Record<string, string> | undefined) =>
                    ofKind(kind)
                        .filter(({ spec }) => {
                            const labels = selector(spec);
                            return (
                                labels !== undefined &&
                                selectedBy({ selector: labels }, stack.objects).some((found) => found.name === name)
                            );
                        })
                        .map(({ metadata }) => metadata.name as string);
                expect(selecting("Service", (spec) => spec.selector)).toEqual([name]);
                expect(selecting("StatefulSet", (spec) => spec.selector.matchLabels)).toEqual([]);
                expect(selecting("PodDisruptionBudget", (spec) => spec.selector.matchLabels)).toEqual(
                    replicas > 1 ? [name] : [],
                );
                const [port] = objectOf(stack.objects, "Service", name)["spec"].ports;
                expect([port.port, listening(ruler, port.targetPort)]).toEqual([9009, 9009]);
            });

            test("has the labels of the NetworkPolicy, the job of the metrics and the name of the service in logs", () => {
                const labels = podLabelsOf("mimir", { objectRuler: true });
                const selected = selectedBy({ selector: labels }, stack.objects).map((found) => found.name);
                expect(selected).toEqual(
                    expect.arrayContaining([name, mode === "distributed" ? "mimir-ingester" : "mimir"]),
                );
                expect(objectOf(stack.objects, "Deployment", name)["spec"].template.metadata.annotations).toMatchObject(
                    {
                        "prometheus.io/job": "mimir",
                        "resource.opentelemetry.io/service.name": "mimir",
                    },
                );
            });

            test("violates no rule of the policy pack", async () => {
                const { objects, context } = await stackObjects(profile, given);
                expect(checkObjects(objects, context).violations).toEqual([]);
            });

            test("is counted among the requests of the stack", () => {
                const { requests = {} } = ruler.pod.containers[0]?.resources ?? {};
                const computed = podRequests(stack.charts.filter(({ release }) => release === "mimir"));
                expect(computed).toContainEqual({
                    release: "mimir",
                    replicas,
                    everyNode: false,
                    cpu: quantityValue(String(requests["cpu"])),
                    memory: quantityValue(String(requests["memory"])),
                });
            });
        });
    });

    test("does not exist without the setting", async () => {
        const { objects } = await renderStack("prod");
        expect(objects.filter(({ metadata }) => metadata.name.includes("object-ruler"))).toEqual([]);
    });
});
