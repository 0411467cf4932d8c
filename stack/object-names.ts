import { clusterObjectName, contract } from "../components/contract";
import { mergeValues, packagedValues } from "../components/helm/values";
import { StoreMode } from "../components/mode";
import { adminSecretName } from "../components/grafana";
import { dashboardConfigMapName } from "../components/grafana/dashboards";
import { oidcSecretName } from "../components/grafana/oidc";
import { ingestionName } from "../components/otel-collector/ingestion";
import { peerServiceName } from "../components/otel-collector/peers";
import { objectRulerName } from "../components/mimir/object-ruler";
import { policies } from "../components/network-policies/values";
import { keysSecretName, rootSecretName, userSecretName } from "../components/object-store/values";
import { dashboardFolders } from "../dashboards/folders";
import { backends } from "../validation/buckets";
import { absentComponents } from "../settings/components";
import type { Settings } from "../settings/resolve";
import { optionalComponents } from "../validation/components";
import { networkPoliciesArgs } from "./network-policies-args";

/** The paths in the API of the lists that contain the objects of a stack, by kind. */
export function resourcePaths(namespace: string): Record<string, string> {
    const core = `/api/v1/namespaces/${namespace}`;
    const apps = `/apis/apps/v1/namespaces/${namespace}`;
    const rbac = "/apis/rbac.authorization.k8s.io/v1";
    return {
        Service: `${core}/services`,
        ServiceAccount: `${core}/serviceaccounts`,
        ConfigMap: `${core}/configmaps`,
        Secret: `${core}/secrets`,
        PersistentVolumeClaim: `${core}/persistentvolumeclaims`,
        Deployment: `${apps}/deployments`,
        CronJob: `/apis/batch/v1/namespaces/${namespace}/cronjobs`,
        StatefulSet: `${apps}/statefulsets`,
        DaemonSet: `${apps}/daemonsets`,
        PodDisruptionBudget: `/apis/policy/v1/namespaces/${namespace}/poddisruptionbudgets`,
        HorizontalPodAutoscaler: `/apis/autoscaling/v2/namespaces/${namespace}/horizontalpodautoscalers`,
        NetworkPolicy: `/apis/networking.k8s.io/v1/namespaces/${namespace}/networkpolicies`,
        Ingress: `/apis/networking.k8s.io/v1/namespaces/${namespace}/ingresses`,
        HTTPRoute: `/apis/gateway.networking.k8s.io/v1/namespaces/${namespace}/httproutes`,
        Role: `${rbac}/namespaces/${namespace}/roles`,
        RoleBinding: `${rbac}/namespaces/${namespace}/rolebindings`,
        ClusterRole: `${rbac}/clusterroles`,
        ClusterRoleBinding: `${rbac}/clusterrolebindings`,
    };
}

/**
 * Names of the objects that a stack creates. Kinds share names: the StatefulSet, the Service and the ConfigMap of Loki are all called "loki". Objects
 * that Helm values of the user add are not included.
 */
export function objectNames(settings: Settings): string[] {
    const { namespace, objectStore, grafana, dashboards, networkPolicies, ingestion } = settings;
    const absent: string[] = absentComponents(settings);
    // Others may have deployed an optional component of the same name.
    const isUnused = (key: string) => optionalComponents.some((name) => name === key) && absent.includes(key);
    const isMinio = objectStore.kind === "minio";
    const folders = dashboardFolders().filter((folder) => !dashboards.disabledFolders?.includes(folder));
    return [
        ...chartNames.flatMap(({ key, names }) =>
            (key === "minio" && !isMinio) || (key === "loadMonitor" && !settings.loadMonitor.enabled) || isUnused(key)
                ? []
                : names,
        ),
        ...(settings.mode.loki === StoreMode.Distributed
            ? lokiPartSuffixes.map((suffix) => contract.loki.release + suffix)
            : []),
        ...(settings.mode.mimir === StoreMode.Distributed
            ? [...mimirParts, ...mimirCaches(settings)].map((part) => `${contract.mimir.release}-${part}`)
            : []),
        ...(settings.metrics.prometheusRules ? [objectRulerName] : []),
        ...(settings.mode.tempo === StoreMode.Distributed
            ? tempoParts.map((part) => `${contract.tempo.release}-${part}`)
            : []),
        ...(settings.mode.pyroscope === StoreMode.Distributed
            ? pyroscopeParts.map((part) => `${contract.pyroscope.release}-${part}`)
            : []),
        peerServiceName,
        ...folders.map(dashboardConfigMapName),
        ...(networkPolicies.enabled ? policies(networkPoliciesArgs(settings)).map(({ name }) => name) : []),
        ...(grafana.existingSecret === undefined ? [adminSecretName] : []),
        ...(grafana.oidc.clientSecret === undefined ? [] : [oidcSecretName]),
        ...(ingestion.external.enabled ? [ingestionName, `${ingestionName}-grpc`] : []),
        ...(isMinio && objectStore.createSecrets ? [rootSecretName, ...backends.map(userSecretName)] : []),
        ...(objectStore.accessKeyId === undefined ? [] : [keysSecretName]),
        ...Object.entries(clusterWide).flatMap(([key, name]) =>
            isUnused(key) ? [] : [clusterObjectName(name, namespace)],
        ),
    ];
}

/** The ClusterRoles and their bindings, by the component that they belong to. */
const clusterWide = {
    otelCollector: contract.otelCollector.service,
    alloyLogs: contract.alloyLogs.release,
    alloyMetrics: contract.alloyMetrics.release,
    alloySingleton: contract.alloySingleton.release,
    alloyProfiles: contract.alloyProfiles.release,
    kubeStateMetrics: contract.kubeStateMetrics.release,
    prometheus: contract.prometheus.release,
    autoInstrumentation: contract.autoInstrumentation.release,
};

/** The parts of distributed Mimir, as they are in the names of its objects. */
const mimirParts = [
    "gateway",
    "distributor",
    "ingester",
    "querier",
    "query-frontend",
    "query-scheduler",
    "store-gateway",
    "compactor",
    "ruler",
];

/** The caches of distributed Mimir, each with the Services of its replicas, as they are in the names of objects. */
function mimirCaches({ profile, values }: Settings): string[] {
    const { caches } = mergeValues(packagedValues("mimir-distributed", profile), values.mimir);
    return Object.entries(caches as Record<string, { enabled?: boolean; replicas?: number }>).flatMap(
        ([key, { enabled = true, replicas = 1 }]) =>
            enabled ? [`${key}-cache`, ...Array.from({ length: replicas }, (_, index) => `${key}-cache-${index}`)] : [],
    );
}

/** The parts of distributed Tempo, as they are in the names of its objects, and what else its chart appends to its name. */
const tempoParts = [
    ...["gateway", "querier", "compactor", "memcached", "gossip-ring", "config", "runtime"],
    ...["distributor", "ingester", "metrics-generator", "query-frontend"].flatMap((part) => [
        part,
        `${part}-discovery`,
    ]),
];

/** The parts of distributed Pyroscope, as they are in the names of its objects. The metastore has the names of the monolithic Pyroscope. */
const pyroscopeParts = [
    "gateway",
    ...[
        "distributor",
        "segment-writer",
        "query-frontend",
        "query-backend",
        "compaction-worker",
        "tenant-settings",
        "ad-hoc-profiles",
        "admin",
    ].flatMap((part) => [part, `${part}-headless`]),
];

/** What the charts append to the name of a component. The Job of MinIO has the digest of its spec in its name, so it cannot exist. */
const suffixes: Record<keyof typeof contract, string[]> = {
    otelCollector: ["", "-statefulset"],
    grafana: [""],
    loki: ["", "-headless", "-memberlist", "-single-binary", "-memcached", "-rules", "-runtime"],
    tempo: [""],
    mimir: ["", "-memberlist", "-rules", "-alertmanager"],
    pyroscope: ["", "-config", "-overrides-config", "-headless", "-memberlist"],
    alloyReceiver: [""],
    alloyLogs: [""],
    alloyMetrics: [""],
    alloySingleton: ["", "-cluster"],
    alloyProfiles: [""],
    autoInstrumentation: [""],
    kubeStateMetrics: [""],
    prometheus: [""],
    alloyKafka: [""],
    redpanda: ["", "-headless", "-console"],
    ingestionProxy: [""],
    loadMonitor: [""],
    minio: ["", "-headless"],
};

/** What the chart appends to the name of Loki for the parts of distributed Loki. */
const lokiPartSuffixes = [
    "-gateway",
    "-memcached",
    "-chunks-cache",
    "-results-cache",
    ...[
        "distributor",
        "ingester",
        "querier",
        "query-frontend",
        "query-scheduler",
        "index-gateway",
        "compactor",
        "ruler",
    ].flatMap((part) => [`-${part}`, `-${part}-headless`]),
];

const chartNames = Object.entries(contract).map(([key, component]) => {
    const name = "service" in component ? component.service : component.release;
    return { key, names: suffixes[key as keyof typeof contract].map((suffix) => name + suffix) };
});
