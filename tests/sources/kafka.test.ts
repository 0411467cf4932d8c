import { alloyKafkaValues } from "../../components/alloy/values";
import { redpandaClaims, redpandaValues } from "../../components/redpanda/values";
import { Alloy, Redpanda } from "../../exports";
import { resolveSettings } from "../../settings/resolve";
import { warnings } from "../../settings/warnings";
import { checkCluster } from "../../stack/cluster-check";
import { claimSizes } from "../../stack/volume-sizes";
import { appliedSettings } from "../../settings/applied";
import { findMoves } from "../../settings/moves";
import { evaluateStack } from "../../cli/evaluate";
import { testMistakes } from "../helpers/mistakes";
import { metricsScraper, podsOf, policySpec, ports } from "../helpers/network-policies";
import { describeWith } from "../helpers/prerequisites";
import { errorMessage } from "../helpers/record";
import { objectOf, renderStack } from "../helpers/rendered";

const deployed = { components: { redpanda: true } };
const orders = { name: "orders", brokers: ["kafka.shop.svc.cluster.local:9092"] };
const alloy = { namespace: "obs", cluster: "c", mimirUrl: "http://mimir:9009" };

describe("Alloy for Kafka", () => {
    const values = (clusters: object[], more: object = {}) =>
        alloyKafkaValues({ ...alloy, kafka: { clusters: clusters as never[], ...more } });
    const configOf = (clusters: object[]) => values(clusters)["alloy"].configMap.content as string;
    const exporterOf = (cluster: object) =>
        /prometheus\.exporter\.kafka "\w+" \{\n(.*?)\n\}/s
            .exec(configOf([{ name: "a-b", brokers: ["kafka:9092"], ...cluster }]))?.[1]
            ?.replace(/^\t(\w+) += /gm, "$1 = ")
            .split("\n");
    const internal = 'topics_exclude_regex = "^__.*"';

    test.each<[object, string[]]>([
        [{}, ['kafka_uris = ["kafka:9092"]', 'instance = "a-b"', internal]],
        [
            { brokers: ["b1.example.com:9094", "b2.example.com:9094"], existingSecret: "login" },
            [
                'kafka_uris = ["b1.example.com:9094", "b2.example.com:9094"]',
                'instance = "a-b"',
                "use_sasl = true",
                'sasl_mechanism = "scram-sha512"',
                'sasl_username = sys.env("KAFKA_A_B_USERNAME")',
                'sasl_password = sys.env("KAFKA_A_B_PASSWORD")',
                "use_tls = true",
                internal,
            ],
        ],
        [
            { existingSecret: "login", mechanism: "plain", tls: "require" },
            [
                'kafka_uris = ["kafka:9092"]',
                'instance = "a-b"',
                "use_sasl = true",
                'sasl_mechanism = "plain"',
                'sasl_username = sys.env("KAFKA_A_B_USERNAME")',
                'sasl_password = sys.env("KAFKA_A_B_PASSWORD")',
                "use_tls = true",
                "insecure_skip_verify = true",
                internal,
            ],
        ],
    ])("connects to %j", (cluster, expected) => {
        expect(exporterOf(cluster)).toEqual(expected);
    });

    test("labels the metrics with the cluster and the namespace", () => {
        const labels = [...configOf([orders]).matchAll(/target_label = "(\w+)"\n\t\treplacement {2}= "([^"]*)"/g)];
        expect(Object.fromEntries(labels.map(([, label, value]) => [label, value]))).toEqual({
            cluster: "c",
            job: "kafka",
            instance: "orders",
            service_name: "orders",
            namespace: "shop",
        });
    });

    test("gets only the named keys of Secrets, uses no API of Kubernetes, and does not block a deployment", () => {
        const found = values([{ ...orders, existingSecret: "login", passwordKey: "p" }], {
            values: { alloy: { extraEnv: [{ name: "MINE", value: "1" }] } },
        });
        const key = (name: string, secretKey: string) => ({
            name,
            valueFrom: { secretKeyRef: { name: "login", key: secretKey } },
        });
        expect(found["alloy"].extraEnv).toEqual([
            key("KAFKA_ORDERS_USERNAME", "username"),
            key("KAFKA_ORDERS_PASSWORD", "p"),
            { name: "MINE", value: "1" },
        ]);
        expect(found["rbac"]).toEqual({ create: false, rules: null });
        expect(found["serviceAccount"]).toEqual({ automountServiceAccountToken: false });
        expect(found["controller"].extraAnnotations).toEqual({ "pulumi.com/skipAwait": "true" });
    });

    test("is a pod of its own, because without a connection Alloy does not start", async () => {
        const { charts } = await evaluateStack("dev", {
            ...deployed,
            kafka: [orders],
            logs: { kubernetesEvents: true },
        });
        const config = (release: string) =>
            charts.find((chart) => chart.release === release)?.values["alloy"].configMap.content as string;
        expect(config("lgtm-alloy-singleton")).not.toContain("kafka");
        expect(config("lgtm-alloy-kafka").match(/prometheus\.exporter\.kafka "\w+"/g)).toEqual([
            'prometheus.exporter.kafka "redpanda"',
            'prometheus.exporter.kafka "orders"',
        ]);
        expect(config("lgtm-alloy-kafka")).toContain('["redpanda.monitoring.svc.cluster.local:9092"]');
    });

    test("rejects wrong clusters", async () => {
        const clusters = [
            { name: "Orders", brokers: ["user:secret@kafka"] },
            { ...orders, usernameKey: "u" },
        ];
        expect(await errorMessage(() => new Alloy("a", { ...alloy, kafka: { clusters } }))).toBe(
            [
                "kafka.clusters[0].name is \"Orders\"; it must be a Kubernetes name: at most 63 lower-case letters, digits and '-', beginning and ending with a letter or digit",
                'kafka.clusters[0].brokers is "…@kafka"; it must be a host and a port such as "shop-db.shop.svc.cluster.local:5432"',
                "kafka.clusters[1].usernameKey has no effect without existingSecret; remove it",
            ].join("\n"),
        );
    });
});

testMistakes("refuses %s", [
    [
        "Kafka and Redpanda without a store of metrics",
        { ...deployed, kafka: [orders], components: { redpanda: true, mimir: false, alloyMetrics: false } },
        [
            "kafka has no effect, because there is no store of metrics; remove it.",
            "components.redpanda is true, but there is no store for its metrics; set external.mimir.url, or set components.redpanda to false.",
        ],
    ],
    [
        "clusters of the same name and address, and the name of the Redpanda of the stack",
        {
            kafka: [
                orders,
                { name: "orders", brokers: ["b:9092", "KAFKA.shop.svc.cluster.local:9092"] },
                { name: "redpanda", brokers: ["c:9092"], mechanism: "plain" },
            ],
        },
        [
            'kafka[1].name is "orders", and so is that of cluster 1; each cluster needs its own name.',
            "kafka[1].brokers has an address of cluster 1, so that the same metrics would be stored twice; remove one of them.",
            "kafka[2].mechanism has no effect without existingSecret; remove it.",
            'kafka[2].name is "redpanda", which is the name of the Redpanda of the stack; choose another name.',
        ],
    ],
    [
        "an even number of brokers",
        { ...deployed, redpanda: { replicas: 2 } },
        ["redpanda.replicas is 2; it must be 1, 3 or 5."],
    ],
]);

describe("Redpanda", () => {
    const warningsOf = (settings: object) =>
        warnings(resolveSettings({ profile: "prod", ...settings })).filter((text) => text.includes("edpanda"));

    test("is announced as unsafe in prod, and a single broker too", () => {
        const open =
            "components.redpanda is true: every pod that reaches Redpanda can read and delete all messages, without TLS and without a login";
        expect(warningsOf(deployed)).toEqual([open]);
        expect(warningsOf({ ...deployed, redpanda: { replicas: 1 }, networkPolicies: { enabled: false } })).toEqual([
            "redpanda.replicas is 1: if its node or its volume is lost, messages are lost; set it to 3",
            `${open}; set networkPolicies.enabled to true`,
        ]);
        expect(warnings(resolveSettings(deployed)).filter((text) => text.includes("edpanda"))).toEqual([]);
    });

    test.each([
        [
            1,
            3,
            [
                "redpanda.replicas is 3, but the cluster has 1 node; each broker needs a node of its own. Set it to at most 1, or add nodes",
            ],
        ],
        [
            2,
            3,
            [
                "redpanda.replicas is 3, but the cluster has 2 nodes; each broker needs a node of its own. Set it to at most 2, or add nodes",
            ],
        ],
        [3, 3, []],
        [1, 1, []],
    ])("with %i nodes and %i brokers finds %j", async (nodes, replicas, expected) => {
        const settings = resolveSettings({ ...deployed, redpanda: { replicas } });
        const items = Array.from({ length: nodes }, (_, index) => ({ metadata: { name: `n${index}` } }));
        const reader = {
            read: <T>(path: string) =>
                Promise.resolve((path === "/api/v1/nodes" ? { items } : undefined) as T | undefined),
        };
        const { mistakes } = await checkCluster(reader, settings, { identity: "s", namespace: undefined });
        expect(mistakes).toEqual(expected);
    });

    test("must not lose brokers, and is kept in prod unless its loss is accepted", () => {
        const before = appliedSettings(resolveSettings({ profile: "prod", ...deployed }));
        const refused = (settings: object) =>
            findMoves(before, resolveSettings({ profile: "prod", ...settings })).refused.map(({ setting }) => setting);
        expect(refused({ ...deployed, redpanda: { replicas: 1 } })).toEqual(["redpanda.replicas"]);
        expect(refused({ ...deployed, redpanda: { replicas: 5 } })).toEqual([]);
        expect(refused({})).toEqual(["components.redpanda"]);
        expect(refused({ allowDataLoss: ["redpanda"] })).toEqual([]);
    });

    test("has a volume for each broker, whose size can grow", () => {
        expect(redpandaClaims(redpandaValues({ namespace: "obs", replicas: 3, size: "9Gi" }))).toEqual({
            template: "data",
            statefulSet: "redpanda",
            replicas: 3,
            size: "9Gi",
            accessModes: undefined,
            storageClass: undefined,
        });
        expect(claimSizes(resolveSettings(deployed)).filter(({ claim }) => claim.includes("redpanda"))).toEqual([
            { claim: "data-redpanda-0", size: "5Gi", setting: "redpanda.size" },
        ]);
    });

    test("rejects an even number of brokers", async () => {
        expect(await errorMessage((opts) => new Redpanda("r", { namespace: "obs", replicas: 2 }, opts))).toBe(
            "replicas is 2; it must be 1, 3 or 5",
        );
    });

    test("accepts connections of client namespaces, of its console, of Alloy and of its brokers only", () => {
        const specOf = (name: string) =>
            policySpec({ ...deployed, networkPolicies: { clientNamespaces: ["shop"] } }, name);
        const inShop = { matchExpressions: [{ key: "kubernetes.io/metadata.name", operator: "In", values: ["shop"] }] };
        const label = { "observability.mathtrail/client": "true" };
        expect(specOf("redpanda")?.ingress).toEqual([
            { from: metricsScraper, ports: ports(9644) },
            {
                from: [{ namespaceSelector: inShop }, { namespaceSelector: { matchLabels: label } }],
                ports: ports(9092),
            },
            { from: podsOf("alloy", "lgtm-alloy-kafka"), ports: ports(9092) },
            { from: podsOf("redpanda-console", "redpanda"), ports: ports(9092, 9644) },
            { from: podsOf("redpanda", "redpanda"), ports: ports(9092, 9644, 33145) },
        ]);
        expect(specOf("redpanda-console")).toMatchObject({
            ingress: [],
            egress: [{ to: podsOf("redpanda", "redpanda"), ports: ports(9092, 9644) }],
        });
        expect(specOf("alloy-kafka")?.egress).toEqual([
            { to: podsOf("mimir", "mimir"), ports: ports(9009) },
            { to: podsOf("redpanda", "redpanda"), ports: ports(9092) },
        ]);
    });
});

describeWith({ programs: ["helm"], mirror: true }, "the chart of Redpanda", () => {
    test("has one broker with developer mode in dev, and three brokers on three nodes in prod", async () => {
        const facts = async (stack: string) => {
            const { objects } = await renderStack(stack, deployed);
            const { spec } = objectOf(objects, "StatefulSet", "redpanda");
            const config = objectOf(objects, "ConfigMap", "redpanda")["data"]["redpanda.yaml"] as string;
            const budgets = objects.filter(
                ({ kind, metadata }) => kind === "PodDisruptionBudget" && metadata.name === "redpanda",
            );
            return { spec, config, budgets: budgets.length };
        };
        const specs = [await facts("dev"), await facts("prod")];
        expect(specs.map(({ spec, budgets }) => [spec.replicas, budgets])).toEqual([
            [1, 0],
            [3, 1],
        ]);
        const [dev, prod] = specs.map(({ spec }) => (spec.template.spec.containers as { args: string[] }[])[0]?.args);
        expect(dev).toEqual([
            "redpanda",
            "start",
            "--advertise-kafka-addr=internal://$(POD_NAME).redpanda-headless.monitoring.svc.cluster.local:9092",
            "--advertise-rpc-addr=$(POD_NAME).redpanda-headless.monitoring.svc.cluster.local:33145",
            "--smp=1",
            "--memory=640M",
            "--reserve-memory=0M",
            "--check=false",
            "--unsafe-bypass-fsync=true",
        ]);
        expect(prod).not.toContain("--unsafe-bypass-fsync=true");
        expect(specs.map(({ config }) => config.match(/address: redpanda-\d/g)?.length)).toEqual([1, 3]);
        const affinity = specs[1]?.spec.template.spec.affinity.podAntiAffinity;
        expect(affinity.requiredDuringSchedulingIgnoredDuringExecution[0].topologyKey).toBe("kubernetes.io/hostname");
    });

    test("takes both images from images.registry, and has a console only if it is wanted", async () => {
        const registry = { images: { registry: "registry.example.com/mirror" } };
        const { objects } = await renderStack("dev", { ...deployed, ...registry });
        const imageOf = (kind: string, name: string) =>
            objectOf(objects, kind, name).spec.template.spec.containers[0].image as string;
        expect(imageOf("StatefulSet", "redpanda")).toBe("registry.example.com/mirror/redpandadata/redpanda:v26.2.1");
        expect(imageOf("Deployment", "redpanda-console")).toBe(
            "registry.example.com/mirror/redpandadata/console:v3.9.0",
        );
        const without = await renderStack("dev", { ...deployed, redpanda: { console: false } });
        expect(without.objects.map(({ metadata }) => metadata.name)).not.toContain("redpanda-console");
    });
});
