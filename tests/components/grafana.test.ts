import * as components from "../../exports";
import { chartOf, record, errorMessage } from "../helpers/record";

const backends = {
    lokiUrl: "http://loki:3100",
    tempoUrl: "http://tempo:3200",
    mimirUrl: "http://mimir:9009",
    pyroscopeUrl: "http://pyroscope:4040",
};

async function dataSources(args: object): Promise<Record<string, any>> {
    const { resources } = await record((opts) => new components.Grafana("g", { namespace: "watch", ...args }, opts));
    const { datasources } = chartOf(resources, "lgtm")["values"].datasources["datasources.yaml"];
    return Object.fromEntries(datasources.map((source: { uid: string }) => [source.uid, source]));
}

describe("Grafana's dashboards", () => {
    async function deploy(dashboards?: { disabledFolders?: string[] }) {
        const args = { namespace: "watch", ...backends, dashboards };
        const { resources } = await record((opts) => new components.Grafana("g", args, opts));
        const configMaps = resources.filter(({ type }) => type === "kubernetes:core/v1:ConfigMap");
        return { configMaps: configMaps.map(({ inputs }) => inputs), values: chartOf(resources, "lgtm")["values"] };
    }

    test("have one ConfigMap and one provider for each folder", async () => {
        const { configMaps, values } = await deploy({});
        const folders = ["cost", "dapr", "kubernetes", "platform", "stack", "stores"];
        expect(configMaps.map(({ metadata }) => metadata)).toEqual(
            folders.map((folder) => ({ name: `grafana-dashboards-${folder}`, namespace: "watch" })),
        );
        expect(values.dashboardsConfigMaps).toEqual(
            Object.fromEntries(folders.map((folder) => [folder, `grafana-dashboards-${folder}`])),
        );
        const { providers } = values.dashboardProviders["dashboardproviders.yaml"];
        expect(providers[2]).toEqual({
            name: "kubernetes",
            folder: "Kubernetes",
            folderUid: "kubernetes",
            type: "file",
            disableDeletion: false,
            allowUiUpdates: false,
            updateIntervalSeconds: 30,
            options: { path: "/var/lib/grafana/dashboards/kubernetes" },
        });
    });

    test("are files named by UID, with queries for the namespace of Grafana", async () => {
        const { configMaps } = await deploy({});
        const files = (configMaps[5] as { data: Record<string, string> }).data;
        expect(Object.keys(files)).toContain("stores-loki.json");
        expect(JSON.parse(files["stores-loki.json"] as string)).toMatchObject({ uid: "stores-loki", title: "Loki" });
        expect(files["stores-loki.json"]).toContain('namespace=\\"watch\\"');
    });

    test("have the overview as the home dashboard, unless its folder is disabled", async () => {
        const home = (values: any) => values["grafana.ini"].dashboards?.default_home_dashboard_path;
        expect(home((await deploy({})).values)).toBe("/var/lib/grafana/dashboards/platform/platform-overview.json");
        expect(home((await deploy({ disabledFolders: ["platform"] })).values)).toBeUndefined();
    });

    test("can be disabled by folder, and are off by default", async () => {
        const { configMaps, values } = await deploy({ disabledFolders: ["dapr", "cost"] });
        expect(configMaps).toHaveLength(4);
        expect(Object.keys(values.dashboardsConfigMaps)).toEqual(["kubernetes", "platform", "stack", "stores"]);
        const without = await deploy();
        expect(without.configMaps).toEqual([]);
        expect(without.values.dashboardProviders).toBeUndefined();
    });

    test("are rejected with an unknown disabled folder", async () => {
        const args = { namespace: "watch", dashboards: { disabledFolders: ["slo"] } };
        expect(await errorMessage((opts) => new components.Grafana("g", args, opts))).toContain(
            'dashboards.disabledFolders is "slo"; it must be one of "control-plane", "cost", "dapr", "databases", "ebpf", "kafka", "kubernetes", "platform", "stack", "stores"',
        );
    });
});

describe("Grafana's data sources", () => {
    test("exist for each configured backend, with a fixed UID", async () => {
        const all = await dataSources(backends);
        expect(Object.values(all).map(({ uid, type, url }) => [uid, type, url])).toEqual([
            ["loki", "loki", "http://loki:3100"],
            ["tempo", "tempo", "http://tempo:3200"],
            ["mimir", "prometheus", "http://mimir:9009/prometheus"],
            ["pyroscope", "grafana-pyroscope-datasource", "http://pyroscope:4040"],
        ]);
        expect(Object.keys(await dataSources({}))).toEqual([]);
    });

    test("have no links to a backend without a URL", async () => {
        for (const [url, uid] of Object.entries({
            lokiUrl: "loki",
            tempoUrl: "tempo",
            mimirUrl: "mimir",
            pyroscopeUrl: "pyroscope",
        })) {
            const others = await dataSources({ ...backends, [url]: undefined });
            expect(Object.keys(others)).toHaveLength(3);
            expect(JSON.stringify(others)).not.toContain(`"datasourceUid":"${uid}"`);
            expect(JSON.stringify(others)).not.toContain(`"targetUID":"${uid}"`);
        }
    });

    test("link a span to the logs, metrics and profiles of its service, and to the service graph", async () => {
        const { jsonData } = (await dataSources(backends))["tempo"];
        expect(jsonData.tracesToLogsV2).toEqual({
            datasourceUid: "loki",
            spanStartTimeShift: "-5m",
            spanEndTimeShift: "5m",
            tags: [
                { key: "namespace", value: "namespace" },
                { key: "cluster", value: "cluster" },
            ],
            customQuery: true,
            query: '{$${__tags}} | trace_id = "$${__trace.traceId}"',
        });
        expect(jsonData.tracesToMetrics).toMatchObject({
            datasourceUid: "mimir",
            tags: [
                { key: "service.name", value: "service" },
                { key: "namespace", value: "namespace" },
                { key: "cluster", value: "cluster" },
            ],
        });
        expect(jsonData.tracesToMetrics.queries[0]).toEqual({
            name: "Request rate",
            query: 'sum(rate(traces_spanmetrics_calls_total{$$__tags, span_name="$${__span.name}"}[$$__rate_interval]))',
        });
        expect(jsonData.tracesToProfiles).toMatchObject({
            datasourceUid: "pyroscope",
            tags: [{ key: "service.name", value: "service_name" }],
            profileTypeId: "process_cpu:cpu:nanoseconds:cpu:nanoseconds",
        });
        expect(jsonData.serviceMap).toEqual({ datasourceUid: "mimir" });
    });

    test("link an exemplar to its trace, for both label names of the trace ID", async () => {
        const { jsonData } = (await dataSources(backends))["mimir"];
        expect(jsonData.exemplarTraceIdDestinations).toEqual([
            { name: "traceID", datasourceUid: "tempo", urlDisplayLabel: "Trace" },
            { name: "trace_id", datasourceUid: "tempo", urlDisplayLabel: "Trace" },
        ]);
    });

    test("link a profile to the trace of its span", async () => {
        const { correlations } = (await dataSources(backends))["pyroscope"];
        expect(correlations[0]).toMatchObject({
            targetUID: "tempo",
            config: { field: "Id", target: { query: '{ span:id = "$${__value.raw}" }' } },
        });
    });

    const id = "0af7651916cd43dd8448eb211c80319c";
    test.each([
        [`level=info trace_id=${id} msg="paid"`, id],
        [`{"level":"info","traceId":"${id}","msg":"paid"}`, id],
        [`{"trace_id": "${id}"}`, id],
        [`traceID=${id}`, id],
        ["trace.id: 8448eb211c80319c", "8448eb211c80319c"],
        ["retraced ids=12", undefined],
        ["trace_id=none", undefined],
    ])("find the trace ID in the log line %s, if it has one", async (line, expected) => {
        const { jsonData } = (await dataSources(backends))["loki"];
        const [byLabel, byLine] = jsonData.derivedFields;
        expect(byLabel).toMatchObject({ matcherType: "label", matcherRegex: "trace_id", datasourceUid: "tempo" });
        expect(byLine).toMatchObject({ datasourceUid: "tempo", url: "$${__value.raw}" });
        expect(new RegExp(byLine.matcherRegex).exec(line)?.[1]).toBe(expected);
    });

    test("send the tenant, if it is set", async () => {
        for (const { jsonData, secureJsonData } of Object.values(await dataSources({ ...backends, tenant: "acme" }))) {
            expect(jsonData.httpHeaderName1).toBe("X-Scope-OrgID");
            expect(secureJsonData).toEqual({ httpHeaderValue1: "acme" });
        }
        expect(JSON.stringify(await dataSources(backends))).not.toContain("X-Scope-OrgID");
    });
});

test.each<[string, string | undefined, object | undefined]>([
    [
        "does not download plugins if the images come from another registry",
        "registry.example.com",
        { preinstall_disabled: true, public_key_retrieval_disabled: true },
    ],
    ["downloads its own apps by default", undefined, undefined],
])("Grafana %s", async (_, imageRegistry, expected) => {
    const args = { namespace: "watch", ...backends, imageRegistry };
    const { resources } = await record((opts) => new components.Grafana("g", args, opts));
    const { plugins } = chartOf(resources, "lgtm")["values"]["grafana.ini"];
    expect(plugins).toEqual(expected);
});

describe("Grafana's login", () => {
    const oidc = {
        authUrl: "https://login.example.com/authorize",
        tokenUrl: "https://login.example.com/token",
        apiUrl: "https://login.example.com/userinfo",
        clientId: "grafana",
    };
    const deploy = async (args: object) => {
        const { resources } = await record(
            (opts) => new components.Grafana("g", { namespace: "watch", ...args }, opts),
        );
        const values = chartOf(resources, "lgtm")["values"];
        return { resources, values, ini: values["grafana.ini"] };
    };

    test("is required, and new users are viewers", async () => {
        const { ini } = await deploy({});
        expect(ini["auth.anonymous"]).toEqual({ enabled: false });
        expect(ini.users).toEqual({ allow_sign_up: false, auto_assign_org_role: "Viewer" });
        expect([ini.auth, ini.security, ini["auth.generic_oauth"]]).toEqual([undefined, undefined, undefined]);
    });

    test("with OIDC reads the client secret of an existing Secret", async () => {
        const { resources, values, ini } = await deploy({ oidc: { ...oidc, existingSecret: "login" } });
        expect(ini["auth.generic_oauth"]).toEqual({
            enabled: true,
            name: '"""Single sign-on"""',
            client_id: '"""grafana"""',
            scopes: '"""openid profile email"""',
            auth_url: '"""https://login.example.com/authorize"""',
            token_url: '"""https://login.example.com/token"""',
            api_url: '"""https://login.example.com/userinfo"""',
            use_pkce: true,
            allow_sign_up: true,
            auto_login: false,
            role_attribute_strict: false,
            allow_assign_grafana_admin: false,
        });
        expect(values.envValueFrom).toEqual({
            GF_AUTH_GENERIC_OAUTH_CLIENT_SECRET: { secretKeyRef: { name: "login", key: "client-secret" } },
        });
        const secrets = resources.filter(({ type }) => type === "kubernetes:core/v1:Secret");
        expect(secrets.map(({ inputs }) => inputs["metadata"])).toEqual([
            { name: "grafana-admin", namespace: "watch" },
        ]);
    });

    test("with OIDC maps roles and groups, and keeps the client secret in a Secret", async () => {
        const { resources, values, ini } = await deploy({
            passwordLogin: false,
            oidc: {
                ...oidc,
                name: "Company #1",
                clientSecret: "hunter2",
                scopes: ["openid", "groups"],
                roleAttributePath: "'Viewer'",
                requireRole: true,
                groupsAttributePath: "groups[?{{x}}]",
                allowedGroups: ["a b", "c"],
                allowedDomains: ["example.com"],
                allowSignUp: false,
                autoLogin: true,
                signoutUrl: "https://login.example.com/logout?a=b;c",
            },
        });
        expect(ini["auth.generic_oauth"]).toMatchObject({
            name: '"""Company #1"""',
            scopes: '"""openid groups"""',
            role_attribute_path: `"""'Viewer'"""`,
            role_attribute_strict: true,
            // The chart evaluates the text as a template.
            groups_attribute_path: '"""groups[?{{ "{{" }}x}}]"""',
            allowed_groups: ["a b", "c"],
            allowed_domains: ["example.com"],
            allow_sign_up: false,
            auto_login: true,
            signout_redirect_url: '"""https://login.example.com/logout?a=b;c"""',
        });
        expect(ini.auth).toEqual({ disable_login_form: true });
        expect(values.envValueFrom.GF_AUTH_GENERIC_OAUTH_CLIENT_SECRET.secretKeyRef.name).toBe("grafana-oidc");
        const secret = resources.find(({ name }) => name === "g-oidc");
        expect(secret?.inputs).toMatchObject({
            metadata: { name: "grafana-oidc", namespace: "watch" },
            stringData: { "client-secret": "[secret]" },
        });
        expect(JSON.stringify(resources)).not.toContain("hunter2");
    });

    test.each<[string, object]>([
        ["an ingress with a certificate", { ingress: { host: "g.example", tlsSecret: "tls" } }],
        ["an ingress with an issuer", { ingress: { host: "g.example", clusterIssuer: "letsencrypt" } }],
        ["a gateway", { gateway: { host: "g.example", parents: [{ name: "public" }] } }],
        ["an address of its own", { rootUrl: "https://g.example" }],
    ])("has cookies for HTTPS only with %s", async (_, args) => {
        const { ini } = await deploy(args);
        expect(ini.server.root_url).toBe("https://g.example");
        expect(ini.security).toEqual({
            cookie_secure: true,
            cookie_samesite: "lax",
            strict_transport_security: true,
        });
    });

    test.each<[string, object]>([
        ["an ingress without certificate", { ingress: { host: "g.example" } }],
        ["a gateway without TLS", { gateway: { host: "g.example", parents: [{ name: "public" }], tls: false } }],
    ])("works over HTTP with %s", async (_, args) => {
        const { ini } = await deploy(args);
        expect(ini.server.root_url).toBe("http://g.example");
        expect(ini.security).toBeUndefined();
    });

    test("has a certificate from the issuer of the ingress", async () => {
        const ingress = { host: "g.example", clusterIssuer: "letsencrypt", annotations: { a: "b" } };
        const { values } = await deploy({ ingress });
        expect(values.ingress).toMatchObject({
            annotations: { "cert-manager.io/cluster-issuer": "letsencrypt", a: "b" },
            tls: [{ secretName: "grafana-tls", hosts: ["g.example"] }],
        });
    });

    test("has a route below its path, after the CRD is found", async () => {
        const gateway = {
            host: "g.example",
            parents: [{ name: "public", namespace: "gateways", sectionName: "https" }],
        };
        const { resources, values } = await deploy({ gateway, rootUrl: "https://g.example/grafana" });
        expect(values.route.main).toMatchObject({
            enabled: true,
            hostnames: ["g.example"],
            parentRefs: gateway.parents,
            matches: [{ path: { type: "PathPrefix", value: "/grafana" } }],
        });
        expect(resources.map(({ name }) => name)).toContain("g: Install the Gateway API, or remove grafana.gateway");
    });

    test.each<[object, string]>([
        [{ oidc }, "oidc needs exactly one of clientSecret and existingSecret"],
        [{ oidc: { ...oidc, clientSecret: "a", existingSecret: "b" } }, "oidc needs exactly one of"],
        [
            { ingress: { host: "a.example" }, gateway: { host: "a.example", parents: [{ name: "p" }] } },
            "ingress and gateway are both set; remove one",
        ],
        [{ gateway: { host: "a.example", parents: [] } }, "it must be a list of at least one Gateway"],
        [{ gateway: { host: "a/b", parents: [{ name: "p" }] } }, 'gateway.host is "a/b"; it must be a host name'],
    ])("is rejected with %j", async (more, message) => {
        const args = { namespace: "watch", ...more };
        expect(await errorMessage((opts) => new components.Grafana("g", args, opts))).toContain(message);
    });
});
