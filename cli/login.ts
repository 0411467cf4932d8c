import { CoreV1Api } from "@kubernetes/client-node";
import { adminSecretName } from "../components/grafana";
import { Profile } from "../components/profile";
import { defaultGrafanaPassword } from "../settings/schema";
import type { Settings } from "../settings/resolve";
import { findObject } from "./cluster/api";
import type { Cluster } from "./cluster/kubeconfig";
import { kubectl, type KubectlTarget } from "./cluster/kubectl";

export interface Login {
    user: string;
    password: string;
}

/**
 * Reads the login from the Secret of Grafana. Undefined if the Secret does not exist.
 *
 * @throws ClusterError if a request to the API server fails.
 */
export async function secretLogin(cluster: Cluster, settings: Settings): Promise<Login | undefined> {
    const name = loginSecretName(settings);
    const core = cluster.config.makeApiClient(CoreV1Api);
    const secret = await findObject(
        cluster,
        `read Secret ${name}`,
        core.readNamespacedSecret({ name, namespace: settings.namespace }),
    );
    const text = (key: string) => Buffer.from(secret?.data?.[key] ?? "", "base64").toString();
    return secret && { user: text("admin-user"), password: text("admin-password") };
}

/** Describes the Grafana login. Contains the password only if it is the public default of the profile dev, otherwise a command that prints it. */
export async function grafanaLogin(cluster: Cluster, settings: Settings): Promise<string> {
    const { grafana, namespace, profile } = settings;
    if (profile === Profile.Dev) {
        const login = await secretLogin(cluster, settings).catch(() => undefined);
        if (login !== undefined && login.password === defaultGrafanaPassword.dev) {
            return `${login.user} / ${login.password}`;
        }
    }
    const grafanaSecret = loginSecretName(settings);
    const user =
        grafana.adminUser === undefined
            ? `the user name is in the key admin-user of the Secret ${grafanaSecret}`
            : `user ${grafana.adminUser}`;
    const command = passwordCommand({ namespace, kubeContext: cluster.context, grafanaSecret });
    return `${user}. This command prints the password:\n  ${command}`;
}

/** A command that prints the password in the Secret with the Grafana login. */
export function passwordCommand({ grafanaSecret, ...target }: KubectlTarget & { grafanaSecret: string }): string {
    return `${kubectl(target, `get secret ${grafanaSecret} --output 'jsonpath={.data.admin-password}'`)} | base64 --decode`;
}

/** Name of the Secret with the Grafana login. */
export function loginSecretName({ grafana }: Settings): string {
    return grafana.existingSecret ?? adminSecretName;
}
