import { group, setting } from "./setting";
import { oneOf, replicas, strict, subdomain, wholeNumber } from "./types";

const scalerKeys = (key: string, needs: object = {}) => ({
    minReplicas: setting(replicas(), {
        description: "Lowest number of replicas.",
        example: 2,
        needs: { ...needs, autoscaling: { [key]: { maxReplicas: 10 } } },
    }),
    maxReplicas: setting(replicas(), {
        description: "Highest number of replicas.",
        example: 10,
        needs: { ...needs, autoscaling: { [key]: { minReplicas: 2 } } },
    }),
    targetCPUUtilizationPercentage: setting(
        wholeNumber("a whole number from 1 to 100", (value) => value >= 1 && value <= 100).optional(),
        {
            description: "CPU utilization, in percent of the CPU request, that the autoscaler aims at.",
            computed: "80",
            example: 70,
            needs: { ...needs, autoscaling: { [key]: { minReplicas: 2, maxReplicas: 10 } } },
        },
    ),
});

const scalerText = (component: string, key: string, type: string) => ({
    description: `Autoscaling of ${component}, instead of replicas.${key}. The cluster needs a metrics server.`,
    computed: "none",
    type,
});

const autoscaler = (component: string, key: string, needs?: object) =>
    setting(strict(scalerKeys(key, needs)).optional(), scalerText(component, key, "AutoscalingArgs"));

const collectorAutoscaler = setting(
    strict({
        ...scalerKeys("collector"),
        targetQueueMiB: setting(wholeNumber("a whole number above 0", (value) => value > 0).optional(), {
            description:
                "Size of the queues of a replica that the autoscaler aims at, in MiB, in addition to the CPU utilization. The cluster needs a server of external metrics with the metric otelcol_queued_bytes: see docs/availability.md.",
            computed: "the queues are not used",
            example: 100,
            needs: { autoscaling: { collector: { minReplicas: 2, maxReplicas: 10 } } },
        }),
    }).optional(),
    scalerText("the OpenTelemetry Collector", "collector", "CollectorAutoscalingArgs"),
);

const distributedLoki = { mode: { loki: "distributed" } };
const distributedMimir = { mode: { mimir: "distributed" } };
const distributedTempo = { mode: { tempo: "distributed" } };
const distributedPyroscope = { mode: { pyroscope: "distributed" } };

/** Number of replicas by load, zones, and priority of pods. */
export const availability = {
    autoscaling: group(
        {
            collector: collectorAutoscaler,
            receiver: autoscaler("Alloy as the OTLP receiver", "receiver"),
            lokiDistributor: autoscaler("the distributors of distributed Loki", "lokiDistributor", distributedLoki),
            lokiQuerier: autoscaler("the queriers of distributed Loki", "lokiQuerier", distributedLoki),
            mimirDistributor: autoscaler("the distributors of distributed Mimir", "mimirDistributor", distributedMimir),
            mimirQuerier: autoscaler("the queriers of distributed Mimir", "mimirQuerier", distributedMimir),
            tempoDistributor: autoscaler("the distributors of distributed Tempo", "tempoDistributor", distributedTempo),
            tempoQuerier: autoscaler("the queriers of distributed Tempo", "tempoQuerier", distributedTempo),
            pyroscopeDistributor: autoscaler(
                "the distributors of distributed Pyroscope",
                "pyroscopeDistributor",
                distributedPyroscope,
            ),
            pyroscopeSegmentWriter: autoscaler(
                "the segment-writers of distributed Pyroscope",
                "pyroscopeSegmentWriter",
                distributedPyroscope,
            ),
            pyroscopeQueryBackend: autoscaler(
                "the query-backends of distributed Pyroscope",
                "pyroscopeQueryBackend",
                distributedPyroscope,
            ),
        },
        {
            description: "HorizontalPodAutoscalers of the components that can have any number of replicas.",
            interface: "StackAutoscalingArgs",
        },
    ),
    zones: group(
        {
            count: setting(
                wholeNumber("a whole number from 1 to 50", (value) => value >= 1 && value <= 50).optional(),
                {
                    description:
                        "Number of zones over which the replicas of Loki, Mimir and distributed Tempo are spread. At least their replication factor, and at most their replicas. The cluster needs Kubernetes 1.35, and nodes in as many zones.",
                    computed: "none: the scheduler prefers different zones, and copies can be in the same zone",
                    example: 3,
                    needs: { replicas: { loki: 3, mimir: 3 } },
                },
            ),
            stage: setting(oneOf("prepare", "replicate").optional(), {
                description:
                    'A stack that already has data needs two deployments: one with "prepare", with which each replica learns its zone, and one with "replicate". The same holds for the way back. A new stack can begin with "replicate".',
                computed: '"replicate" with zones.count',
                type: "ZoneStage",
                example: "prepare",
                needs: { zones: { count: 3 }, replicas: { loki: 3, mimir: 3 } },
            }),
        },
        {
            description:
                "Zone-aware replication: the copies of each series, log stream and trace are in different zones, so that the loss of a zone loses nothing and stops no query. See docs/availability.md.",
            interface: "StackZonesArgs",
        },
    ),
    priorityClassNames: group(
        {
            services: setting(subdomain().optional(), {
                description: "PriorityClass of all pods except those of the DaemonSets. It must exist.",
                computed: "none: the default of the cluster",
                example: "observability",
            }),
            nodeAgents: setting(subdomain().optional(), {
                description:
                    "PriorityClass of the log collector, the metrics scraper, the profiler and the auto-instrumentation, which run on each node. It must exist.",
                computed: "none: the default of the cluster",
                example: "system-node-critical",
            }),
        },
        {
            description:
                "PriorityClasses of the pods. Under memory pressure, a node evicts pods with a lower priority first. Pods without a priority have the lowest one.",
            interface: "PriorityClassNamesArgs",
        },
    ),
};
