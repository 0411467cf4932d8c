import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import * as components from "../../exports";
import { chartOf, record, errorMessage } from "../helpers/record";

const bucket = {
    endpoint: "minio.watch.svc.cluster.local:9000",
    insecure: true,
    pathStyle: true,
    bucket: "things",
    secretName: "keys",
};
const base = { namespace: "watch" };
const urls = {
    lokiUrl: "http://loki",
    tempoUrl: "http://tempo",
    mimirUrl: "http://mimir",
    pyroscopeUrl: "http://pyroscope",
    tempoOtlpGrpcEndpoint: "tempo:4317",
};

/** Constructors of all components, with the required arguments only. */
const alone: Record<string, (opts: any) => unknown> = {
    ObjectStore: (opts) => new components.ObjectStore("one", base, opts),
    Loki: (opts) => new components.Loki("one", { ...base, bucket }, opts),
    Tempo: (opts) => new components.Tempo("one", { ...base, bucket }, opts),
    Mimir: (opts) => new components.Mimir("one", { ...base, bucket }, opts),
    Pyroscope: (opts) => new components.Pyroscope("one", { ...base, bucket }, opts),
    KubeStateMetrics: (opts) => new components.KubeStateMetrics("one", base, opts),
    LoadMonitor: (opts) => new components.LoadMonitor("one", { ...base, cluster: "c", samplingRatio: 1 }, opts),
    Prometheus: (opts) =>
        new components.Prometheus("one", { ...base, cluster: "c", remoteWriteUrl: "http://mimir/api/v1/push" }, opts),
    Redpanda: (opts) => new components.Redpanda("one", base, opts),
    IngestionProxy: (opts) =>
        new components.IngestionProxy("one", { ...base, ...urls, clients: ["c"], credentialsSecret: "s" }, opts),
    Grafana: (opts) => new components.Grafana("one", base, opts),
    GrafanaProvisioning: (opts) =>
        new components.GrafanaProvisioning("one", { namespace: "grafana", stackNamespace: "watch" }, opts),
    Alloy: (opts) => new components.Alloy("one", { ...base, cluster: "c", ...urls }, opts),
    OtelCollector: (opts) =>
        new components.OtelCollector("one", { ...base, cluster: "c", exportEndpoint: "alloy:4317" }, opts),
    DaprTracing: (opts) =>
        new components.DaprTracing("one", { namespaces: ["app"], samplingRatio: 1, zipkinUrl: "http://zipkin" }, opts),
    AutoInstrumentation: (opts) =>
        new components.AutoInstrumentation(
            "one",
            { namespace: "watch", cluster: "eu", otlpEndpoint: "http://collector:4318" },
            opts,
        ),
    NetworkPolicies: (opts) =>
        new components.NetworkPolicies("one", { namespace: "watch", components: ["loki"] }, opts),
    ObservabilityStack: ({ provider, ...opts }: { provider: unknown }) =>
        new components.ObservabilityStack("one", {}, { ...opts, providers: [provider as never] }),
};

describe.each(Object.entries(alone))("%s alone", (name, make) => {
    test("has its own type, and passes the provider to all of its children", async () => {
        const { resources } = await record(make);
        expect(resources[0]).toMatchObject({ type: `observability:index:${name}`, name: "one", parent: "test-test" });
        for (const resource of resources.filter(({ type }) => type.startsWith("kubernetes:"))) {
            expect(resource).toMatchObject({ hasProvider: true });
        }
        const names = new Set(resources.map((resource) => resource.name));
        expect(resources.slice(1).filter(({ parent }) => !names.has(parent ?? ""))).toEqual([]);
    });

    test("gives its transforms to Pulumi, which applies them to all of its children", async () => {
        const found: pulumi.runtime.MockResourceArgs[] = [];
        await pulumi.runtime.setMocks({
            newResource: (resource) => {
                found.push(resource);
                return { id: resource.name, state: { ...resource.inputs, result: "generated" } };
            },
            call: () => ({}),
        });
        const transform: pulumi.ResourceTransform = ({ props, opts }) => ({ props: { ...props, seen: true }, opts });
        await pulumi.runtime.runInPulumiStack(() => {
            const provider = new k8s.Provider("cluster", { enableConfigMapMutable: true });
            make({ provider, transforms: [transform] });
            return Promise.resolve({});
        });
        await pulumi.runtime.disconnect();
        const { transforms = [] } = found.find(({ type }) => type === `observability:index:${name}`) ?? {};
        expect(transforms).toHaveLength(1);
        const object = { type: "kubernetes:core/v1:Service", name: "any", custom: true, props: { a: 1 }, opts: {} };
        expect(await transforms[0]?.(object)).toMatchObject({ props: { a: 1, seen: true } });
    });
});

test("the tests above cover every exported component", () => {
    const classes = Object.entries(components).filter(
        ([, value]) => typeof value === "function" && /^class/.test(String(value)),
    );
    expect(classes.map(([name]) => name).sort()).toEqual(Object.keys(alone).sort());
});

describe("GrafanaProvisioning", () => {
    const args = { namespace: "grafana", stackNamespace: "watch", lokiUrl: "http://loki", mimirUrl: "http://mimir" };

    test("creates ConfigMaps with the data sources, and with the dashboards that have data", async () => {
        const { resources, result } = await record(
            (opts) =>
                new components.GrafanaProvisioning(
                    "one",
                    { ...args, dashboards: { disabledFolders: ["cost", "dapr"] }, absentComponents: ["minio"] },
                    opts,
                ),
        );
        expect(result.configMapNames).toEqual([
            "watch-data-sources",
            ...["kubernetes", "platform", "stack", "stores"].map((folder) => `watch-dashboards-${folder}`),
        ]);
        const [sources, ...folders] = resources.slice(1).map(({ inputs }) => inputs as Record<string, any>);
        const { datasources } = JSON.parse(sources?.["data"]["watch.yaml"] as string) as { datasources: any[] };
        expect(datasources.map(({ uid, isDefault }) => [uid, isDefault])).toEqual([
            ["loki", false],
            ["mimir", false],
        ]);
        const files = folders.flatMap(({ data }) => Object.keys(data as object));
        expect(files).toContain("stack-collector.json");
        expect(files).not.toContain("stack-minio.json");
        // The service map shows only traces.
        expect(JSON.stringify(folders)).not.toContain('\\"uid\\": \\"tempo\\"');
    });

    test("rejects Outputs", async () => {
        const lokiUrl = pulumi.output("http://loki") as never;
        expect(
            await errorMessage((opts) => new components.GrafanaProvisioning("one", { ...args, lokiUrl }, opts)),
        ).toContain("lokiUrl is an Output or a promise; it must be a plain value");
    });
});

describe("Alloy", () => {
    const args = { ...base, cluster: "c" };

    test("rejects roles without a backend", async () => {
        expect(await errorMessage((opts) => new components.Alloy("one", args, opts))).toBe(
            [
                "receiver has no backend; set lokiUrl, tempoOtlpGrpcEndpoint or mimirUrl, or set receiver.enabled to false",
                "lokiUrl is missing; the log collector needs it. Set it, or set logs.enabled to false",
                "mimirUrl is missing; the metrics scraper needs it. Set it, or set metrics.enabled to false",
            ].join("\n"),
        );
    });

    test("deploys only the log collector with Loki only", async () => {
        const { resources } = await record(
            (opts) =>
                new components.Alloy(
                    "one",
                    { ...args, lokiUrl: "http://loki", receiver: { enabled: false }, metrics: { enabled: false } },
                    opts,
                ),
        );
        expect(chartOf(resources, "lgtm-alloy-logs")["values"].alloy.configMap.content).toContain("http://loki/loki");
        expect(resources.filter(({ type }) => type.endsWith(":Chart"))).toHaveLength(1);
    });
});

test.each<[string, (opts: any) => unknown, string]>([
    [
        "a signal that does not exist",
        (opts) =>
            new components.OtelCollector(
                "one",
                { ...base, cluster: "c", exportEndpoint: "http://alloy", droppedSignals: ["trace"] },
                opts,
            ),
        'droppedSignals is "trace"; it must be',
    ],
    [
        "a component that does not exist",
        (opts) => new components.Grafana("one", { ...base, absentComponents: ["lokki"] }, opts),
        'absentComponents is "lokki"; it must be',
    ],
    [
        "two Alertmanagers",
        (opts) => new components.Mimir("one", { ...base, bucket, alertmanager: {}, alertmanagerUrl: "http://a" }, opts),
        "alertmanager and alertmanagerUrl are both set; remove one",
    ],
])("components reject %s", async (_, make, expected) => {
    expect(await errorMessage(make)).toContain(expected);
});

describe("a chart", () => {
    test("has fixed names, so that changed arguments do not replace resources", async () => {
        const { resources } = await record((opts) => new components.Loki("logs", { ...base, bucket }, opts));
        expect(chartOf(resources, "loki")).toMatchObject({
            chart: "loki",
            version: "18.11.0",
            namespace: "watch",
            resourcePrefix: "logs-chart",
            skipAwait: false,
        });
    });

    test("uses the image registry, the pull Secrets, the node selection and the values of the arguments", async () => {
        const args = {
            ...base,
            bucket,
            imageRegistry: "registry.example.com/mirror",
            imagePullSecrets: ["pull"],
            nodeSelector: { disk: "fast" },
            tolerations: [{ key: "only", operator: "Exists" }],
            skipAwait: true,
            values: { loki: { limits_config: { retention_period: "999h" } }, gateway: null },
        };
        const { resources } = await record((opts) => new components.Loki("logs", args, opts));
        const { values, skipAwait } = chartOf(resources, "loki");
        expect(skipAwait).toBe(true);
        expect(values.global.imageRegistry).toBe("registry.example.com/mirror");
        expect(values.imagePullSecrets).toEqual([{ name: "pull" }]);
        expect(values.defaults).toMatchObject({
            nodeSelector: { disk: "fast" },
            tolerations: [{ key: "only", operator: "Exists" }],
        });
        expect(values.loki.limits_config.retention_period).toBe("999h");
        expect(values.gateway).toBeNull();
    });

    test("of the collector keeps the path of its image in another registry", async () => {
        const { resources } = await record(
            (opts) =>
                new components.OtelCollector(
                    "gateway",
                    { ...base, cluster: "c", exportEndpoint: "alloy:4317", imageRegistry: "registry.example.com" },
                    opts,
                ),
        );
        expect(chartOf(resources, "otel-collector")["values"].image.repository).toBe(
            "registry.example.com/open-telemetry/opentelemetry-collector-releases/opentelemetry-collector-contrib",
        );
    });
});

describe("the name of Pyroscope in its Raft log", () => {
    const ofDefaultDomain = "pyroscope-0.pyroscope-headless.watch.svc.cluster.local.:9099";

    test.each<[string, object, string | undefined]>([
        ["is that of the chart by default", {}, undefined],
        ["does not change with the DNS domain", { clusterDomain: "example.internal" }, ofDefaultDomain],
        ["can be that of an index from another namespace", { serverId: "old:9099" }, "old:9099"],
    ])("%s", async (_, args, serverId) => {
        const { resources } = await record(
            (opts) => new components.Pyroscope("one", { ...base, bucket, ...args }, opts),
        );
        const { extraArgs } = chartOf(resources, "pyroscope")["values"].pyroscope;
        expect(extraArgs["metastore.raft.server-id"]).toBe(serverId);
        expect(extraArgs["metastore.raft.bootstrap-peers"]).toBe(
            serverId && `$(POD_NAME).$(PYROSCOPE_METASTORE_SERVICE)/${serverId}`,
        );
    });
});

describe("the object store", () => {
    test("creates a bucket, a user and a Secret for each backend", async () => {
        const { resources, result } = await record(
            (opts) =>
                new components.ObjectStore(
                    "store",
                    { ...base, bucketPrefix: "acme", buckets: { tempo: "spans" } },
                    opts,
                ),
        );
        expect(chartOf(resources, "minio")["values"].users).toEqual([
            { name: "loki", secret: "object-store-loki", buckets: ["acme-loki"] },
            { name: "tempo", secret: "object-store-tempo", buckets: ["spans"] },
            { name: "mimir", secret: "object-store-mimir", buckets: ["acme-mimir"] },
            { name: "pyroscope", secret: "object-store-pyroscope", buckets: ["acme-pyroscope"] },
        ]);
        expect(result.buckets.mimir).toEqual({
            endpoint: "minio.watch.svc.cluster.local:9000",
            insecure: true,
            region: "us-east-1",
            pathStyle: true,
            bucket: "acme-mimir",
            secretName: "object-store-mimir",
        });
        const secrets = resources.filter(({ type }) => type === "kubernetes:core/v1:Secret");
        expect(secrets.map(({ inputs }) => (inputs["metadata"] as { name: string }).name)).toEqual(
            Object.values(result.secretNames),
        );
        expect(secrets.map(({ inputs }) => inputs["stringData"])).toEqual([
            { rootUser: "[secret]", rootPassword: "[secret]" },
            ...Array(4).fill({ AWS_ACCESS_KEY_ID: "[secret]", AWS_SECRET_ACCESS_KEY: "[secret]" }),
        ]);
    });

    test("of kind s3 rejects an incomplete access key, and an access key together with existingSecret", async () => {
        const s3 = { ...base, kind: "s3", endpoint: "https://s3.example.com" } as const;
        const message = (more: object) =>
            errorMessage((opts) => new components.ObjectStore("store", { ...s3, ...more }, opts));
        expect(await message({ accessKeyId: "hunter2" })).toContain("secretAccessKey is missing; it must be set");
        expect(await message({ secretAccessKey: "hunter2" })).toContain("accessKeyId is missing; it must be set");
        const both = await message({ accessKeyId: "a", secretAccessKey: "hunter2", existingSecret: "keys" });
        expect(both).toContain("existingSecret and accessKeyId with secretAccessKey are both set; remove one");
        expect(both).not.toContain("hunter2");
    });

    test("of kind s3 creates only a Secret, if an access key is passed", async () => {
        const s3 = {
            ...base,
            kind: "s3",
            endpoint: "https://s3.eu-central-1.amazonaws.com",
            region: "eu-central-1",
        } as const;
        const withKeys = await record(
            (opts) => new components.ObjectStore("store", { ...s3, accessKeyId: "a", secretAccessKey: "b" }, opts),
        );
        expect(withKeys.resources.map(({ type }) => type)).toEqual([
            "observability:index:ObjectStore",
            "kubernetes:core/v1:Secret",
        ]);
        expect(JSON.stringify(withKeys.resources)).not.toContain('"b"');
        expect(withKeys.result.buckets.loki).toEqual({
            endpoint: "s3.eu-central-1.amazonaws.com",
            insecure: false,
            region: "eu-central-1",
            pathStyle: false,
            bucket: "loki",
            secretName: "object-store",
        });
        const withIdentity = await record(
            (opts) => new components.ObjectStore("store", { ...s3, serviceAccountAnnotations: { role: "r" } }, opts),
        );
        expect(withIdentity.resources).toHaveLength(1);
        expect(withIdentity.result.buckets.tempo).toMatchObject({
            secretName: undefined,
            serviceAccountAnnotations: { role: "r" },
        });
    });

    test("rejects kind s3 without an endpoint, and numbers of replicas that MinIO does not support", async () => {
        expect(
            await errorMessage((opts) => new components.ObjectStore("store", { ...base, kind: "s3" }, opts)),
        ).toContain("endpoint is missing; it must be a host");
        expect(
            await errorMessage((opts) => new components.ObjectStore("store", { ...base, replicas: 2 }, opts)),
        ).toContain("replicas is 2; it must be 1");
    });
});

describe("invalid arguments", () => {
    const collector = { ...base, cluster: "c", exportEndpoint: "alloy:4317" };
    const alloy = { ...base, cluster: "c", ...urls };
    const backend = { ...base, bucket };

    test.each<[keyof typeof components, object, string]>([
        ["Loki", { ...backend, replicas: 0 }, "replicas is 0; it must be a whole number of at least 1"],
        ["Mimir", { ...backend, replicas: 1.5 }, "replicas is 1.5; it must be a whole number of at least 1"],
        [
            "Mimir",
            { ...backend, replicationFactor: -1 },
            "replicationFactor is -1; it must be a whole number of at least 1",
        ],
        ["Tempo", { ...backend, size: "big" }, 'size is "big"; it must be a Kubernetes quantity'],
        ["OtelCollector", { ...collector, replicas: 0 }, "replicas is 0; it must be a whole number of at least 1"],
        ["OtelCollector", { ...collector, queueSize: "0" }, 'queueSize is "0"; it must be a Kubernetes quantity'],
        [
            "OtelCollector",
            { ...collector, headSamplingRatio: 10 },
            "headSamplingRatio is 10; it must be a number from 0",
        ],
        ["OtelCollector", { ...collector, tailSampling: { ratio: 2 } }, "tailSampling.ratio is 2; it must be a number"],
        [
            "OtelCollector",
            { ...collector, tailSampling: {} },
            "tailSampling.ratio is missing; it must be a number from 0 to 1",
        ],
        [
            "OtelCollector",
            { ...collector, tailSampling: { ratio: 0.1, decisionWait: "0s" } },
            'tailSampling.decisionWait is "0s"; it must be a duration',
        ],
        [
            "OtelCollector",
            { ...collector, tailSampling: { ratio: 0.1, slowerThan: "500ms" } },
            'tailSampling.slowerThan is "500ms"; it must be a duration',
        ],
        [
            "Alloy",
            { ...alloy, receiver: { replicas: 0 } },
            "receiver.replicas is 0; it must be a whole number of at least 1",
        ],
        ["Grafana", { ...base, size: "-1Gi" }, 'size is "-1Gi"; it must be a Kubernetes quantity'],
        ["Grafana", { ...base, rootUrl: "grafana" }, 'rootUrl is "grafana"; it must be a URL'],
        ["Grafana", { ...base, ingress: {} }, "ingress.host is missing; it must be a host name"],
        ["ObjectStore", { ...base, kind: "gcs" }, 'kind is "gcs"; it must be one of "minio", "s3"'],
        ["ObjectStore", { ...base, size: "x" }, 'size is "x"; it must be a Kubernetes quantity'],
    ])("are rejected by %s: %j", async (name, args, message) => {
        const Component = components[name] as new (name: string, args: object, opts: object) => object;
        expect(await errorMessage((opts) => new Component("one", args, opts))).toContain(message);
    });

    const required: Record<string, object> = {
        Loki: backend,
        Tempo: backend,
        Mimir: backend,
        Pyroscope: backend,
        Grafana: base,
        ObjectStore: base,
        OtelCollector: collector,
        Alloy: alloy,
    };
    const names = Object.keys(required) as (keyof typeof components)[];

    test.each(names)("are rejected by %s: an invalid namespace", async (name) => {
        const Component = components[name] as new (name: string, args: object, opts: object) => object;
        const message = (namespace?: string) =>
            errorMessage((opts) => new Component("one", { ...required[name], namespace }, opts));
        expect(await message("My Space")).toContain('namespace is "My Space"; it must be a Kubernetes name');
        expect(await message()).toContain("namespace is missing; it must be a Kubernetes name");
    });

    test.each(names)("are rejected by %s: Outputs and promises", async (name) => {
        const Component = components[name] as new (name: string, args: object, opts: object) => object;
        const message = (more: object) =>
            errorMessage((opts) => new Component("one", { ...required[name], ...more }, opts));
        const plain = "is an Output or a promise; it must be a plain value";
        expect(await message({ namespace: pulumi.output("watch") })).toContain(`namespace ${plain}`);
        expect(await message({ tolerations: [{ key: "a" }, { key: Promise.resolve("b") }] })).toContain(
            `tolerations[1].key ${plain}`,
        );
        const secret = await message({ values: { deep: [{ password: pulumi.secret("hunter2") }] } });
        expect(secret).toContain(`values.deep[0].password ${plain}`);
        expect(secret).not.toContain("hunter2");
    });

    test("are rejected by Loki: a bucket that is an Output of another resource", async () => {
        const args = { ...base, bucket: pulumi.output(bucket) as never };
        expect(await errorMessage((opts) => new components.Loki("one", args, opts))).toContain("bucket is an Output");
    });

    test("are rejected by the whole stack: Outputs in values", async () => {
        const args = { values: { grafana: { env: { TOKEN: pulumi.secret("hunter2") } } } };
        const message = await errorMessage(
            ({ provider }) => new components.ObservabilityStack("one", args, { providers: [provider] }),
        );
        expect(message).toContain("values.env.TOKEN is an Output");
    });

    test("are rejected: a chart mirror that does not exist, or does not have the chart", async () => {
        const message = (chartMirror: string) =>
            errorMessage((opts) => new components.Loki("one", { ...backend, chartMirror }, opts));
        const absent = await message("no-such-folder");
        expect(absent).toContain("the chart mirror no-such-folder does not exist");
        expect(absent).toContain("helm pull loki");
        expect(absent).not.toContain("helm pull tempo");
        expect(await message("tests")).toContain("the chart mirror tests has no loki-18.11.0.tgz");
        // The chart of Mimir is in this package.
        await record((opts) => new components.Mimir("one", { ...backend, chartMirror: "no-such-folder" }, opts));
    });
});

describe("two stacks in one program", () => {
    test("have different names for all resources", async () => {
        const dapr = { enabled: true, namespaces: ["app"] };
        const { resources } = await record(({ provider }) => {
            for (const name of ["east", "west"]) {
                new components.ObservabilityStack(name, { dapr }, { providers: [provider] });
            }
        });
        const names = resources.map(({ type, name }) => `${type} ${name}`);
        expect(names.length).toBeGreaterThan(60);
        expect(new Set(names).size).toBe(names.length);
    });
});

describe("backends", () => {
    test.each([
        ["Loki", "23h", "24h"],
        ["Tempo", "59m", "1h"],
        ["Mimir", "1h", "24h"],
        ["Pyroscope", "soon", "12h"],
    ] as const)("%s rejects the retention %s", async (name, retention, minimum) => {
        const message = await errorMessage((opts) => new components[name]("one", { ...base, bucket, retention }, opts));
        expect(message).toContain(`retention is "${retention}"; it must be a duration`);
        expect(message).toContain(`at least ${minimum}`);
    });

    test.each(["Loki", "Mimir"] as const)(
        "%s rejects two replicas with two copies, an even replication factor, and one above the number of replicas",
        async (name) => {
            expect(
                await errorMessage((opts) => new components[name]("one", { ...base, bucket, replicas: 2 }, opts)),
            ).toContain("replicas is 2; it must be 1 or at least 3, because with two copies");
            const even = { ...base, bucket, replicas: 4, replicationFactor: 2 };
            expect(await errorMessage((opts) => new components[name]("one", even, opts))).toContain(
                "replicationFactor is 2; it must be an odd number",
            );
            expect(
                await errorMessage(
                    (opts) => new components[name]("one", { ...base, bucket, replicationFactor: 3 }, opts),
                ),
            ).toContain("replicationFactor is 3; it must be at most the number of replicas, which is 1");
        },
    );

    test("read their access keys from the environment, not from the configuration", async () => {
        for (const name of ["Loki", "Tempo", "Mimir", "Pyroscope"] as const) {
            const { resources } = await record((opts) => new components[name]("one", { ...base, bucket }, opts));
            const { values } = chartOf(resources, name.toLowerCase());
            const text = JSON.stringify(values);
            expect(text).toContain('{"secretRef":{"name":"keys"}}');
            expect(text).not.toMatch(/access_?key/i);
        }
    });

    test("have an annotated ServiceAccount and no access keys with workload identity", async () => {
        const identity = {
            ...bucket,
            secretName: undefined,
            serviceAccountAnnotations: { "eks.amazonaws.com/role-arn": "arn" },
        };
        for (const name of ["Loki", "Tempo", "Mimir", "Pyroscope"] as const) {
            const { resources } = await record(
                (opts) => new components[name]("one", { ...base, bucket: identity }, opts),
            );
            const text = JSON.stringify(chartOf(resources, name.toLowerCase())["values"]);
            expect(text).toContain('"annotations":{"eks.amazonaws.com/role-arn":"arn"}');
            expect(text).not.toContain("secretRef");
        }
    });
});

describe("Grafana", () => {
    test("generates a password, or uses the password or the Secret of the arguments", async () => {
        const random = await record((opts) => new components.Grafana("g", base, opts));
        const given = await record((opts) => new components.Grafana("g", { ...base, adminPassword: "hunter2" }, opts));
        const existing = await record(
            (opts) => new components.Grafana("g", { ...base, existingSecret: "login" }, opts),
        );
        expect(random.resources.map(({ type }) => type)).toContain("random:index/randomPassword:RandomPassword");
        expect(given.resources.map(({ type }) => type)).not.toContain("random:index/randomPassword:RandomPassword");
        expect(JSON.stringify(given.resources)).not.toContain("hunter2");
        expect(existing.resources.map(({ type }) => type)).toEqual([
            "observability:index:Grafana",
            "kubernetes:helm.sh/v4:Chart",
        ]);
        expect([random, given, existing].map(({ result }) => result.secretName)).toEqual([
            "grafana-admin",
            "grafana-admin",
            "login",
        ]);
        expect(
            await errorMessage(
                (opts) => new components.Grafana("g", { ...base, adminPassword: "a", existingSecret: "b" }, opts),
            ),
        ).toContain("adminPassword and existingSecret are both set; remove one");
    });

    test("has the URL of rootUrl, the ingress or the Service, in this order", async () => {
        const ingress = { host: "grafana.example.com", tlsSecret: "tls" };
        const url = async (args: object) =>
            (await record((opts) => new components.Grafana("g", { ...base, ...args }, opts))).result.url;
        expect(await url({ ingress, rootUrl: "https://example.com/grafana" })).toBe("https://example.com/grafana");
        expect(await url({ ingress })).toBe("https://grafana.example.com");
        expect(await url({ ingress: { host: "grafana.example.com" } })).toBe("http://grafana.example.com");
        expect(await url({})).toBe("http://lgtm-grafana.watch.svc.cluster.local");
    });
});

describe("Grafana with a path in its URL", () => {
    const values = async (args: object) => {
        const { resources } = await record((opts) => new components.Grafana("g", { ...base, ...args }, opts));
        return chartOf(resources, "lgtm")["values"];
    };

    test("serves, is probed and is scraped below the path", async () => {
        for (const rootUrl of ["https://example.com/tools/grafana", "https://example.com/tools/grafana/"]) {
            const below = await values({ rootUrl, ingress: { host: "example.com" } });
            expect(below["grafana.ini"].server).toEqual({ root_url: rootUrl, serve_from_sub_path: true });
            expect(below.ingress).toMatchObject({ hosts: ["example.com"], path: "/tools/grafana" });
            expect(below.livenessProbe).toEqual({ httpGet: { path: "/tools/grafana/healthz" } });
            expect(below.readinessProbe).toEqual({ httpGet: { path: "/tools/grafana/api/health" } });
            expect(below.podAnnotations["prometheus.io/path"]).toBe("/tools/grafana/metrics");
        }
    });

    test("is not configured for a URL without a path", async () => {
        for (const args of [{}, { rootUrl: "https://example.com" }, { ingress: { host: "example.com" } }]) {
            const text = JSON.stringify(await values(args));
            expect(text).not.toContain("serve_from_sub_path");
            expect(text).not.toContain("prometheus.io/path");
        }
    });
});

describe("Alloy", () => {
    test("has three releases, and each can be disabled", async () => {
        const args = { ...base, cluster: "c", ...urls };
        const releases = async (more: object) =>
            (await record((opts) => new components.Alloy("a", { ...args, ...more }, opts))).resources
                .filter(({ type }) => type === "kubernetes:helm.sh/v4:Chart")
                .map(({ inputs }) => inputs["name"]);
        expect(await releases({})).toEqual(["lgtm-alloy-receiver", "lgtm-alloy-logs", "lgtm-alloy-metrics"]);
        expect(await releases({ logs: { enabled: false } })).toEqual(["lgtm-alloy-receiver", "lgtm-alloy-metrics"]);
    });

    test.each(["dev", "prod"] as const)(
        "stores nothing in its receiver in %s, because the collector has a queue",
        async (profile) => {
            const args = { ...base, cluster: "c", ...urls, profile };
            const { resources } = await record((opts) => new components.Alloy("a", args, opts));
            const { alloy, controller } = chartOf(resources, "lgtm-alloy-receiver")["values"];
            expect(controller.type).toBe("deployment");
            expect(controller.volumeClaimTemplates).toBeUndefined();
            const config: string = alloy.configMap.content;
            const exporters = [...config.matchAll(/^otelcol\.exporter\.\w+ "\w+" \{\n(.*?)^\}/gms)].map(
                ([, body]) => body,
            );
            expect(exporters).toHaveLength(3);
            for (const body of exporters) {
                expect(body).toMatch(/retry_on_failure \{\n\s+enabled = false/);
                expect(body).toMatch(/sending_queue \{\n\s+enabled = false/);
            }
        },
    );
});

describe("NetworkPolicies", () => {
    const args = { namespace: "watch", components: ["loki", "grafana"] };

    test("have one policy for all pods, one for DNS, and one for each kind of pod", async () => {
        const { resources } = await record((opts) => new components.NetworkPolicies("policies", args, opts));
        const policies = resources.filter(({ type }) => type === "kubernetes:networking.k8s.io/v1:NetworkPolicy");
        expect(policies.map(({ name, inputs }) => [name, inputs["metadata"]])).toEqual(
            ["default-deny", "dns", "loki", "grafana", "copy-job", "staging-minio"].map((name) => [
                `policies-observability-${name}`,
                { name: `observability-${name}`, namespace: "watch" },
            ]),
        );
        expect(policies[0]?.inputs["spec"]).toEqual({ podSelector: {}, policyTypes: ["Ingress", "Egress"] });
    });

    test("reject a component that is unknown, or not in the namespace", async () => {
        expect(
            await errorMessage((opts) => new components.NetworkPolicies("p", { ...args, components: ["lokki"] }, opts)),
        ).toContain('components is "lokki"; it must be one of 18 allowed values. Did you mean "loki"?');
        const destinations = [{ component: "tempo", url: "https://s3.example.com" }];
        expect(
            await errorMessage((opts) => new components.NetworkPolicies("p", { ...args, destinations }, opts)),
        ).toContain('destinations, ingress and egress is "tempo"; it must be one of "loki", "grafana"');
    });
});

describe("Dapr", () => {
    test("has a Configuration in each application namespace", async () => {
        const args = {
            namespaces: ["shop", "pay"],
            samplingRatio: 0.1,
            zipkinUrl: "http://collector:9411/api/v2/spans",
        };
        const { resources } = await record((opts) => new components.DaprTracing("dapr", args, opts));
        const configurations = resources.filter(({ type }) => type === "kubernetes:dapr.io/v1alpha1:Configuration");
        expect(configurations.map(({ inputs }) => inputs)).toEqual(
            ["shop", "pay"].map((namespace) => ({
                apiVersion: "dapr.io/v1alpha1",
                kind: "Configuration",
                metadata: { name: "tracing", namespace },
                spec: { tracing: { samplingRate: "0.1", zipkin: { endpointAddress: args.zipkinUrl } } },
            })),
        );
    });

    test("accepts an Output as zipkinUrl, but not as a namespace", async () => {
        const args = { namespaces: ["shop"], samplingRatio: 1, zipkinUrl: pulumi.output("http://collector:9411") };
        const { resources } = await record((opts) => new components.DaprTracing("dapr", args, opts));
        expect(JSON.stringify(resources.at(-1)?.inputs)).toContain('"endpointAddress":"http://collector:9411"');
        expect(
            await errorMessage(
                (opts) => new components.DaprTracing("d", { ...args, namespaces: [pulumi.output("a")] as never }, opts),
            ),
        ).toContain("namespaces[0] is an Output");
    });

    test("rejects a ratio above 1, and a duplicate namespace", async () => {
        const args = { namespaces: ["a"], samplingRatio: 2, zipkinUrl: "http://z" };
        expect(await errorMessage((opts) => new components.DaprTracing("d", args, opts))).toContain(
            "samplingRatio is 2",
        );
        const duplicate = { ...args, samplingRatio: 1, namespaces: ["a", "a"] };
        expect(await errorMessage((opts) => new components.DaprTracing("d", duplicate, opts))).toContain(
            'namespaces contains "a" twice',
        );
    });
});
