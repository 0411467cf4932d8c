import { CoreV1Api } from "@kubernetes/client-node";
import { adminSecretName } from "../components/grafana/values";
import { Profile } from "../settings/profiles";
import type { Settings } from "../settings/resolve";
import { askIfThere } from "./cluster/ask";
import type { Cluster } from "./cluster/kubeconfig";

/** How one logs in to Grafana: in dev the login itself, elsewhere the command that shows the password. */
export async function grafanaLogin(cluster: Cluster, { grafana, namespace, profile }: Settings): Promise<string> {
    const name = grafana.existingSecret ?? adminSecretName;
    if (profile === Profile.Dev) {
        const core = cluster.config.makeApiClient(CoreV1Api);
        const secret = await askIfThere(
            cluster,
            `read Secret ${name}`,
            core.readNamespacedSecret({ name, namespace }),
        ).catch(() => undefined);
        const text = (key: string) => Buffer.from(secret?.data?.[key] ?? "", "base64").toString();
        if (secret) {
            return `${text("admin-user")} / ${text("admin-password")}`;
        }
    }
    return (
        `${grafana.adminUser}, password from Secret ${name}:\n` +
        `  kubectl --context ${cluster.context} --namespace ${namespace} get secret ${name} --output 'jsonpath={.data.admin-password}' | base64 --decode`
    );
}
