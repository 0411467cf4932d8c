import { CoreV1Api } from "@kubernetes/client-node";
import { adminSecretName } from "../components/grafana";
import { defaultGrafanaPassword } from "../settings/schema";
import type { Settings } from "../settings/resolve";
import { askIfThere } from "./cluster/ask";
import type { Cluster } from "./cluster/kubeconfig";
import { Profile } from "../components/profile";

export interface Login {
    user: string;
    password: string;
}

/**
 * The login in Grafana's Secret; undefined where there is no such Secret.
 *
 * @throws ClusterError when the cluster cannot be asked.
 */
export async function secretLogin(cluster: Cluster, settings: Settings): Promise<Login | undefined> {
    const name = secretName(settings);
    const core = cluster.config.makeApiClient(CoreV1Api);
    const secret = await askIfThere(
        cluster,
        `read Secret ${name}`,
        core.readNamespacedSecret({ name, namespace: settings.namespace }),
    );
    const text = (key: string) => Buffer.from(secret?.data?.[key] ?? "", "base64").toString();
    return secret && { user: text("admin-user"), password: text("admin-password") };
}

/** How one logs in to Grafana: where the password is the one that everybody knows, the login itself; else the command that shows it. */
export async function grafanaLogin(cluster: Cluster, settings: Settings): Promise<string> {
    const { grafana, namespace, profile } = settings;
    if (profile === Profile.Dev) {
        const login = await secretLogin(cluster, settings).catch(() => undefined);
        if (login !== undefined && login.password === defaultGrafanaPassword.dev) {
            return `${login.user} / ${login.password}`;
        }
    }
    const name = secretName(settings);
    return (
        `${grafana.adminUser ?? "user (admin-user)"}, password from Secret ${name}:\n` +
        `  kubectl --context ${cluster.context} --namespace ${namespace} get secret ${name} --output 'jsonpath={.data.admin-password}' | base64 --decode`
    );
}

function secretName({ grafana }: Settings): string {
    return grafana.existingSecret ?? adminSecretName;
}
