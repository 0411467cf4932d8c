import { autoscalerValues } from "../helm/chart";
import { contract } from "../contract";
import { type HelmValues, mergeValues, packagedValues } from "../helm/values";
import type { PyroscopeArgs, PyroscopePartArgs } from "./args";
import { gatewayObjects, gatewayImage } from "./gateway";

const { release, ports } = contract.pyroscope;

/** Helm values of distributed Pyroscope, which are merged on top of those for both modes. */
export function distributedValues(args: PyroscopeArgs): HelmValues {
    const scaled = ({ replicas, autoscaling }: PyroscopePartArgs = {}) => ({
        replicaCount: autoscaling?.minReplicas ?? replicas,
        autoscaling: autoscalerValues(autoscaling),
    });
    return mergeValues(packagedValues("pyroscope-distributed", args.profile ?? "dev"), {
        pyroscope: {
            components: {
                distributor: scaled(args.distributor),
                "segment-writer": scaled(args.segmentWriter),
                "query-frontend": { replicaCount: args.queryFrontendReplicas },
                "query-backend": scaled(args.queryBackend),
                "compaction-worker": { replicaCount: args.compactionWorkerReplicas },
                metastore: { replicaCount: args.metastoreReplicas },
            },
        },
    });
}

/**
 * Adds to the values what follows from the number of replicas of each part, and the objects that the chart does not have.
 *
 * @param values all values, including those of the caller, which have priority.
 */
export function completeValues(args: PyroscopeArgs, values: HelmValues): HelmValues {
    const parts = values["pyroscope"].components as Record<string, HelmValues>;
    const defaults = Object.fromEntries(
        Object.entries(parts).map(([name, part]) => [
            name,
            mergeValues(
                redundancy(name === "metastore" ? metastoreComponent : name, replicasOf(part)),
                name === "metastore" ? raft(args, values, replicasOf(part)) : { persistence: { enabled: false } },
            ),
        ]),
    );
    const completed = mergeValues({ pyroscope: { components: defaults } }, values);
    const { gateway } = completed["pyroscope"].components;
    return {
        ...completed,
        extraObjects: [
            metastoreTemplate,
            headlessService(args),
            ...gatewayObjects(args, gateway as HelmValues),
            ...((values["extraObjects"] ?? []) as unknown[]),
        ],
    };
}

function replicasOf({ replicaCount = 1, autoscaling }: HelmValues): number {
    return Number(autoscaling?.enabled === true ? (autoscaling.minReplicas ?? 1) : replicaCount);
}

/** The label of the pods of the monolithic Pyroscope, and of the metastore. The labels by which a StatefulSet selects its pods cannot change. */
const metastoreComponent = "all";

/** A PodDisruptionBudget, and separate zones and nodes, for a part with several replicas. */
function redundancy(component: string, replicas: number): HelmValues {
    const matchLabels = { "app.kubernetes.io/instance": release, "app.kubernetes.io/component": component };
    return replicas === 1
        ? {}
        : {
              podDisruptionBudget: { enabled: true, maxUnavailable: 1 },
              topologySpreadConstraints: ["topology.kubernetes.io/zone", "kubernetes.io/hostname"].map(
                  (topologyKey) => ({
                      ...{ maxSkew: 1, topologyKey, whenUnsatisfiable: "ScheduleAnyway" },
                      labelSelector: { matchLabels },
                  }),
              ),
          };
}

/**
 * Values of a metastore with several replicas. Only the first one creates a Raft cluster, or has the one of the monolithic Pyroscope on its volume. The
 * others join it. With the defaults of the chart, the last one would create another cluster if it did not reach the first one within 10 seconds.
 */
function raft(args: PyroscopeArgs, values: HelmValues, replicas: number): HelmValues {
    const first = `${release}-0.$(PYROSCOPE_METASTORE_SERVICE)`;
    return replicas === 1
        ? {}
        : {
              extraArgs: {
                  "metastore.raft.auto-join": "true",
                  // With two names, which do not match the expected number, a replica that is not the first one never creates a cluster.
                  "metastore.raft.bootstrap-peers": `${first}/${first}`,
                  "metastore.raft.bootstrap-expect-peers": 1,
              },
              initContainers: [joinContainer(args, values)],
          };
}

/**
 * Waits, in a replica without data, until the first one is ready. A replica tries to join only once when it starts, and ends three minutes after a failure.
 */
function joinContainer(args: PyroscopeArgs, { pyroscope }: HelmValues): HelmValues {
    const first = `http://${release}-0.${headlessName}:${ports.http}/ready`;
    return {
        name: "join",
        image: gatewayImage(args, pyroscope.components.gateway as HelmValues),
        command: [
            "sh",
            "-c",
            `[ "$HOSTNAME" = ${release}-0 ] || [ -d /data-metastore/raft ] || until wget -q -T 5 -O /dev/null ${first}; do sleep 1; done`,
        ],
        securityContext: { ...pyroscope.securityContext },
        resources: { requests: { cpu: "5m", memory: "8Mi" }, limits: { memory: "32Mi" } },
        volumeMounts: [{ name: "data", mountPath: "/data-metastore", subPath: ".metastore" }],
    };
}

const headlessName = `${release}-headless`;

/**
 * The StatefulSet of the metastore, as a template that the chart evaluates. It is the StatefulSet of the monolithic Pyroscope, from the same template of the
 * chart, with the values of the metastore. Thus a change of the mode updates it in place, and its first pod keeps its name, its volume and its name in the
 * Raft log.
 */
const metastoreTemplate = `{{- $values := deepCopy .Values }}
{{- $_ := set $values.architecture.microservices "enabled" false }}
{{- $_ := set $values "pyroscope" (mustMergeOverwrite $values.pyroscope (deepCopy .Values.pyroscope.components.metastore)) }}
{{- $_ := set $values.pyroscope "components" dict }}
{{- $context := dict "Values" $values "Release" .Release "Chart" .Chart "Template" .Template }}
{{- include (print .Template.BasePath "/deployments-statefulsets.yaml") $context }}`;

/** The headless Service of the metastore, which has the name of the one of the monolithic Pyroscope. */
function headlessService({ namespace }: PyroscopeArgs): object {
    const selector = { "app.kubernetes.io/name": "pyroscope", "app.kubernetes.io/instance": release };
    const labels = { ...selector, "app.kubernetes.io/component": metastoreComponent };
    const port = (name: string, number: number) => ({ name, port: number, targetPort: name, protocol: "TCP" });
    return {
        apiVersion: "v1",
        kind: "Service",
        metadata: { name: headlessName, namespace, labels },
        spec: {
            type: "ClusterIP",
            clusterIP: "None",
            ports: [port("http2", ports.http), port("grpc", grpcPort), port("raft", raftPort)],
            // Before a replica is ready, the others must find it.
            publishNotReadyAddresses: true,
            selector: labels,
        },
    };
}

/** Port for gRPC between the parts. */
export const grpcPort = 9095;
/** Port for Raft between the replicas of the metastore. */
export const raftPort = 9099;

/** The values of the workload with the volumes: the metastore in distributed mode. */
export function metastoreValues({ pyroscope }: HelmValues): HelmValues {
    return mergeValues(pyroscope as HelmValues, pyroscope.components?.metastore as HelmValues | undefined);
}
