import { spawnSync } from "child_process";
import * as fs from "fs";
import * as os from "os";
import * as path from "path";
import { load } from "js-yaml";
import { holdsData } from "../cli/backup/flush";
import { planOf } from "../cli/migrate/plans";
import { deploymentsOf, statefulSetsOf } from "../cli/migrate/workloads";
import { sizeOf } from "../cli/size/sizing";
import { selectedBy } from "../cli/workloads";
import { defaultImages, distributedTempoImages } from "../components/helm/images";
import { flows } from "../components/network-policies/flows";
import { podLabelsOf } from "../components/network-policies/pods";
import { tempoClaims, tempoValues } from "../components/tempo/values";
import { checkObjects } from "../policy/check";
import { modeWarnings } from "../settings/mode";
import { resolveSettings } from "../settings/resolve";
import { tempoNeed } from "../settings/sizing/tempo";
import { shapeOf } from "../settings/sizing/stack";
import { networkPoliciesArgs } from "../stack/network-policies-args";
import { objectNames } from "../stack/object-names";
import { requiredCharts } from "../stack/required-charts";
import { expectBudgets, expectJobs, expectRequests } from "./helpers/distributed";
import { mistakesOf } from "./helpers/mistakes";
import { describeWith } from "./helpers/prerequisites";
import { objectOf, type RenderedStack, renderStack, type Workload, workloads } from "./helpers/rendered";
import { stackObjects } from "./policy/objects";

const distributed = { mode: { tempo: "distributed" } };
const prod = { profile: "prod", ...distributed };
const bucket = { endpoint: "minio:9000", bucket: "tempo" };
const args = { namespace: "monitoring", bucket };
const none = { series: 0, logBytesPerSecond: 0, spansPerSecond: 0, profilesPerSecond: 0, services: 0, nodes: 1 };

/** Replicas of each part in dev and in prod. */
const replicas: Record<string, [number, number]> = {
    gateway: [1, 2],
    distributor: [1, 3],
    ingester: [1, 3],
    querier: [1, 2],
    "query-frontend": [1, 2],
    compactor: [1, 1],
    "metrics-generator": [1, 2],
    memcached: [1, 2],
};

describe("the settings of distributed Tempo", () => {
    test("are accepted", () => {
        const settings = {
            ...prod,
            replicas: { tempo: 6, tempoDistributor: 4, tempoQuerier: 4, tempoMetricsGenerator: 3 },
            replicationFactor: { tempo: 3 },
            autoscaling: { tempoQuerier: { minReplicas: 2, maxReplicas: 8 } },
            values: { tempo: { ingester: { maxUnavailable: 1 }, tempo: { structuredConfig: { server: {} } } } },
        };
        expect(mistakesOf(settings)).toEqual([]);
    });

    test.each<[object, string]>([
        [
            { replicas: { tempo: 3 } },
            'replicas.tempo has no effect with mode.tempo "monolithic"; remove it, or set mode.tempo to "distributed".',
        ],
        [
            { autoscaling: { tempoQuerier: { minReplicas: 1, maxReplicas: 2 } } },
            'autoscaling.tempoQuerier has no effect with mode.tempo "monolithic"; remove it, or set mode.tempo to "distributed".',
        ],
        [
            { replicationFactor: { tempo: 1 } },
            'replicationFactor.tempo has no effect with mode.tempo "monolithic"; remove it, or set mode.tempo to "distributed".',
        ],
        [
            { ...prod, replicationFactor: { tempo: 5 } },
            "replicationFactor.tempo is 5; it must be at most replicas.tempo, which is 3 (default of profile prod).",
        ],
        [
            { ...prod, replicas: { tempo: 2 } },
            "replicas.tempo is 2; it must be 1 or at least 3, because with two copies, writes fail while one of the replicas is down; for 2 replicas with one copy, set replicationFactor.tempo to 1.",
        ],
        [
            { ...prod, values: { tempo: { ingester: { replicas: 1 } } } },
            "values.tempo.ingester.replicas has a setting of its own; remove it, and set replicas.tempo.",
        ],
        [
            { ...prod, values: { tempo: { ingester: { config: { replication_factor: 2 } } } } },
            "values.tempo.ingester.config.replication_factor has a setting of its own; remove it, and set replicationFactor.tempo.",
        ],
        [
            { ...prod, values: { tempo: { ingester: { autoscaling: { enabled: true } } } } },
            "values.tempo.ingester.autoscaling.enabled is not possible, because ingesters hold data; set replicas.tempo.",
        ],
        [
            { ...prod, values: { tempo: { ingester: { maxUnavailable: 2 } } } },
            "values.tempo.ingester.maxUnavailable is 2; it must be at most 1, because 2 of the 3 replicas with the same data must be ready for writes.",
        ],
        [
            { ...prod, values: { tempo: { gateway: { enabled: false } } } },
            "values.tempo.gateway.enabled is false, but the Service tempo leads to the gateway; remove it.",
        ],
        [
            { ...prod, values: { tempo: { storage: { trace: { backend: "local" } } } } },
            'values.tempo.storage.trace.backend is "local", but the parts of distributed Tempo share an object store; remove it.',
        ],
        [
            { ...prod, values: { tempo: { tempo: { retention: "24h" } } } },
            "values.tempo.tempo.retention does not exist in chart tempo-distributed",
        ],
        [
            { values: { tempo: { ingester: { maxUnavailable: 1 } } } },
            "values.tempo.ingester does not exist in chart tempo 2",
        ],
        [
            { ...prod, components: { tempo: false } },
            'mode.tempo is "distributed", but the stack does not deploy Tempo; remove it.',
        ],
        [{ ...prod, mode: { tempo: "microservices" } }, 'mode.tempo is "microservices"; it must be '],
    ])("%j is refused", (settings, mistake) => {
        expect(mistakesOf(settings)).toContainEqual(expect.stringContaining(mistake));
    });

    test("with one replica of a part in prod are announced", () => {
        const one = { tempo: 1, tempoMetricsGenerator: 1 };
        expect(modeWarnings(resolveSettings({ ...prod, replicas: one }))).toEqual([
            "replicas.tempo is 1: while its node is down, no spans are accepted",
            "replicas.tempoMetricsGenerator is 1: while its node is down, no metrics are computed from spans",
        ]);
        const tail = { tracing: { samplingMode: "tail" } };
        expect(modeWarnings(resolveSettings({ ...prod, ...tail, replicas: { tempoMetricsGenerator: 1 } }))).toEqual([]);
        expect(modeWarnings(resolveSettings(prod))).toEqual([]);
    });

    test("decide which chart of Tempo a mirror must have", () => {
        const names = (settings: object) =>
            requiredCharts(resolveSettings(settings))
                .map(({ name }) => name)
                .filter((name) => name.startsWith("tempo"));
        expect(names({})).toEqual(["tempo"]);
        expect(names(distributed)).toEqual(["tempo-distributed"]);
    });

    test("add the names of the parts that are checked before the first deployment", () => {
        const before = objectNames(resolveSettings({ profile: "prod" }));
        const added = objectNames(resolveSettings(prod)).filter((name) => !before.includes(name));
        expect(added).toEqual(expect.arrayContaining(["tempo-ingester", "tempo-gateway", "tempo-gossip-ring"]));
    });
});

describe("the values of Tempo", () => {
    test("are the same without a mode and in monolithic mode", () => {
        expect(tempoValues({ ...args, mode: "monolithic" })).toEqual(tempoValues(args));
    });

    test("have volumes for the ingesters only", () => {
        const values = { ...args, mode: "distributed", replicas: 2, size: "50Gi", storageClass: "fast" } as const;
        expect(tempoClaims(tempoValues(values))).toEqual({
            ...{ template: "data", statefulSet: "tempo-ingester", resource: "ingester", replicas: 2 },
            ...{ size: "50Gi", storageClass: "fast", accessModes: undefined },
        });
    });

    test("share the limits of a tenant between the replicas", () => {
        const limits = { ingestionMiBPerSecond: 1, maxTraces: 5000, maxSpanMetricSeries: 1000 };
        const { overrides, per_tenant_overrides: tenants } = tempoValues({
            ...args,
            mode: "distributed",
            metricsGeneratorReplicas: 4,
            limits,
            tenantLimits: { acme: { maxTraces: 70, maxSpanMetricSeries: 10 } },
        });
        expect(overrides.defaults).toMatchObject({
            ingestion: {
                ...{ rate_strategy: "global", rate_limit_bytes: 2 ** 20 },
                ...{ max_traces_per_user: 0, max_global_traces_per_user: 5000 },
            },
            metrics_generator: { max_active_series: 250 },
        });
        expect(tenants.acme).toMatchObject({
            ingestion: { rate_limit_bytes: 2 ** 20, max_traces_per_user: 0, max_global_traces_per_user: 70 },
            metrics_generator: { max_active_series: 2, processors: ["service-graphs", "span-metrics"] },
        });
    });

    test("keep the objects of the caller beside the Service of the contract", () => {
        const own = { kind: "ConfigMap" };
        const { extraObjects } = tempoValues({ ...args, mode: "distributed", values: { extraObjects: [own] } });
        expect(extraObjects).toEqual([expect.objectContaining({ kind: "Service" }), own]);
    });
});

describe("the size of distributed Tempo", () => {
    test("is that of an ingester", () => {
        const spansPerSecond = 3e6 / 406;
        const { cpu, volume, objectsPerDay } = tempoNeed({ ...none, spansPerSecond }, shapeOf(resolveSettings(prod)));
        // Three copies of 3 MB per second on three ingesters.
        expect(cpu.value).toBeCloseTo(0.019 + (3 / 3) * (2.5 / 3), 4);
        expect(volume?.value).toBeCloseTo(1.5 * 3 * 1200e6, -4);
        expect(objectsPerDay.value).toBeCloseTo(3 * 288 * 4, 4);
    });

    test("grows beyond the monolithic Tempo by ingesters, each with at most 5 MB per second", () => {
        const load = { ...none, spansPerSecond: 32e6 / 406 };
        expect(() => sizeOf(resolveSettings({ profile: "prod" }), load)).toThrow(/set mode\.tempo to "distributed"$/);
        const { shape, findings } = sizeOf(resolveSettings(prod), load);
        expect(shape.replicas.tempo).toBeGreaterThanOrEqual(7);
        expect(shape.replicas.tempo % 2).toBe(1);
        expect(findings).toContainEqual(
            expect.objectContaining({ path: ["replicas", "tempo"], configured: 3, change: shape.replicas.tempo }),
        );
    });
});

describe("the plan tempo-mode", () => {
    test("stops the ingesters once with a question, before it deploys the other mode", () => {
        const { steps } = planOf("tempo-mode");
        expect(steps.map(({ id, question }) => [id, question !== undefined])).toEqual([
            ["query", false],
            ["stop", true],
            ["deploy", false],
            ["verify", false],
        ]);
    });
});

const tempoOf = ({ byRelease }: RenderedStack) => workloads(byRelease.get("tempo") ?? []);
const partOf = ({ name }: Workload) => name.replace(/^tempo-/, "");
const configOf = ({ objects }: Pick<RenderedStack, "objects">, name: string) =>
    load(objectOf(objects, "ConfigMap", name)["data"]["tempo.yaml"]) as Record<string, any>;

describeWith({ programs: ["helm"], mirror: true }, "distributed Tempo", () => {
    const stacks: Record<string, RenderedStack> = {};
    let monolithic: RenderedStack;
    beforeAll(async () => {
        monolithic = await renderStack("prod");
        for (const name of ["dev", "prod"]) {
            stacks[name] = await renderStack(name, distributed);
        }
    });
    const stack = (name: string) => stacks[name] as RenderedStack;

    describe.each(["dev", "prod"])("in %s", (name) => {
        const index = name === "dev" ? 0 : 1;

        test("has one workload for each part", () => {
            const found = tempoOf(stack(name)).map((part) => [partOf(part), part.replicas]);
            const expected = Object.entries(replicas).map(([part, counts]) => [part, counts[index]]);
            expect(Object.fromEntries(found)).toEqual(Object.fromEntries(expected));
        });

        test("deploys the version of the monolithic Tempo", () => {
            const [before] = tempoOf(monolithic);
            const images = tempoOf(stack(name)).map(({ pod }) => pod.containers[0]?.image ?? "");
            const ofTempo = images.filter((image) => image.includes("grafana/tempo"));
            expect(new Set(ofTempo)).toEqual(new Set([before?.pod.containers[0]?.image]));
        });

        test("has the images that the policy checks", () => {
            const images = tempoOf(stack(name)).flatMap(({ pod }) =>
                pod.containers.map(({ image }) => image.replace(/:[^:]*$/, "")),
            );
            expect([...new Set(images)].sort()).toEqual([defaultImages.tempo, ...distributedTempoImages].sort());
        });

        test("answers at the Service tempo only with the gateway, and the monolithic Service never leads to a part", () => {
            const { objects } = stack(name);
            const { spec } = objectOf(objects, "Service", "tempo");
            expect(selectedBy(spec, objects).map((workload) => workload.name)).toEqual(["tempo-gateway"]);
            expect(spec.ports.map((port: any) => [port.port, port.targetPort])).toEqual([
                [3200, 8080],
                [4317, 4317],
                [4318, 4318],
            ]);
            const before = objectOf(monolithic.objects, "Service", "tempo")["spec"];
            expect(selectedBy(before, objects)).toEqual([]);
        });

        test("routes queries and spans to Services of parts that listen", () => {
            const { objects } = stack(name);
            const config: string = objectOf(objects, "ConfigMap", "tempo-gateway")["data"]["nginx.conf"];
            for (const port of [8080, 4317, 4318]) {
                expect(config).toMatch(new RegExp(`listen +${port}( http2)?;`));
            }
            expect(config).toMatch(/client_max_body_size 32m;/);
            for (const part of ["distributor", "query-frontend"]) {
                expect(config).toContain(`tempo-${part}.monitoring.svc.cluster.local`);
                const { spec } = objectOf(objects, "Service", `tempo-${part}`);
                expect(selectedBy(spec, objects).map((workload) => workload.name)).toEqual([`tempo-${part}`]);
            }
            const ports = objectOf(objects, "Service", "tempo-distributor")["spec"].ports.map((port: any) => port.port);
            expect(ports).toEqual(expect.arrayContaining([4317, 4318]));
        });

        test("has a budget for each part with several replicas, which selects only this part", () => {
            const several = Object.keys(replicas).filter((part) => (replicas[part]?.[index] ?? 0) > 1);
            expectBudgets(
                stack(name),
                "tempo",
                several.map((part) => `tempo-${part}`),
            );
        });

        test("has pods by whose labels the NetworkPolicies select them, and metrics of the job tempo", () => {
            const labels = podLabelsOf("tempo", { distributedTempo: true });
            const selected = selectedBy({ selector: labels }, stack(name).objects);
            expect(selected.map(partOf).sort()).toEqual(Object.keys(replicas).sort());
            expectJobs(stack(name), "tempo", ["tempo-gateway", "tempo-memcached"]);
        });

        test("violates no rule of the policy pack", async () => {
            const { objects, context } = await stackObjects(name, distributed);
            expect(checkObjects(objects, context).violations).toEqual([]);
        });

        test("has the workloads that the commands stop and start, because they write the bucket, and the cache", () => {
            const deployments = tempoOf(stack(name)).filter(({ kind }) => kind === "Deployment");
            expect(deployments.map((part) => part.name)).toEqual(expect.arrayContaining(deploymentsOf("tempo")));
            const sets = tempoOf(stack(name)).filter(({ kind }) => kind === "StatefulSet");
            const stopped = statefulSetsOf("tempo").filter((set) => set !== "tempo");
            expect(sets.map((set) => set.name).sort()).toEqual([...stopped, "tempo-memcached"].sort());
        });

        test("has data in the memory of the ingesters only, and the monolithic Tempo in its pod", () => {
            const names = (rendered: RenderedStack) =>
                tempoOf(rendered)
                    .filter(({ name: pod, labels }) => holdsData("tempo", { metadata: { name: pod, labels } }))
                    .map((part) => part.name);
            expect(names(stack(name))).toEqual(["tempo-ingester"]);
            expect(names(monolithic)).toEqual(["tempo"]);
        });

        test("requests what its values say", () => {
            expectRequests(stack(name), "tempo");
        });
    });

    test("has the configuration of the monolithic Tempo for data", () => {
        const [own, before] = [configOf(stack("prod"), "tempo-config"), configOf(monolithic, "tempo")];
        // A processor that both modes do not run would write there.
        const { traces_storage: unused, ...generator } = before["metrics_generator"];
        expect(unused).toEqual({ path: "/tmp/traces" });
        expect(own).toMatchObject({
            metrics_generator: generator,
            compactor: before["compactor"],
            query_frontend: before["query_frontend"],
            storage: { trace: before["storage"].trace },
            ingester: { max_block_duration: before["ingester"].max_block_duration, flush_all_on_shutdown: true },
            multitenancy_enabled: before["multitenancy_enabled"],
            stream_over_http_enabled: before["stream_over_http_enabled"],
        });
        expect(own["distributor"].receivers.otlp).toEqual(before["distributor"].receivers.otlp);
        const { ingestion, metrics_generator: generated, ...limits } = before["overrides"].defaults;
        expect(own["overrides"].defaults).toMatchObject({
            ...limits,
            ingestion: { rate_limit_bytes: ingestion.rate_limit_bytes, rate_strategy: "global" },
            metrics_generator: { processors: generated.processors },
        });
        expect(own["ingester"].lifecycler.ring.replication_factor).toBe(replicas["ingester"]?.[1]);
    });

    test("prefers separate zones and nodes for the pods of each part", () => {
        for (const { name, labels, pod } of tempoOf(stack("prod")).filter((part) => partOf(part) !== "compactor")) {
            const constraints = (pod["topologySpreadConstraints"] ?? []) as Record<string, any>[];
            expect([name, constraints.map(({ topologyKey }) => topologyKey), pod["affinity"] ?? {}]).toEqual([
                name,
                ["topology.kubernetes.io/zone", "kubernetes.io/hostname"],
                {},
            ]);
            constraints.forEach(({ labelSelector }) => expect(labels).toMatchObject(labelSelector.matchLabels));
        }
    });

    test("scales the distributor and the querier by load, and schedules all pods as the other components", async () => {
        const { objects, byRelease } = await renderStack("prod", {
            ...distributed,
            autoscaling: { tempoDistributor: { minReplicas: 2, maxReplicas: 9 } },
            priorityClassNames: { services: "observability" },
            nodeSelector: { pool: "traces" },
        });
        expect(objectOf(objects, "Deployment", "tempo-distributor")["spec"].replicas).toBeUndefined();
        expect(objectOf(objects, "HorizontalPodAutoscaler", "tempo-distributor")["spec"]).toMatchObject({
            scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: "tempo-distributor" },
            ...{ minReplicas: 2, maxReplicas: 9 },
        });
        for (const { name, pod } of workloads(byRelease.get("tempo") ?? [])) {
            const { priorityClassName, nodeSelector } = pod;
            expect([name, priorityClassName, nodeSelector]).toEqual([name, "observability", { pool: "traces" }]);
        }
    });

    test("has no metrics-generator if the collector computes metrics from spans", async () => {
        const rendered = await renderStack("prod", { ...distributed, tracing: { samplingMode: "tail" } });
        expect(tempoOf(rendered).map(partOf)).not.toContain("metrics-generator");
        expect(configOf(rendered, "tempo-config")).not.toHaveProperty("metrics_generator");
    });
});

test("the NetworkPolicies let Grafana and the receiver connect to the gateway, and the parts to each other", () => {
    const args = networkPoliciesArgs(resolveSettings(prod));
    const portsOf = (from: string) =>
        flows(args)
            .filter((flow) => flow.from === from && flow.to === "tempo")
            .flatMap(({ ports }) => ports.map(({ port }) => port));
    expect(portsOf("grafana")).toContain(8080);
    expect(portsOf("alloyReceiver")).toContain(4317);
    expect(portsOf("tempo").sort()).toEqual([11211, 3200, 4317, 4318, 7946, 9095]);
});

describeWith({ programs: ["helm", "tempo"], mirror: true }, "the program Tempo", () => {
    test.each(["dev", "prod"])("accepts the configuration of %s for the target of each part", async (name) => {
        const folder = fs.mkdtempSync(path.join(os.tmpdir(), "tempo-"));
        const rendered = await renderStack(name, distributed);
        const file = path.join(folder, "tempo.yaml");
        const text: string = objectOf(rendered.objects, "ConfigMap", "tempo-config")["data"]["tempo.yaml"];
        const overrides = path.join(folder, "overrides.yaml");
        fs.writeFileSync(overrides, "overrides:");
        fs.writeFileSync(file, text.replace("/runtime-config/overrides.yaml", overrides));
        const run = (target: string) => {
            const options = [`-target=${target}`, `-config.file=${file}`, "-config.verify=true"];
            const { status, stdout, stderr } = spawnSync("tempo", options, { encoding: "utf8" });
            return status === 0 ? "" : `${stdout}${stderr}`.slice(0, 2000);
        };
        const parts = tempoOf(rendered).filter((part) => !["gateway", "memcached"].includes(partOf(part)));
        expect(parts.length).toBe(6);
        for (const part of parts) {
            const target = String((part.pod.containers[0]?.["args"] as string[])[0]).replace("-target=", "");
            expect([target, run(target)]).toEqual([partOf(part), ""]);
        }
        fs.appendFileSync(file, "\nno_such_key: 1\n");
        expect(run("ingester")).not.toBe("");
        fs.rmSync(folder, { recursive: true });
    });
});
