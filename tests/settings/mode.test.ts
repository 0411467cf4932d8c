import { distributed } from "./examples";
import { testRejected } from "./tables";

testRejected([
    [
        "a replication factor above the ingesters",
        { mode: { loki: "distributed" }, replicas: { loki: 1 }, replicationFactor: { loki: 3 } },
        "observability:replicationFactor.loki is 3; it must be at most replicas.loki, which is 1.",
    ],
    [
        "fewer ingesters in Helm values than copies",
        { ...distributed, values: { loki: { ingester: { replicas: 2 } } } },
        "observability:values.loki.ingester.replicas is 2, but replicationFactor.loki is 3, so each line is written to 3 ingesters; set it to at least 3.",
    ],
    [
        "an autoscaler of ingesters below the copies",
        { ...distributed, values: { loki: { ingester: { autoscaling: { enabled: true, minReplicas: 2 } } } } },
        "observability:values.loki.ingester.autoscaling.minReplicas is 2, but replicationFactor.loki is 3",
    ],
    [
        "an autoscaler of ingesters with the minimum of the chart",
        { ...distributed, values: { loki: { ingester: { kedaAutoscaling: { enabled: true } } } } },
        "observability:values.loki.ingester.kedaAutoscaling.minReplicas is 1, but replicationFactor.loki is 3",
    ],
    [
        "zones of distributed Loki",
        { ...distributed, values: { loki: { ingester: { zoneAwareReplication: { enabled: true } } } } },
        "observability:values.loki.ingester.zoneAwareReplication.enabled is true, but the stack does not deploy the operator",
    ],
    [
        "distributed Loki without an object store",
        { ...distributed, values: { loki: { loki: { storage: { type: "filesystem" } } } } },
        'observability:values.loki.loki.storage.type is "filesystem", but the parts of distributed Loki share an object store; remove it.',
    ],
    [
        "Helm values of the other mode",
        { ...distributed, values: { loki: { singleBinary: { resources: {} } } } },
        'observability:values.loki.singleBinary has no effect with mode.loki "distributed"',
    ],
    [
        "another mode in Helm values",
        { ...distributed, values: { loki: { deploymentMode: "SimpleScalable" } } },
        'observability:values.loki.deploymentMode contradicts mode.loki, which is "distributed"; remove it.',
    ],
    [
        "distributed Loki without the gateway",
        { ...distributed, values: { loki: { gateway: { enabled: false } } } },
        "observability:values.loki.gateway.enabled is false, but the Service loki leads to the gateway; remove it.",
    ],
    [
        "replicas of parts that do not exist",
        { replicas: { lokiQuerier: 3 } },
        'observability:replicas.lokiQuerier has no effect with mode.loki "monolithic"',
    ],
    [
        "an autoscaler of parts that do not exist",
        { autoscaling: { lokiDistributor: { minReplicas: 2, maxReplicas: 4 } } },
        'observability:autoscaling.lokiDistributor has no effect with mode.loki "monolithic"',
    ],
    [
        "a blocked drain of a part",
        { ...distributed, values: { loki: { querier: { podDisruptionBudget: { maxUnavailable: 0 } } } } },
        "observability:values.loki.querier.podDisruptionBudget.maxUnavailable is 0 with 3 replicas, so that no pod can be evicted",
    ],
    [
        "distributed Loki that is not deployed",
        { mode: { loki: "distributed" }, components: { loki: false, alloyLogs: false } },
        'observability:mode.loki is "distributed", but the stack does not deploy Loki; remove it.',
    ],
]);
