import { load as parseYaml } from "js-yaml";
import { holdsData } from "../cli/backup/flush";
import { statefulSetsOf } from "../cli/migrate/workloads";
import { podRequests } from "../cli/up/requests";
import { listening, selectedBy } from "../cli/workloads";
import { defaultImages, distributedLokiImages } from "../components/helm/images";
import { lokiValues } from "../components/loki/values";
import { quantityValue } from "../validation/quantities";
import { describeWith } from "./helpers/prerequisites";
import { objectOf, type RenderedStack, renderStack, type Workload, workloads } from "./helpers/rendered";

const bucket = { endpoint: "minio:9000", bucket: "loki" };
const args = { namespace: "monitoring", bucket };
const parts = [
    ...["compactor", "distributor", "gateway", "index-gateway", "ingester", "querier", "query-frontend"],
    ...["query-scheduler", "ruler"],
];
const caches = ["chunks-cache", "results-cache"];
const named = (names: string[]) => names.map((name) => `loki-${name}`);

describe("the values of Loki", () => {
    test("are the same without a mode and in monolithic mode", () => {
        const values = lokiValues({ ...args, mode: "monolithic" });
        expect(values).toEqual(lokiValues(args));
        expect(values).toMatchObject({ deploymentMode: "Monolithic", gateway: { enabled: false } });
        expect(values["extraObjects"]).toBeUndefined();
    });

    test("mount the rules in the ruler only, if it is a part of its own", () => {
        const rules = { "a.yaml": "groups: []" };
        const { ruler, defaults } = lokiValues({ ...args, mode: "distributed", rules });
        expect(ruler).toMatchObject({ enabled: true, extraVolumes: [{ name: "rules" }] });
        expect(defaults).not.toHaveProperty("extraVolumes");
        expect(lokiValues({ ...args, mode: "distributed" })["ruler"].enabled).toBe(false);
    });

    test("have the number of replicas of each part that holds no data, or its autoscaler", () => {
        const values = lokiValues({
            ...args,
            mode: "distributed",
            replicas: 5,
            distributor: { replicas: 4 },
            querier: { autoscaling: { minReplicas: 2, maxReplicas: 9 } },
        });
        expect(values).toMatchObject({
            ingester: { replicas: 5 },
            distributor: { replicas: 4 },
            querier: { replicas: 2, autoscaling: { enabled: true, minReplicas: 2, maxReplicas: 9 } },
            loki: { commonConfig: { replication_factor: 3 } },
        });
        expect(values["distributor"]).not.toHaveProperty("autoscaling.enabled");
    });
});

describeWith({ programs: ["helm"], mirror: true }, "distributed Loki", () => {
    const stacks = new Map<string, RenderedStack>();
    beforeAll(async () => {
        const mode = { loki: "distributed" };
        stacks.set("dev", await renderStack("dev", { mode }));
        stacks.set(
            "prod",
            await renderStack("prod", {
                mode,
                replicas: { loki: 5 },
                replicationFactor: { loki: 3 },
                autoscaling: { lokiQuerier: { minReplicas: 2, maxReplicas: 8 } },
                priorityClassNames: { services: "observability" },
                nodeSelector: { pool: "logs" },
                clusterDomain: "k8s.example.com",
            }),
        );
    });
    const loki = (name: string) => stacks.get(name)?.byRelease.get("loki") ?? [];
    const found = (name: string) => workloads(loki(name)) as [Workload, ...Workload[]];

    test.each([
        ["dev", [1, 1, 1, 1, 1, 1, 1, 1, 1], [1, 1]],
        ["prod", [1, 3, 2, 2, 5, 1, 2, 2, 2], [2, 2]],
    ])("has its parts and caches, with replicas: %s", (name, replicas, ofCaches) => {
        const expected = [...parts, ...caches].map((part, index) => [
            `loki-${part}`,
            [...replicas, ...ofCaches][index],
        ]);
        expect(Object.fromEntries(found(name).map((workload) => [workload.name, workload.replicas]))).toEqual(
            Object.fromEntries(expected),
        );
    });

    test.each(["dev", "prod"])("has the Service of the contract, which leads to the gateway: %s", (name) => {
        const { spec, metadata } = objectOf(loki(name), "Service", "loki");
        expect(metadata.namespace).toBe("monitoring");
        expect(spec.type).toBe("ClusterIP");
        const [gateway, ...others] = selectedBy(spec, loki(name));
        expect([gateway?.name, others]).toEqual(["loki-gateway", []]);
        expect(spec.ports.map(({ port }: { port: number }) => port)).toEqual([3100]);
        expect(listening(gateway as Workload, spec.ports[0].targetPort)).toBe(3100);
    });

    test("forwards pushes, queries, rules and the readiness path to the part that answers them", () => {
        const { data } = objectOf(loki("prod"), "ConfigMap", "loki-gateway");
        const host = (part: string) => `http://loki-${part}.monitoring.svc.k8s.example.com:3100`;
        const target = (location: string) =>
            new RegExp(`location ${location} \\{[\\s\\S]*?set \\$backend +"([^"]+)"`).exec(data["nginx.conf"])?.[1];
        expect({
            push: target("= /loki/api/v1/push"),
            otlp: target("= /otlp/v1/logs"),
            api: target("\\^~ /loki/api/v1/"),
            rules: target("= /prometheus/api/v1/rules"),
            ready: target("= /ready"),
        }).toEqual({
            push: host("distributor"),
            otlp: host("distributor"),
            api: host("query-frontend"),
            rules: host("ruler"),
            ready: host("query-frontend"),
        });
        expect(data["nginx.conf"]).toMatch(/client_max_body_size +16M;/);
    });

    test.each(["dev", "prod"])("caches no results of the hours in which logs can come late, in %s", (name) => {
        const { data } = objectOf(loki(name), "ConfigMap", "loki");
        const { limits_config, query_range } = parseYaml(data["config.yaml"]) as Record<string, any>;
        expect(query_range.cache_results).toBe(true);
        expect(limits_config).toMatchObject({
            max_cache_freshness_per_query: "8h",
            max_stats_cache_freshness: "8h",
            // Of the chart.
            reject_old_samples_max_age: "168h",
        });
    });

    test("spreads the pods of each part over zones and nodes, and evicts one at a time", () => {
        const budgets = loki("prod").filter(({ kind }) => kind === "PodDisruptionBudget") as Record<string, any>[];
        const several = [...parts.filter((part) => part !== "compactor"), ...caches];
        expect(budgets.map(({ metadata }) => metadata.name).sort()).toEqual(named(several).sort());
        for (const { spec } of budgets) {
            expect(spec.maxUnavailable).toBe(1);
            expect(selectedBy({ selector: spec.selector.matchLabels }, loki("prod"))).toHaveLength(1);
        }
        for (const { name, labels, pod } of found("prod").filter((workload) => workload.name !== "loki-compactor")) {
            const constraints = (pod["topologySpreadConstraints"] ?? []) as Record<string, any>[];
            expect([name, constraints.map(({ topologyKey }) => topologyKey)]).toEqual([
                name,
                ["topology.kubernetes.io/zone", "kubernetes.io/hostname"],
            ]);
            constraints.forEach(({ labelSelector }) => expect(labels).toMatchObject(labelSelector.matchLabels));
        }
    });

    test("schedules every pod as the other components", () => {
        for (const { name, pod } of found("prod")) {
            expect([name, pod["priorityClassName"], pod["nodeSelector"], pod["affinity"] ?? {}]).toEqual([
                name,
                "observability",
                { pool: "logs" },
                {},
            ]);
        }
    });

    test("has one autoscaler, which owns the number of queriers", () => {
        const scalers = loki("prod").filter(({ kind }) => kind === "HorizontalPodAutoscaler") as Record<string, any>[];
        expect(
            scalers.map(({ spec: { scaleTargetRef, minReplicas, maxReplicas } }) => [
                scaleTargetRef.name,
                minReplicas,
                maxReplicas,
            ]),
        ).toEqual([["loki-querier", 2, 8]]);
        expect(objectOf(loki("prod"), "Deployment", "loki-querier")["spec"]).not.toHaveProperty("replicas");
    });

    test("is scraped with the job of Loki, so that dashboards and alerts are the same in both modes", () => {
        const scraped = loki("prod")
            .filter(({ kind }) => ["Deployment", "StatefulSet"].includes(kind))
            .filter(
                (object) =>
                    (object as Record<string, any>)["spec"].template.metadata.annotations?.["prometheus.io/job"] ===
                    "loki",
            );
        expect(scraped.map(({ metadata }) => metadata.name).sort()).toEqual(
            named(parts.filter((part) => part !== "gateway")).sort(),
        );
    });

    test("only publishes the addresses of pods that are ready, except to the members of the ring", () => {
        const services = loki("prod").filter(({ kind }) => kind === "Service") as Record<string, any>[];
        const published = services.filter(({ spec }) => spec.publishNotReadyAddresses === true);
        expect(published.map(({ metadata }) => metadata.name)).toEqual(["loki-memberlist"]);
    });

    test.each(["dev", "prod"])("has the requests that are calculated from its values: %s", (name) => {
        const charts = stacks.get(name)?.charts.filter(({ release }) => release === "loki") ?? [];
        const sum = ({ pod }: Workload, key: "cpu" | "memory") =>
            pod.containers
                .map(({ resources }) => quantityValue(String(resources?.requests?.[key])) ?? NaN)
                .reduce((total, request) => total + request, 0);
        const rendered = found(name).map((workload) => ({
            release: "loki",
            // An autoscaler owns the number of queriers.
            replicas: workload.name === "loki-querier" && name === "prod" ? 2 : workload.replicas,
            everyNode: false,
            cpu: sum(workload, "cpu"),
            memory: sum(workload, "memory"),
        }));
        const sorted = (requests: object[]) => requests.map((request) => JSON.stringify(request)).sort();
        const calculated = podRequests(charts).map(({ release, replicas, everyNode, cpu, memory }) => ({
            release,
            replicas,
            everyNode,
            cpu,
            memory,
        }));
        expect(sorted(calculated)).toEqual(sorted(rendered));
    });

    test("has exactly the StatefulSets that the commands stop and start, with the caches, which a restore clears", () => {
        const sets = found("prod").filter(({ kind }) => kind === "StatefulSet");
        expect(sets.map(({ name }) => name).sort()).toEqual(
            statefulSetsOf("loki")
                .filter((name) => name !== "loki")
                .sort(),
        );
    });

    test("has data in the memory of the ingesters only, which the commands flush", () => {
        const pods = found("prod").map(({ name, labels }) => ({ metadata: { name, labels } }));
        const flushed = pods.filter((pod) => holdsData("loki", pod));
        expect(flushed.map(({ metadata }) => metadata.name)).toEqual(["loki-ingester"]);
    });

    test("has the known images", () => {
        const images = found("prod").flatMap(({ pod }) =>
            pod.containers.map(({ image }) => image.replace(/:[^:]*$/, "")),
        );
        expect([...new Set(images)].sort()).toEqual([defaultImages.loki, ...distributedLokiImages].sort());
    });

    test("has volumes for the ingesters and the compactor, which Kubernetes keeps", () => {
        const sets = loki("prod").filter(({ kind }) => kind === "StatefulSet") as Record<string, any>[];
        const claims = sets.flatMap(({ metadata, spec }) =>
            ((spec.volumeClaimTemplates ?? []) as Record<string, any>[]).map((claim) => [
                metadata.name,
                claim["metadata"].name,
                claim["spec"].resources.requests.storage,
                spec.persistentVolumeClaimRetentionPolicy,
            ]),
        );
        expect(claims.sort()).toEqual([
            ["loki-compactor", "data", "10Gi", undefined],
            ["loki-ingester", "data", "100Gi", undefined],
        ]);
    });
});
