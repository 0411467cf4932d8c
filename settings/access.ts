import { deployedComponents } from "./components";
import { secretPlaceholder } from "./encrypted";
import { valueAt } from "./paths";
import type { Mistake, Rule } from "./rule";
import type { CheckedSettings } from "./schema";

/** The shortest credential of a client outside of the cluster. */
const shortestCredential = 16;

/** Rules about the login to Grafana, and about access from outside of the cluster. */
export const accessRules: Rule[] = [
    { reads: ["grafana.ingress", "grafana.gateway"], mistakes: unlessWrong(grafanaAccess) },
    { reads: ["grafana.oidc"], mistakes: unlessWrong(oidc) },
    { reads: ["grafana.oidc", "grafana.passwordLogin", "values.grafana"], mistakes: passwordLogin },
    {
        reads: ["ingestion.external", "components", "external", "cluster"],
        conditions: ["components", "external", "cluster"],
        mistakes: unlessWrong(externalIngestion),
    },
];

/** Leaves out the mistakes of keys that have a mistake of their own. */
function unlessWrong(mistakes: (settings: CheckedSettings) => Mistake[]): Rule["mistakes"] {
    return (settings, { isWrong }) => mistakes(settings).filter(({ path }) => !isWrong(path));
}

/** Whether any key of a map of settings is set. */
function isGiven(map: object): boolean {
    return Object.values(map).some((value) => value !== undefined);
}

/** Whether a value differs from the default: false, or an empty list or map. */
function isUsed(value: unknown): boolean {
    return typeof value === "object" && value !== null
        ? Object.values(value).some((inner) => inner !== undefined)
        : value !== undefined && value !== false;
}

/** Whether Grafana has an Ingress: `enabled` decides; by default, any other key of the ingress enables it. */
export function ingressEnabled(ingress: CheckedSettings["grafana"]["ingress"]): boolean {
    return ingress.enabled ?? isGiven(ingress);
}

/** Whether Grafana has a route in the Gateway API. */
export function gatewayEnabled(gateway: CheckedSettings["grafana"]["gateway"]): boolean {
    return isGiven(gateway);
}

/** Whether users log in to Grafana with OpenID Connect. */
export function oidcEnabled(settings: CheckedSettings["grafana"]["oidc"]): boolean {
    return isGiven(settings);
}

type External = CheckedSettings["ingestion"]["external"];

/** Whether OTLP from outside of the cluster has Ingresses or an HTTPRoute. */
export function ingestionAccess({ ingress, gateway }: External): { ingress: boolean; gateway: boolean } {
    return { ingress: isGiven(ingress), gateway: isGiven(gateway) };
}

function wrong(path: string, message: string): Mistake {
    return { path: path.split("."), message, sentence: true };
}

function missing(path: string, reason: string): Mistake {
    return wrong(path, `is missing; ${reason}`);
}

function grafanaAccess({ grafana: { ingress, gateway } }: CheckedSettings): Mistake[] {
    const example = 'needs a host name, such as "grafana.example.com"';
    const isGateway = gatewayEnabled(gateway);
    return [
        ...(ingressEnabled(ingress) && ingress.host === undefined
            ? [missing("grafana.ingress.host", `an ingress ${example}`)]
            : []),
        ...(isGateway && gateway.host === undefined
            ? [missing("grafana.gateway.host", `an HTTPRoute ${example}`)]
            : []),
        ...(isGateway && gateway.parents === undefined
            ? [missing("grafana.gateway.parents", "an HTTPRoute needs at least one Gateway")]
            : []),
        ...(isGateway && ingressEnabled(ingress)
            ? [wrong("grafana.gateway", "and grafana.ingress are both set; remove one of them")]
            : []),
    ];
}

function oidc({ grafana: { oidc: given } }: CheckedSettings): Mistake[] {
    if (!oidcEnabled(given)) {
        return [];
    }
    const required = {
        authUrl: "the URL of the authorization endpoint",
        tokenUrl: "the URL of the token endpoint",
        apiUrl: "the URL of the UserInfo endpoint",
        clientId: "the client ID of Grafana",
    };
    const { clientSecret, existingSecret } = given;
    return [
        ...(Object.keys(required) as (keyof typeof required)[])
            .filter((key) => given[key] === undefined)
            .map((key) => missing(`grafana.oidc.${key}`, `a login with OIDC needs ${required[key]}`)),
        ...(clientSecret === undefined && existingSecret === undefined
            ? [
                  missing(
                      "grafana.oidc.clientSecret",
                      "a login with OIDC needs clientSecret, or existingSecret with the name of a Secret that has the key client-secret",
                  ),
              ]
            : []),
        ...(clientSecret !== undefined && existingSecret !== undefined
            ? [wrong("grafana.oidc.clientSecret", "and grafana.oidc.existingSecret are both set; remove one of them")]
            : []),
        ...(given.allowedGroups !== undefined && given.groupsAttributePath === undefined
            ? [missing("grafana.oidc.groupsAttributePath", "grafana.oidc.allowedGroups needs it to find the groups")]
            : []),
        ...(given.requireRole && given.roleAttributePath === undefined
            ? [
                  missing(
                      "grafana.oidc.roleAttributePath",
                      "with grafana.oidc.requireRole, nobody could log in without it",
                  ),
              ]
            : []),
    ];
}

/** Other providers are configured with Helm values, in sections such as auth.azuread of grafana.ini. */
function passwordLogin({ grafana, values }: CheckedSettings): Mistake[] {
    const sections = Object.keys((valueAt(values.grafana, ["grafana.ini"]) as object | undefined) ?? {});
    const hasOther = sections.some((section) => /^auth\.(?!anonymous$|basic$)/.test(section));
    return grafana.passwordLogin || oidcEnabled(grafana.oidc) || hasOther
        ? []
        : [
              wrong(
                  "grafana.passwordLogin",
                  "is false, but there is no other login; set grafana.oidc, or remove grafana.passwordLogin",
              ),
          ];
}

function externalIngestion(settings: CheckedSettings): Mistake[] {
    const { external } = settings.ingestion;
    const at = (key: string) => `ingestion.external.${key}`;
    if (!external.enabled) {
        const [key] = Object.entries(external).flatMap(([name, value]) => (isUsed(value) ? [name] : []));
        return key === undefined ? [] : [wrong(at(key), "has no effect without ingestion.external.enabled: true")];
    }
    const { clients, credentials, existingSecret, host, loadBalancer, tlsSecret } = external;
    const { ingress, gateway } = ingestionAccess(external);
    const names = Object.keys(credentials);
    const deployed = deployedComponents(settings);
    return [
        ...(deployed.otelCollector
            ? []
            : [wrong(at("enabled"), "is true, but components.otelCollector is false; remove one of them")]),
        ...(clients.length + names.length === 0
            ? [
                  wrong(
                      at("clients"),
                      'is empty; each request needs the credential of a client, so list at least one name, such as ["edge"]',
                  ),
              ]
            : []),
        ...clients.flatMap((client, index) =>
            clients.indexOf(client) === index && !names.includes(client)
                ? []
                : [wrong(at("clients"), `contains ${JSON.stringify(client)} twice, or together with credentials`)],
        ),
        ...names.flatMap((name) => shortCredential(at(`credentials.${name}`), credentials[name])),
        ...(existingSecret !== undefined && names.length > 0
            ? [wrong(at("credentials"), "and ingestion.external.existingSecret are both set; remove one of them")]
            : []),
        ...(ingress && gateway
            ? [wrong(at("gateway"), "and ingestion.external.ingress are both set; remove one of them")]
            : []),
        ...((ingress || gateway) && host === undefined
            ? [missing(at("host"), `${ingress ? "an ingress" : "an HTTPRoute"} needs a host name`)]
            : []),
        ...(!ingress && !gateway && host !== undefined
            ? [wrong(at("host"), "has no effect without ingestion.external.ingress or ingestion.external.gateway")]
            : []),
        ...(gateway && external.gateway.parents === undefined
            ? [missing(at("gateway.parents"), "an HTTPRoute needs at least one Gateway")]
            : []),
        ...(external.otherClusters && !["loki", "mimir", "pyroscope"].some((name) => deployed[name as "loki"])
            ? [
                  wrong(
                      at("otherClusters"),
                      "is true, but the stack deploys neither Loki, Mimir nor Pyroscope; remove it, or deploy one of them",
                  ),
              ]
            : []),
        ...(external.otherClusters && [...clients, ...names].includes(settings.cluster)
            ? [
                  wrong(
                      at("clients"),
                      `contains ${JSON.stringify(settings.cluster)}, the cluster of this stack; name each client like the cluster that sends, because two clusters with one label cannot be distinguished`,
                  ),
              ]
            : []),
        ...(loadBalancer && tlsSecret === undefined
            ? [missing(at("tlsSecret"), "a load balancer would send the credentials in clear text without it")]
            : []),
    ];
}

/** The sentence must not contain the value. */
function shortCredential(path: string, value: unknown): Mistake[] {
    return typeof value === "string" && value !== secretPlaceholder && value.length < shortestCredential
        ? [
              wrong(
                  path,
                  `has ${value.length} ${value.length === 1 ? "character" : "characters"}; a credential needs at least ${shortestCredential}`,
              ),
          ]
        : [];
}
