/**
 * The namespace of a Service in the cluster, from its host name: "db.shop.svc.cluster.local", "db-0.db.shop.svc" or a name without dots. Undefined for a host outside of the
 * cluster and for an address.
 *
 * @param own namespace of the client. A host name without dots is a Service in it.
 */
export function serviceNamespace(host: string, own: string): string | undefined {
    if (host.startsWith("[")) {
        return undefined;
    }
    return host.includes(".") ? /^[^.]+(?:\.[^.]+)?\.([^.]+)\.svc(\.|$)/.exec(host)?.[1] : own;
}
