import { createHash } from "crypto";
import { dump } from "js-yaml";
import { quantityValue } from "../../validation/quantities";
import { namespaceSelectors } from "../alloy/collect-from";
import { AuthScheme } from "../backend-auth";
import { certificateAuthority } from "../certificate-authority";
import { clusterObjectName, contract, defaultTenants } from "../contract";
import { pullSecrets, scheduling } from "../helm/chart";
import { type HelmValues, mergeValues, packagedValues } from "../helm/values";
import type { PrometheusArgs } from "./args";
import { relabelRules } from "./rules";

const { release, ports } = contract.prometheus;
const loginFolder = "/etc/observability-login";
const tokenFile = "/var/run/secrets/kubernetes.io/serviceaccount/token";

export const defaultRetention = "24h";
export const defaultSize = "10Gi";

/** Helm values of Prometheus. */
export function prometheusValues(args: PrometheusArgs): HelmValues {
    const { imageRegistry, retention = defaultRetention, size = defaultSize, caSecret, storageClass } = args;
    const { variables, mounts, volumes } = certificateAuthority(caSecret);
    const login = loginVolume(args);
    const given = args.values ?? {};
    // A list of the caller would replace these lists.
    const withGiven = (own: object[] | string[], list: object[] | undefined) => [...own, ...(list ?? [])];
    const values = mergeValues(
        packagedValues("prometheus", args.profile ?? "dev"),
        {
            imagePullSecrets: pullSecrets(args),
            server: {
                ...(imageRegistry !== undefined && { image: { repository: `${imageRegistry}/prometheus/prometheus` } }),
                retention,
                retentionSize: retentionSize(size),
                persistentVolume: { size, storageClass },
                service: { servicePort: ports.http },
                remoteWrite: [remoteWrite(args)],
                ...scheduling(args),
            },
            scrapeConfigs: scrapeConfigs(args),
        },
        given,
        {
            server: {
                env: withGiven(variables, given["server"]?.env),
                extraVolumes: withGiven([...volumes, ...login.volumes], given["server"]?.extraVolumes),
                extraVolumeMounts: withGiven([...mounts, ...login.mounts], given["server"]?.extraVolumeMounts),
            },
            extraManifests: withGiven(clusterRole(args.namespace), given["extraManifests"]),
        },
    );
    return mergeValues(values, { server: { podAnnotations: { "checksum/config": checksum(values) } } });
}

/** The part of the volume for samples, with the write-ahead log (WAL). Compactions need the rest. */
function retentionSize(size: string): string {
    return `${Math.floor(((quantityValue(size) ?? 0) * 0.8) / 2 ** 20)}MB`;
}

/** Prometheus does not read a new configuration by itself, so that a new configuration is a new pod. */
function checksum({
    server,
    scrapeConfigs: scrapes,
    extraScrapeConfigs,
    scrapeConfigFiles,
    serverFiles,
    ruleFiles,
}: HelmValues) {
    const { global, remoteWrite: remote, remoteRead, tsdb, otlp, exemplars, alertmanagers } = server;
    const configuration = [global, remote, remoteRead, tsdb, otlp, exemplars, alertmanagers];
    const all = [configuration, scrapes, extraScrapeConfigs, scrapeConfigFiles, serverFiles, ruleFiles];
    return createHash("sha256").update(JSON.stringify(all)).digest("hex").slice(0, 16);
}

function remoteWrite({ remoteWriteUrl, tenant = defaultTenants.mimir, auth, dropNames = [] }: PrometheusArgs): object {
    const file = (key: string) => `${loginFolder}/${key}`;
    const login =
        (auth?.scheme ?? AuthScheme.Basic) === AuthScheme.Basic
            ? { basic_auth: { username_file: file("username"), password_file: file("password") } }
            : { authorization: { credentials_file: file("token") } };
    return {
        // The chart evaluates it as a template.
        url: remoteWriteUrl,
        headers: { "X-Scope-OrgID": tenant },
        send_exemplars: true,
        ...(auth !== undefined && login),
        ...(dropNames.length > 0 && {
            write_relabel_configs: [{ source_labels: ["__name__"], regex: dropNames.join("|"), action: "drop" }],
        }),
    };
}

function loginVolume({ auth }: PrometheusArgs): { volumes: object[]; mounts: object[] } {
    return auth === undefined
        ? { volumes: [], mounts: [] }
        : {
              volumes: [{ name: "login", secret: { secretName: auth.existingSecret } }],
              mounts: [{ name: "login", mountPath: loginFolder, readOnly: true }],
          };
}

/** What the metrics scraper of Alloy scrapes, except the nodes themselves. */
function scrapeConfigs(args: PrometheusArgs): HelmValues {
    const { namespace, cluster, collectFrom, kubeStateMetrics = false } = args;
    const rules = relabelRules(
        ["pods", "metrics", ...(kubeStateMetrics ? (["kube-state-metrics"] as const) : [])],
        {
            ...namespaceSelectors(collectFrom, namespace),
            cluster,
            ...(kubeStateMetrics && {
                ownNamespace: namespace,
                kubeStateMetricsRelease: contract.kubeStateMetrics.release,
            }),
        },
        {},
    );
    const pods = rules("discovery.relabel.pods");
    const { namespaces } = collectFrom ?? {};
    const ofPods = (component: string) => ({
        kubernetes_sd_configs: [
            {
                role: "pod",
                ...(namespaces && { namespaces: { names: [...new Set([namespace, ...namespaces])].sort() } }),
            },
        ],
        relabel_configs: [...pods, ...rules(`discovery.relabel.${component}`)],
    });
    const kubelet = {
        kubernetes_sd_configs: [{ role: "node" }],
        scheme: "https",
        authorization: { credentials_file: tokenFile },
        // Most kubelets have a self-signed certificate.
        tls_config: { insecure_skip_verify: true },
        relabel_configs: [
            { target_label: "cluster", replacement: cluster },
            { source_labels: ["__meta_kubernetes_node_name"], target_label: "node" },
        ],
        metric_relabel_configs: rules("prometheus.relabel.kubelet"),
    };
    return {
        pods: ofPods("scraped"),
        dapr: ofPods("dapr"),
        kubelet,
        cadvisor: { ...kubelet, metrics_path: "/metrics/cadvisor" },
        ...(kubeStateMetrics && {
            "kube-state-metrics": {
                ...ofPods("kube_state_metrics"),
                honor_labels: true,
                metric_relabel_configs: rules("prometheus.relabel.kube_state_metrics"),
            },
        }),
    };
}

/** The permissions. The ClusterRole of the chart also allows to read ConfigMaps, and has the same name in every namespace. */
function clusterRole(namespace: string): string[] {
    const name = clusterObjectName(release, namespace);
    const apiVersion = "rbac.authorization.k8s.io/v1";
    const labels = { "app.kubernetes.io/name": "prometheus", "app.kubernetes.io/instance": release };
    const objects = [
        {
            apiVersion,
            kind: "ClusterRole",
            metadata: { name, labels },
            rules: [
                { apiGroups: [""], resources: ["pods", "nodes"], verbs: ["list", "watch"] },
                // kubelet and cAdvisor.
                { apiGroups: [""], resources: ["nodes/metrics"], verbs: ["get"] },
            ],
        },
        {
            apiVersion,
            kind: "ClusterRoleBinding",
            metadata: { name, labels },
            roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name },
            // The chart evaluates these templates.
            subjects: [
                {
                    kind: "ServiceAccount",
                    name: '{{ include "prometheus.serviceAccountName.server" . }}',
                    namespace: '{{ include "prometheus.namespace" . }}',
                },
            ],
        },
    ];
    return objects.map((object) => dump(object));
}
