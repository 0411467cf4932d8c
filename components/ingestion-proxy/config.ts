import { AuthScheme } from "../backend-auth";
import { clientVariable } from "../otel-collector/ingestion";
import type { IngestionProxyArgs } from "./args";

/** The stores, with the paths on which each accepts pushes. All other paths are queries and administration. */
const pushPaths = {
    loki: ["/loki/api/v1/push", "/otlp/v1/logs"],
    mimir: ["/api/v1/push", "/otlp/v1/metrics"],
    pyroscope: ["/ingest", "/push.v1.PusherService/Push"],
} as const;
type Store = keyof typeof pushPaths;

/** Ports of the pods. That of the Service depends on TLS. */
export const proxyPorts = { push: 8080, metrics: 8405 };

/** The largest request in bytes: the limit of Loki, Mimir and Pyroscope. */
const largestRequest = 16 * 1024 * 1024;

const certificate = "/etc/ingestion-proxy/tls/tls.crt";

/** The stores of the arguments, with their URLs. */
export function proxiedStores({ lokiUrl, mimirUrl, pyroscopeUrl }: IngestionProxyArgs): [Store, string][] {
    const urls: [Store, string | undefined][] = [
        ["loki", lokiUrl],
        ["mimir", mimirUrl],
        ["pyroscope", pyroscopeUrl],
    ];
    return urls.flatMap(([store, url]) => (url === undefined ? [] : [[store, url]]));
}

/** All paths that the proxy forwards. */
export function proxiedPaths(args: IngestionProxyArgs): string[] {
    return proxiedStores(args).flatMap(([store]) => [...pushPaths[store]]);
}

/** The configuration of HAProxy. It reads the credentials from environment variables, because the configuration is in a ConfigMap. */
export function proxyConfig(args: IngestionProxyArgs): string {
    const sections = [
        [
            "global",
            // A line for each request that was not successful. Lines contain no header.
            "log stdout format raw daemon",
            "maxconn 4000",
            "nbthread 2",
            // After a reload, and when a pod is deleted.
            "hard-stop-after 30s",
            // The key of tls.crt is tls.key, not tls.crt.key.
            "ssl-load-extra-del-ext",
            "ssl-default-bind-options ssl-min-ver TLSv1.2 no-tls-tickets",
        ],
        [
            "defaults",
            "mode http",
            "log global",
            'log-format "client=%[var(txn.client)] method=%HM path=%HP status=%ST store=%b duration_ms=%Ta bytes=%U termination=%ts"',
            "timeout connect 5s",
            // For the headers of a request. Bodies have the timeout of the client.
            "timeout http-request 10s",
            "timeout http-keep-alive 60s",
            // Longer than the timeout of clients, such as 30s for remote write, so that the client decides.
            "timeout client 60s",
            "timeout server 60s",
            // A connection that was not established. A request that a store has received is not sent again: the client does it.
            "retries 3",
            "retry-on conn-failure",
        ],
        // The names of Services are resolved again, so that a Service that was created anew is found.
        ["resolvers cluster", "parse-resolv-conf", "accepted_payload_size 8192", "hold valid 10s"],
        pushFrontend(args),
        ...proxiedStores(args).map(([store, url]) => backend(store, url, args)),
        [
            "frontend metrics",
            `bind :${proxyPorts.metrics}`,
            "http-request set-log-level silent",
            "http-request use-service prometheus-exporter if { path /metrics }",
            'http-request return status 200 content-type text/plain string "ready" if { path /ready }',
            "http-request return status 404",
        ],
    ];
    return (
        sections.map(([head, ...lines]) => [head, ...lines.map((line) => `    ${line}`)].join("\n")).join("\n\n") + "\n"
    );
}

function isBasic({ scheme }: IngestionProxyArgs): boolean {
    return scheme === AuthScheme.Basic;
}

function pushFrontend(args: IngestionProxyArgs): string[] {
    const tls = args.tlsSecret === undefined ? "" : ` ssl crt ${certificate} alpn h2,http/1.1`;
    const refused = 'content-type text/plain string "The credential of a client is missing or wrong."';
    const allowed = proxiedStores(args).map(
        ([store]) =>
            `http-request set-var(txn.store) str(${store}) if { method POST } { path ${pushPaths[store].join(" ")} }`,
    );
    return [
        "frontend push",
        `bind :${proxyPorts.push}${tls}`,
        ...clientRules(args),
        `http-request return status 401 ${refused} hdr WWW-Authenticate ${isBasic(args) ? "Basic" : "Bearer"} unless { var(txn.client) -m found }`,
        ...allowed,
        'http-request return status 404 content-type text/plain string "Only pushes to a store are forwarded." unless { var(txn.store) -m found }',
        `http-request return status 413 content-type text/plain string "The request has more than ${largestRequest} bytes." if { req.body_size gt ${largestRequest} }`,
        "http-request del-header Authorization",
        "http-response set-log-level silent if { status lt 400 }",
        "use_backend %[var(txn.store)]",
    ];
}

/**
 * Finds the client of a request. The comparison needs the same time for every wrong credential. An empty credential matches nothing, also if an
 * existing Secret has one.
 */
function clientRules(args: IngestionProxyArgs): string[] {
    const isKnown = "{ var(txn.credential) -m len gt 0 } { var(txn.credential),secure_memcmp(txn.expected) }";
    return [
        `http-request set-var(txn.credential) ${isBasic(args) ? "http_auth_pass" : "http_auth_bearer"}`,
        ...args.clients.flatMap((client) => [
            `http-request set-var(txn.expected) env(${clientVariable(client)})`,
            `http-request set-var(txn.client) str(${client}) if ${isBasic(args) ? `{ http_auth_user -m str ${client} } ` : ""}${isKnown}`,
        ]),
    ];
}

function backend(store: Store, url: string, { tenant }: IngestionProxyArgs): string[] {
    const { hostname, port } = new URL(url);
    return [
        `backend ${store}`,
        tenant === undefined
            ? "http-request del-header X-Scope-OrgID"
            : `http-request set-header X-Scope-OrgID ${tenant}`,
        `server ${store} ${hostname}:${port || 80} resolvers cluster init-addr libc,none`,
    ];
}
