import { alloySingletonValues } from "../../components/alloy/values";
import { Alloy } from "../../exports";
import { resolveSettings } from "../../settings/resolve";
import { networkPoliciesArgs } from "../../stack/network-policies-args";
import { controlPlaneParts } from "../../validation/control-plane";
import { testMistakes } from "../helpers/mistakes";
import { anywhere, metricsScraper, podsOf, policySpec, ports } from "../helpers/network-policies";
import { errorMessage } from "../helpers/record";
import { alloy, configOf, databases, everything, offRoles, probes, singleton } from "./examples";

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

testMistakes("refuses %s", [
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
]);

describe("lgtm-alloy-singleton", () => {
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
    test("let lgtm-alloy-singleton reach the API server, the backends, the probed addresses and the databases", () => {
        expect(
            policySpec({ ...everything, components: {}, metrics: {}, databases: [] }, "alloy-singleton"),
        ).toMatchObject({
            ingress: [{ from: metricsScraper, ports: ports(12345) }],
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
});
