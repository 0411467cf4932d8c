import * as fs from "fs";
import * as path from "path";
import { spawnSync } from "child_process";
import * as os from "os";
import { load } from "js-yaml";
import type { KubernetesObject } from "../cli/manifests";
import { StoreMode } from "../components/mode";
import { zonesOf, ZoneStage } from "../components/zones";
import { checkObjects } from "../policy/check";
import { appliedSettings } from "../settings/applied";
import { describeAnnounced, describeRefusal, findMoves } from "../settings/moves";
import { resolveSettings } from "../settings/resolve";
import { warnings } from "../settings/warnings";
import { checkCluster } from "../stack/cluster-check";
import { storePodsPath, zoneFindings, type ZoneFacts } from "../stack/zone-check";
import { mistakesOf } from "./helpers/mistakes";
import { describeWith } from "./helpers/prerequisites";
import { evaluateFromMirror, objectOf, renderChart } from "./helpers/rendered";
import { stackObjects } from "./policy/objects";

const label = "topology.kubernetes.io/zone";
const prod = { profile: "prod" };
const zones = { count: 3 };
const six = { replicas: { loki: 6, mimir: 6 } };
const sixTempo = { replicas: { ...six.replicas, tempo: 6 } };
const distributed = { mode: { loki: "distributed", mimir: "distributed", tempo: "distributed" } };

describe("the settings of zones", () => {
    test("zones below the replication factor are refused with the store and the reason", () => {
        expect(mistakesOf({ ...prod, zones: { count: 2 }, components: { loki: false, alloyLogs: false } })).toEqual([
            "zones.count is 2; it must be at least replicationFactor.mimir, which is 3, because each copy of the data of Mimir must be in a different zone.",
        ]);
        expect(mistakesOf({ ...prod, ...distributed, zones: { count: 1 } })).toEqual(
            ["loki", "mimir", "tempo"].map(
                (store) =>
                    expect.stringContaining(
                        `zones.count is 1; it must be at least replicationFactor.${store}`,
                    ) as string,
            ),
        );
    });

    test("fewer replicas than zones are refused", () => {
        const many = { replicas: { loki: 6, mimir: 3 } };
        expect(mistakesOf({ ...prod, ...many, zones: { count: 4 } })).toEqual([
            "zones.count is 4; it must be at most replicas.mimir, which is 3, because each zone must have a replica of Mimir.",
        ]);
    });

    test("zones without any store with several copies are refused, and a store with one copy is named in a warning", () => {
        expect(mistakesOf({ profile: "dev", zones })).toEqual([
            expect.stringContaining(
                "zones.count has no effect, because no store of the stack has several copies",
            ) as string,
        ]);
        const monolithic = resolveSettings({ ...prod, zones });
        expect(warnings(monolithic).filter((warning) => warning.startsWith("zones"))).toEqual([
            'zones.count is 3: it has no effect on Tempo, which has one copy of its newest data; set mode.tempo to "distributed", or accept that this data is unavailable while its zone is down',
        ]);
        expect(warnings(resolveSettings({ ...prod, ...distributed, zones })).join()).not.toContain("zones.");
    });

    test("the stage needs zones, and a warning says that the first stage is not the last", () => {
        expect(mistakesOf({ ...prod, zones: { stage: "prepare" } })).toEqual([
            "zones.stage has no effect without zones.count; remove it.",
        ]);
        const prepared = resolveSettings({ ...prod, ...distributed, zones: { ...zones, stage: "prepare" } });
        expect(warnings(prepared).join()).toContain('set it to "replicate", and deploy again');
    });

    test.each([
        [{ loki: { singleBinary: { extraEnv: [] } } }, {}, "values.loki.singleBinary.extraEnv would replace the list"],
        [{ loki: { ingester: { extraArgs: [] } } }, distributed, "use values.loki.defaults.extraArgs"],
        [
            { tempo: { ingester: { topologySpreadConstraints: "" } } },
            distributed,
            "values.tempo.ingester.topologySpreadConstraints would replace the list by which the pods get their zone; remove it.",
        ],
        [{ mimir: { zones: { enabled: true } } }, {}, "values.mimir.zones has a setting of its own"],
    ])("Helm values that replace what zones need are refused: %j", (values, mode, sentence) => {
        expect(mistakesOf({ ...prod, ...mode, zones, values }).join("\n")).toContain(sentence);
    });

    test("zones have no effect on a store with one copy", () => {
        expect(zonesOf(zones, 1)).toBeUndefined();
        expect(zonesOf(undefined, 3)).toBeUndefined();
        expect(zonesOf(zones, 3)).toEqual({ count: 3, stage: ZoneStage.Replicate });
    });
});

describe("a change of the zones of a deployed stack", () => {
    const change = (before: object, after: object, profile = "prod") => {
        const applied = appliedSettings(resolveSettings({ profile, ...before }));
        const { refused, announced } = findMoves(applied, resolveSettings({ profile, ...after }));
        return { refused, announced: announced.filter(({ rollback }) => rollback === undefined) };
    };
    const prepare = { zones: { ...zones, stage: "prepare" } };

    test.each([
        ["on", {}, { zones }, 'Deploy with zones.stage "prepare" first, and with "replicate" after it.'],
        ["off", { zones }, {}, 'Deploy with zones.stage "prepare" first, and without zones after it.'],
    ])("switching them %s in one deployment is refused with the way in two", (_, before, after, safe) => {
        const { refused } = change(before, after);
        expect(refused.map((move) => describeRefusal(move, "observability:"))).toEqual([
            expect.stringContaining(safe) as string,
        ]);
        expect(refused[0]?.impossible).toBe(true);
        // Data of a dev stack with copies would also be missing.
        expect(change({ ...before, ...six }, { ...after, ...six }, "dev").refused).toHaveLength(1);
    });

    test("each of the two deployments is announced, in both directions", () => {
        for (const [before, after] of [
            [{}, prepare],
            [prepare, { zones }],
            [{ zones }, prepare],
            [prepare, {}],
        ] as const) {
            expect(change(before, after)).toEqual({
                refused: [],
                announced: [expect.objectContaining({ setting: "zones.stage", loses: [] })],
            });
        }
    });

    describe("with another number of replicas", () => {
        const withReplicas = (store: string, count: number, of: object = { zones }) => ({
            ...distributed,
            replicas: { [store]: count },
            ...of,
        });
        const announced = (before: object, after: object) =>
            change(before, after).announced.map((move) => describeAnnounced(move, "observability:"));

        test.each(["loki", "mimir", "tempo"])(
            "announces that %s begins or ends to place its copies by zone",
            (store) => {
                const title = store[0]?.toUpperCase() + store.slice(1);
                const lacks =
                    "Nothing is lost, but queries can lack a part of the recent data until it is in the bucket: see docs/availability.md#zones.";
                expect(announced(withReplicas(store, 3), withReplicas(store, 6))).toEqual([
                    `observability:replicas.${store} is 6; the deployed stack has 3. ${title} then places the copies by zone, because it has more replicas than copies. ${lacks}`,
                ]);
                expect(announced(withReplicas(store, 6), withReplicas(store, 3))).toEqual([
                    `observability:replicas.${store} is 3; the deployed stack has 6. ${title} then no longer places the copies by zone, because it does not have more replicas than copies. ${lacks}`,
                ]);
            },
        );

        test("announces nothing where the placement stays", () => {
            expect(announced(withReplicas("loki", 6), withReplicas("loki", 9))).toEqual([]);
            expect(announced(withReplicas("loki", 3, prepare), withReplicas("loki", 6, prepare))).toEqual([]);
            expect(announced(withReplicas("loki", 3, {}), withReplicas("loki", 6, {}))).toEqual([]);
            const unknown = {
                ...appliedSettings(resolveSettings({ ...prod, ...withReplicas("tempo", 3) })),
                replicas: {},
            };
            const moves = findMoves(unknown, resolveSettings({ ...prod, ...withReplicas("tempo", 6) })).announced;
            expect(moves.filter(({ setting }) => setting.startsWith("replicas.tempo"))).toEqual([]);
        });
    });

    test("a new stack begins with zones, and a stack without copies does not depend on them", () => {
        expect(findMoves(undefined, resolveSettings({ ...prod, zones })).refused).toEqual([]);
        expect(change({}, { ...six, zones }, "dev").refused).toEqual([]);
    });
});

describe("the check of the cluster", () => {
    const settings = resolveSettings({ ...prod, ...six, zones });
    const version = { major: "1", minor: "36+" };
    const node = (name: string, zone: string | undefined, ready = "True") => ({
        metadata: { name, labels: zone === undefined ? {} : { "topology.kubernetes.io/zone": zone } },
        status: { conditions: [{ type: "Ready", status: ready }] },
    });
    const nodes = ["a", "b", "c"].map((zone) => node(`node-${zone}`, zone));
    const pod = (name: string, zone: string) => ({ metadata: { name }, spec: { nodeName: `node-${zone}` } });
    const find = (facts: object, of = settings) =>
        zoneFindings(of, { version, nodes, pods: [], ...facts } as unknown as ZoneFacts);

    test("accepts nodes in three zones, and replicas that are evenly spread", () => {
        expect(find({})).toEqual({ mistakes: [], warnings: [] });
        const pods = [..."abcabc"].map((zone, index) => pod(`mimir-${index}`, zone));
        expect(find({ pods })).toEqual({ mistakes: [], warnings: [] });
    });

    test.each([
        [{ major: "1", minor: "34" }, true],
        [{ major: "1", minor: "35" }, false],
        [{ major: "2", minor: "0" }, false],
        [undefined, false],
    ])("of version %j: refused is %s", (found, refused) => {
        expect(find({ version: found }).mistakes).toEqual(
            refused
                ? [
                      "zones.count is 3, but the cluster has Kubernetes 1.34. Pods learn their zone from Kubernetes 1.35 on. Update the cluster, or remove zones.count",
                  ]
                : [],
        );
    });

    test("refuses a new stack in fewer zones, and counts neither nodes that are not ready nor those without a zone", () => {
        const few = [node("node-a", "a"), node("node-b", "b"), node("node-c", "c", "False"), node("node-d", undefined)];
        expect(find({ nodes: few }).mistakes).toEqual([
            "zones.count is 3, but the ready nodes of the cluster are in 2 zones (a, b) of the label topology.kubernetes.io/zone. Add nodes in other zones, or remove zones.count",
        ]);
        const selected = resolveSettings({ ...prod, ...six, zones, nodeSelector: { pool: "logs" } });
        expect(find({}, selected).mistakes).toEqual([expect.stringContaining("are in 0 zones of the label") as string]);
    });

    test("only warns a deployed stack whose zone is down, so that it can be changed", () => {
        const pods = [..."abcabc"].map((zone, index) => pod(`mimir-${index}`, zone));
        const down = [nodes[0], nodes[1], node("node-c", "c", "Unknown")];
        const { mistakes, warnings: found } = find({ nodes: down, pods });
        expect(mistakes).toEqual([]);
        expect(found).toEqual([expect.stringContaining("are in 2 zones (a, b)") as string]);
        expect(find({ nodes: nodes.slice(0, 2), pods }).mistakes).toEqual([]);
    });

    test("refuses replicas whose volumes are in a crowded zone, and ignores those that the deployment removes", () => {
        const pods = [..."aaabbc"].map((zone, index) => pod(`loki-${index}`, zone));
        expect(find({ pods }).mistakes).toEqual([
            "zones.count is 3, but zone a has 3 of the 6 replicas of loki (loki-0, loki-1, loki-2), and its share is 2. Their volumes keep them there, so that one could not start again. Move replicas to other zones first: see docs/availability.md#zones",
        ]);
        const others = [..."abcabc"].map((zone, index) => pod(`loki-${index}`, zone));
        expect(find({ pods: [...others, pod("loki-6", "a"), pod("loki-gateway-0", "a")] }).mistakes).toEqual([]);
    });

    describe("of replicas that read their zone", () => {
        const fieldPath = `metadata.labels['${label}']`;
        const env = [{ name: "AVAILABILITY_ZONE", valueFrom: { fieldRef: { fieldPath } } }];
        const reading = (name: string, zone?: string) => ({
            metadata: { name, labels: zone === undefined ? {} : { [label]: zone } },
            spec: { nodeName: "node-a", containers: [{ name: "main", env }] },
        });
        const pods = [reading("loki-0", "a"), reading("mimir-1"), reading("loki-1", "")];
        const sentence =
            'zones.count is 3, but these replicas run without a zone, because they have no label topology.kubernetes.io/zone: loki-1, mimir-1. Copies of their data would not be in different zones, and queries could leave out all of them. Set zones.stage to "prepare" until each has its label: see docs/availability.md#replicas-without-a-zone';

        test("refuses to place copies by zone while some have none", () => {
            expect(find({ pods })).toEqual({ mistakes: [sentence], warnings: [] });
        });

        test("warns of them in the first stage", () => {
            const prepared = resolveSettings({ ...prod, ...six, zones: { ...zones, stage: "prepare" } });
            expect(find({ pods }, prepared)).toEqual({ mistakes: [], warnings: [sentence] });
        });

        test("ignores pods that do not read their zone yet, and those without a node", () => {
            const pending = reading("loki-2");
            const others = [pod("loki-0", "a"), { ...pending, spec: { ...pending.spec, nodeName: undefined } }];
            expect(find({ pods: others })).toEqual({ mistakes: [], warnings: [] });
        });
    });

    test("reads the version, the nodes and the pods, but only with zones", async () => {
        const asked: string[] = [];
        const answers: Record<string, unknown> = {
            "/version": { major: "1", minor: "30" },
            "/api/v1/nodes": { items: [] },
        };
        const reader = {
            read: <T>(at: string) => {
                asked.push(at);
                return Promise.resolve(answers[at] as T | undefined);
            },
        };
        const own = { identity: "organization/observability/prod", namespace: "monitoring" };
        expect((await checkCluster(reader, settings, own)).mistakes).toEqual([
            expect.stringContaining("the cluster has Kubernetes 1.30") as string,
            expect.stringContaining("are in 0 zones") as string,
        ]);
        expect(asked).toContain(storePodsPath("monitoring"));
        asked.length = 0;
        expect((await checkCluster(reader, resolveSettings(prod), own)).mistakes).toEqual([]);
        expect(asked).not.toContain("/version");
    });

    test("warns if it may list neither nodes nor pods", () => {
        expect(find({ nodes: undefined })).toEqual({
            mistakes: [],
            warnings: [expect.stringContaining("you have no permission to list nodes or pods") as string],
        });
        expect(find({ nodes: undefined }, resolveSettings(prod))).toEqual({ mistakes: [], warnings: [] });
    });
});

const modes = { monolithic: {}, distributed };
/** The StatefulSets whose pods have a zone, by mode. */
const zoned = {
    monolithic: ["loki", "mimir"],
    distributed: ["loki-ingester", "mimir-alertmanager", "mimir-ingester", "mimir-store-gateway", "tempo-ingester"],
};

describeWith({ programs: ["helm"], mirror: true }, "the charts with zones", () => {
    const stacks: Record<string, KubernetesObject[]> = {};
    /** The objects of the stores. */
    const renderStores = async (stack: string, settings: object) => {
        const { charts } = await evaluateFromMirror(stack, settings);
        const stores = charts.filter(({ release }) => ["loki", "mimir", "tempo"].includes(release));
        return (await Promise.all(stores.map(renderChart))).flat();
    };
    // A dev stack has one replica by default.
    const three = { loki: 3, mimir: 3 };
    beforeAll(async () => {
        for (const stage of Object.values(ZoneStage)) {
            for (const mode of Object.values(StoreMode)) {
                stacks[`prod ${mode} ${stage}`] = await renderStores("prod", {
                    ...(mode === StoreMode.Distributed ? sixTempo : six),
                    ...modes[mode],
                    zones: { ...zones, stage },
                });
            }
        }
        stacks["dev monolithic replicate"] = await renderStores("dev", { replicas: three, zones });
        stacks["dev distributed replicate"] = await renderStores("dev", {
            ...distributed,
            replicas: { ...three, tempo: 3, mimirStoreGateway: 3 },
            zones,
        });
    });
    const names = Object.values(StoreMode).flatMap((mode) => [
        ...["prod prepare", "prod replicate", "dev replicate"].map((name) => name.replace(" ", ` ${mode} `)),
    ]);
    const sets = (name: string) =>
        (stacks[name] as KubernetesObject[]).filter(({ kind }) => kind === "StatefulSet") as Record<string, any>[];
    const zoneConstraint = (set: Record<string, any>) =>
        (set["spec"].template.spec.topologySpreadConstraints ?? []).filter(
            (constraint: Record<string, unknown>) => constraint["topologyKey"] === label,
        );
    const configOf = (name: string, object: string, file: string) =>
        load(objectOf(stacks[name] as KubernetesObject[], "ConfigMap", object)["data"][file]) as Record<string, any>;

    test.each(names)("%s: the pods with data must be spread over zones, and no other pod", (name) => {
        const strict = sets(name).filter((set) =>
            zoneConstraint(set).some((one: Record<string, unknown>) => one["whenUnsatisfiable"] === "DoNotSchedule"),
        );
        expect(strict.map(({ metadata }) => metadata.name).sort()).toEqual(zoned[name.split(" ")[1] as StoreMode]);
        for (const set of strict) {
            expect(zoneConstraint(set)).toEqual([
                {
                    maxSkew: 1,
                    topologyKey: label,
                    whenUnsatisfiable: "DoNotSchedule",
                    nodeTaintsPolicy: "Honor",
                    labelSelector: { matchLabels: expect.any(Object) as object },
                },
            ]);
            const { metadata, spec } = set["spec"].template;
            spec.topologySpreadConstraints.forEach(({ labelSelector }: Record<string, any>) =>
                expect(metadata.labels).toMatchObject(labelSelector.matchLabels),
            );
        }
    });

    test.each(names)("%s: these pods read their zone from their label", (name) => {
        for (const set of sets(name).filter((one) =>
            zoned[name.split(" ")[1] as StoreMode].includes(one["metadata"].name),
        )) {
            const [container] = set["spec"].template.spec.containers;
            expect(container.env).toContainEqual({
                name: "AVAILABILITY_ZONE",
                valueFrom: { fieldRef: { fieldPath: `metadata.labels['${label}']` } },
            });
            const flags = (container.args as string[]).filter((arg) => arg.includes("availability-zone"));
            // The chart of distributed Loki has a zone of its own. The last flag counts.
            expect(flags.at(-1)).toBe(
                set["metadata"].name.startsWith("mimir")
                    ? undefined
                    : "-ingester.availability-zone=$(AVAILABILITY_ZONE)",
            );
        }
    });

    test.each(names)(
        "%s: only rings with copies use zones, those of ingesters only with more replicas than copies, and only in the second stage",
        (name) => {
            const [profile, mode, stage] = name.split(" ");
            const replicate = stage === "replicate";
            const spare = replicate && profile === "prod";
            const used = (config: object, at: string[] = []): string[] =>
                Object.entries(config).flatMap(([key, value]) =>
                    key === "zone_awareness_enabled" && value === true
                        ? [at.join(".")]
                        : typeof value === "object" && value !== null
                          ? used(value as object, [...at, key])
                          : [],
                );
            const mimir = configOf(name, "mimir", "mimir.yaml");
            expect(used(mimir).sort()).toEqual(
                replicate
                    ? ["alertmanager.sharding_ring", ...(spare ? ["ingester.ring"] : []), "store_gateway.sharding_ring"]
                    : [],
            );
            expect(mimir["ingester"].ring.instance_availability_zone).toBe("${AVAILABILITY_ZONE}");
            expect(used(configOf(name, "loki", "config.yaml"))).toEqual(spare ? ["ingester.lifecycler.ring"] : []);
            if (mode === StoreMode.Distributed) {
                expect(used(configOf(name, "tempo-config", "tempo.yaml"))).toEqual(
                    spare ? ["ingester.lifecycler.ring"] : [],
                );
            }
        },
    );

    test("a stack without zones has none of it", async () => {
        for (const mode of Object.values(StoreMode)) {
            const objects = await renderStores("prod", modes[mode]);
            expect(JSON.stringify(objects)).not.toMatch(/AVAILABILITY_ZONE|zone_awareness|"DoNotSchedule"/);
        }
    });

    test("the policies accept a stack with zones", async () => {
        for (const mode of Object.values(StoreMode)) {
            const { objects, context } = await stackObjects("prod", { ...six, ...modes[mode], zones });
            expect(checkObjects(objects, context).violations).toEqual([]);
        }
    });

    const checkers = {
        loki: { file: "config.yaml", args: (file: string) => [`-config.file=${file}`, "-verify-config"] },
        tempo: { file: "tempo.yaml", args: (file: string) => [`-config.file=${file}`, "-config.verify=true"] },
    };
    describeWith({ programs: ["tempo"] }, "with Tempo", () => {
        test("the configuration is accepted", () => check("tempo", "tempo-config"));
    });
    describeWith({ programs: ["loki"] }, "with Loki", () => {
        test("the configuration is accepted", () => check("loki", "loki"));
    });
    function check(program: keyof typeof checkers, object: string) {
        const { file, args } = checkers[program];
        const folder = fs.mkdtempSync(path.join(os.tmpdir(), "zones-"));
        const target = path.join(folder, file);
        const objects = stacks["prod distributed replicate"] as KubernetesObject[];
        fs.writeFileSync(target, objectOf(objects, "ConfigMap", object)["data"][file]);
        const flags = [...args(target), "-config.expand-env=true", "-ingester.availability-zone=zone-1"];
        const { status, stderr, stdout } = spawnSync(program, flags, { encoding: "utf8" });
        fs.rmSync(folder, { recursive: true });
        expect({ status, output: status === 0 ? "" : stderr + stdout }).toEqual({ status: 0, output: "" });
    }
});
