import { dump } from "js-yaml";
import { defaultReplicationFactor } from "../../validation/replication";
import { contract, serviceHost } from "../contract";
import { autoscalerValues, scheduling } from "../helm/chart";
import { type VolumeClaims, volumeClaims } from "../helm/claims";
import { type HelmValues, mergeValues, packagedValues } from "../helm/values";
import { zonedPods, zonedRing, zonesOf } from "../zones";
import type { TempoArgs, TempoPartArgs } from "./args";

/** Port on which the gateway of the chart accepts queries. */
export const gatewayPort = 8080;
/** Port for OTLP over HTTP. */
export const otlpHttpPort = 4318;

/**
 * Helm values of distributed Tempo. Its chart has other values than that of the monolithic Tempo.
 *
 * @param monolithic the values of the monolithic Tempo, with the configuration that both modes have.
 */
export function distributedValues(args: TempoArgs, monolithic: HelmValues): HelmValues {
    const { replicas = 1, size, storageClass, bucket, distributor = {}, querier = {} } = args;
    const { receivers, retention, storage, ...tempo } = monolithic["tempo"] as HelmValues;
    const scaled = ({ replicas: count, autoscaling }: TempoPartArgs) => ({
        replicas: autoscaling?.minReplicas ?? count,
        autoscaling: autoscalerValues(autoscaling),
    });
    const replicationFactor = args.replicationFactor ?? defaultReplicationFactor(replicas);
    const zones = zonesOf(args.zones, replicationFactor);
    // The default of min_ready_duration gives the other replicas time to learn about a new one.
    const ingester = {
        ...(tempo["ingester"] as HelmValues),
        lifecycler: undefined,
        ...(zones && zonedRing(zones, replicas, replicationFactor)),
    };
    const { enabled, ...generator } = tempo["metricsGenerator"] as HelmValues;
    const own = packagedValues("tempo-distributed", args.profile ?? "dev");
    const values = mergeValues(own, {
        global: {
            image: { registry: args.imageRegistry, pullSecrets: args.imagePullSecrets },
            clusterDomain: args.clusterDomain,
        },
        defaults: {
            ...scheduling(args),
            extraEnvFrom: tempo["extraEnvFrom"] as HelmValues[],
            extraArgs: tempo["extraArgs"] && ["-config.expand-env=true"],
        },
        multitenancyEnabled: tempo["multitenancyEnabled"] as boolean,
        traces: {
            otlp: {
                grpc: { receiverConfig: receivers.otlp.protocols.grpc as HelmValues },
                http: { receiverConfig: receivers.otlp.protocols.http as HelmValues },
            },
        },
        storage: { trace: { backend: storage.trace.backend as string, s3: storage.trace.s3 as HelmValues } },
        compactor: { config: { compaction: { block_retention: retention as string } } },
        ingester: {
            replicas,
            persistence: { size, storageClass },
            config: { replication_factor: replicationFactor },
            ...(zones && zonedIngester()),
        },
        distributor: scaled(distributor),
        querier: scaled(querier),
        metricsGenerator: { replicas: args.metricsGeneratorReplicas, enabled, config: enabled ? generator : undefined },
        // The chart has `defaults` for all parts but these.
        gateway: { ...scheduling(args), nginxConfig: gatewayConfig(args, own) },
        memcached: scheduling(args),
        serviceAccount: { annotations: bucket.serviceAccountAnnotations },
        tempo: {
            // Keys for which the chart has no values.
            structuredConfig: {
                ingester,
                query_frontend: tempo["queryFrontend"] as HelmValues,
                storage: { trace: { wal: storage.trace.wal as HelmValues } },
            },
        },
    });
    return mergeValues(values, { overrides: { defaults: sharedLimits(tempo["overrides"].defaults, values) } });
}

/** Helm values of ingesters with zones. The chart has the constraints as a template. */
function zonedIngester(): HelmValues {
    const { topologySpreadConstraints, ...pods } = zonedPods({
        "app.kubernetes.io/instance": contract.tempo.release,
        "app.kubernetes.io/component": "ingester",
    });
    return { ...pods, topologySpreadConstraints: dump(topologySpreadConstraints) };
}

/** Limits of a tenant for all replicas together. By default, they apply to each distributor, ingester and metrics-generator. */
export function sharedLimits(limits: HelmValues, { metricsGenerator }: HelmValues): HelmValues {
    const { max_traces_per_user: traces, ...ingestion } = (limits["ingestion"] ?? {}) as HelmValues;
    const { max_active_series: series } = (limits["metrics_generator"] ?? {}) as HelmValues;
    return mergeValues(
        { ...limits, ingestion: { ...ingestion, rate_strategy: "global" } },
        traces === undefined
            ? {}
            : { ingestion: { max_traces_per_user: 0, max_global_traces_per_user: traces as number } },
        series === undefined
            ? {}
            : {
                  metrics_generator: {
                      max_active_series: Math.floor(Number(series) / Number(metricsGenerator.replicas)),
                  },
              },
    );
}

/** OTLP over HTTP on its port, and the readiness path of Tempo, which the gateway of the chart does not have. */
function gatewayConfig({ namespace, clusterDomain }: TempoArgs, own: HelmValues): HelmValues {
    const host = (part: string) => serviceHost(`${contract.tempo.release}-${part}`, namespace, clusterDomain);
    return {
        httpSnippet: [
            (own["gateway"].nginxConfig.httpSnippet as string).trimEnd(),
            "server {",
            `  listen ${otlpHttpPort};`,
            "  location = /v1/traces {",
            `    set $backend   "http://${host("distributor")}:${otlpHttpPort}";`,
            "    proxy_pass     $backend$request_uri;",
            "  }",
            "}",
        ].join("\n"),
        serverSnippet: [
            "location = /ready {",
            `  set $backend     "http://${host("query-frontend")}:${contract.tempo.ports.http}";`,
            "  proxy_pass       $backend$request_uri;",
            "}",
        ].join("\n"),
    };
}

/** The Service of the DNS contract, which leads to the gateway. In monolithic mode, the chart creates it. */
export function contractService({ namespace }: Pick<TempoArgs, "namespace">): object {
    const { release, service: name, ports } = contract.tempo;
    const instance = { "app.kubernetes.io/instance": release };
    const port = (label: string, number: number, targetPort: number) => ({
        ...{ name: label, port: number, targetPort, protocol: "TCP" },
    });
    return {
        apiVersion: "v1",
        kind: "Service",
        metadata: { name, namespace, labels: { "app.kubernetes.io/name": name, ...instance } },
        spec: {
            type: "ClusterIP",
            ports: [
                port("tempo-prom-metrics", ports.http, gatewayPort),
                port("grpc-tempo-otlp", ports.otlpGrpc, ports.otlpGrpc),
                port("tempo-otlp-http", otlpHttpPort, otlpHttpPort),
            ],
            selector: { ...instance, "app.kubernetes.io/component": "gateway" },
        },
    };
}

/** The volume claims for Helm values of distributed Tempo. */
export function distributedClaims(values: HelmValues): VolumeClaims | undefined {
    const { persistence, replicas = 1 } = values["ingester"] as HelmValues;
    return volumeClaims(persistence, {
        template: "data",
        statefulSet: `${contract.tempo.release}-ingester`,
        resource: "ingester",
        replicas,
    });
}
