import { group, setting } from "./setting";
import { replicas, strict, subdomain, wholeNumber } from "./types";

const autoscaler = (component: string, key: string, needs: object = {}) =>
    setting(
        strict({
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
        }).optional(),
        {
            description: `Autoscaling of ${component}, instead of replicas.${key}. The cluster needs a metrics server.`,
            computed: "none",
            type: "AutoscalingArgs",
        },
    );

const distributedLoki = { mode: { loki: "distributed" } };
const distributedMimir = { mode: { mimir: "distributed" } };
const distributedTempo = { mode: { tempo: "distributed" } };
const distributedPyroscope = { mode: { pyroscope: "distributed" } };

/** Number of replicas by load, and priority of pods. */
export const availability = {
    autoscaling: group(
        {
            collector: autoscaler("the OpenTelemetry Collector", "collector"),
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
