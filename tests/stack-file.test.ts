import { once } from "events";
import * as fs from "fs";
import * as http from "http";
import type { AddressInfo } from "net";
import * as os from "os";
import * as path from "path";
import { recordProgram } from "../cli/record";
import { unusableMirror } from "../components/helm/mirror";
import { clearTextWarnings } from "../settings/clear-text";
import { kubeContextMistake } from "../settings/kube-context";
import { loadSettings } from "../settings/load";
import { SettingsError } from "../settings/error";
import { resolveSettings } from "../settings/resolve";

const folder = fs.mkdtempSync(path.join(os.tmpdir(), "stack-file-"));
const start = process.cwd();
afterEach(() => process.chdir(start));
afterAll(() => fs.rmSync(folder, { recursive: true }));

function settingsError(raw: object): SettingsError {
    try {
        resolveSettings(raw, "observability:");
    } catch (error) {
        return error as SettingsError;
    }
    throw new Error("the settings are valid");
}

describe("an unknown key", () => {
    test.each([
        [{ retension: {} }, "observability:retension is unknown. Did you mean retention?"],
        [{ replcas: {} }, "observability:replcas is unknown. Did you mean replicas?"],
        [{ kubecontext: "x" }, "observability:kubecontext is unknown. Did you mean kubeContext?"],
        [{ storage: { size: {} } }, "observability:storage.size is unknown. Did you mean storage.sizes?"],
        [
            { alerting: { receivers: [{ name: "a", kind: "webhook", urll: "https://a.example" }] } },
            "observability:alerting.receivers[0].urll is unknown. Did you mean alerting.receivers[0].url?",
        ],
    ])("%j is reported with the nearest setting only", (raw, expected) => {
        const { mistakes, message } = settingsError(raw);
        expect(mistakes[0]).toBe(expected);
        expect(message).not.toContain("The allowed keys are");
    });

    test("is followed by all allowed keys in the verbose message", () => {
        const { verboseMessage } = settingsError({ retention: { log: "2d" } });
        expect(verboseMessage).toContain(
            "retention.log is unknown. Did you mean retention.logs? The allowed keys are logs, traces, metrics, profiles.",
        );
    });
});

describe("a mistake does not hide the mistakes of other entries", () => {
    const slack = { kind: "slack", existingSecret: "slack" };
    const slo = { kind: "availability", objective: 0.9, window: "7d" };

    test.each<[string, object, string[]]>([
        [
            "of the values of other charts",
            { values: { mimr: {}, grafana: { replicaCount: 2 } } },
            ["values.mimr", "values.grafana.replicaCount"],
        ],
        [
            "in receivers and routes, and reports a route to an invalid receiver only once",
            {
                alerting: {
                    receivers: [
                        { name: "a", kind: "slak" },
                        { name: "b", kind: "slack" },
                        { name: "c", ...slack },
                    ],
                    routes: [
                        { receiver: "a" },
                        { receiver: "x" },
                        { receiver: "c", severities: ["y"] },
                        { receiver: "z" },
                    ],
                    defaultReceiver: "none",
                },
            },
            [
                "alerting.receivers[0].kind",
                "alerting.routes[2].severities[0]",
                "alerting.receivers[1].existingSecret",
                "alerting.routes[1].receiver",
                "alerting.routes[3].receiver",
                "alerting.defaultReceiver",
            ],
        ],
        [
            "of SLOs",
            {
                slos: [
                    { ...slo, service: "a", objective: 2 },
                    { ...slo, service: "b" },
                    { ...slo, service: "b", window: "30d" },
                ],
            },
            ["slos[0].objective", "slos[1]", "slos[2].window"],
        ],
        [
            "of buckets and credentials",
            { objectStore: { kind: "s3", endpoint: "a.example", buckets: { loki: "A_", tempo: "xyz", mimir: "xyz" } } },
            ["objectStore.buckets.loki", "objectStore.buckets.mimir", "objectStore"],
        ],
        [
            "of pipelines and tolerations",
            {
                collector: {
                    pipelines: {
                        logs: { receivers: ["otlp"] },
                        metrics: { receivers: ["oltp"], processors: ["memory_limiter"], exporters: ["otlp_http"] },
                    },
                },
                tolerations: [{ operator: "Exist" }, { value: "b" }],
            },
            [
                "collector.pipelines.logs.exporters",
                "tolerations[0].operator",
                "collector.pipelines.metrics.receivers[0]",
                "tolerations[1].key",
            ],
        ],
        [
            "of thresholds",
            { alerts: { thresholds: { MinioClusterOutOfSpace: -1, NoSuchAlert: 1 } } },
            ["alerts.thresholds.MinioClusterOutOfSpace", "alerts.thresholds.NoSuchAlert"],
        ],
    ])("%s", (_, raw, keys) => {
        const { mistakes } = settingsError(raw);
        expect(mistakes.map((mistake) => mistake.split(" ")[0]?.replace("observability:", ""))).toEqual(keys);
    });

    test("and the message lists the keys that were not checked because of it", () => {
        expect(settingsError({ profile: "production", replicas: { loki: 2 } }).message).toContain(
            "These keys depend on keys with mistakes, and were not checked completely: observability:replicas.loki.",
        );
        expect(settingsError({ replicas: { loki: 2 } }).message).not.toContain("not checked");
    });
});

describe("the nearest allowed value is suggested", () => {
    test.each<[object, string]>([
        [{ alerts: { disabledGroups: ["dapper"] } }, 'allowed values. Did you mean "dapr"?'],
        [{ profile: "prd" }, 'it must be one of "dev", "prod". Did you mean "prod"?'],
        [{ alerts: { thresholds: { MinioClusterOutOfSpac: 0.1 } } }, "Did you mean MinioClusterOutOfSpace?"],
        [
            {
                alerting: {
                    receivers: [{ name: "chat", kind: "slack", existingSecret: "a" }],
                    defaultReceiver: "chta",
                },
            },
            'it must be the name of a receiver: "chat". Did you mean "chat"?',
        ],
        [{ storage: { sizes: { loki: "5GB" } } }, 'Did you mean "5Gi" or "5G"?'],
        [{ values: { grafana: { adminPasword: "x" } } }, "is unknown. Did you mean the setting grafana.adminPassword?"],
    ])("%j", (raw, expected) => {
        expect(settingsError(raw).mistakes).toEqual([expect.stringContaining(expected)]);
    });

    test("and the verbose message lists all values", () => {
        const { verboseMessage } = settingsError({ alerts: { disabledGroups: ["dapper"] } });
        expect(verboseMessage).toMatch(/it must be one of "alerting", .*"watchdog".*\. Did you mean "dapr"\?/);
    });
});

describe("Helm values", () => {
    test.each<[object, string]>([
        [{ loki: { singleBinary: 3 } }, "values.loki.singleBinary is 3; it must be a map, as in chart loki"],
        [{ tempo: { tempo: "x" } }, 'values.tempo.tempo is "x"; it must be a map, as in chart tempo'],
        [
            { grafana: { adminPassword: "x" } },
            "values.grafana.adminPassword has no effect, because Grafana reads its login",
        ],
    ])("are rejected if they would have no effect: %j", (values, expected) => {
        expect(settingsError({ values }).mistakes).toEqual([expect.stringContaining(expected)]);
    });
});

test("a region for MinIO is rejected, because it has no effect", () => {
    expect(settingsError({ objectStore: { region: "eu-central-1" } }).mistakes).toEqual([
        'observability:objectStore.region has no effect with objectStore.kind "minio"; remove it or set the kind to "s3".',
    ]);
});

test("a key with dots is rejected with the nested form", () => {
    expect(settingsError({ "retention.logs": "5d" }).mistakes).toEqual([
        'observability:retention.logs is not a key but a path; write observability:retention: { logs: … }, or use "pulumi config set --path".',
    ]);
});

describe("the keys of a stack file", () => {
    const errorOf = async (content: object) => {
        process.chdir(folder);
        fs.writeFileSync("Pulumi.test.yaml", JSON.stringify(content));
        const config = (content as { config?: Record<string, string> }).config ?? {};
        const program = recordProgram({ project: "observability", stack: "test", config }, loadSettings);
        return program.then(
            () => "accepted",
            (error: SettingsError) => error.message,
        );
    };

    test("with a wrong namespace are rejected, and other namespaces are accepted", async () => {
        expect(await errorOf({ config: { "observabilty:profile": "prod" } })).toBe(
            'Pulumi.test.yaml has a mistake; nothing was created.\n  - observabilty:profile has the unknown namespace "observabilty". Did you mean observability:profile?',
        );
        expect(await errorOf({ config: { "kubernetes:context": "a", "other:profile": "b" } })).toBe("accepted");
    });

    test("at the top level are rejected, except those of Pulumi", async () => {
        expect(await errorOf({ "observability:profile": "dev", confg: {} })).toBe(
            'Pulumi.test.yaml has 2 mistakes; nothing was created.\n  - observability:profile is at the top level of Pulumi.test.yaml; move it to the map "config".\n  - confg is unknown at the top level of Pulumi.test.yaml. Did you mean config?',
        );
        expect(await errorOf({ encryptionsalt: "v1:a", environment: ["a"], config: {} })).toBe("accepted");
    });
});

describe("the namespace of the stack", () => {
    const namespaces = ["kube-system", "kube-public", "kube-node-lease", "default"];
    const words = ["123", "0", "1e5", "0x1f", "0o17", "2026-01-31", "true", "no", "y", "null"];
    test.each([...namespaces, ...words])("must not be %s", (namespace) => {
        const allowed = namespaces.includes(namespace)
            ? "a namespace that does not belong to Kubernetes"
            : "a name that YAML does not read as";
        expect(settingsError({ namespace }).mistakes).toEqual([
            expect.stringContaining(`observability:namespace is "${namespace}"; it must be ${allowed}`),
        ]);
    });

    test.each(["monitoring", "obs-1", "1a", "kube-system-obs", "default-obs", "e1", "n1"])("may be %s", (namespace) => {
        expect(resolveSettings({ namespace }).namespace).toBe(namespace);
    });

    test("may differ from the namespaces of Dapr applications, which can be any", () => {
        const dapr = { enabled: true, namespaces: ["default"] };
        expect(resolveSettings({ dapr }).dapr.namespaces).toEqual(["default"]);
    });
});

test("the name of a Secret must not be a number, because charts write it without quotes", () => {
    expect(settingsError({ grafana: { existingSecret: "123" } }).mistakes).toEqual([
        'observability:grafana.existingSecret is "123"; it must be a name that YAML does not read as a number.',
    ]);
});

describe("a password in a stack file", () => {
    const write = (config: object) => {
        process.chdir(folder);
        fs.writeFileSync("Pulumi.test.yaml", JSON.stringify({ config }));
    };

    test("in clear text causes a warning with the command that encrypts it", () => {
        write({
            "shop:grafana": { adminPassword: "hunter2" },
            "shop:objectStore": { accessKeyId: { secure: "v1:abc" }, secretAccessKey: "hunter3" },
        });
        const command = "pulumi config set --stack test --secret --path";
        expect(clearTextWarnings("shop", "test")).toEqual([
            `grafana.adminPassword is in clear text in Pulumi.test.yaml; run "${command} 'shop:grafana.adminPassword'" to encrypt it`,
            `objectStore.secretAccessKey is in clear text in Pulumi.test.yaml; run "${command} 'shop:objectStore.secretAccessKey'" to encrypt it`,
        ]);
    });

    test("causes no warning if it is encrypted, or if there is none", () => {
        write({ "shop:grafana": { adminPassword: { secure: "v1:abc" } }, "other:grafana": { adminPassword: "x" } });
        expect(clearTextWarnings("shop", "test")).toEqual([]);
        expect(clearTextWarnings("shop", "no-file")).toEqual([]);
    });
});

describe("the context", () => {
    const file = path.join(folder, "kubeconfig");
    fs.writeFileSync(file, "contexts: [{name: kind-dev}, {name: prod-eu}]");

    test("is accepted if one of the kubeconfig files has it", () => {
        expect(kubeContextMistake("prod-eu", { KUBECONFIG: file })).toBeUndefined();
        expect(kubeContextMistake("prod-eu", { KUBECONFIG: `/missing${path.delimiter}${file}` })).toBeUndefined();
        expect(kubeContextMistake("prod-eu", { KUBECONFIG: "contexts:\n- name: prod-eu\n" })).toBeUndefined();
    });

    test("is refused with the existing contexts otherwise", () => {
        expect(kubeContextMistake("prod-us", { KUBECONFIG: file })).toBe(
            `kubeContext is "prod-us", which is not a context of the kubeconfig (${file}); its contexts are kind-dev, prod-eu`,
        );
    });

    test("is refused if there is no kubeconfig", () => {
        expect(kubeContextMistake("prod-us", { KUBECONFIG: "/missing" })).toBe(
            'kubeContext is "prod-us", but there is no kubeconfig: /missing does not exist',
        );
    });
});

describe("a chart mirror", () => {
    let status = 200;
    const server = http.createServer((_, response) => response.writeHead(status).end());
    let url = "";
    beforeAll(async () => {
        await once(server.listen(0, "127.0.0.1"), "listening");
        url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    });
    afterAll(() => server.close());

    test("that responds is accepted, with or without a login", async () => {
        for (status of [200, 401, 403]) {
            expect(await unusableMirror(url, {})).toEqual([]);
        }
    });

    test("without an index is refused", async () => {
        status = 404;
        expect(await unusableMirror(`${url}/charts/`, {})).toEqual([
            `the chart mirror ${url}/charts/ is not a Helm repository: it has no index.yaml`,
        ]);
    });

    test.each(["http", "oci"])("that does not respond is refused: %s", async (scheme) => {
        const closed = http.createServer().listen(0, "127.0.0.1");
        await once(closed, "listening");
        const mirror = `${scheme}://127.0.0.1:${(closed.address() as AddressInfo).port}/charts`;
        closed.close();
        expect(await unusableMirror(mirror, {})).toEqual([
            `the chart mirror ${mirror} does not respond (ECONNREFUSED)`,
        ]);
    });

    test("is not asked if a proxy is configured", async () => {
        expect(await unusableMirror("http://127.0.0.1:1", { HTTPS_PROXY: "http://proxy.example:3128" })).toEqual([]);
    });

    test("that is a folder must contain every chart", async () => {
        const mistakes = await unusableMirror(folder, {});
        expect(mistakes).toContainEqual(expect.stringContaining("loki-"));
    });
});
