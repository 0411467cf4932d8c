import * as fs from "fs";
import * as os from "os";
import * as path from "path";
import { evaluateStack, type Evaluation } from "../../cli/evaluate";
import { alloyMetricsValues, alloySingletonValues } from "../../components/alloy/values";
import { mirrorMistakes } from "../../components/helm/source";
import { collectorsWithoutPermission, kubeStateMetricsValues } from "../../components/kube-state-metrics/values";
import { dashboards } from "../../dashboards";
import { ruleGroups } from "../../rules";
import { absentComponents, existingSources } from "../../settings/components";
import { resolveSettings } from "../../settings/resolve";
import { clusterWarnings } from "../../stack/cluster-check";
import { ruleOptions } from "../../stack/component-args";
import { networkPoliciesArgs } from "../../stack/network-policies-args";
import { objectNames } from "../../stack/object-names";
import { requiredCharts } from "../../stack/required-charts";
import { checkObjects } from "../../policy/check";
import { Alloy, KubeStateMetrics } from "../../exports";
import { controlPlaneParts } from "../../validation/control-plane";
import { anywhere, podsOf, policySpec, ports } from "../helpers/network-policies";
import { describeWith } from "../helpers/prerequisites";
import { errorMessage, record } from "../helpers/record";
import { objectOf, renderStack } from "../helpers/rendered";
import { stackObjects } from "../policy/objects";
import { mistakesOf } from "../helpers/mistakes";

const probes = [
    { name: "shop", url: "https://shop.example.com/health" },
    { name: "db", url: "db.shop.svc:5432", module: "tcp_connect" as const },
];
const databases = [
    {
        name: "shop-db",
        kind: "postgresql" as const,
        address: "shop-db.shop.svc.cluster.local:5432",
        existingSecret: "shop-db-login",
    },
    { name: "cache", kind: "redis" as const, address: "cache.example.com:6379" },
];
const everything = {
    components: { kubeStateMetrics: true, prometheus: true, redpanda: true },
    logs: { kubernetesEvents: true },
    metrics: { prometheusOperator: true, controlPlane: [...controlPlaneParts] },
    probes,
    databases,
};
const backends = { lokiUrl: "http://loki:3100", mimirUrl: "http://mimir:9009" };
const alloy = { namespace: "obs", cluster: "c", ...backends };

const configOf = (values: Record<string, any>) => values["alloy"].configMap.content as string;
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
        const folder = fs.mkdtempSync(path.join(os.tmpdir(), "mirror-"));
        for (const { name, version } of requiredCharts(settings)) {
            fs.writeFileSync(path.join(folder, `${name}-${version}.tgz`), "");
        }
        expect(mirrorMistakes(folder, requiredCharts(settings))).toEqual([]);
        expect(mirrorMistakes(folder, requiredCharts(resolveSettings(everything)))).toEqual([
            expect.stringContaining("has no kube-state-metrics-8.4.0.tgz"),
            expect.stringContaining("has no prometheus-29.27.0.tgz"),
        ]);
        fs.rmSync(folder, { recursive: true });
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

describe("several replicas of lgtm-alloy-singleton", () => {
    const controlPlane = ["apiServer", "coreDns", "controllers", "etcd"];
    const singleton = { probes, databases, prometheusOperator: true, controlPlane, replicas: 3 };

    test("form a cluster in which each scrape is shared", () => {
        const values = alloySingletonValues({ ...alloy, singleton });
        expect(values["alloy"].clustering).toEqual({ enabled: true, name: "lgtm-alloy-singleton" });
        expect(values["controller"]).toMatchObject({
            type: "deployment",
            replicas: 3,
            updateStrategy: { type: "RollingUpdate", rollingUpdate: { maxUnavailable: 1, maxSurge: 0 } },
            podDisruptionBudget: { enabled: true, maxUnavailable: 1 },
        });
        const scrapes = configOf(values).match(/^prometheus\.(scrape|operator\.\w+) .*?^\}/gms) ?? [];
        expect(scrapes).toHaveLength(10);
        for (const scrape of scrapes) {
            expect(scrape).toContain("\n\tclustering {\n\t\tenabled = true\n\t}\n");
        }
    });

    test("do not exist by default, and one replica is not a cluster", () => {
        const values = alloySingletonValues({ ...alloy, singleton: { ...singleton, replicas: 1 } });
        expect(values["alloy"].clustering).toEqual({ enabled: false });
        expect(values["controller"]).toMatchObject({ replicas: 1, updateStrategy: { type: "Recreate" } });
        expect(configOf(values)).not.toContain("clustering");
    });

    test("may connect to each other", () => {
        const settings = resolveSettings({ probes, replicas: { singleton: 3 }, networkPolicies: { enabled: true } });
        expect(networkPoliciesArgs(settings)).toMatchObject({ singletonPeers: true });
        expect(networkPoliciesArgs(resolveSettings({ probes }))).not.toHaveProperty("singletonPeers");
    });
});

test.each<[string, object, string[]]>([
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
    [
        "Helm values of components that are not deployed",
        { values: { kubeStateMetrics: { replicas: 2 }, alloySingleton: { crds: { create: false } } } },
        [
            "values.kubeStateMetrics has no effect, because the stack does not deploy this component; remove it.",
            "values.alloySingleton has no effect, because the stack does not deploy this component; remove it.",
        ],
    ],
    [
        "events without a store of logs",
        { logs: { kubernetesEvents: true }, components: { loki: false, alloyLogs: false } },
        ["logs.kubernetesEvents is true, but there is no store of logs; set it to false."],
    ],
    [
        "probes without a store of metrics",
        { probes: [probes[0]], components: { mimir: false, alloyMetrics: false } },
        ["probes have no effect, because there is no store of metrics; remove them."],
    ],
    [
        "two probes of the same target, and two with the same name",
        {
            probes: [
                probes[0],
                { name: "other", url: "https://shop.example.com/health", module: "http_2xx" },
                { name: "shop", url: "https://shop.example.com" },
            ],
        },
        [
            "probes[1].url is the same as that of probe 1, with the same module, so that the target would be probed twice; remove one of them.",
            'probes[2].name is "shop", and so is that of probe 1; each probe needs its own name.',
        ],
    ],
    [
        "an address that does not fit its module",
        {
            probes: [
                { name: "a", url: "shop.example.com:443" },
                { name: "b", url: "https://shop.example.com", module: "tcp_connect" },
            ],
        },
        [
            'probes[0].url is "shop.example.com:443"; with the module http_2xx it must be a URL such as "https://shop.example.com/health", without user and password.',
            'probes[1].url is "https://shop.example.com"; with the module tcp_connect it must be a host and a port such as "shop.example.com:443".',
        ],
    ],
    [
        "a password in a URL, which is not printed",
        { probes: [{ name: "a", url: "https://user:secret@shop.example.com/" }] },
        [
            'probes[0].url is "https://…@shop.example.com/"; with the module http_2xx it must be a URL such as "https://shop.example.com/health", without user and password.',
        ],
    ],
    [
        "an unknown module and a name with spaces",
        { probes: [{ name: "the shop", url: "https://shop.example.com", module: "http" }] },
        [
            "probes[0].name is \"the shop\"; it must be 1 to 63 letters, digits, '-', '_' and '.'.",
            expect.stringContaining('probes[0].module is "http"; it must be'),
        ],
    ],
    [
        "monitors without a store of metrics",
        { metrics: { prometheusOperator: true }, components: { mimir: false, alloyMetrics: false } },
        ["metrics.prometheusOperator is true, but there is no store of metrics; set it to false."],
    ],
    [
        "the control plane without a store of metrics, twice, and in the stack that does not collect from the nodes",
        {
            metrics: { controlPlane: ["apiServer", "etcd", "apiServer"] },
            components: { mimir: false, alloyMetrics: false },
            collectFrom: { nodes: false },
        },
        [
            "metrics.controlPlane has no effect, because there is no store of metrics; remove it.",
            "metrics.controlPlane is set, but collectFrom.nodes is false; the stack that collects from the nodes also scrapes the control plane. Remove it here, and set it there.",
            'metrics.controlPlane contains "apiServer" twice; remove one of them.',
        ],
    ],
    [
        "an unknown part of the control plane",
        { metrics: { controlPlane: ["apiserver"] } },
        [
            'metrics.controlPlane[0] is "apiserver"; it must be one of "apiServer", "coreDns", "controllers", "etcd". Did you mean "apiServer"?',
        ],
    ],
    [
        "databases without a store of metrics",
        { databases, components: { mimir: false, alloyMetrics: false } },
        ["databases have no effect, because there is no store of metrics; remove them."],
    ],
    [
        "databases without the Secret that their kind needs",
        {
            databases: [
                { name: "a", kind: "postgresql", address: "a.shop.svc:5432" },
                { name: "b", kind: "mysql", address: "b.shop.svc:3306", passwordKey: "root" },
                { name: "c", kind: "mongodb", address: "c.shop.svc:27017" },
                { name: "d", kind: "redis", address: "d.shop.svc:6379" },
            ],
        },
        [
            "databases[0].existingSecret is missing; PostgreSQL needs a login. Create a Secret with a user name and a password in the namespace of the stack, and set its name.",
            "databases[1].existingSecret is missing; MySQL needs a login. Create a Secret with a user name and a password in the namespace of the stack, and set its name.",
            "databases[1].passwordKey has no effect without existingSecret; remove it.",
        ],
    ],
    [
        "two databases of one name, and two of one address",
        {
            databases: [
                { name: "a", kind: "redis", address: "a.shop.svc:6379" },
                { name: "a", kind: "redis", address: "b.shop.svc:6379" },
                { name: "c", kind: "redis", address: "A.shop.svc:6379" },
            ],
        },
        [
            'databases[1].name is "a", and so is that of database 1; each database needs its own name.',
            "databases[2].address is the same as that of database 1, so that the same metrics would be stored twice; remove one of them.",
        ],
    ],
    [
        "a key that the kind does not use, an unknown kind, and an address with a password",
        {
            databases: [
                { name: "a", kind: "redis", address: "a.shop.svc:6379", database: "shop" },
                {
                    name: "b",
                    kind: "postgres",
                    address: "postgresql://user:secret@b.shop.svc:5432",
                    existingSecret: "b",
                },
            ],
        },
        [
            'databases[1].kind is "postgres"; it must be one of "postgresql", "mysql", "mongodb", "redis". Did you mean "postgresql"?',
            expect.stringContaining("databases[1].address"),
            "databases[0].database has no effect, because the metrics of Redis do not depend on it; remove it.",
        ],
    ],
])("refuses %s", (_, settings, expected) => {
    expect(mistakesOf(settings)).toEqual(expected);
});

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

describe("another source of the targets of monitors in the cluster", () => {
    const singleton = (namespace: string, collects?: object) => ({
        metadata: {
            name: "lgtm-alloy-singleton",
            namespace,
            ...(collects && { annotations: { "observability.mathtrail/collects": JSON.stringify(collects) } }),
        },
    });
    const warningsOf = (settings: object, lists: { deployments?: object[]; prometheuses?: object[] }) => {
        const read = (path: string) =>
            Promise.resolve(
                /prometheuses$/.test(path)
                    ? { items: lists.prometheuses ?? [] }
                    : /^\/apis\/apps\/v1\/deployments/.test(path)
                      ? { items: lists.deployments ?? [] }
                      : undefined,
            );
        return clusterWarnings({ read } as never, resolveSettings(settings));
    };
    const monitors = { metrics: { prometheusOperator: true } };

    test("causes a warning, if it is another stack that collects from the same namespaces", async () => {
        const deployments = [singleton("monitoring", {}), singleton("events-only"), singleton("other", {})];
        expect(await warningsOf(monitors, { deployments })).toEqual([
            "metrics.prometheusOperator is true, and so it is in the stack in namespace other, so that both scrape the monitored targets of all pods. Set collectFrom in both stacks, so that each collects from its own namespaces",
        ]);
        expect(await warningsOf({}, { deployments })).toEqual([]);
        const shop = { ...monitors, collectFrom: { namespaces: ["shop"] } };
        expect(await warningsOf(shop, { deployments: [singleton("other", { namespaces: ["pay"] })] })).toEqual([]);
    });

    test("causes a warning, if it is a Prometheus that writes to another store", async () => {
        const prometheus = (name: string, spec: object) => ({ metadata: { name, namespace: "prom" }, spec });
        const prometheuses = [
            prometheus("local", {}),
            prometheus("remote", { remoteWrite: [{ url: "http://mimir.monitoring.svc:9009/api/v1/push" }] }),
        ];
        expect(await warningsOf(monitors, { prometheuses })).toEqual([
            "metrics.prometheusOperator is true, and the Prometheus prom/remote also scrapes ServiceMonitors and writes to http://mimir.monitoring.svc:9009/api/v1/push. If this is the store of the stack, each series exists twice. Remove its remoteWrite, or set metrics.prometheusOperator to false",
        ]);
    });
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

describe("lgtm-alloy-singleton", () => {
    const singleton = (args: object, more: object = {}) => alloySingletonValues({ ...alloy, ...more, singleton: args });

    test("reads events with the permission to list and watch them, and nothing else", () => {
        const values = singleton({ kubernetesEvents: true });
        const [role] = values["extraObjects"] as { kind: string; metadata: { name: string }; rules: object[] }[];
        expect([role?.kind, role?.metadata.name, role?.rules]).toEqual([
            "ClusterRole",
            "lgtm-alloy-singleton-obs",
            [{ apiGroups: [""], resources: ["events"], verbs: ["list", "watch"] }],
        ]);
        expect(configOf(values)).toContain("loki.source.kubernetes_events");
        expect(configOf(values)).not.toContain("blackbox");
    });

    test("has no permissions and no token if it only probes", () => {
        const values = singleton({ probes });
        expect(values["extraObjects"]).toBeUndefined();
        expect(values["rbac"].create).toBe(false);
        expect(values["serviceAccount"]).toEqual({ automountServiceAccountToken: false });
        expect(configOf(values)).toContain('address = "db.shop.svc:5432"');
        expect(configOf(values)).toContain('module  = "tcp_connect"');
        expect(configOf(values)).not.toContain("loki.");
    });

    test("finds the targets of monitors with the permission to list and watch them, and none to read Secrets", () => {
        const values = singleton({ prometheusOperator: true });
        const [role] = values["extraObjects"] as { rules: object[] }[];
        const listed = ["list", "watch"];
        const monitors = [
            {
                apiGroups: ["monitoring.coreos.com"],
                resources: ["servicemonitors", "podmonitors", "probes"],
                verbs: listed,
            },
            { apiGroups: [""], resources: ["services", "pods", "nodes"], verbs: listed },
            { apiGroups: ["discovery.k8s.io"], resources: ["endpointslices"], verbs: listed },
            { apiGroups: ["networking.k8s.io"], resources: ["ingresses"], verbs: listed },
        ];
        expect(role?.rules).toEqual(monitors);
        expect(values["serviceAccount"]?.automountServiceAccountToken).toBeUndefined();
        const [both] = singleton({ prometheusOperator: true, kubernetesEvents: true })["extraObjects"] as {
            rules: object[];
        }[];
        expect(both?.rules).toEqual([{ apiGroups: [""], resources: ["events"], verbs: listed }, ...monitors]);
        expect(values["controller"].extraAnnotations).toEqual({
            "observability.mathtrail/collects": '{"excludeNamespaces":[],"nodes":false}',
        });
        expect(singleton({ probes })["controller"].extraAnnotations).toBeUndefined();
    });

    test("finds and scrapes exactly the configured parts of the control plane", () => {
        const rulesOf = (values: Record<string, any>) => (values["extraObjects"] as { rules: object[] }[])[0]?.rules;
        const listed = ["list", "watch"];
        const pods = { apiGroups: [""], resources: ["pods"], verbs: listed };
        const metrics = { nonResourceURLs: ["/metrics"], verbs: ["get"] };
        expect(rulesOf(singleton({ controlPlane: ["coreDns", "etcd"] }))).toEqual([pods]);
        expect(rulesOf(singleton({ controlPlane: ["controllers"] }))).toEqual([metrics, pods]);
        expect(rulesOf(singleton({ controlPlane: ["apiServer"], kubernetesEvents: true }))).toEqual([
            { apiGroups: [""], resources: ["events"], verbs: listed },
            metrics,
            { apiGroups: [""], resources: ["services", "pods"], verbs: listed },
            { apiGroups: ["discovery.k8s.io"], resources: ["endpointslices"], verbs: listed },
        ]);
        const scrapes = (controlPlane: string[]) =>
            [...configOf(singleton({ controlPlane })).matchAll(/^prometheus\.scrape "(\w+)"/gm)].map(
                ([, name]) => name,
            );
        expect(scrapes(["etcd", "apiServer"])).toEqual(["apiserver", "etcd"]);
        expect(scrapes([...controlPlaneParts])).toEqual(["apiserver", "coredns", "controllers", "etcd"]);
    });

    test("stores a few buckets of one histogram of the API server only", () => {
        const config = configOf(singleton({ controlPlane: ["apiServer"] }));
        const [, kept = ""] = /\["__name__", "le"\]\n\t\tregex +=(".+")/.exec(config.replace(/ = /g, " =")) ?? [];
        const expression = new RegExp(`^(?:${JSON.parse(kept) as string})$`);
        const isKept = (name: string, le = "") => expression.test(`${name};${le}`);
        const sli = "apiserver_request_sli_duration_seconds";
        const bounds = ["0.05", "0.1", "0.2", "0.4", "0.6", "1", "1.0", "1.25", "5.0", "10.0", "30.0", "60.0", "+Inf"];
        expect(bounds.filter((le) => isKept(`${sli}_bucket`, le))).toEqual([
            ...["0.1", "0.4", "1", "1.0", "5.0", "30.0", "+Inf"],
        ]);
        expect(["up", "apiserver_request_total", "scrape_samples_scraped"].every((name) => isKept(name))).toBe(true);
        const dropped = [
            "apiserver_request_duration_seconds",
            "etcd_request_duration_seconds",
            "apiserver_response_sizes",
        ];
        expect(dropped.filter((name) => isKept(`${name}_bucket`, "0.1"))).toEqual([]);
    });

    test("scrapes no annotated pod of CoreDNS that the metrics scraper also scrapes, and no target of the control plane through a monitor", () => {
        const skips = (more: object) =>
            /discovery\.relabel "coredns" \{.*prometheus_io_scrape.*\nprometheus\.scrape "coredns"/s.test(
                configOf(singleton({ controlPlane: ["coreDns"] }, more)),
            );
        expect(
            [
                {},
                { metrics: { enabled: false } },
                { collectFrom: { namespaces: ["shop"] } },
                { collectFrom: { namespaces: ["kube-system"] } },
                { collectFrom: { excludeNamespaces: ["kube-system"] } },
            ].map(skips),
        ).toEqual([true, false, false, true, false]);
        const dropped = (controlPlane: string[]) =>
            configOf(singleton({ prometheusOperator: true, controlPlane })).match(
                /"(default;kubernetes|kube-system;[^"]+)"/g,
            );
        expect(dropped([])).toBeNull();
        // ServiceMonitors and PodMonitors.
        expect(dropped(["apiServer", "etcd"])).toEqual([
            '"default;kubernetes"',
            '"kube-system;etcd;.+:2381"',
            '"default;kubernetes"',
            '"kube-system;etcd;.+:2381"',
        ]);
    });

    test("leaves out the targets that the metrics scraper scrapes, if there is one", () => {
        const count = (more: object) =>
            (configOf(singleton({ prometheusOperator: true }, more)).match(/"labelmap"/g) ?? []).length;
        expect([count({}), count({ metrics: { enabled: false } })]).toEqual([2, 0]);
    });

    test("reads the monitors of the collected namespaces", () => {
        const namespacesIn = (collectFrom: object) =>
            configOf(singleton({ prometheusOperator: true }, { collectFrom })).match(/^\tnamespaces = .*/gm);
        expect(namespacesIn({})).toBeNull();
        expect(namespacesIn({ namespaces: ["shop"] })).toEqual(Array(3).fill('\tnamespaces = ["obs", "shop"]'));
    });

    test("requires the CRDs of the monitors, whose absence stops the preview with a sentence", async () => {
        const args = { namespace: "obs", cluster: "c", mimirUrl: "http://m", ...offRoles };
        const read = async (prometheusOperator: boolean) =>
            (
                await record((opts) => new Alloy("alloy", { ...args, singleton: { probes, prometheusOperator } }, opts))
            ).resources
                .filter(({ type }) => /CustomResourceDefinition$/.test(type))
                .map(({ name }) => name);
        expect(await read(false)).toEqual([]);
        expect(await read(true)).toEqual(
            ["servicemonitors", "podmonitors", "probes"].map(
                (kind) =>
                    `alloy: Install the CRD ${kind}.monitoring.coreos.com of the Prometheus operator, or set prometheusOperator to false`,
            ),
        );
    });

    test("gets the logins of databases from exactly the named keys of their Secrets, and no permission to read Secrets", () => {
        const values = singleton({
            databases: [
                ...databases,
                { ...databases[0], name: "b", address: "b:1", usernameKey: "u", passwordKey: "p" },
            ],
            values: { alloy: { extraEnv: [{ name: "MINE", value: "1" }] } },
        });
        const key = (name: string, secretKey: string) => ({
            name,
            valueFrom: { secretKeyRef: { name: "shop-db-login", key: secretKey } },
        });
        expect(values["alloy"].extraEnv).toEqual([
            key("DATABASE_SHOP_DB_USERNAME", "username"),
            key("DATABASE_SHOP_DB_PASSWORD", "password"),
            key("DATABASE_B_USERNAME", "u"),
            key("DATABASE_B_PASSWORD", "p"),
            { name: "MINE", value: "1" },
        ]);
        expect(values["extraObjects"]).toBeUndefined();
        expect(values["serviceAccount"]).toEqual({ automountServiceAccountToken: false });
    });

    const exporterOf = (database: object) => {
        const config = configOf(singleton({ databases: [{ name: "db", existingSecret: "s", ...database }] }));
        return /prometheus\.exporter\.\w+ "\w+" \{\n(.*?)\n\}/s.exec(config)?.[1]?.replace(/^\t(\w+) += /gm, "$1 = ");
    };
    const encoded =
        'encoding.url_encode(sys.env("DATABASE_DB_USERNAME")), encoding.url_encode(sys.env("DATABASE_DB_PASSWORD"))';
    const plain = 'sys.env("DATABASE_DB_USERNAME"), sys.env("DATABASE_DB_PASSWORD")';
    test.each<[object, string]>([
        [
            { kind: "postgresql", address: "db.shop.svc:5432" },
            `data_source_names = [string.format("postgresql://%s:%s@db.shop.svc:5432/postgres?connect_timeout=5&sslmode=disable", ${encoded})]`,
        ],
        [
            { kind: "postgresql", address: "db.example.com:5432", database: "shop" },
            `data_source_names = [string.format("postgresql://%s:%s@db.example.com:5432/shop?connect_timeout=5&sslmode=verify-full", ${encoded})]`,
        ],
        [
            { kind: "mysql", address: "db:3306", tls: "require" },
            `data_source_name = string.format("%s:%s@tcp(db:3306)/?timeout=5s&tls=skip-verify", ${plain})`,
        ],
        [
            { kind: "redis", address: "[fd00::1]:6379" },
            'redis_addr = "rediss://[fd00::1]:6379"\nredis_password = sys.env("DATABASE_DB_PASSWORD")\nconnection_timeout = "5s"',
        ],
        [
            { kind: "redis", address: "db:6379", usernameKey: "user", tls: "require" },
            'redis_addr = "rediss://db:6379"\nredis_user = sys.env("DATABASE_DB_USERNAME")\nredis_password = sys.env("DATABASE_DB_PASSWORD")\nconnection_timeout = "5s"\nskip_tls_verification = true',
        ],
    ])("connects to %j", (database, expected) => {
        expect(exporterOf(database)).toBe(expected);
    });

    test("connects to MongoDB directly, and does not read its collections", () => {
        const server = "db-0.db.shop.svc:27017/?connectTimeoutMS=5000&serverSelectionTimeoutMS=5000";
        const rest = [
            "direct_connect = true",
            "collect_all = false",
            "enable_diagnostic_data = true",
            "enable_replicaset_status = true",
            "enable_db_stats = true",
        ];
        const mongodb = { kind: "mongodb", address: "db-0.db.shop.svc:27017" };
        expect(exporterOf(mongodb)?.split("\n")).toEqual([
            `mongodb_uri = string.format("mongodb://%s:%s@${server}&authSource=admin", ${encoded})`,
            ...rest,
        ]);
        expect(exporterOf({ ...mongodb, existingSecret: undefined })?.split("\n")).toEqual([
            `mongodb_uri = "mongodb://${server}"`,
            ...rest,
        ]);
    });

    test.each([
        ["db.shop.svc.cluster.local:5432", "shop"],
        ["db-0.db.shop.svc:5432", "shop"],
        ["db:5432", "obs"],
        ["db.example.com:5432", undefined],
        ["10.0.0.1:5432", undefined],
        ["[fd00::1]:5432", undefined],
    ])("labels the metrics of %s with the namespace %s", (address, namespace) => {
        const config = configOf(singleton({ databases: [{ ...databases[0], address }] }));
        const [, relabel = ""] = config.split('discovery.relabel "database_shop_db" {');
        const labels = [...relabel.matchAll(/target_label = "(\w+)"\n\t\treplacement {2}= "([^"]*)"/g)];
        expect(Object.fromEntries(labels.map(([, label, value]) => [label, value]))).toEqual({
            cluster: "c",
            job: "postgresql",
            instance: address,
            service_name: "shop-db",
            ...(namespace && { namespace }),
        });
    });

    test("never runs twice at the same time", () => {
        const { controller } = singleton({ probes });
        expect(controller).toMatchObject({ type: "deployment", replicas: 1, updateStrategy: { type: "Recreate" } });
    });

    test.each<[object, string, string]>([
        [{}, ".*", "-"],
        [{ nodes: false }, ".+", "-"],
        [{ namespaces: ["shop"] }, "|obs|shop", "-"],
        [{ namespaces: ["shop"], nodes: false }, "obs|shop", "-"],
        [{ excludeNamespaces: ["dev"] }, ".*", "dev"],
    ])("stores the events of the collected namespaces: %j", (collectFrom, kept, excluded) => {
        const config = configOf(singleton({ kubernetesEvents: true }, { collectFrom }));
        const [, relabel = ""] = config.split('loki.relabel "events" {');
        const [keep, drop] = [...relabel.matchAll(/regex +=\s+"(.*)"/g)].map(([, regex]) => regex);
        expect([keep, drop]).toEqual([kept, excluded]);
    });

    test("redacts events", () => {
        const config = configOf(singleton({ kubernetesEvents: true, redaction: { patterns: ["jwt"] } }));
        expect(config.split('loki.process "events"')[1]).toContain("stage.replace");
    });

    test("is refused without a backend, and with wrong probes", async () => {
        const without = { namespace: "obs", cluster: "c", ...offRoles };
        expect(await errorMessage(() => new Alloy("a", { ...without, singleton: { kubernetesEvents: true } }))).toBe(
            "lokiUrl is missing; the events of Kubernetes need it. Set it, or set singleton.kubernetesEvents to false",
        );
        expect(await errorMessage(() => new Alloy("b", { ...without, singleton: { probes } }))).toBe(
            "mimirUrl is missing; the probes need it. Set it, or remove singleton.probes",
        );
        const wrong = [{ name: "a", url: "shop" }];
        expect(await errorMessage(() => new Alloy("c", { ...without, singleton: { probes: wrong } }))).toContain(
            'singleton.probes[0].url is "shop"; with the module http_2xx it must be a URL',
        );
        expect(await errorMessage(() => new Alloy("d", { ...without, singleton: { databases } }))).toBe(
            "mimirUrl is missing; the metrics of databases need it. Set it, or remove singleton.databases",
        );
        const parts = ["apiServer"];
        expect(await errorMessage(() => new Alloy("f", { ...without, singleton: { controlPlane: parts } }))).toBe(
            "mimirUrl is missing; the metrics of the control plane need it. Set it, or remove singleton.controlPlane",
        );
        const wrongPart = ["scheduler"];
        expect(
            await errorMessage(() => new Alloy("g", { ...without, singleton: { controlPlane: wrongPart } })),
        ).toContain(
            'singleton.controlPlane is "scheduler"; it must be one of "apiServer", "coreDns", "controllers", "etcd"',
        );
        const unnamed = [{ name: "Shop", kind: "mysql" as const, address: "user:secret@db:3306" }];
        expect(await errorMessage(() => new Alloy("e", { ...without, singleton: { databases: unnamed } }))).toBe(
            [
                "singleton.databases[0].name is \"Shop\"; it must be a Kubernetes name: at most 63 lower-case letters, digits and '-', beginning and ending with a letter or digit",
                'singleton.databases[0].address is "…@db:3306"; it must be a host and a port such as "shop-db.shop.svc.cluster.local:5432"',
                "singleton.databases[0].existingSecret is missing; MySQL needs a login. Create a Secret with a user name and a password in the namespace of the stack, and set its name",
            ].join("\n"),
        );
    });
});

describe("NetworkPolicies", () => {
    const scraper = podsOf("alloy", "lgtm-alloy-metrics");

    test("let lgtm-alloy-singleton reach the API server, the backends, the probed addresses and the databases", () => {
        expect(
            policySpec({ ...everything, components: {}, metrics: {}, databases: [] }, "alloy-singleton"),
        ).toMatchObject({
            ingress: [{ from: scraper, ports: ports(12345) }],
            egress: [
                { to: podsOf("loki", "loki"), ports: ports(3100) },
                { to: podsOf("mimir", "mimir"), ports: ports(9009) },
                { to: anywhere, ports: ports(443, 6443) },
                { to: anywhere, ports: ports(443) },
                {
                    to: [
                        {
                            namespaceSelector: {
                                matchExpressions: [
                                    { key: "kubernetes.io/metadata.name", operator: "In", values: ["shop"] },
                                ],
                            },
                        },
                    ],
                    ports: [{ protocol: "TCP" }],
                },
            ],
        });
        expect(policySpec({ logs: { kubernetesEvents: true } }, "alloy-singleton")?.egress).toEqual([
            { to: podsOf("loki", "loki"), ports: ports(3100) },
            { to: anywhere, ports: ports(443, 6443) },
        ]);
        const inShop = { matchExpressions: [{ key: "kubernetes.io/metadata.name", operator: "In", values: ["shop"] }] };
        const others = {
            matchExpressions: [{ key: "kubernetes.io/metadata.name", operator: "NotIn", values: ["monitoring"] }],
        };
        expect(policySpec({ metrics: { prometheusOperator: true } }, "alloy-singleton")?.egress).toEqual([
            { to: podsOf("mimir", "mimir"), ports: ports(9009) },
            { to: [{ namespaceSelector: others }], ports: [{ protocol: "TCP" }] },
            { to: anywhere, ports: ports(443, 6443) },
        ]);
        const system = [
            {
                namespaceSelector: {
                    matchExpressions: [{ key: "kubernetes.io/metadata.name", operator: "In", values: ["kube-system"] }],
                },
            },
        ];
        const parts = {
            metrics: { controlPlane: [...controlPlaneParts] },
            networkPolicies: { nodeCidrs: ["10.0.0.0/24"] },
        };
        expect(policySpec(parts, "alloy-singleton")?.egress).toEqual([
            { to: podsOf("mimir", "mimir"), ports: ports(9009) },
            { to: system, ports: ports(9153) },
            { to: [{ ipBlock: { cidr: "10.0.0.0/24" } }], ports: ports(10259, 10257, 2381) },
            { to: anywhere, ports: ports(443, 6443) },
        ]);
        expect(policySpec({ databases }, "alloy-singleton")?.egress).toEqual([
            { to: podsOf("mimir", "mimir"), ports: ports(9009) },
            { to: [{ namespaceSelector: inShop }], ports: [{ protocol: "TCP" }] },
            { to: anywhere, ports: ports(6379) },
        ]);
        expect(policySpec({ probes: [probes[0]] }, "alloy-singleton")?.egress).toEqual([
            { to: podsOf("mimir", "mimir"), ports: ports(9009) },
            { to: anywhere, ports: ports(443) },
        ]);
    });

    test("let kube-state-metrics reach the API server only, and the metrics scraper reach it", () => {
        expect(policySpec({ components: { kubeStateMetrics: true } }, "kube-state-metrics")).toMatchObject({
            ingress: [{ from: scraper, ports: ports(8080) }],
            egress: [{ to: anywhere, ports: ports(443, 6443) }],
        });
    });

    test("have no policies for components that do not exist", () => {
        expect([policySpec({}, "alloy-singleton"), policySpec({}, "kube-state-metrics")]).toEqual([
            undefined,
            undefined,
        ]);
    });
});

const offRoles = { receiver: { enabled: false }, logs: { enabled: false }, metrics: { enabled: false } };

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
