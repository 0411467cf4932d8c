import type { KubernetesObject } from "../cli/manifests";
import { describeWith } from "./helpers/prerequisites";
import { objectOf, renderStack, workloads } from "./helpers/rendered";

const collector = "otel-collector-opentelemetry-collector";
const receiver = "lgtm-alloy-receiver";

describeWith({ programs: ["helm"], mirror: true }, "the availability in prod", () => {
    let objects: KubernetesObject[];
    beforeAll(async () => {
        ({ objects } = await renderStack("prod"));
    });
    const kind = (name: string, all = objects) => all.filter((object) => object.kind === name) as Record<string, any>[];

    test.each(["loki", "mimir", "minio", collector, receiver])("spreads %s over zones and nodes", (name) => {
        const found = kind("StatefulSet")
            .concat(kind("Deployment"))
            .find(({ metadata }) => metadata.name === name);
        const { spec, metadata } = found?.["spec"].template ?? {};
        expect(
            spec.topologySpreadConstraints.map(({ topologyKey, whenUnsatisfiable }: Record<string, string>) => [
                topologyKey,
                whenUnsatisfiable,
            ]),
        ).toEqual([
            ["topology.kubernetes.io/zone", "ScheduleAnyway"],
            ["kubernetes.io/hostname", "ScheduleAnyway"],
        ]);
        for (const { labelSelector } of spec.topologySpreadConstraints) {
            expect(metadata.labels).toMatchObject(labelSelector.matchLabels);
        }
    });

    test("allows a drain to evict one pod of each workload with several replicas, and all single pods", () => {
        const budgets = Object.fromEntries(
            kind("PodDisruptionBudget").map(({ metadata, spec }) => [metadata.name, spec]),
        );
        expect(Object.keys(budgets).sort()).toEqual(
            [collector, receiver, "loki-single-binary", "mimir", "minio"].sort(),
        );
        for (const spec of Object.values(budgets)) {
            expect(spec).toMatchObject({ maxUnavailable: 1 });
        }
    });

    test("restarts one replica of a StatefulSet after the other, and starts a new receiver before the old one ends", () => {
        const updates = kind("StatefulSet").map(({ spec }) => spec.updateStrategy?.type ?? "RollingUpdate");
        expect(new Set(updates)).toEqual(new Set(["RollingUpdate"]));
        const deployment = objectOf(objects, "Deployment", receiver)["spec"];
        expect([deployment.strategy, deployment.minReadySeconds, deployment.replicas]).toEqual([undefined, 10, 3]);
    });

    test("waits for requests to end before a pod is killed", () => {
        const grace = Object.fromEntries(
            kind("StatefulSet")
                .concat(kind("Deployment"))
                .map(({ metadata, spec }) => [metadata.name, spec.template.spec.terminationGracePeriodSeconds]),
        );
        expect(grace).toMatchObject({ loki: 300, mimir: 300, [collector]: 60, [receiver]: 60 });
    });

    test("restarts the collector only if it has not answered for a minute", () => {
        const [container] = objectOf(objects, "StatefulSet", collector)["spec"].template.spec.containers;
        expect(container.livenessProbe).toMatchObject({ timeoutSeconds: 5, failureThreshold: 6 });
        expect(container.startupProbe).toMatchObject({ periodSeconds: 2, failureThreshold: 60 });
    });
});

describeWith({ programs: ["helm"], mirror: true }, "the stack with autoscalers and priority classes", () => {
    let objects: KubernetesObject[];
    const queuedBytes = {
        type: "External",
        external: { metric: { name: "otelcol_queued_bytes" }, target: { type: "AverageValue", averageValue: "100Mi" } },
    };
    beforeAll(async () => {
        const scaler = { minReplicas: 2, maxReplicas: 6 };
        ({ objects } = await renderStack("prod", {
            autoscaling: {
                collector: { ...scaler, targetQueueMiB: 100 },
                receiver: { ...scaler, targetCPUUtilizationPercentage: 60 },
            },
            priorityClassNames: { services: "observability", nodeAgents: "system-node-critical" },
            tracing: { samplingMode: "tail" },
        }));
    });

    test.each([
        [collector, "StatefulSet", 80, [queuedBytes]],
        [receiver, "Deployment", 60, []],
    ])("leaves the number of replicas of %s to the autoscaler", (name, kind, averageUtilization, additional) => {
        expect(objectOf(objects, kind, name)["spec"]).not.toHaveProperty("replicas");
        const { scaleTargetRef, minReplicas, maxReplicas, metrics } = objectOf(
            objects,
            "HorizontalPodAutoscaler",
            name,
        )["spec"];
        // Alloy's chart writes "deployment", which the controller also finds.
        expect(scaleTargetRef.kind.toLowerCase()).toBe(kind.toLowerCase());
        expect([scaleTargetRef.name, minReplicas, maxReplicas]).toEqual([name, 2, 6]);
        expect(metrics).toEqual([
            {
                type: "Resource",
                resource: { name: "cpu", target: { type: "Utilization", averageUtilization } },
            },
            ...additional,
        ]);
    });

    test("routes traces between the replicas of the collector", () => {
        expect(objectOf(objects, "Service", "otel-collector-peers")["spec"].clusterIP).toBe("None");
    });

    test("gives every pod the priority class of its kind", () => {
        const found = workloads(objects).filter(({ kind }) => kind !== "Job");
        expect(found).toHaveLength(10);
        for (const { kind, name, pod } of found) {
            expect([name, pod]).toEqual([
                name,
                expect.objectContaining({
                    priorityClassName: kind === "DaemonSet" ? "system-node-critical" : "observability",
                }),
            ]);
        }
    });
});
