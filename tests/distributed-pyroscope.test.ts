import { spawnSync } from "child_process";
import * as fs from "fs";
import * as os from "os";
import * as path from "path";
import { load } from "js-yaml";
import { planOf } from "../cli/migrate/plans";
import { deploymentsOf, statefulSetsOf, stopSeconds } from "../cli/migrate/workloads";
import { formatSizing } from "../cli/size/format";
import { sizeOf } from "../cli/size/sizing";
import { selectedBy } from "../cli/workloads";
import { defaultImages, distributedPyroscopeImages } from "../components/helm/images";
import { flows } from "../components/network-policies/flows";
import { podLabelsOf } from "../components/network-policies/pods";
import { pyroscopeClaims, pyroscopeValues } from "../components/pyroscope/values";
import { dashboards } from "../dashboards";
import { checkObjects } from "../policy/check";
import { appliedSettings } from "../settings/applied";
import { modeWarnings } from "../settings/mode";
import { findMoves } from "../settings/moves";
import { resolveSettings } from "../settings/resolve";
import { networkPoliciesArgs } from "../stack/network-policies-args";
import { objectNames } from "../stack/object-names";
import { requiredCharts } from "../stack/required-charts";
import { expectBudgets, expectJobs, expectRequests } from "./helpers/distributed";
import { mistakesOf } from "./helpers/mistakes";
import { describeWith } from "./helpers/prerequisites";
import { objectOf, type RenderedStack, renderStack, type Workload, workloads } from "./helpers/rendered";
import { stackObjects } from "./policy/objects";

const distributed = { mode: { pyroscope: "distributed" } };
const prod = { profile: "prod", ...distributed };
const bucket = { endpoint: "minio:9000", bucket: "pyroscope" };
const args = { namespace: "monitoring", bucket };
const none = { series: 0, logBytesPerSecond: 0, spansPerSecond: 0, profilesPerSecond: 0, services: 0, nodes: 1 };

/** Replicas of each part in dev and in prod. The metastore has the name of the monolithic Pyroscope. */
const replicas: Record<string, [number, number]> = {
    pyroscope: [1, 3],
    "pyroscope-gateway": [1, 2],
    "pyroscope-distributor": [1, 2],
    "pyroscope-segment-writer": [1, 3],
    "pyroscope-query-frontend": [1, 2],
    "pyroscope-query-backend": [1, 3],
    "pyroscope-compaction-worker": [1, 2],
    "pyroscope-tenant-settings": [1, 1],
    "pyroscope-ad-hoc-profiles": [1, 1],
    "pyroscope-admin": [1, 1],
};

describe("the settings of distributed Pyroscope", () => {
    test("are accepted", () => {
        const settings = {
            ...prod,
            replicas: {
                pyroscopeMetastore: 5,
                pyroscopeDistributor: 4,
                pyroscopeSegmentWriter: 6,
                pyroscopeQueryFrontend: 3,
                pyroscopeCompactionWorker: 3,
            },
            autoscaling: { pyroscopeQueryBackend: { minReplicas: 2, maxReplicas: 8 } },
            values: { pyroscope: { pyroscope: { components: { distributor: { resources: {} } } } } },
        };
        expect(mistakesOf(settings)).toEqual([]);
    });

    test.each<[object, string]>([
        [
            { replicas: { pyroscopeMetastore: 3 } },
            'replicas.pyroscopeMetastore has no effect with mode.pyroscope "monolithic"; remove it, or set mode.pyroscope to "distributed".',
        ],
        [
            { autoscaling: { pyroscopeQueryBackend: { minReplicas: 1, maxReplicas: 2 } } },
            'autoscaling.pyroscopeQueryBackend has no effect with mode.pyroscope "monolithic"; remove it, or set mode.pyroscope to "distributed".',
        ],
        [
            { ...prod, replicas: { pyroscopeMetastore: 4 } },
            "replicas.pyroscopeMetastore is 4; it must be an odd number, such as 5, because more than half of the replicas must run",
        ],
        [
            { ...prod, autoscaling: { pyroscopeDistributor: { minReplicas: 3, maxReplicas: 2 } } },
            "autoscaling.pyroscopeDistributor.minReplicas is 3; it must be at most maxReplicas, which is 2",
        ],
        [
            { ...prod, values: { pyroscope: { pyroscope: { components: { distributor: { replicaCount: 1 } } } } } },
            "values.pyroscope.pyroscope.components.distributor.replicaCount has a setting of its own; remove it, and set replicas.pyroscopeDistributor.",
        ],
        [
            {
                ...prod,
                values: {
                    pyroscope: { architecture: { microservices: { v2: { "query-backend": { replicaCount: 1 } } } } },
                },
            },
            "values.pyroscope.architecture.microservices.v2.query-backend.replicaCount has a setting of its own; remove it, and set replicas.pyroscopeQueryBackend.",
        ],
        [
            {
                ...prod,
                values: { pyroscope: { architecture: { microservices: { v2: { metastore: { resources: {} } } } } } },
            },
            "values.pyroscope.architecture.microservices.v2.metastore has no effect, because the stack runs the metastore in the StatefulSet of the monolithic Pyroscope; set pyroscope.components.metastore.",
        ],
        [
            { ...prod, values: { pyroscope: { architecture: { storage: { v1: true } } } } },
            "values.pyroscope.architecture.storage would add the parts of Pyroscope 1",
        ],
        [
            { ...prod, values: { pyroscope: { pyroscope: { fullnameOverride: "profiles" } } } },
            "values.pyroscope.pyroscope.fullnameOverride would change names on which the Service pyroscope and the volumes depend; remove it.",
        ],
        [
            {
                ...prod,
                values: {
                    pyroscope: {
                        pyroscope: { components: { metastore: { podDisruptionBudget: { maxUnavailable: 2 } } } },
                    },
                },
            },
            "values.pyroscope.pyroscope.components.metastore.podDisruptionBudget.maxUnavailable is 2; it must be at most 1, because 2 of the 3 replicas with the same data must be ready for writes.",
        ],
        [
            { values: { pyroscope: { architecture: { microservices: { enabled: true } } } } },
            'values.pyroscope.architecture.microservices.enabled needs mode.pyroscope "distributed"; set it, or remove these values.',
        ],
        [
            { values: { pyroscope: { pyroscope: { components: { distributor: { replicaCount: 2 } } } } } },
            'values.pyroscope.pyroscope.components needs mode.pyroscope "distributed"; set it, or remove these values.',
        ],
        [
            { ...prod, values: { pyroscope: { pyroscope: { components: { admin: null } } } } },
            "values.pyroscope.pyroscope.components.admin is null, but Pyroscope needs all of its parts; remove it.",
        ],
        [
            { ...prod, values: { pyroscope: { architecture: { microservices: { v2: { distributor: null } } } } } },
            "values.pyroscope.architecture.microservices.v2.distributor is null, but Pyroscope needs all of its parts; remove it.",
        ],
        [
            { ...prod, values: { pyroscope: { pyroscope: { components: { metastore: { initContainers: [] } } } } } },
            "values.pyroscope.pyroscope.components.metastore.initContainers would replace the container with which a new replica waits for the first one; remove it.",
        ],
        [
            { ...prod, values: { pyroscope: { pyroscope: { resources: { limits: { memory: "8Gi" } } } } } },
            "values.pyroscope.pyroscope.resources has no effect, because each part has its own; set pyroscope.components.PART.resources.",
        ],
        [
            { ...prod, clusterDomain: "acme.internal" },
            "storage.pyroscopeServerId is not set, but the replicas of the metastore find each other by their addresses",
        ],
        [
            { ...prod, storage: { pyroscopeServerId: "pyroscope-0.pyroscope-headless.old.svc.cluster.local.:9099" } },
            "set replicas.pyroscopeMetastore to 1",
        ],
        [
            { ...prod, components: { pyroscope: false } },
            'mode.pyroscope is "distributed", but the stack does not deploy Pyroscope; remove it.',
        ],
        [{ ...prod, mode: { pyroscope: "microservices" } }, 'mode.pyroscope is "microservices"; it must be '],
    ])("%j is refused", (settings, mistake) => {
        expect(mistakesOf(settings)).toContainEqual(expect.stringContaining(mistake));
    });

    test("accept another name in the Raft log with one replica of the metastore, and the address itself with several", () => {
        const storage = { pyroscopeServerId: "old:9099" };
        expect(mistakesOf({ ...prod, storage, replicas: { pyroscopeMetastore: 1 } })).toEqual([]);
        const address = "pyroscope-0.pyroscope-headless.monitoring.svc.acme.internal.:9099";
        expect(
            mistakesOf({ ...prod, clusterDomain: "acme.internal", storage: { pyroscopeServerId: address } }),
        ).toEqual([]);
    });

    test("with one replica of a part in prod are announced", () => {
        expect(modeWarnings(resolveSettings({ ...prod, replicas: { pyroscopeSegmentWriter: 1 } }))).toEqual([
            "replicas.pyroscopeSegmentWriter is 1: while its node is down, no profiles are accepted",
        ]);
        expect(modeWarnings(resolveSettings(prod))).toEqual([]);
    });

    test("need the chart of the monolithic Pyroscope", () => {
        const names = (settings: object) => requiredCharts(resolveSettings(settings)).map(({ name }) => name);
        expect(names(distributed)).toEqual(names({}));
    });

    test("add the names of the parts that are checked before the first deployment", () => {
        const before = objectNames(resolveSettings({ profile: "prod" }));
        const added = objectNames(resolveSettings(prod)).filter((name) => !before.includes(name));
        expect(added).toEqual(expect.arrayContaining(["pyroscope-gateway", "pyroscope-segment-writer-headless"]));
    });

    test("never lose replicas of the metastore that are in the Raft cluster", () => {
        const applied = appliedSettings(resolveSettings({ ...prod, replicas: { pyroscopeMetastore: 5 } }));
        const { refused } = findMoves(applied, resolveSettings({ ...prod, allowDataLoss: ["pyroscope"] }));
        expect(refused).toEqual([
            expect.objectContaining({ setting: "replicas.pyroscopeMetastore", from: 5, to: 3, impossible: true }),
        ]);
        const more = findMoves(applied, resolveSettings({ ...prod, replicas: { pyroscopeMetastore: 7 } }));
        expect(more.refused).toEqual([]);
    });
});

describe("the values of Pyroscope", () => {
    test("are the same without a mode and in monolithic mode", () => {
        expect(pyroscopeValues({ ...args, mode: "monolithic" })).toEqual(pyroscopeValues(args));
    });

    test("have volumes for the metastore only, with the names of the monolithic Pyroscope", () => {
        const sized = { ...args, size: "50Gi", storageClass: "fast" } as const;
        const claims = { template: "data", statefulSet: "pyroscope", size: "50Gi", storageClass: "fast" };
        expect(pyroscopeClaims(pyroscopeValues(sized))).toMatchObject({ ...claims, replicas: 1 });
        const values = pyroscopeValues({ ...sized, mode: "distributed", metastoreReplicas: 3 });
        expect(pyroscopeClaims(values)).toMatchObject({ ...claims, replicas: 3 });
    });

    test.each([
        [{ replicaCount: 1, autoscaling: { enabled: false } }, undefined],
        [{ replicaCount: 4, autoscaling: { enabled: true } }, undefined],
        [{ replicaCount: 4 }, { enabled: true, maxUnavailable: 1 }],
        [
            { replicaCount: 1, autoscaling: { enabled: true, minReplicas: 2 } },
            { enabled: true, maxUnavailable: 1 },
        ],
    ])("have a budget for disruptions if a part has several replicas: %j", (part, budget) => {
        const values = { pyroscope: { components: { "query-frontend": part } } };
        const { components } = pyroscopeValues({ ...args, mode: "distributed", values })["pyroscope"];
        expect(components["query-frontend"].podDisruptionBudget).toEqual(budget);
    });

    test("keep the objects of the caller beside those of the stack", () => {
        const own = { kind: "ConfigMap", metadata: { name: "own" } };
        const { extraObjects } = pyroscopeValues({ ...args, mode: "distributed", values: { extraObjects: [own] } });
        expect(extraObjects.at(-1)).toEqual(own);
    });
});

describe("the size of distributed Pyroscope", () => {
    const load = { ...none, profilesPerSecond: 40 };

    test("is known for more profiles than one replica is planned for", () => {
        expect(() => sizeOf(resolveSettings({ profile: "prod" }), load)).toThrow(
            /set mode\.pyroscope to "distributed"$/,
        );
        const { need, findings } = sizeOf(resolveSettings(prod), load);
        expect(need.components.pyroscope.cpu.value).toBeCloseTo(0.005 + 40 * 0.026, 4);
        // The parts share the need.
        const paths = findings.filter(({ component }) => component === "pyroscope").map(({ path }) => path[0]);
        expect(new Set(paths)).toEqual(new Set(["storage", "limits"]));
    });

    test("is printed for all parts together, and for the volume of each replica of the metastore", () => {
        const cost = { currency: "$", before: 0, after: 0, notes: [] };
        const text = formatSizing({ ...sizeOf(resolveSettings(prod), load), stack: "prod", cost });
        const lines = /^Pyroscope: .*(?:\n {2}.*)+/m.exec(text)?.[0].split("\n") ?? [];
        expect(lines[0]).toBe("Pyroscope: all parts together, with");
        expect(lines.flatMap((line) => /^ {2}(\w.*?): /.exec(line)?.[1] ?? [])).toEqual([
            "CPU",
            "memory",
            "memory limit",
            "volume of each replica of the metastore",
        ]);
    });
});

describe("the plan pyroscope-mode", () => {
    test("removes replicas from the Raft cluster before it stops them, and asks once", () => {
        const { steps } = planOf("pyroscope-mode");
        expect(steps.map(({ id, question }) => [id, question !== undefined])).toEqual([
            ["query", false],
            ["leave", true],
            ["stop", false],
            ["deploy", false],
            ["verify", false],
        ]);
    });
});

const pyroscopeOf = ({ byRelease }: RenderedStack) => workloads(byRelease.get("pyroscope") ?? []);
const argsOf = ({ pod }: Workload) => (pod.containers[0]?.["args"] ?? []) as string[];

describeWith({ programs: ["helm"], mirror: true }, "distributed Pyroscope", () => {
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
            const found = pyroscopeOf(stack(name)).map((part) => [part.name, part.replicas]);
            const expected = Object.entries(replicas).map(([part, counts]) => [part, counts[index]]);
            expect(Object.fromEntries(found)).toEqual(Object.fromEntries(expected));
        });

        test("runs one part of Pyroscope in each workload", () => {
            const targets = pyroscopeOf(stack(name))
                .filter((part) => part.name !== "pyroscope-gateway")
                .map((part) => [
                    part.name,
                    argsOf(part)
                        .filter((arg) => arg.startsWith("-target="))
                        .at(-1),
                ]);
            const expected = Object.keys(replicas)
                .filter((part) => part !== "pyroscope-gateway")
                .map((part) => [part, `-target=${part.replace(/^pyroscope-/, "").replace("pyroscope", "metastore")}`]);
            expect(Object.fromEntries(targets)).toEqual(Object.fromEntries(expected));
        });

        test("changes nothing in the StatefulSet of the monolithic Pyroscope that Kubernetes cannot change", () => {
            const fixed = ({ objects }: RenderedStack) => {
                const { spec } = objectOf(objects, "StatefulSet", "pyroscope");
                const { template, ...others } = spec;
                const [{ volumeMounts }] = template.spec.containers;
                return {
                    ...others,
                    replicas: undefined,
                    volumeMounts,
                    selected: selectedBy({ selector: spec.selector.matchLabels }, objects),
                };
            };
            const names = (rendered: RenderedStack) => ({
                ...fixed(rendered),
                selected: fixed(rendered).selected.map(({ name: workload }: Workload) => workload),
            });
            const { volumeClaimTemplates: claims, ...others } = names(stack(name));
            const { volumeClaimTemplates: before, ...expected } = names(monolithic);
            expect(others).toEqual(expected);
            expect(claims.map(({ metadata }: any) => metadata)).toEqual(before.map(({ metadata }: any) => metadata));
        });

        test("has no volumes but those of the metastore", () => {
            const sets = stack(name).objects.filter(
                ({ kind, metadata }) => kind === "StatefulSet" && metadata.name.startsWith("pyroscope"),
            ) as Record<string, any>[];
            const withClaims = sets.filter(({ spec }) => (spec.volumeClaimTemplates ?? []).length > 0);
            expect(withClaims.map(({ metadata }) => metadata.name)).toEqual(["pyroscope"]);
        });

        test("has the images that the policy checks", () => {
            const images = pyroscopeOf(stack(name)).flatMap(({ pod }) =>
                [...((pod["initContainers"] ?? []) as { image: string }[]), ...pod.containers].map(({ image }) =>
                    image.replace(/:[^:]*$/, "").replace(/^grafana/, "docker.io/grafana"),
                ),
            );
            expect([...new Set(images)].sort()).toEqual(
                [defaultImages.pyroscope, ...distributedPyroscopeImages].sort(),
            );
        });

        test("answers at the Service pyroscope only with the gateway", () => {
            const { objects } = stack(name);
            const { spec } = objectOf(objects, "Service", "pyroscope");
            expect(selectedBy(spec, objects).map((workload) => workload.name)).toEqual(["pyroscope-gateway"]);
            expect(spec.ports.map((port: any) => port.port)).toEqual([4040]);
        });

        test("routes each path to the Service of the part that has it", () => {
            const { objects } = stack(name);
            const config: string = objectOf(objects, "ConfigMap", "pyroscope-gateway")["data"]["nginx.conf"];
            const routes = [
                ...config.matchAll(/location (\S+) \{ (?:proxy|grpc)_pass \w+:\/\/([\w-]+)\.(\S+):4040; \}/g),
            ];
            const partOf = (url: string) =>
                routes
                    .filter(([, prefix = ""]) => url.startsWith(prefix))
                    .sort(([, one = ""], [, other = ""]) => other.length - one.length)[0]?.[2];
            expect(partOf("/ingest")).toBe("pyroscope-distributor");
            expect(partOf("/push.v1.PusherService/Push")).toBe("pyroscope-distributor");
            expect(partOf("/querier.v1.QuerierService/SelectMergeStacktraces")).toBe("pyroscope-query-frontend");
            expect(partOf("/pyroscope/render")).toBe("pyroscope-query-frontend");
            expect(partOf("/ready")).toBe("pyroscope-query-frontend");
            expect(partOf("/settings.v1.SettingsService/Get")).toBe("pyroscope-tenant-settings");
            expect(partOf("/adhocprofiles.v1.AdHocProfileService/List")).toBe("pyroscope-ad-hoc-profiles");
            expect(partOf("/metastore-nodes")).toBe("pyroscope-admin");
            for (const [, , service = "", domain] of routes) {
                expect(domain).toBe("monitoring.svc.cluster.local");
                const { spec } = objectOf(objects, "Service", service);
                expect(selectedBy(spec, objects).map((workload) => workload.name)).toEqual([service]);
                expect(spec.ports.map((port: any) => port.port)).toContain(4040);
            }
        });

        test("has a budget for each part with several replicas, which selects only this part", () => {
            const several = Object.keys(replicas).filter((part) => (replicas[part]?.[index] ?? 0) > 1);
            expectBudgets(stack(name), "pyroscope", several);
        });

        test("has pods by whose labels the NetworkPolicies select them, and metrics of the job pyroscope", () => {
            const labels = podLabelsOf("pyroscope", { distributedPyroscope: true });
            const selected = selectedBy({ selector: labels }, stack(name).objects);
            expect(selected.map((workload) => workload.name).sort()).toEqual(Object.keys(replicas).sort());
            expectJobs(stack(name), "pyroscope", ["pyroscope-gateway"]);
        });

        test("violates no rule of the policy pack", async () => {
            const { objects, context } = await stackObjects(name, distributed);
            expect(checkObjects(objects, context).violations).toEqual([]);
        });

        test("has the workloads that the commands stop and start, because they write the bucket or have the index", () => {
            const found = pyroscopeOf(stack(name));
            const named = (kind: string) => found.filter((part) => part.kind === kind).map((part) => part.name);
            expect(named("StatefulSet").sort()).toEqual(statefulSetsOf("pyroscope").sort());
            expect(named("Deployment")).toEqual(expect.arrayContaining(deploymentsOf("pyroscope")));
            const grace = found.map(({ pod }) => Number(pod["terminationGracePeriodSeconds"] ?? 30));
            expect(Math.max(...grace)).toBe(stopSeconds - 60);
        });

        test("requests what its values say", () => {
            expectRequests(stack(name), "pyroscope");
        });
    });

    test("has the configuration of the monolithic Pyroscope", () => {
        for (const [name, key] of [
            ["pyroscope-config", "config.yaml"],
            ["pyroscope-overrides-config", "overrides.yaml"],
        ] as const) {
            const text = ({ objects }: RenderedStack) => load(objectOf(objects, "ConfigMap", name)["data"][key]);
            expect(text(stack("prod"))).toEqual(text(monolithic));
        }
    });

    test("lets a replica of the metastore without data join the first one, and never create a Raft cluster", () => {
        const [metastore] = pyroscopeOf(stack("prod")).filter(({ name }) => name === "pyroscope") as [Workload];
        const first = "pyroscope-0.$(PYROSCOPE_METASTORE_SERVICE)";
        expect(argsOf(metastore)).toEqual(
            expect.arrayContaining([
                "-metastore.raft.auto-join=true",
                "-metastore.raft.bootstrap-expect-peers=1",
                `-metastore.raft.bootstrap-peers=${first}/${first}`,
            ]),
        );
        const [join] = metastore.pod["initContainers"] as unknown as { command: string[] }[];
        expect(join?.command.at(-1)).toContain("http://pyroscope-0.pyroscope-headless:4040/ready");
        // One replica is the cluster of the monolithic Pyroscope.
        const [single] = pyroscopeOf(stack("dev")).filter(({ name }) => name === "pyroscope") as [Workload];
        expect(single.pod["initContainers"]).toBeUndefined();
        const raft = (args: string[]) => args.filter((arg) => /^-metastore\.raft\./.test(arg));
        const [before] = pyroscopeOf(monolithic) as [Workload];
        expect(raft(argsOf(single))).toEqual(raft(argsOf(before)));
    });

    test("prefers separate zones and nodes for the pods of each part", () => {
        const several = pyroscopeOf(stack("prod")).filter((part) => (replicas[part.name]?.[1] ?? 0) > 1);
        expect(several.length).toBe(7);
        for (const { name, labels, pod } of several) {
            const constraints = (pod["topologySpreadConstraints"] ?? []) as Record<string, any>[];
            expect([name, constraints.map(({ topologyKey }) => topologyKey)]).toEqual([
                name,
                ["topology.kubernetes.io/zone", "kubernetes.io/hostname"],
            ]);
            constraints.forEach(({ labelSelector }) => expect(labels).toMatchObject(labelSelector.matchLabels));
        }
    });

    test("scales parts by load, and schedules all pods as the other components", async () => {
        const { objects, byRelease } = await renderStack("prod", {
            ...distributed,
            autoscaling: {
                pyroscopeDistributor: { minReplicas: 2, maxReplicas: 9 },
                pyroscopeSegmentWriter: { minReplicas: 3, maxReplicas: 6 },
            },
            priorityClassNames: { services: "observability" },
            nodeSelector: { pool: "profiles" },
            images: { registry: "registry.acme.com" },
        });
        expect(objectOf(objects, "Deployment", "pyroscope-distributor")["spec"].replicas).toBeUndefined();
        for (const [kind, name, minReplicas, maxReplicas] of [
            ["Deployment", "pyroscope-distributor", 2, 9],
            ["StatefulSet", "pyroscope-segment-writer", 3, 6],
        ] as const) {
            expect(objectOf(objects, "HorizontalPodAutoscaler", name)["spec"]).toMatchObject({
                scaleTargetRef: { apiVersion: "apps/v1", kind, name },
                ...{ minReplicas, maxReplicas },
            });
        }
        for (const { name, pod } of workloads(byRelease.get("pyroscope") ?? [])) {
            const { priorityClassName, nodeSelector } = pod;
            expect([name, priorityClassName, nodeSelector]).toEqual([name, "observability", { pool: "profiles" }]);
            const containers = [...((pod["initContainers"] ?? []) as { image: string }[]), ...pod.containers];
            containers.forEach(({ image }) => expect(image).toMatch(/^registry\.acme\.com\//));
        }
    });
});

test("the dashboard counts the queue of compaction once, which each replica of the metastore reports", () => {
    const [dashboard] = dashboards({ namespace: "monitoring" }).filter(({ uid }) => uid === "stores-pyroscope");
    const queries = [...(dashboard?.json ?? "").matchAll(/"expr":\s*"([^{]*_queue_(?:blocks|batches)_current)/g)];
    expect(queries.map(([, query]) => query)).toEqual([
        "sum(max by (level) (pyroscope_metastore_compaction_global_queue_blocks_current",
        "sum(max by (level) (pyroscope_metastore_compaction_global_queue_batches_current",
    ]);
});

test("the NetworkPolicies let clients connect to the gateway, and the parts to each other", () => {
    const args = networkPoliciesArgs(resolveSettings(prod));
    const portsOf = (from: string) =>
        flows(args)
            .filter((flow) => flow.from === from && flow.to === "pyroscope")
            .flatMap(({ ports }) => ports.map(({ port }) => port));
    expect(portsOf("grafana")).toContain(4040);
    expect(portsOf("pyroscope").sort()).toEqual([4040, 7946, 9095, 9099]);
});

describeWith({ programs: ["nginx"] }, "nginx", () => {
    test("accepts the configuration of the gateway", () => {
        const folder = fs.mkdtempSync(path.join(os.tmpdir(), "pyroscope-gateway-"));
        const { extraObjects } = pyroscopeValues({ ...args, mode: "distributed" });
        const text: string = objectOf(
            extraObjects.filter((object: unknown) => typeof object === "object"),
            "ConfigMap",
            "pyroscope-gateway",
        )["data"]["nginx.conf"];
        const file = path.join(folder, "nginx.conf");
        // Versions before 1.25 do not have it, and nginx would look the names of Services up.
        const known = text.replace("http2 on;", "").replace(/(?<=_pass \w+:\/\/)[\w.-]+/g, "127.0.0.1");
        const check = (content: string) => {
            fs.writeFileSync(file, content.replace(/\/tmp\//g, `${folder}/`));
            return spawnSync("nginx", ["-t", "-c", file], { encoding: "utf8" });
        };
        expect(check(known)).toMatchObject({ status: 0 });
        expect(check(known.replace("proxy_read_timeout", "no_such_key")).status).not.toBe(0);
        fs.rmSync(folder, { recursive: true });
    });
});
