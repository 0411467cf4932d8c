import { evaluateStack, type Evaluation } from "../cli/evaluate";
import { possibleChecks } from "../cli/verify/possible-checks";
import { alloyReceiverValues } from "../components/alloy/values";
import { proxyConfig } from "../components/ingestion-proxy/config";
import { collectorComponents } from "../components/otel-collector/config";
import { IngestionProxy } from "../exports";
import { checkObjects } from "../policy/check";
import { ruleGroups } from "../rules";
import { resolveSettings } from "../settings/resolve";
import { warnings } from "../settings/warnings";
import { ruleOptions } from "../stack/component-args";
import { objectNames } from "../stack/object-names";
import { mistakesOf } from "./helpers/mistakes";
import { describeWith } from "./helpers/prerequisites";
import { errorMessage } from "./helpers/record";
import { objectOf, renderStack } from "./helpers/rendered";
import { stackObjects } from "./policy/objects";

const external = { enabled: true, otherClusters: true, clients: ["edge-1", "edge-2"] };
const centralStack = { cluster: "hub", ingestion: { external } };
const central = { url: "https://hub.example.com", existingSecret: "central-login" };
const collecting = { cluster: "edge-1", dapr: { enabled: false }, central };

const releases = ({ charts }: Evaluation) => charts.map(({ release }) => release).sort();
function valuesOf({ charts }: Evaluation, release: string): Record<string, any> {
    return charts.find((chart) => chart.release === release)?.values ?? {};
}
const alloyConfig = (evaluation: Evaluation, release: string) =>
    valuesOf(evaluation, release)["alloy"].configMap.content as string;

describe("a stack that only collects", () => {
    let stack: Evaluation;
    beforeAll(async () => {
        stack = await evaluateStack("dev", { ...collecting, central: { ...central, caSecret: "central-ca" } });
    });

    test("deploys the collector and Alloy, and neither stores nor Grafana nor an object store", () => {
        expect(releases(stack)).toEqual([
            "lgtm-alloy-logs",
            "lgtm-alloy-metrics",
            "lgtm-alloy-receiver",
            "otel-collector",
        ]);
        expect(stack.resources.filter(({ type }) => type === "kubernetes:core/v1:Secret")).toEqual([]);
    });

    test("sends every signal to the central stack with the credential of the Secret", () => {
        const { exporters, processors } = valuesOf(stack, "otel-collector")["alternateConfig"];
        expect(exporters.otlp_http).toMatchObject({
            endpoint: "https://hub.example.com",
            headers: { Authorization: "Bearer ${env:OTLP_token}" },
            sending_queue: { storage: "file_storage/queue" },
        });
        // Otherwise the central collector would add its own ratio.
        expect(processors["resource/sampling"].attributes[0]).toMatchObject({
            key: "sampling.ratio",
            action: "insert",
        });
        const logs = alloyConfig(stack, "lgtm-alloy-logs");
        expect(logs).toContain('url       = "https://hub.example.com/loki/api/v1/push"');
        expect(logs).toContain('bearer_token = sys.env("LOKI_token")');
        const metrics = alloyConfig(stack, "lgtm-alloy-metrics");
        expect(metrics).toContain('url     = "https://hub.example.com/api/v1/push"');
        expect(metrics).toContain('bearer_token = sys.env("MIMIR_token")');
        expect(metrics).not.toContain("pyroscope.write");
    });

    test("accepts profiles under the name of Pyroscope, and adds the label cluster", () => {
        const values = valuesOf(stack, "lgtm-alloy-receiver");
        const config = alloyConfig(stack, "lgtm-alloy-receiver");
        expect(config).toMatch(/pyroscope\.receive_http "sdks" \{[^}]+listen_port\s+= 4040/);
        expect(config).toContain('url     = "https://hub.example.com"');
        expect(config).toContain('cluster = "edge-1"');
        expect(config).not.toContain("otelcol.");
        expect(values["extraObjects"]).toEqual([
            {
                apiVersion: "v1",
                kind: "Service",
                metadata: { name: "pyroscope", namespace: "monitoring" },
                spec: {
                    selector: {
                        "app.kubernetes.io/name": "alloy",
                        "app.kubernetes.io/instance": "lgtm-alloy-receiver",
                    },
                    ports: [{ name: "profiles", port: 4040, targetPort: "profiles", protocol: "TCP" }],
                },
            },
        ]);
        expect(stack.endpoints).toEqual({
            zipkin: expect.any(String),
            otlpGrpc: expect.any(String),
            otlpHttp: expect.any(String),
            collectorHealth: expect.any(String),
            collectorMetrics: expect.any(String),
            pyroscope: "http://pyroscope.monitoring.svc.cluster.local:4040",
        });
    });

    test("trusts a private certificate authority in addition to the public ones", () => {
        const variable = { name: "SSL_CERT_DIR", value: "/etc/ssl/certs:/etc/observability-ca" };
        for (const release of ["lgtm-alloy-logs", "lgtm-alloy-metrics", "lgtm-alloy-receiver"]) {
            const { alloy, controller } = valuesOf(stack, release);
            expect([release, alloy.extraEnv]).toEqual([release, expect.arrayContaining([variable])]);
            expect(alloy.mounts.extra.at(-1)).toEqual({
                name: "ca",
                mountPath: "/etc/observability-ca",
                readOnly: true,
            });
            expect(controller.volumes.extra.at(-1)).toEqual({ name: "ca", secret: { secretName: "central-ca" } });
        }
        expect(valuesOf(stack, "lgtm-alloy-metrics")["alloy"].extraEnv[0].name).toBe("NODE_IP");
        const { extraEnvs, extraVolumes } = valuesOf(stack, "otel-collector");
        expect(extraEnvs).toContainEqual(variable);
        expect(extraVolumes).toContainEqual({ name: "ca", secret: { secretName: "central-ca" } });
    });

    test("has another URL for OTLP and another scheme if they are set", async () => {
        const other = {
            ...central,
            url: "https://hub.example.com/",
            otlpUrl: "https://otlp.example.com:4318",
            scheme: "basic",
        };
        const evaluation = await evaluateStack("dev", { ...collecting, central: other });
        const { exporters, extensions } = valuesOf(evaluation, "otel-collector")["alternateConfig"];
        expect(exporters.otlp_http).toMatchObject({
            endpoint: "https://otlp.example.com:4318",
            auth: { authenticator: "basicauth/export" },
        });
        expect(extensions["basicauth/export"]).toBeDefined();
        expect(alloyConfig(evaluation, "lgtm-alloy-logs")).toContain('username = sys.env("LOKI_username")');
        expect(alloyConfig(evaluation, "lgtm-alloy-logs")).toContain('"https://hub.example.com/loki/api/v1/push"');
    });

    test("also scrapes profiles, and can be without the receiver of profiles", async () => {
        const scraping = await evaluateStack("dev", { ...collecting, profiling: { scrape: true } });
        expect(alloyConfig(scraping, "lgtm-alloy-metrics")).toContain('bearer_token = sys.env("PYROSCOPE_token")');
        const without = await evaluateStack("dev", { ...collecting, components: { alloyReceiver: false } });
        expect(releases(without)).not.toContain("lgtm-alloy-receiver");
        expect(without.endpoints).not.toHaveProperty("pyroscope");
    });

    test("is verified as far as the central stack confirms the data", () => {
        const checks = ["reach-otlpHttp", "reach-alloyReceiver", "reach-loki", "collector-alloy", "collector-central"];
        const possible = possibleChecks(
            checks.map((id) => ({ id, title: id, cause: "", command: "", run: () => Promise.resolve() })),
            stack.settings,
        );
        expect(possible.map(({ id }) => id)).toEqual(["reach-otlpHttp", "collector-central"]);
    });

    test.each<[string, object, string]>([
        [
            "no name of its own",
            { cluster: undefined },
            'cluster is missing; with central.url, set a name that no other cluster has, because the default "dev" is the same in every stack.',
        ],
        [
            "no credential",
            { central: { url: central.url } },
            "central.existingSecret is missing; the central stack accepts no data without a credential.",
        ],
        ["no URL", { central: { existingSecret: "a" } }, "central.url is missing; central.existingSecret is set."],
        [
            "the path of a signal",
            { central: { ...central, otlpUrl: "https://hub.example.com/v1/traces" } },
            "central.otlpUrl has a path of a signal; remove the path.",
        ],
        [
            "an endpoint of an external store without its URL",
            { external: { tempo: { otlpEndpoint: "https://tempo.example.com:4317" } } },
            "external.tempo and central.url are both set; remove one of them.",
        ],
        [
            "an external store",
            { external: { loki: { url: "https://loki.example.com" } } },
            "external.loki and central.url are both set; remove one of them.",
        ],
        [
            "a store of its own",
            { components: { mimir: true } },
            "components.mimir is true, but central.url is set, so that all data is stored there; remove one of them.",
        ],
        [
            "a Grafana",
            { components: { grafana: true } },
            "components.grafana is true, but central.url is set, and the central stack accepts no queries of other clusters; use the Grafana of the central stack.",
        ],
        [
            "tail sampling",
            { tracing: { samplingMode: "tail" } },
            'tracing.samplingMode is "tail", but the central stack computes the span metrics and decides which traces are kept; set it to "head", and "tail" in the central stack.',
        ],
        [
            "clusters that send to it",
            { ingestion: { external } },
            "ingestion.external.otherClusters is true, but central.url is set; other clusters must send to the central stack directly, because this stack has no store.",
        ],
        [
            "values of a store",
            { values: { loki: { loki: {} } } },
            "values.loki has no effect, because the stack does not deploy this component; remove it.",
        ],
    ])("cannot have %s", (_, settings, sentence) => {
        expect(mistakesOf({ ...collecting, ...settings })).toContain(sentence);
    });

    test("has a warning about a URL without TLS", () => {
        const found = warnings(
            resolveSettings({ ...collecting, central: { ...central, url: "http://hub.example.com" } }),
        );
        expect(found).toContain(
            "central.url or central.otlpUrl begins with http://: the credential and all data are sent in clear text; use https://",
        );
    });
});

describe("a central stack", () => {
    test("has the ingestion proxy in front of its stores, with the clients and the Secret of OTLP", async () => {
        const stack = await evaluateStack("prod", centralStack);
        expect(releases(stack)).toContain("ingestion-proxy");
        const values = valuesOf(stack, "ingestion-proxy");
        expect(values).toMatchObject({ replicas: 2, service: { port: 80 } });
        expect(values["env"]).toEqual([
            { name: "OTLP_CLIENT_EDGE_1", valueFrom: { secretKeyRef: { name: "otlp-ingestion", key: "edge-1" } } },
            { name: "OTLP_CLIENT_EDGE_2", valueFrom: { secretKeyRef: { name: "otlp-ingestion", key: "edge-2" } } },
        ]);
        expect(values["config"]).toContain("server mimir mimir.monitoring.svc.cluster.local:9009 resolvers");
        expect(objectNames(stack.settings)).toContain("ingestion-proxy");
        const { mimir } = ruleGroups(ruleOptions(stack.settings));
        expect(mimir.map(({ name }) => name)).toContain("other-clusters");
        expect(JSON.stringify(mimir)).toContain('absent(up{job=\\"ingestion-proxy\\", cluster=\\"hub\\"');
    });

    test("has neither the proxy nor its alerts without the setting", async () => {
        const stack = await evaluateStack("prod", { ingestion: { external: { enabled: true, clients: ["edge-1"] } } });
        expect(releases(stack)).not.toContain("ingestion-proxy");
        expect(ruleGroups(ruleOptions(stack.settings)).mimir.map(({ name }) => name)).not.toContain("other-clusters");
        expect(objectNames(stack.settings)).not.toContain("ingestion-proxy");
    });

    test("publishes the paths of pushes on the host of OTLP, with an Ingress or a route", async () => {
        const host = "hub.example.com";
        const withIngress = await evaluateStack("dev", {
            ...centralStack,
            ingestion: {
                external: { ...external, host, ingress: { className: "nginx", clusterIssuer: "letsencrypt" } },
            },
        });
        const [ingress] = valuesOf(withIngress, "ingestion-proxy")["extraObjects"];
        expect(ingress).toMatchObject({
            kind: "Ingress",
            spec: { ingressClassName: "nginx", tls: [{ secretName: "otlp-ingestion-tls", hosts: [host] }] },
        });
        expect(ingress.spec.rules[0].http.paths.map(({ path, pathType }: any) => `${pathType} ${path}`)).toEqual([
            "Exact /loki/api/v1/push",
            "Exact /otlp/v1/logs",
            "Exact /api/v1/push",
            "Exact /otlp/v1/metrics",
            "Exact /ingest",
            "Exact /push.v1.PusherService/Push",
        ]);
        const withRoute = await evaluateStack("dev", {
            ...centralStack,
            ingestion: { external: { ...external, host, gateway: { parents: [{ name: "public" }] } } },
        });
        const [route] = valuesOf(withRoute, "ingestion-proxy")["extraObjects"];
        expect(route).toMatchObject({
            kind: "HTTPRoute",
            spec: { hostnames: [host], parentRefs: [{ name: "public" }] },
        });
    });

    test("keeps the cluster of OTLP from other clusters, and of no other OTLP", () => {
        const { processors, pipelines } = collectorComponents({
            namespace: "n",
            cluster: "hub",
            exportEndpoint: "http://receiver",
            external,
        });
        const cluster = (name: string) =>
            processors[name].attributes.find(({ key }: { key: string }) => key === "cluster").action as string;
        expect([cluster("resource"), cluster("resource/other-clusters")]).toEqual(["upsert", "insert"]);
        for (const signal of ["traces", "metrics", "logs"]) {
            expect(pipelines[`${signal}/external`]?.processors).toContain("resource/other-clusters");
            expect(pipelines[`${signal}/external`]?.processors).not.toContain("resource");
            expect(pipelines[signal]?.processors).toContain("resource");
        }
    });

    test.each<[string, object, string]>([
        [
            "without a store",
            { components: { loki: false, alloyLogs: false, mimir: false, alloyMetrics: false, pyroscope: false } },
            "ingestion.external.otherClusters is true, but the stack deploys neither Loki, Mimir nor Pyroscope; remove it, or deploy one of them.",
        ],
        [
            "with a client that has the name of its own cluster",
            { cluster: "edge-2" },
            'ingestion.external.clients contains "edge-2", the cluster of this stack; name each client like the cluster that sends, because two clusters with one label cannot be distinguished.',
        ],
        [
            "without enabled",
            { ingestion: { external: { otherClusters: true } } },
            "ingestion.external.otherClusters has no effect without ingestion.external.enabled: true.",
        ],
    ])("is refused %s", (_, settings, sentence) => {
        expect(mistakesOf({ ...centralStack, dapr: { enabled: false }, ...settings })).toContain(sentence);
    });
});

describe("the configuration of the ingestion proxy", () => {
    const args = { namespace: "obs", clients: ["edge-1"], credentialsSecret: "s", lokiUrl: "http://loki:3100" };
    const lines = (config: string) => config.split("\n").map((line) => line.trim());

    test("forwards only pushes to the stores that exist, and checks the credential before the path", () => {
        const config = lines(proxyConfig(args));
        const allowed = config.filter((line) => line.includes("set-var(txn.store)"));
        expect(allowed).toEqual([
            "http-request set-var(txn.store) str(loki) if { method POST } { path /loki/api/v1/push /otlp/v1/logs }",
        ]);
        const [unauthorized, notFound] = ["status 401", "status 404"].map((status) =>
            config.findIndex((line) => line.includes(status)),
        );
        expect(unauthorized).toBeLessThan(notFound as number);
        expect(config.filter((line) => line.startsWith("backend "))).toEqual(["backend loki"]);
    });

    test("replaces the tenant of the client by that of the stack, or removes it", () => {
        expect(proxyConfig({ ...args, tenant: "acme" })).toContain("http-request set-header X-Scope-OrgID acme\n");
        expect(proxyConfig(args)).toContain("http-request del-header X-Scope-OrgID\n");
    });

    test("has credentials only as environment variables, and TLS with a certificate", () => {
        const config = proxyConfig({ ...args, scheme: "basic", tlsSecret: "tls" });
        expect(config).toContain("http-request set-var(txn.expected) env(OTLP_CLIENT_EDGE_1)");
        expect(config).toContain("if { http_auth_user -m str edge-1 } { var(txn.credential) -m len gt 0 }");
        expect(config).toContain("bind :8080 ssl crt /etc/ingestion-proxy/tls/tls.crt alpn h2,http/1.1");
        expect(proxyConfig(args)).toContain("http-request set-var(txn.credential) http_auth_bearer");
        expect(lines(proxyConfig(args))).toContain("bind :8080");
    });

    test.each<[string, object, string]>([
        [
            "a URL of a store with a path",
            { lokiUrl: "https://logs.example.com/x" },
            'a URL with "http://" and without a path',
        ],
        ["no store", { lokiUrl: undefined }, "no store is set; set lokiUrl, mimirUrl or pyroscopeUrl"],
        ["no client", { clients: [] }, "clients is"],
        ["a tenant with a line break", { tenant: "a\nb" }, "tenant is"],
        ["a load balancer without TLS", { loadBalancer: true }, "loadBalancer needs tlsSecret"],
    ])("is refused with %s", async (_, wrong, message) => {
        expect(await errorMessage(() => new IngestionProxy("proxy", { ...args, ...wrong }))).toContain(message);
    });
});

test("a receiver of profiles needs the URL of Pyroscope in its configuration", () => {
    const values = alloyReceiverValues({
        namespace: "n",
        cluster: "c",
        pyroscopeUrl: "http://pyroscope:4040",
        receiver: { profiles: true },
    });
    expect(values["alloy"].configMap.content).toContain('url     = "http://pyroscope:4040"');
    expect(values["alloy"].extraPorts.at(-1)).toEqual({
        name: "profiles",
        port: 4040,
        targetPort: 4040,
        protocol: "TCP",
    });
});

describeWith({ programs: ["helm"], mirror: true }, "the objects of both kinds of stacks", () => {
    test.each([
        ["a central stack", { ...centralStack, ingestion: { external: { ...external, tlsSecret: "tls" } } }],
        ["a collecting stack", { ...collecting, dapr: undefined, central: { ...central, caSecret: "ca" } }],
    ])("of %s follow all policies in prod", async (_, settings) => {
        const { objects, context } = await stackObjects("prod", settings);
        const found = checkObjects(objects, context).violations.map(
            ({ rule, object }) => `${rule} ${object.kind}/${object.metadata.name}`,
        );
        expect(found).toEqual([]);
    });

    test("run the proxy twice in prod, from images.registry, and reload a renewed certificate", async () => {
        const { objects } = await renderStack("prod", {
            ...centralStack,
            ingestion: { external: { ...external, tlsSecret: "server-tls", loadBalancer: true } },
            images: { registry: "registry.example.com/mirror" },
        });
        const { spec } = objectOf(objects, "Deployment", "ingestion-proxy");
        const [container] = spec.template.spec.containers;
        expect(container.image).toBe("registry.example.com/mirror/library/haproxy:3.2.24-alpine");
        expect(container.args[0]).toContain("exec haproxy -W -db -f /etc/ingestion-proxy/config/haproxy.cfg");
        expect(spec.replicas).toBe(2);
        expect(objectOf(objects, "PodDisruptionBudget", "ingestion-proxy").spec.maxUnavailable).toBe(1);
        expect(objectOf(objects, "Service", "ingestion-proxy").spec).toMatchObject({
            type: "LoadBalancer",
            ports: [{ port: 443, targetPort: "push" }],
        });
    });
});
