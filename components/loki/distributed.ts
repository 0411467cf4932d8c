import { contract, serviceHost } from "../contract";
import { autoscalerValues, scheduling } from "../helm/chart";
import { type VolumeClaims, volumeClaims } from "../helm/claims";
import { type HelmValues, mergeValues, packagedValues } from "../helm/values";
import type { LokiArgs, LokiPartArgs } from "./args";

/** Helm values of distributed Loki, which are merged on top of those for both modes. */
export function distributedValues(args: LokiArgs): HelmValues {
    const { replicas = 1, size, storageClass, distributor = {}, querier = {} } = args;
    const scaled = ({ replicas: count, autoscaling }: LokiPartArgs) => ({
        replicas: autoscaling?.minReplicas ?? count,
        autoscaling: autoscalerValues(autoscaling),
    });
    return mergeValues(packagedValues("loki-distributed", args.profile ?? "dev"), {
        distributor: scaled(distributor),
        ingester: { replicas, persistence: { size, storageClass } },
        querier: scaled(querier),
        compactor: { persistence: { storageClass } },
        gateway: { nginxConfig: { serverSnippet: readiness(args) } },
        // The chart has `defaults` for all parts but the caches.
        chunksCache: scheduling(args),
        resultsCache: scheduling(args),
        extraObjects: { service: service(args) },
    });
}

/** Nginx answers the readiness path as Loki does. The query frontend is ready when it can run queries. The chart forwards only the paths of the API. */
function readiness({ namespace, clusterDomain }: LokiArgs): string {
    const host = serviceHost(`${contract.loki.release}-query-frontend`, namespace, clusterDomain);
    return [
        "location = /ready {",
        `  set $backend     "http://${host}:${contract.loki.ports.http}";`,
        "  proxy_pass       $backend$request_uri;",
        "}",
    ].join("\n");
}

/** The Service of the DNS contract. In monolithic mode, the chart creates it. In distributed mode, it has none with this name. */
function service({ namespace }: LokiArgs): object {
    const { release, service: name, ports } = contract.loki;
    const labels = { "app.kubernetes.io/name": "loki", "app.kubernetes.io/instance": release };
    return {
        apiVersion: "v1",
        kind: "Service",
        metadata: { name, namespace, labels },
        spec: {
            type: "ClusterIP",
            ports: [{ name: "http-metrics", port: ports.http, targetPort: "http", protocol: "TCP" }],
            selector: { ...labels, "app.kubernetes.io/component": "gateway" },
        },
    };
}

/** The volume claims for Helm values of distributed Loki. */
export function distributedClaims(values: HelmValues): VolumeClaims[] {
    return (["ingester", "compactor"] as const).flatMap((part) => {
        const { persistence, replicas = 1 } = (values[part] ?? {}) as HelmValues;
        const claims = volumeClaims(persistence, {
            template: "data",
            statefulSet: `${contract.loki.release}-${part}`,
            replicas,
        });
        return claims === undefined ? [] : [{ ...claims, resource: part }];
    });
}
