import { evaluateStack } from "../cli/evaluate";
import { policies as policiesOfArgs } from "../components/network-policies/values";
import { allowedPorts, type Endpoint, type Network, type NetworkPolicy } from "./helpers/network-policy-evaluator";
import { describeWith } from "./helpers/prerequisites";
import { renderStack, workloads } from "./helpers/rendered";

// Compares the NetworkPolicies of a stack with a list of connections that is written by hand. An independent evaluator decides for every pair of pods and
// addresses, and every port, whether a connection is allowed.

const own = "monitoring";

/** Labels of the pods in the namespace of the stack. A test below compares them with the charts. */
const podLabels: Record<string, Record<string, string>> = {
    otelCollector: labels("opentelemetry-collector", "otel-collector"),
    alloyReceiver: labels("alloy", "lgtm-alloy-receiver"),
    alloyLogs: labels("alloy", "lgtm-alloy-logs"),
    alloyMetrics: labels("alloy", "lgtm-alloy-metrics"),
    loki: labels("loki", "loki"),
    tempo: labels("tempo", "tempo"),
    mimir: labels("mimir", "mimir"),
    pyroscope: labels("pyroscope", "pyroscope"),
    grafana: labels("grafana", "lgtm"),
    ingestionProxy: labels("ingestion-proxy", "ingestion-proxy"),
    loadMonitor: labels("load-monitor", "load-monitor"),
    minio: { ...labels("minio", "minio"), "app.kubernetes.io/component": "server" },
    bucketJob: { ...labels("minio", "minio"), "app.kubernetes.io/component": "provision" },
    copyJob: { "observability.mathtrail/purpose": "copy", "app.kubernetes.io/name": "observability-copy" },
    staging: { "observability.mathtrail/purpose": "staging", "app.kubernetes.io/name": "observability-staging" },
    volumePod: { "observability.mathtrail/purpose": "volume" },
    other: { app: "other" },
};

function labels(name: string, instance: string) {
    return { "app.kubernetes.io/name": name, "app.kubernetes.io/instance": instance };
}

/** Namespaces, with the labels that their owners set. */
const namespaceLabels: Record<string, Record<string, string>> = {
    [own]: {},
    mathtrail: {},
    labelled: { "observability.mathtrail/client": "true" },
    stranger: {},
    "kube-system": {},
    "ingress-nginx": {},
    grafana: {},
};

/** Pods outside of the stack, by name, with their namespace. */
const outsidePods = {
    application: "mathtrail",
    labelled: "labelled",
    stranger: "stranger",
    dnsServer: "kube-system",
    ingressController: "ingress-nginx",
    otherGrafana: "grafana",
};

const addresses = { internet: "203.0.113.7", dnsCache: "169.254.20.10", metadata: "169.254.169.254" };

const endpoints: Endpoint[] = [
    ...Object.entries(podLabels).map(([name, found]): Endpoint => ({
        kind: "pod",
        name,
        namespace: own,
        labels: found,
    })),
    ...Object.entries(outsidePods).map(([name, namespace]): Endpoint => ({
        kind: "pod",
        name,
        namespace,
        labels: { app: name },
    })),
    ...Object.entries(addresses).map(([name, ip]): Endpoint => ({ kind: "address", name, ip })),
];

const ports = [
    53, 80, 443, 587, 988, 3000, 3100, 3200, 4040, 4317, 4318, 4319, 4327, 4328, 5432, 6443, 6831, 7946, 8080, 8405,
    8888, 9000, 9009, 9093, 9095, 9099, 9411, 10250, 11211, 12345, 13133, 14250, 14268,
];
const allTcp = ports.map((port) => `${port}`);

const evaluated = new Map<string, Promise<NetworkPolicy[]>>();

function policiesOf(stack: string, settings: object): Promise<NetworkPolicy[]> {
    const key = JSON.stringify([stack, settings]);
    const policies =
        evaluated.get(key) ??
        evaluateStack(stack, settings).then(({ resources }) =>
            resources
                .filter(({ type }) => type === "kubernetes:networking.k8s.io/v1:NetworkPolicy")
                .map(({ inputs }) => inputs as unknown as NetworkPolicy),
        );
    evaluated.set(key, policies);
    return policies;
}

/**
 * The allowed connections: for each source and destination, the ports. Connections that the stack has no part in are left out.
 * @param of one of the ends of each connection. Default: any.
 */
function allowed(policies: NetworkPolicy[], of?: string): Record<string, string[]> {
    const network: Network = {
        policies,
        namespaces: Object.fromEntries(
            Object.entries(namespaceLabels).map(([name, found]) => [
                name,
                { ...found, "kubernetes.io/metadata.name": name },
            ]),
        ),
    };
    const isOwn = (endpoint: Endpoint) => endpoint.kind === "pod" && endpoint.namespace === own;
    const found: Record<string, string[]> = {};
    for (const from of endpoints) {
        // A pod of the stack also stands for a second pod of its kind, which a rolling update or another replica brings.
        for (const to of endpoints.filter((other) => isOwn(from) || isOwn(other))) {
            const isOpen =
                of === undefined || [from.name, to.name].includes(of) ? allowedPorts(network, from, to) : undefined;
            if (isOpen === undefined) {
                continue;
            }
            found[`${from.name} -> ${to.name}`] = ["TCP", "UDP"].flatMap((protocol) =>
                ports
                    .filter((port) => isOpen(port, protocol))
                    .map((port) => (protocol === "UDP" ? `udp/${port}` : `${port}`)),
            );
        }
    }
    return Object.fromEntries(Object.entries(found).filter(([, open]) => open.length > 0));
}

/** Expands lines such as "loki, tempo -> minio: 9000". "all" means all TCP ports. */
function expected(lines: string[]): Record<string, string[]> {
    const found: Record<string, Set<string>> = {};
    for (const line of lines) {
        const [sources = "", rest = ""] = line.split(" -> ");
        const [destinations = "", numbers = ""] = rest.split(": ");
        for (const from of sources.split(", ")) {
            for (const to of destinations.split(", ")) {
                const open = numbers.split(" ").flatMap((number) => (number === "all" ? allTcp : [number]));
                found[`${from} -> ${to}`] = new Set([...(found[`${from} -> ${to}`] ?? []), ...open]);
            }
        }
    }
    const order = [...allTcp, ...allTcp.map((port) => `udp/${port}`)];
    return Object.fromEntries(
        Object.entries(found).map(([key, open]) => [key, order.filter((port) => open.has(port))]),
    );
}

const inCluster = "application, labelled, stranger, dnsServer, ingressController, otherGrafana";
const anyAddress = "internet, dnsCache, metadata";

const base = [
    `${Object.keys(podLabels).join(", ")} -> dnsServer, dnsCache: 53 udp/53`,
    "application, labelled -> otelCollector: 4317 4318 9411",
    "application, labelled -> pyroscope: 4040",
    "otelCollector -> alloyReceiver: 4318",
    "alloyReceiver -> tempo: 4317",
    "alloyReceiver, alloyLogs -> loki: 3100",
    "alloyReceiver, alloyMetrics, tempo, loki, mimir -> mimir: 9009",
    "loki -> loki: 7946 9095",
    "mimir -> mimir: 7946 9095",
    "loki, tempo, mimir, pyroscope, bucketJob, minio, copyJob -> minio: 9000",
    "grafana -> loki: 3100",
    "grafana -> tempo: 3200",
    "grafana -> mimir: 9009",
    "grafana -> pyroscope: 4040",
    `grafana -> ${anyAddress}: 443`,
    "alloyMetrics -> otelCollector: 8888",
    "alloyMetrics -> alloyReceiver, alloyLogs, alloyMetrics: 12345",
    "alloyMetrics -> loki: 3100",
    "alloyMetrics -> tempo: 3200",
    "alloyMetrics -> pyroscope: 4040",
    "alloyMetrics -> grafana: 3000",
    "alloyMetrics -> minio: 9000",
    `alloyMetrics -> ${inCluster}: all`,
    `otelCollector, alloyLogs, alloyMetrics -> ${anyAddress}: 443 6443`,
    `alloyMetrics -> ${anyAddress}: 10250`,
    "copyJob -> staging: 9000",
    `copyJob -> ${inCluster}, ${anyAddress}: all`,
];

/** The lines of `base` without some components. */
function without(components: string[], lines: string[]): string[] {
    const keep = (names: string) =>
        names
            .split(", ")
            .filter((name) => !components.includes(name))
            .join(", ");
    return lines.flatMap((line) => {
        const [sources = "", rest = ""] = line.split(" -> ");
        const [destinations = "", numbers = ""] = rest.split(": ");
        const [from, to] = [keep(sources), keep(destinations)];
        return from === "" || to === "" ? [] : [`${from} -> ${to}: ${numbers}`];
    });
}

/** A pod with the labels of an absent component has the connections of every pod. */
const dnsOf = (components: string[]) => `${components.join(", ")} -> dnsServer, dnsCache: 53 udp/53`;

const stores = ["loki", "tempo", "mimir", "pyroscope", "minio", "bucketJob"];

const enabled = { networkPolicies: { enabled: true } };
const s3 = {
    objectStore: {
        kind: "s3",
        endpoint: "http://s3.storage.example.com:8080",
        existingSecret: "keys",
        bucketPrefix: "a",
    },
};

const variants: [string, string, object, string[]][] = [
    ["dev", "dev", enabled, base],
    ["prod", "prod", {}, base],
    [
        "prod with tail sampling",
        "prod",
        { tracing: { samplingMode: "tail", samplingRatio: 0.1 } },
        [
            ...base.map((line) => line.replace(", tempo, loki, mimir -> mimir", ", loki, mimir -> mimir")),
            "otelCollector -> otelCollector: 4319",
        ],
    ],
    [
        "dev with tail sampling",
        "dev",
        { ...enabled, tracing: { samplingMode: "tail" } },
        base.map((line) => line.replace(", tempo, loki, mimir -> mimir", ", loki, mimir -> mimir")),
    ],
    ["prod with distributed Mimir", "prod", { mode: { mimir: "distributed" } }, [...base, "mimir -> mimir: 11211"]],
    [
        "prod with S3",
        "prod",
        s3,
        [
            ...without(["minio", "bucketJob"], base),
            dnsOf(["minio", "bucketJob"]),
            `loki, tempo, mimir, pyroscope -> ${anyAddress}: 8080`,
        ],
    ],
    [
        "prod with S3 and workload identity",
        "prod",
        {
            objectStore: {
                kind: "s3",
                endpoint: "https://s3.eu-central-1.amazonaws.com",
                bucketPrefix: "a",
                workloadIdentity: true,
                serviceAccountAnnotations: { "eks.amazonaws.com/role-arn": "arn:aws:iam::1:role/a" },
            },
        },
        [
            ...without(["minio", "bucketJob"], base),
            dnsOf(["minio", "bucketJob"]),
            `loki, tempo, mimir, pyroscope -> ${anyAddress}: 443`,
            "loki, tempo, mimir, pyroscope -> metadata: 80",
        ],
    ],
    [
        "prod without Loki",
        "prod",
        { components: { loki: false, alloyLogs: false } },
        [...without(["loki", "alloyLogs"], base), dnsOf(["loki", "alloyLogs"])],
    ],
    ["prod with distributed Loki", "prod", { mode: { loki: "distributed" } }, [...base, "loki -> loki: 3100 11211"]],
    [
        "prod with alerts by email, to a Service, and to a URL in a Secret",
        "prod",
        {
            alerting: {
                receivers: [
                    {
                        name: "mail",
                        kind: "email",
                        to: "a@example.com",
                        from: "b@example.com",
                        smarthost: "mail.example.com:587",
                    },
                    { name: "bridge", kind: "webhook", url: "http://bridge.stranger.svc.cluster.local/alerts" },
                    { name: "chat", kind: "slack", existingSecret: "slack" },
                ],
                defaultReceiver: "mail",
            },
        },
        [...base, `mimir -> ${anyAddress}: 443 587`, "mimir -> stranger: all"],
    ],
    [
        "dev with the Jaeger protocols and another receiver and exporter",
        "dev",
        {
            ...enabled,
            collector: {
                jaeger: true,
                receivers: { "otlp/partner": { protocols: { grpc: { endpoint: ":5432" } } } },
                exporters: { "otlp_http/copy": { endpoint: "https://otlp.example.com:8080" } },
                pipelines: {
                    "traces/copy": {
                        receivers: ["otlp/partner"],
                        processors: ["memory_limiter"],
                        exporters: ["otlp_http/copy"],
                    },
                },
            },
        },
        [
            ...base,
            "application, labelled -> otelCollector: 14250 14268 udp/6831 5432",
            `otelCollector -> ${anyAddress}: 8080`,
        ],
    ],
    [
        "prod with external backends",
        "prod",
        {
            ...s3,
            external: {
                tempo: {
                    url: "http://tempo.stranger.svc.cluster.local:3200",
                    otlpEndpoint: "http://tempo.stranger.svc.cluster.local:4317",
                },
                mimir: {
                    url: "https://mimir.example.com/prometheus",
                    remoteWriteUrl: "https://mimir.example.com:9009/api/v1/push",
                    otlpUrl: "https://mimir.example.com:8080/otlp",
                },
                alertmanager: { url: "http://alertmanager.stranger.svc.cluster.local:9093" },
                grafana: { url: "https://grafana.example.com", namespace: "grafana" },
            },
        },
        [
            ...without(["minio", "bucketJob", "tempo", "mimir", "grafana"], base),
            dnsOf(["minio", "bucketJob", "tempo", "mimir", "grafana"]),
            `loki, pyroscope -> ${anyAddress}: 8080`,
            "alloyReceiver, loki -> stranger: all",
            `alloyReceiver -> ${anyAddress}: 8080`,
            `alloyMetrics, loki -> ${anyAddress}: 9009`,
            "otherGrafana -> loki: 3100",
            "otherGrafana -> pyroscope: 4040",
        ],
    ],
    [
        "prod with an ingress and a registry of images",
        "prod",
        {
            grafana: { ingress: { host: "grafana.example.com", tlsSecret: "tls" } },
            networkPolicies: { ingressNamespaces: ["ingress-nginx"] },
            images: { registry: "registry.example.com" },
        },
        [...base.filter((line) => line !== `grafana -> ${anyAddress}: 443`), "ingressController -> grafana: 3000"],
    ],
    [
        "prod with an ingress of an unknown controller",
        "prod",
        { grafana: { ingress: { host: "grafana.example.com", tlsSecret: "tls" } } },
        [
            ...base,
            `${inCluster}, ${anyAddress}, ${Object.keys(podLabels)
                .filter((name) => name === "copyJob")
                .join(", ")} -> grafana: 3000`,
        ],
    ],
    [
        "prod with a Gateway, single sign-on and OTLP from outside",
        "prod",
        {
            grafana: {
                gateway: { host: "grafana.example.com", parents: [{ name: "public", namespace: "ingress-nginx" }] },
                oidc: {
                    authUrl: "https://login.example.com:5432/authorize",
                    tokenUrl: "https://login.example.com:8080/token",
                    apiUrl: "https://login.example.com:8080/userinfo",
                    clientId: "grafana",
                    existingSecret: "oidc",
                },
            },
            ingestion: {
                external: {
                    enabled: true,
                    host: "otlp.example.com",
                    clients: ["edge"],
                    gateway: { parents: [{ name: "public", namespace: "ingress-nginx" }] },
                },
            },
            networkPolicies: { ingressNamespaces: ["ingress-nginx"] },
        },
        [
            ...base,
            "ingressController -> grafana: 3000",
            "ingressController -> otelCollector: 4327 4328",
            // Browsers open authUrl.
            `grafana -> ${anyAddress}: 8080`,
        ],
    ],
    [
        "prod with a load balancer for OTLP from outside",
        "prod",
        { ingestion: { external: { enabled: true, clients: ["edge"], tlsSecret: "otlp-tls", loadBalancer: true } } },
        [...base, `${inCluster}, ${anyAddress}, copyJob -> otelCollector: 4327 4328`],
    ],
    [
        "a central stack behind an ingress",
        "prod",
        {
            ingestion: {
                external: {
                    enabled: true,
                    otherClusters: true,
                    host: "central.example.com",
                    clients: ["edge"],
                    ingress: { tlsSecret: "tls" },
                },
            },
            networkPolicies: { ingressNamespaces: ["ingress-nginx"] },
        },
        [
            ...base,
            "ingressController -> grafana: 3000",
            "ingressController -> otelCollector: 4327 4328",
            "ingressController -> ingestionProxy: 8080",
            "ingestionProxy -> loki: 3100",
            "ingestionProxy -> mimir: 9009",
            "ingestionProxy -> pyroscope: 4040",
            "alloyMetrics -> ingestionProxy: 8405",
        ],
    ],
    [
        "prod with the load monitor",
        "prod",
        { loadMonitor: { enabled: true } },
        [
            ...base,
            "loadMonitor -> otelCollector: 4317 4318 9411",
            "loadMonitor -> loki: 3100",
            "loadMonitor -> tempo: 3200",
            "loadMonitor -> mimir: 9009",
        ],
    ],
    [
        "a stack that only collects",
        "prod",
        {
            cluster: "edge",
            central: {
                url: "https://central.example.com:8080",
                otlpUrl: "https://central.example.com:5432",
                existingSecret: "login",
            },
        },
        [
            ...without([...stores, "grafana"], base).filter((line) => line !== "otelCollector -> alloyReceiver: 4318"),
            dnsOf([...stores, "grafana"]),
            "application, labelled -> alloyReceiver: 4040",
            `otelCollector -> ${anyAddress}: 5432`,
            `alloyReceiver, alloyLogs, alloyMetrics -> ${anyAddress}: 8080`,
        ],
    ],
    [
        "prod that collects from two namespaces, with all settings of the policies",
        "prod",
        {
            collectFrom: { namespaces: ["mathtrail", "labelled"] },
            networkPolicies: {
                clientNamespaces: ["stranger"],
                clientLabels: {},
                metricsNamespaces: ["grafana"],
                apiServerCidrs: ["203.0.113.7/32"],
                apiServerPorts: [6443],
                nodeCidrs: ["169.254.169.0/24"],
                dns: { namespace: "grafana", ports: [5432], cidrs: [] },
                ingress: [{ component: "loki", namespaces: ["ingress-nginx"], ports: [3100] }],
                egress: [{ component: "grafana", cidrs: ["203.0.113.0/24"], ports: [5432] }],
            },
        },
        [
            `${Object.keys(podLabels).join(", ")} -> otherGrafana: 5432 udp/5432`,
            ...base.filter((line) => !/53 udp|^application|^alloyMetrics -> application|443 6443|: 10250/.test(line)),
            "stranger -> otelCollector: 4317 4318 9411",
            "stranger -> pyroscope: 4040",
            "alloyMetrics -> application, labelled: all",
            "otelCollector, alloyLogs, alloyMetrics -> internet: 6443",
            "alloyMetrics -> metadata: 10250",
            "ingressController -> loki: 3100",
            "grafana -> internet: 5432",
            "otherGrafana -> otelCollector: 8888",
            "otherGrafana -> alloyReceiver, alloyLogs, alloyMetrics: 12345",
            "otherGrafana -> loki: 3100",
            "otherGrafana -> tempo: 3200",
            "otherGrafana -> mimir: 9009",
            "otherGrafana -> pyroscope: 4040",
            "otherGrafana -> grafana: 3000",
            "otherGrafana -> minio: 9000",
        ],
    ],
];

test.each(variants)("%s allows exactly the connections of the data flow", async (_, stack, settings, lines) => {
    expect(allowed(await policiesOf(stack, settings))).toEqual(expected(lines));
});

test("scraped profiles need no further connections, because Pyroscope has one port", async () => {
    const settings = { profiling: { scrape: true } };
    expect(allowed(await policiesOf("prod", settings))).toEqual(expected(base));
});

test("a stack without the policies allows everything", async () => {
    expect(await policiesOf("dev", {})).toEqual([]);
    expect(await policiesOf("prod", { networkPolicies: { enabled: false } })).toEqual([]);
});

test.each([
    [true, ["7946", "9009", "9095", "11211"]],
    [false, ["7946", "9095"]],
])("the parts of distributed Mimir reach each other and the caches: %s", (distributedMimir, open) => {
    const found = policiesOfArgs({ namespace: own, components: ["mimir"], distributedMimir });
    const connections = allowed(
        found.map(({ name, spec }) => ({ metadata: { name, namespace: own }, spec })),
        "mimir",
    );
    expect(connections["mimir -> mimir"]).toEqual(open);
});

test("no rule is empty, because an empty list of peers allows everything", async () => {
    for (const [, stack, settings] of variants) {
        for (const { spec } of await policiesOf(stack, settings)) {
            const peers = [...(spec.ingress ?? []).map(({ from }) => from), ...(spec.egress ?? []).map(({ to }) => to)];
            expect(peers.filter((found) => found === undefined || found.length === 0)).toEqual([]);
        }
    }
});

test.each([
    ["no port of its receivers", [], ["labelled -> pyroscope"]],
    ["one port", [{ port: 4317 }], ["labelled -> otelCollector", "labelled -> pyroscope"]],
])("the collector accepts clients only on the ports of its receivers: %s", (_, collectorPorts, clients) => {
    const found = policiesOfArgs({
        namespace: own,
        components: ["otelCollector", "pyroscope"],
        clients: { namespaces: ["labelled"] },
        collectorPorts,
    });
    const connections = allowed(
        found.map(({ name, spec }) => ({ metadata: { name, namespace: own }, spec })),
        "labelled",
    );
    expect(Object.keys(connections).filter((connection) => connection.startsWith("labelled"))).toEqual(clients);
});

describe("a mutation is found:", () => {
    test("without any rule of any policy, a connection is missing", async () => {
        const policies = await policiesOf("prod", {});
        const wanted = Object.entries(expected(base));
        const connectionsOf = (pod: string | undefined) =>
            Object.fromEntries(
                wanted.filter(([connection]) => pod === undefined || connection.split(" -> ").includes(pod)),
            );
        const undetected: string[] = [];
        let removed = 0;
        for (const [index, policy] of policies.entries()) {
            // Undefined for the policy of all pods.
            const labelsOfPolicy = JSON.stringify(policy.spec.podSelector.matchLabels);
            const [selected] =
                Object.entries(podLabels).find(([, found]) => JSON.stringify(found) === labelsOfPolicy) ?? [];
            for (const direction of ["ingress", "egress"] as const) {
                for (const rule of policy.spec[direction]?.keys() ?? []) {
                    // The last rule of the copy Job allows all others.
                    if (policy.metadata.name === "observability-copy-job" && rule < 2) {
                        continue;
                    }
                    const rules = policy.spec[direction]?.filter((__, other) => other !== rule);
                    const mutated = { ...policy, spec: { ...policy.spec, [direction]: rules } };
                    const found = allowed(
                        policies.map((each, other) => (other === index ? mutated : each)),
                        selected,
                    );
                    if (sorted(found) === sorted(connectionsOf(selected))) {
                        undetected.push(`${policy.metadata.name} ${direction} ${rule}`);
                    }
                    removed += 1;
                }
            }
        }
        expect(undetected).toEqual([]);
        expect(removed).toBeGreaterThan(50);
    });

    test("one more source or destination of a component is found", async () => {
        const policies = await policiesOf("prod", {});
        const loki = policies.find(({ metadata }) => metadata.name === "observability-loki") as NetworkPolicy;
        const add = (spec: Partial<NetworkPolicy["spec"]>) =>
            sorted(
                allowed(policies.map((each) => (each === loki ? { ...loki, spec: { ...loki.spec, ...spec } } : each))),
            );
        const [ingress = [], egress = []] = [loki.spec.ingress, loki.spec.egress];
        const stranger = {
            namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "stranger" } },
        };
        expect(add({})).toBe(sorted(expected(base)));
        expect(add({ ingress: [...ingress, { from: [stranger], ports: [{ port: 3100 }] }] })).not.toBe(
            sorted(expected(base)),
        );
        expect(add({ egress: [...egress, { to: [stranger], ports: [{ port: 80 }] }] })).not.toBe(
            sorted(expected(base)),
        );
    });

    test("without the policy that denies by default, other pods have connections", async () => {
        const policies = await policiesOf("prod", {});
        const rest = policies.filter(({ metadata }) => metadata.name !== "observability-default-deny");
        expect(rest.length).toBe(policies.length - 1);
        expect(allowed(rest)["stranger -> other"]).toEqual(expect.arrayContaining(["80", "443"]));
    });
});

function sorted(connections: Record<string, string[]>): string {
    return JSON.stringify(Object.entries(connections).sort(([one], [other]) => (one < other ? -1 : 1)));
}

describeWith({ programs: ["helm"], mirror: true }, "the pods of the charts", () => {
    test.each(["dev", "prod"])(
        "of %s have the labels by which the policies select them, and only those of their kind",
        async (stack) => {
            const { objects } = await renderStack(stack);
            const kinds = workloads(objects).map(({ name, labels: found }) => {
                const matching = Object.entries(podLabels).filter(([, wanted]) =>
                    Object.entries(wanted).every(([key, value]) => found[key] === value),
                );
                return [name.replace(/-[0-9a-f]{8}$/, ""), matching.map(([kind]) => kind)];
            });
            expect(Object.fromEntries(kinds)).toEqual({
                "otel-collector-opentelemetry-collector": ["otelCollector"],
                "lgtm-alloy-receiver": ["alloyReceiver"],
                "lgtm-alloy-logs": ["alloyLogs"],
                "lgtm-alloy-metrics": ["alloyMetrics"],
                loki: ["loki"],
                tempo: ["tempo"],
                mimir: ["mimir"],
                pyroscope: ["pyroscope"],
                "lgtm-grafana": ["grafana"],
                minio: ["minio"],
                "minio-provision": ["bucketJob"],
            });
        },
    );

    test("have every port of an annotation for metrics open for the metrics scraper", async () => {
        const { objects } = await renderStack("prod");
        const scraped = objects.flatMap(({ kind, spec }) => {
            const { template } = (spec ?? {}) as {
                template?: { metadata: { annotations?: Record<string, string>; labels: Record<string, string> } };
            };
            const port = template?.metadata.annotations?.["prometheus.io/port"];
            return port === undefined || kind === "Job"
                ? []
                : [[template?.metadata.labels["app.kubernetes.io/instance"], port]];
        });
        expect(scraped.length).toBe(10);
        const connections = expected(base);
        for (const [instance, port] of scraped) {
            const [name] =
                Object.entries(podLabels).find(([, found]) => found["app.kubernetes.io/instance"] === instance) ?? [];
            expect([name, connections[`alloyMetrics -> ${name}`]]).toEqual([name, expect.arrayContaining([port])]);
        }
    });
});

test("the load monitor may query the gateway of distributed Tempo", async () => {
    const open = allowed(await policiesOf("prod", { mode: { tempo: "distributed" }, loadMonitor: { enabled: true } }));
    expect(open["loadMonitor -> tempo"]).toEqual(expect.arrayContaining(["8080"]));
});
