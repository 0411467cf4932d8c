import { authSecrets } from "../backend-auth";
import { issuerAnnotation } from "../gateway";
import { scheduling } from "../helm/chart";
import { type HelmValues, mergeValues, packagedValues } from "../helm/values";
import { dashboardValues } from "./dashboards";
import { dataSources } from "./datasources";
import { oidcValues } from "./oidc";
import type { GrafanaArgs, GrafanaGatewayArgs, GrafanaIngressArgs } from "./args";

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
                ...(rootUrl?.startsWith("https://") && { security: httpsOnly }),
                ...(args.passwordLogin === false && { auth: { disable_login_form: true } }),
                // Grafana downloads its Drilldown apps and the keys of plugins at startup. A cluster with its own registry usually has no internet access.
                ...(args.imageRegistry && {
                    plugins: { preinstall_disabled: true, public_key_retrieval_disabled: true },
                }),
            },
            datasources: { "datasources.yaml": dataSources(args) },
            envFromSecrets: envFromSecrets(args),
            ingress: args.ingress && ingressValues(args.ingress),
            route: args.gateway && { main: routeValues(args.gateway, pathOf(rootUrl)) },
            ...scheduling(args),
        },
        oidcValues(args),
        dashboardValues(dashboardFolders),
        subPathValues(rootUrl),
        args.values,
    );
}

/** The section security of grafana.ini if browsers use HTTPS. Browsers ignore strict_transport_security in responses without TLS. */
const httpsOnly = { cookie_secure: true, cookie_samesite: "lax", strict_transport_security: true };

/** The credentials of the data sources. */
function envFromSecrets({ auth }: GrafanaArgs): object[] | undefined {
    const secrets = authSecrets(auth, ["loki", "tempo", "mimir", "pyroscope", "alertmanager"]);
    return secrets.length > 0 ? secrets : undefined;
}

/** URL of Grafana for browsers: `rootUrl`, or the URL of the ingress or the gateway. undefined without these. */
export function grafanaRootUrl({
    rootUrl,
    ingress,
    gateway,
}: Pick<GrafanaArgs, "rootUrl" | "ingress" | "gateway">): string | undefined {
    return (
        rootUrl ??
        (ingress && `${tlsSecretOf(ingress) === undefined ? "http" : "https"}://${ingress.host}`) ??
        (gateway && `${gateway.tls === false ? "http" : "https"}://${gateway.host}`)
    );
}

function tlsSecretOf({ tlsSecret, clusterIssuer }: GrafanaIngressArgs): string | undefined {
    return tlsSecret ?? (clusterIssuer === undefined ? undefined : "grafana-tls");
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
    const probe = (name: string) => ({ httpGet: { path: `${path}${name}` } });
    return {
        "grafana.ini": { server: { serve_from_sub_path: true } },
        ingress: { path },
        livenessProbe: probe("/healthz"),
        readinessProbe: probe("/api/health"),
        podAnnotations: { "prometheus.io/path": `${path}/metrics` },
    };
}

function ingressValues(ingress: GrafanaIngressArgs): HelmValues {
    const { host, className, annotations, clusterIssuer } = ingress;
    const secretName = tlsSecretOf(ingress);
    return {
        enabled: true,
        hosts: [host],
        ingressClassName: className,
        annotations: clusterIssuer === undefined ? annotations : { ...issuerAnnotation(clusterIssuer), ...annotations },
        tls: secretName === undefined ? undefined : [{ secretName, hosts: [host] }],
    };
}

function routeValues({ host, parents, annotations }: GrafanaGatewayArgs, path: string): HelmValues {
    return {
        enabled: true,
        hostnames: [host],
        parentRefs: parents,
        annotations,
        matches: [{ path: { type: "PathPrefix", value: path === "" ? "/" : path } }],
    };
}
