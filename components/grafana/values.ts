import { authSecrets } from "../backend-auth";
import { scheduling } from "../helm/chart";
import { type HelmValues, mergeValues, packagedValues } from "../helm/values";
import { dashboardValues } from "./dashboards";
import { dataSources } from "./datasources";
import type { GrafanaArgs, GrafanaIngressArgs } from "./args";

/** Name of the Secret with the login of the administrator, without `existingSecret`. */
export const adminSecretName = "grafana-admin";

/**
 * Helm values of Grafana.
 *
 * @param dashboardFolders folders of dashboards that have a ConfigMap.
 */
export function grafanaValues(args: GrafanaArgs, dashboardFolders: string[]): HelmValues {
    const rootUrl = grafanaRootUrl(args);
    return mergeValues(
        packagedValues("grafana", args.profile ?? "dev"),
        {
            global: { imageRegistry: args.imageRegistry, imagePullSecrets: args.imagePullSecrets },
            admin: {
                existingSecret: args.existingSecret ?? adminSecretName,
                userKey: "admin-user",
                passwordKey: "admin-password",
            },
            persistence: {
                enabled: args.persistence ?? true,
                size: args.size,
                storageClassName: args.storageClass,
            },
            "grafana.ini": {
                server: { root_url: rootUrl },
                // Grafana downloads its Drilldown apps and the keys of plugins at startup. A cluster with its own registry usually has no internet access.
                ...(args.imageRegistry && {
                    plugins: { preinstall_disabled: true, public_key_retrieval_disabled: true },
                }),
            },
            datasources: { "datasources.yaml": dataSources(args) },
            envFromSecrets: envFromSecrets(args),
            ingress: args.ingress && ingressValues(args.ingress),
            ...scheduling(args),
        },
        dashboardValues(dashboardFolders),
        subPathValues(rootUrl),
        args.values,
    );
}

/** The credentials of the data sources. */
function envFromSecrets({ auth }: GrafanaArgs): object[] | undefined {
    const secrets = authSecrets(auth, ["loki", "tempo", "mimir", "pyroscope", "alertmanager"]);
    return secrets.length > 0 ? secrets : undefined;
}

/** URL of Grafana for browsers: `rootUrl` or the URL of the ingress. undefined without both. */
export function grafanaRootUrl({ rootUrl, ingress }: GrafanaArgs): string | undefined {
    return rootUrl ?? (ingress && `${ingress.tlsSecret === undefined ? "http" : "https"}://${ingress.host}`);
}

/** Path of a URL, without the slash at the end. Grafana serves below it, also inside the cluster. Empty for the root. */
export function pathOf(rootUrl: string | undefined): string {
    return rootUrl === undefined ? "" : new URL(rootUrl).pathname.replace(/\/+$/, "");
}

/**
 * Serves Grafana below the path of its URL, so that the ingress needs no rewrite rule. Grafana redirects all other paths to its URL
 * for browsers, so that probes and scrapes need the path too.
 */
function subPathValues(rootUrl: string | undefined): HelmValues {
    const path = pathOf(rootUrl);
    if (path === "") {
        return {};
    }
    const probe = { httpGet: { path: `${path}/api/health` } };
    return {
        "grafana.ini": { server: { serve_from_sub_path: true } },
        ingress: { path },
        livenessProbe: probe,
        readinessProbe: probe,
        podAnnotations: { "prometheus.io/path": `${path}/metrics` },
    };
}

function ingressValues({ host, tlsSecret, className, annotations }: GrafanaIngressArgs): HelmValues {
    return {
        enabled: true,
        hosts: [host],
        ingressClassName: className,
        annotations,
        tls: tlsSecret === undefined ? undefined : [{ secretName: tlsSecret, hosts: [host] }],
    };
}
