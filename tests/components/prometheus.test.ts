import { spawnSync } from "child_process";
import * as fs from "fs";
import * as os from "os";
import * as path from "path";
import { dump, load } from "js-yaml";
import { alloyMetricsValues } from "../../components/alloy/values";
import type { PrometheusArgs } from "../../components/prometheus/args";
import { prometheusValues } from "../../components/prometheus/values";
import { Prometheus } from "../../exports";
import { testMistakes } from "../helpers/mistakes";
import { anywhere, podsOf, policySpec, ports } from "../helpers/network-policies";
import { describeWith } from "../helpers/prerequisites";
import { errorMessage } from "../helpers/record";
import { objectOf, renderStack } from "../helpers/rendered";

const args: PrometheusArgs = { namespace: "obs", cluster: "c", remoteWriteUrl: "http://mimir:9009/api/v1/push" };
const deployed = { components: { prometheus: true } };

describe("Prometheus", () => {
    const jobs = (more: Partial<PrometheusArgs> = {}) =>
        prometheusValues({ ...args, ...more })["scrapeConfigs"] as Record<string, Record<string, any> | null>;
    const active = (more?: Partial<PrometheusArgs>) =>
        Object.entries(jobs(more)).flatMap(([name, job]) => (job === null ? [] : [name]));

    test("has the jobs of the metrics scraper, and none of the chart", () => {
        expect(active()).toEqual(["pods", "dapr", "kubelet", "cadvisor"]);
        expect(active({ kubeStateMetrics: true })).toEqual([
            ...["pods", "dapr", "kubelet", "cadvisor", "kube-state-metrics"],
        ]);
    });

    test("selects and labels targets with the rules of Alloy", () => {
        const rules = jobs({ collectFrom: { namespaces: ["shop"] } })["pods"]?.["relabel_configs"] as object[];
        expect(rules.slice(0, 4)).toEqual([
            { source_labels: ["__meta_kubernetes_namespace"], regex: "obs|shop", action: "keep" },
            { source_labels: ["__meta_kubernetes_namespace"], regex: "-", action: "drop" },
            { target_label: "cluster", replacement: "c" },
            { source_labels: ["__meta_kubernetes_namespace"], target_label: "namespace" },
        ]);
        expect(rules).toContainEqual({
            source_labels: ["__meta_kubernetes_pod_ip", "__meta_kubernetes_pod_annotation_prometheus_io_port"],
            regex: "([0-9.]+);([0-9]+)",
            replacement: "$1:$2",
            target_label: "__address__",
        });
        const inAlloy = alloyMetricsValues({ namespace: "obs", cluster: "c", mimirUrl: "http://m" })["alloy"].configMap
            .content as string;
        const rulesIn = (component: string) =>
            (new RegExp(`^${component} \\{\\n.*?^\\}`, "ms").exec(inAlloy)?.[0].match(/^\trule \{/gm) ?? []).length;
        expect(rules).toHaveLength(rulesIn('discovery\\.relabel "pods"') + rulesIn('discovery\\.relabel "scraped"'));
    });

    test("keeps only the series of collected namespaces of the kubelets", () => {
        const keep = (collectFrom: object) => jobs({ collectFrom })["cadvisor"]?.["metric_relabel_configs"][0];
        expect(keep({ namespaces: ["shop"], nodes: false })).toEqual({
            source_labels: ["__name__", "namespace"],
            regex: "up;|[^;]+;(?:obs|shop)",
            action: "keep",
        });
    });

    const remoteWrite = (more: Partial<PrometheusArgs>) =>
        prometheusValues({ ...args, ...more })["server"].remoteWrite[0];
    test("writes with the tenant and the login of the store", () => {
        const common = { url: args.remoteWriteUrl, send_exemplars: true };
        expect(remoteWrite({})).toEqual({ ...common, headers: { "X-Scope-OrgID": "anonymous" } });
        const folder = "/etc/observability-login";
        expect(remoteWrite({ tenant: "acme", auth: { existingSecret: "login" }, dropNames: ["go_.*", "a"] })).toEqual({
            ...common,
            headers: { "X-Scope-OrgID": "acme" },
            basic_auth: { username_file: `${folder}/username`, password_file: `${folder}/password` },
            write_relabel_configs: [{ source_labels: ["__name__"], regex: "go_.*|a", action: "drop" }],
        });
        expect(remoteWrite({ auth: { scheme: "bearer", existingSecret: "login" } })).toMatchObject({
            authorization: { credentials_file: `${folder}/token` },
        });
        const { extraVolumes, extraVolumeMounts, env } = prometheusValues({
            ...args,
            auth: { existingSecret: "login" },
            caSecret: "ca",
        })["server"];
        expect(extraVolumes).toEqual([
            { name: "ca", secret: { secretName: "ca" } },
            { name: "login", secret: { secretName: "login" } },
        ]);
        expect(extraVolumeMounts.map(({ mountPath }: { mountPath: string }) => mountPath)).toEqual([
            "/etc/observability-ca",
            folder,
        ]);
        expect(env).toEqual([{ name: "SSL_CERT_DIR", value: "/etc/ssl/certs:/etc/observability-ca" }]);
    });

    test("keeps its ClusterRole, login and certificate authority beside lists of the caller", () => {
        const auth = { existingSecret: "store-login" };
        const own = prometheusValues({ ...args, auth, caSecret: "corporate-ca" });
        const server = {
            env: [{ name: "TZ", value: "UTC" }],
            extraVolumes: [{ name: "targets", configMap: { name: "targets" } }],
            extraVolumeMounts: [{ name: "targets", mountPath: "/etc/targets" }],
        };
        const extraManifests = ["kind: ConfigMap"];
        const values = prometheusValues({
            ...args,
            auth,
            caSecret: "corporate-ca",
            values: { server, extraManifests },
        });
        const names = (list: object[]) => list.map((item) => (item as { name: string }).name);
        expect(names(values["server"].env)).toEqual(["SSL_CERT_DIR", "TZ"]);
        expect(names(values["server"].extraVolumes)).toEqual(["ca", "login", "targets"]);
        expect(names(values["server"].extraVolumeMounts)).toEqual(["ca", "login", "targets"]);
        expect(own["extraManifests"]).toHaveLength(2);
        expect(values["extraManifests"]).toEqual([...own["extraManifests"], ...extraManifests]);
    });

    test("leaves a fifth of the volume for compactions", () => {
        const { retention, retentionSize, persistentVolume } = prometheusValues({ ...args, size: "20Gi" })["server"];
        expect([retention, retentionSize, persistentVolume.size]).toEqual(["24h", "16384MB", "20Gi"]);
    });

    test("gets a new pod exactly if its configuration changes", () => {
        const checksum = (more: Partial<PrometheusArgs>) =>
            prometheusValues({ ...args, ...more })["server"].podAnnotations["checksum/config"] as string;
        const first = checksum({});
        expect(checksum({ values: { server: { resources: { limits: { memory: "2Gi" } } } } })).toBe(first);
        const changed = [
            { cluster: "d" },
            { tenant: "acme" },
            { values: { extraScrapeConfigs: "- job_name: mine" } },
            { values: { server: { global: { scrape_interval: "15s" } } } },
        ].map(checksum);
        expect(new Set([first, ...changed]).size).toBe(5);
    });

    test("rejects a wrong retention", async () => {
        expect(await errorMessage((opts) => new Prometheus("p", { ...args, retention: "30m" }, opts))).toBe(
            'retention is "30m"; it must be a duration from 2h to 15d, such as "24h" (Prometheus deletes whole blocks, which contain at least 2 hours, and Mimir keeps metrics longer)',
        );
    });
});

test("Alloy does not scrape what Prometheus scrapes", () => {
    const config = (metrics: object, more: object = {}) =>
        alloyMetricsValues({ namespace: "obs", cluster: "c", mimirUrl: "http://m", metrics, ...more })["alloy"]
            .configMap.content as string;
    const scrapes = (text: string) => [...text.matchAll(/^(\w+)\.scrape "(\w+)"/gm)].map(([, , name]) => name);
    expect(scrapes(config({ kubeStateMetrics: true }))).toEqual([
        ...["pods", "dapr", "kubelet", "cadvisor", "node", "kube_state_metrics"],
    ]);
    expect(scrapes(config({ scrape: false, kubeStateMetrics: true }))).toEqual(["node"]);
    expect(config({ scrape: false }, { pyroscopeUrl: "http://p" })).toContain("pyroscope.scrape");
});

testMistakes("refuses %s", [
    [
        "Prometheus without a store of metrics and without Alloy",
        { components: { prometheus: true, mimir: false, alloyMetrics: false } },
        [
            "components.prometheus is true, but there is no store of metrics that it can write to; set external.mimir.url, or set components.prometheus to false.",
            "components.prometheus is true, but components.alloyMetrics is false, so that nothing reads the metrics of the nodes; set components.alloyMetrics to true. It does not scrape what Prometheus scrapes.",
        ],
    ],
    [
        "a job of the chart that scrapes the same targets",
        { ...deployed, values: { prometheus: { scrapeConfigs: { "kubernetes-pods": { enabled: true } } } } },
        [
            "values.prometheus.scrapeConfigs.kubernetes-pods is a job of the chart that scrapes targets of the stack again, with other labels; use another name for a job of your own, and remove this one.",
        ],
    ],
    [
        "a retention that is too long",
        { ...deployed, prometheus: { retention: "30d" } },
        [
            'prometheus.retention is "30d"; it must be a duration from 2h to 15d, such as "24h" (Prometheus deletes whole blocks, which contain at least 2 hours, and Mimir keeps metrics longer).',
        ],
    ],
]);

test("NetworkPolicies let Prometheus scrape and write, Grafana query it, and Alloy reach Mimir only", () => {
    const specOf = (name: string) => policySpec({ ...deployed, networkPolicies: { nodeCidrs: ["10.0.0.0/24"] } }, name);
    const local = podsOf("prometheus", "prometheus");
    expect(specOf("prometheus")?.ingress).toEqual([
        { from: local, ports: ports(9090) },
        { from: podsOf("grafana", "lgtm"), ports: ports(9090) },
    ]);
    expect(specOf("loki")?.ingress).toContainEqual({ from: local, ports: ports(3100) });
    expect(specOf("prometheus")?.egress).toEqual(
        expect.arrayContaining([
            { to: podsOf("mimir", "mimir"), ports: ports(9009) },
            { to: [{ ipBlock: { cidr: "10.0.0.0/24" } }], ports: ports(10250) },
        ]),
    );
    expect(specOf("alloy-metrics")?.egress).toEqual([
        { to: podsOf("mimir", "mimir"), ports: ports(9009) },
        { to: anywhere, ports: ports(443, 6443) },
    ]);
});

/** Without what promtool 2 of a distribution does not know: the naming scheme, and the discovery in Kubernetes. */
function forOldPromtool(file: Record<string, any>): object {
    const without = (map: Record<string, unknown>, key: string) =>
        Object.fromEntries(Object.entries(map).filter(([name]) => name !== key));
    return {
        ...file,
        global: without(file["global"] as Record<string, unknown>, "metric_name_validation_scheme"),
        scrape_configs: (file["scrape_configs"] as Record<string, unknown>[]).map((job) =>
            without(job, "kubernetes_sd_configs"),
        ),
    };
}

describeWith({ programs: ["helm", "promtool"], mirror: true }, "the configuration of Prometheus", () => {
    test.each(["dev", "prod"])("is accepted by promtool in %s", async (stack) => {
        const settings = {
            components: { prometheus: true, kubeStateMetrics: true },
            tenant: "acme",
            metrics: { dropNames: ["go_.*"] },
            collectFrom: { namespaces: ["shop"] },
        };
        const { objects } = await renderStack(stack, settings);
        const { data } = objectOf(objects, "ConfigMap", "prometheus");
        const version = spawnSync("promtool", ["--version"], { encoding: "utf8" }).stdout;
        const file = load(data["prometheus.yml"] as string) as Record<string, any>;
        const folder = fs.mkdtempSync(path.join(os.tmpdir(), "prometheus-"));
        const config = path.join(folder, "prometheus.yml");
        fs.writeFileSync(config, dump(/version [01]\.|version 2\./.test(version) ? forOldPromtool(file) : file));
        const { status, stdout, stderr } = spawnSync("promtool", ["check", "config", "--syntax-only", config], {
            encoding: "utf8",
        });
        fs.rmSync(folder, { recursive: true });
        expect({ status, output: status === 0 ? "" : stdout + stderr }).toEqual({ status: 0, output: "" });
        expect((file["scrape_configs"] as { job_name: string }[]).map(({ job_name: name }) => name)).toEqual([
            ...["cadvisor", "dapr", "kube-state-metrics", "kubelet", "pods"],
        ]);
    });
});
