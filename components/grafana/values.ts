import { scheduling } from "../helm/chart";
import { type HelmValues, mergeValues, packagedValues } from "../helm/values";
import { dashboardValues } from "./dashboards";
import { dataSources } from "./datasources";
import type { GrafanaArgs, GrafanaIngressArgs } from "./args";

/** The Secret with Grafana's login, where the caller has none. */
export const adminSecretName = "grafana-admin";

/**
 * Helm values of Grafana.
 *
 * @param dashboardFolders folders of dashboards that there are ConfigMaps of.
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
            "grafana.ini": { server: { root_url: rootUrl } },
            datasources: { "datasources.yaml": dataSources(args) },
            ingress: args.ingress && ingress(args.ingress),
            ...scheduling(args),
        },
        dashboardValues(dashboardFolders),
        belowPath(rootUrl),
        args.values,
    );
}

/** Where browsers reach Grafana, as far as it is known: the caller's URL, or else the ingress. */
export function grafanaRootUrl({ rootUrl, ingress }: GrafanaArgs): string | undefined {
    return rootUrl ?? (ingress && `${ingress.tlsSecret === undefined ? "http" : "https"}://${ingress.host}`);
}

/** The path below which Grafana answers, in the cluster too; empty for none. */
export function pathOf(rootUrl: string | undefined): string {
    return rootUrl === undefined ? "" : new URL(rootUrl).pathname.replace(/\/+$/, "");
}

/**
 * Grafana answers below the path of its URL, so that an ingress can pass requests on as they are. Whatever else is asked for it
 * sends to the URL of browsers, health checks and scrapes among them.
 */
function belowPath(rootUrl: string | undefined): HelmValues {
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

function ingress({ host, tlsSecret, className, annotations }: GrafanaIngressArgs): HelmValues {
    return {
        enabled: true,
        hosts: [host],
        ingressClassName: className,
        annotations,
        tls: tlsSecret === undefined ? undefined : [{ secretName: tlsSecret, hosts: [host] }],
    };
}
