import { clusterObjectName, contract } from "../components/contract";
import { adminSecretName } from "../components/grafana";
import { dashboardConfigMapName } from "../components/grafana/dashboards";
import { keysSecretName, rootSecretName, userSecretName } from "../components/object-store/values";
import { dashboardFolders } from "../dashboards/folders";
import { backends } from "../validation/buckets";
import type { Settings } from "../settings/resolve";

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
        StatefulSet: `${apps}/statefulsets`,
        DaemonSet: `${apps}/daemonsets`,
        ClusterRole: `${rbac}/clusterroles`,
        ClusterRoleBinding: `${rbac}/clusterrolebindings`,
    };
}

/**
 * Names of the objects that a stack creates. Kinds share names: the StatefulSet, the Service and the ConfigMap of Loki are all called "loki". Objects
 * that Helm values of the user add are not included.
 */
export function objectNames({ namespace, objectStore, grafana, dashboards }: Settings): string[] {
    const isMinio = objectStore.kind === "minio";
    const folders = dashboardFolders().filter((folder) => !dashboards.disabledFolders?.includes(folder));
    return [
        ...Object.entries(chartNames).flatMap(([component, names]) => (component === "minio" && !isMinio ? [] : names)),
        ...folders.map(dashboardConfigMapName),
        ...(grafana.existingSecret === undefined ? [adminSecretName] : []),
        ...(isMinio ? [rootSecretName, ...backends.map(userSecretName)] : []),
        ...(objectStore.accessKeyId === undefined ? [] : [keysSecretName]),
        ...clusterWide.map((name) => clusterObjectName(name, namespace)),
    ];
}

const { otelCollector, alloyReceiver, alloyLogs, alloyMetrics } = contract;
const clusterWide = [otelCollector.service, alloyLogs.release, alloyMetrics.release];

/** Names of the objects that the charts render. The Job of MinIO has the digest of its spec in its name. */
const chartNames: Record<keyof typeof contract, string[]> = {
    otelCollector: [otelCollector.service, `${otelCollector.service}-headless`],
    grafana: [contract.grafana.service],
    loki: ["loki", "loki-headless", "loki-memberlist"],
    tempo: ["tempo"],
    mimir: ["mimir", "mimir-memberlist", "mimir-rules", "mimir-alertmanager"],
    pyroscope: ["pyroscope"],
    alloyReceiver: [alloyReceiver.release],
    alloyLogs: [alloyLogs.release],
    alloyMetrics: [alloyMetrics.release],
    minio: ["minio"],
};
