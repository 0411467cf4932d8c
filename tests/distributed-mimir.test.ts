import { spawnSync } from "child_process";
import * as fs from "fs";
import * as os from "os";
import * as path from "path";
import { load } from "js-yaml";
import { holdsData } from "../cli/backup/flush";
import { statefulSetsOf } from "../cli/migrate/workloads";
import { podRequests } from "../cli/up/requests";
import { listening, selectedBy } from "../cli/workloads";
import { defaultImages, distributedMimirImages } from "../components/helm/images";
import { podLabelsOf } from "../components/network-policies/pods";
import { checkObjects } from "../policy/check";
import { quantityValue } from "../validation/quantities";
import { expectBudgets, expectRequests } from "./helpers/distributed";
import { describeWith } from "./helpers/prerequisites";
import { objectOf, type RenderedStack, renderStack, type Workload, workloads } from "./helpers/rendered";
import { stackObjects } from "./policy/objects";

const distributed = { mode: { mimir: "distributed" } };

/** Replicas of each part by profile: those of a workload, and those below which a PodDisruptionBudget does not go. */
const replicas: Record<string, Record<string, number>> = {
    dev: {
        ...{ gateway: 1, distributor: 1, ingester: 1, querier: 1, "query-frontend": 1, "query-scheduler": 1 },
        ...{ "store-gateway": 1, compactor: 1, ruler: 1, alertmanager: 1 },
        ...{ "chunks-cache": 1, "index-cache": 1, "results-cache": 1 },
    },
    prod: {
        ...{ gateway: 2, distributor: 2, ingester: 3, querier: 2, "query-frontend": 2, "query-scheduler": 2 },
        ...{ "store-gateway": 3, compactor: 1, ruler: 2, alertmanager: 3 },
        ...{ "chunks-cache": 2, "index-cache": 2, "results-cache": 2 },
    },
};
const caches = ["chunks-cache", "index-cache", "results-cache"];
const stateful = ["alertmanager", ...caches, "compactor", "ingester", "store-gateway"].sort();
/** The parts without metrics in the Prometheus format. */
const withoutMimir = ["gateway", ...caches];

const configOf = ({ objects }: Pick<RenderedStack, "objects">) =>
    load(objectOf(objects, "ConfigMap", "mimir")["data"]["mimir.yaml"]) as Record<string, any>;
const mimirOf = ({ byRelease }: RenderedStack) => workloads(byRelease.get("mimir") ?? []);
const partOf = ({ name }: Workload) => name.replace(/^mimir-/, "");
const argsOf = ({ pod }: Workload) => (pod.containers[0]?.["args"] ?? []) as string[];

describeWith({ programs: ["helm"], mirror: true }, "distributed Mimir", () => {
    const stacks: Record<string, RenderedStack> = {};
    beforeAll(async () => {
        for (const name of ["dev", "prod"]) {
            stacks[name] = await renderStack(name, distributed);
        }
    });
    const stack = (name: string) => stacks[name] as RenderedStack;

    describe.each(["dev", "prod"])("in %s", (name) => {
        test("has one workload for each part, and the parts with data are StatefulSets", () => {
            const found = mimirOf(stack(name));
            expect(Object.fromEntries(found.map((part) => [partOf(part), part.replicas]))).toEqual(replicas[name]);
            const sets = found.filter(({ kind }) => kind === "StatefulSet");
            expect(sets.map(partOf).sort()).toEqual(stateful);
        });

        test("runs the program with the target of each part", () => {
            const parts = mimirOf(stack(name)).filter((part) => !withoutMimir.includes(partOf(part)));
            expect(parts.map((part) => argsOf(part)[0])).toEqual(parts.map((part) => `-target=${partOf(part)}`));
        });

        test("has a budget for each part with several replicas, which selects only this part", () => {
            const several = Object.entries(replicas[name] ?? {}).filter(([, count]) => count > 1);
            expectBudgets(
                stack(name),
                "mimir",
                several.map(([part]) => `mimir-${part}`),
            );
        });

        test("answers at the Service mimir only with the gateway, also while the Service selects monolithic pods", () => {
            const { objects } = stack(name);
            const { selector, ports } = objectOf(objects, "Service", "mimir")["spec"];
            expect(selectedBy({ selector }, objects).map((workload) => workload.name)).toEqual(["mimir-gateway"]);
            expect(ports).toEqual([{ name: "http", port: 9009, targetPort: "http", protocol: "TCP" }]);
            const monolithic = { "app.kubernetes.io/name": "mimir", "app.kubernetes.io/instance": "mimir" };
            const parts = selectedBy({ selector: monolithic }, objects);
            expect(parts.length).toBe(9);
            expect(parts.map((part) => listening(part, "http"))).toEqual(parts.map(() => undefined));
        });

        test("routes only to Services whose pods listen, and each path to its part", () => {
            const { objects } = stack(name);
            const config: string = objectOf(objects, "ConfigMap", "mimir-gateway")["data"]["nginx.conf"];
            const routes = [
                ...config.matchAll(/location (?:= )?(\S+) \{ proxy_pass http:\/\/mimir-([\w-]+)\.(\S+):9009; \}/g),
            ];
            const parts = Object.fromEntries(routes.map(([, route, part]) => [route, part]));
            expect(parts).toMatchObject({
                "/api/v1/push": "distributor",
                "/otlp/v1/metrics": "distributor",
                "/prometheus/api/v1/rules": "ruler",
                "/prometheus/api/v1/alerts": "ruler",
                "/alertmanager": "alertmanager",
                "/": "query-frontend",
            });
            expect(new Set(routes.map(([, , , host]) => host))).toEqual(new Set(["monitoring.svc.cluster.local"]));
            for (const part of new Set<string>(Object.values(parts))) {
                const { selector, ports } = objectOf(objects, "Service", `mimir-${part}`)["spec"];
                const [selected, ...others] = selectedBy({ selector }, objects);
                expect([selected?.name, others.length]).toEqual([`mimir-${part}`, 0]);
                expect(listening(selected as Workload, ports[0].targetPort)).toBe(9009);
            }
        });

        test("forms one ring with monolithic replicas of the same namespace", async () => {
            const memberlist = objectOf(stack(name).objects, "Service", "mimir-memberlist")["spec"];
            const monolithic = await renderStack(name);
            expect(objectOf(monolithic.objects, "Service", "mimir-memberlist")["spec"]).toEqual(memberlist);
            const names = selectedBy(memberlist, stack(name).objects).map(({ name: part }) => part);
            expect(names.filter((part) => withoutMimir.includes(part.replace(/^mimir-/, "")))).toEqual([]);
            expect(configOf(stack(name))["memberlist"]).toEqual(configOf(monolithic)["memberlist"]);
            const factor = name === "prod" ? 3 : 1;
            expect(configOf(stack(name))["ingester"].ring.replication_factor).toBe(factor);
            expect(configOf(stack(name))["store_gateway"].sharding_ring.replication_factor).toBe(factor);
        });

        test("has pods by whose labels the NetworkPolicies select them, and metrics of the job mimir", () => {
            const labels = podLabelsOf("mimir", { distributedMimir: true });
            const selected = selectedBy({ selector: labels }, stack(name).objects);
            expect(selected.map(partOf).sort()).toEqual(Object.keys(replicas[name] ?? {}).sort());
            const templates = stack(name)
                .byRelease.get("mimir")
                ?.flatMap(({ metadata, spec }) => {
                    const { template } = (spec ?? {}) as { template?: any };
                    return template === undefined ? [] : [[metadata.name, template.metadata.annotations]];
                });
            for (const [workload, annotations] of templates ?? []) {
                expect([workload, annotations?.["prometheus.io/job"]]).toEqual([
                    workload,
                    // nginx and memcached have no metrics in the Prometheus format.
                    withoutMimir.includes(workload.replace(/^mimir-/, "")) ? undefined : "mimir",
                ]);
            }
        });

        test("connects each part to all replicas of the caches, by names that exist also while no cache runs", () => {
            const { objects } = stack(name);
            const count = name === "prod" ? 2 : 1;
            const { blocks_storage, frontend, limits } = configOf(stack(name));
            expect(limits.max_cache_freshness).toBe("8h");
            const { chunks_cache, index_cache, metadata_cache } = blocks_storage.bucket_store;
            const used = [chunks_cache, index_cache, metadata_cache, frontend.results_cache];
            expect(frontend.cache_results).toBe(true);
            expect(used.map(({ backend, memcached }) => [backend, memcached.addresses.split(",").length])).toEqual(
                used.map(() => ["memcached", count]),
            );
            const addresses = new Set(used.flatMap(({ memcached }) => memcached.addresses.split(",")));
            const expected = caches.flatMap((cache) =>
                Array.from({ length: count }, (_, index) => `mimir-${cache}-${index}`),
            );
            expect([...addresses].sort()).toEqual(
                expected.map((service) => `${service}.monitoring.svc.cluster.local:11211`).sort(),
            );
            for (const service of expected) {
                const { clusterIP, selector, ports } = objectOf(objects, "Service", service)["spec"];
                expect(clusterIP).toBeUndefined();
                const { "statefulset.kubernetes.io/pod-name": pod, ...labels } = selector;
                expect(pod).toBe(service);
                const [selected, ...others] = selectedBy({ selector: labels }, objects);
                expect([selected?.name, others.length]).toEqual([service.replace(/-\d$/, ""), 0]);
                expect([ports[0].port, listening(selected as Workload, ports[0].targetPort)]).toEqual([11211, 11211]);
            }
        });

        test("limits the memory of a cache to that of its items and 20 %", () => {
            const found = mimirOf(stack(name)).filter((part) => caches.includes(partOf(part)));
            expect(found).toHaveLength(3);
            for (const cache of found) {
                const items = Number(argsOf(cache)[0]?.replace("--memory-limit=", ""));
                const limit = quantityValue(String(cache.pod.containers[0]?.resources?.limits?.["memory"])) ?? 0;
                expect(limit / 2 ** 20).toBe(Math.round(items * 1.2));
            }
        });

        test("violates no rule of the policy pack", async () => {
            const { objects, context } = await stackObjects(name, distributed);
            expect(checkObjects(objects, context).violations).toEqual([]);
        });

        test("has exactly the StatefulSets that the commands stop and start", () => {
            const sets = mimirOf(stack(name)).filter(({ kind }) => kind === "StatefulSet");
            expect(sets.map((set) => set.name).sort()).toEqual(
                statefulSetsOf("mimir")
                    .filter((set) => set !== "mimir")
                    .sort(),
            );
        });

        test("has data in the memory of the ingesters only, which the commands flush", () => {
            const pods = mimirOf(stack(name)).map((part) => ({ metadata: { name: part.name, labels: part.labels } }));
            const flushed = pods.filter((pod) => holdsData("mimir", pod));
            expect(flushed.map(({ metadata }) => metadata.name)).toEqual(["mimir-ingester"]);
        });

        test("has the known images", () => {
            const images = mimirOf(stack(name)).flatMap(({ pod }) =>
                pod.containers.map(({ image }) => image.replace(/:[^:]*$/, "")),
            );
            expect([...new Set(images)].sort()).toEqual([defaultImages.mimir, ...distributedMimirImages].sort());
        });

        test("requests what its values say", () => {
            expectRequests(stack(name), "mimir");
        });
    });

    test("scales the distributor and the querier by load", async () => {
        const autoscaling = { mimirDistributor: { minReplicas: 2, maxReplicas: 9 } };
        const { objects } = await renderStack("prod", { ...distributed, autoscaling });
        expect(objectOf(objects, "Deployment", "mimir-distributor")["spec"].replicas).toBeUndefined();
        expect(objectOf(objects, "HorizontalPodAutoscaler", "mimir-distributor")["spec"]).toMatchObject({
            scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: "mimir-distributor" },
            minReplicas: 2,
            maxReplicas: 9,
        });
        expect(objectOf(objects, "Deployment", "mimir-querier")["spec"].replicas).toBe(2);
    });

    test("uses the same image for its caches as distributed Loki, so that a registry needs one copy", async () => {
        const { objects } = await renderStack("prod", { mode: { loki: "distributed", mimir: "distributed" } });
        const images = workloads(objects).flatMap(({ pod }) => pod.containers.map(({ image }) => image));
        const found = images.filter((image) => image.includes("memcached"));
        expect([found.length, new Set(found).size]).toEqual([5, 1]);
    });

    test("has no cache, no budget and no client of a cache that is disabled", async () => {
        const values = { mimir: { caches: { chunks: { enabled: false }, results: { enabled: false } } } };
        const rendered = await renderStack("prod", { ...distributed, values });
        expect(
            mimirOf(rendered)
                .map(partOf)
                .filter((part) => caches.includes(part)),
        ).toEqual(["index-cache"]);
        expect(rendered.objects.filter(({ metadata }) => /(chunks|results)-cache/.test(metadata.name))).toEqual([]);
        const { blocks_storage, frontend, limits } = configOf(rendered);
        expect(limits).not.toHaveProperty("max_cache_freshness");
        expect(blocks_storage.bucket_store).toMatchObject({ index_cache: { backend: "memcached" } });
        expect(blocks_storage.bucket_store.chunks_cache).toBeUndefined();
        expect([frontend.cache_results, frontend.results_cache]).toEqual([undefined, undefined]);
        expect(podRequests(rendered.charts).filter(({ release }) => release === "mimir").length).toBe(
            mimirOf(rendered).length,
        );
    });

    test("has no Alertmanager if the stack uses another one", async () => {
        const rendered = await renderStack("prod", {
            ...distributed,
            external: { alertmanager: { url: "http://alertmanager.example.com:9093" } },
        });
        expect(mimirOf(rendered).map(partOf)).not.toContain("alertmanager");
        const config = objectOf(rendered.objects, "ConfigMap", "mimir-gateway")["data"]["nginx.conf"];
        expect(config).not.toContain("alertmanager");
    });
});

describe("the programs", () => {
    let folder: string;
    beforeAll(() => {
        folder = fs.mkdtempSync(path.join(os.tmpdir(), "mimir-"));
    });
    afterAll(() => fs.rmSync(folder, { recursive: true }));
    const write = (file: string, text: string) => {
        fs.writeFileSync(path.join(folder, file), text);
        return path.join(folder, file);
    };
    const run = (program: string, args: string[]) => {
        const { status, stdout, stderr } = spawnSync(program, args, { encoding: "utf8" });
        return status === 0 ? "" : `${stdout}${stderr}`.slice(0, 2000);
    };

    describeWith({ programs: ["helm", "mimir"], mirror: true }, "mimir", () => {
        test.each(["dev", "prod"])("accepts the configuration of %s for the target of each part", async (name) => {
            const rendered = await renderStack(name, distributed);
            const file = write("mimir.yaml", objectOf(rendered.objects, "ConfigMap", "mimir")["data"]["mimir.yaml"]);
            const parts = mimirOf(rendered).filter((part) => !withoutMimir.includes(partOf(part)));
            for (const part of parts) {
                const args = argsOf(part).filter((arg) => !arg.startsWith("-config.file="));
                expect([part.name, run("mimir", [...args, `-config.file=${file}`, "-modules"])]).toEqual([
                    part.name,
                    "",
                ]);
            }
            expect(run("mimir", ["-target=no-such-part", `-config.file=${file}`, "-config.expand-env=true"])).not.toBe(
                "",
            );
        });
    });

    describeWith({ programs: ["helm", "nginx"], mirror: true }, "nginx", () => {
        test("accepts the configuration of the gateway", async () => {
            const { objects } = await renderStack("prod", distributed);
            const config: string = objectOf(objects, "ConfigMap", "mimir-gateway")["data"]["nginx.conf"];
            // nginx looks the names up.
            const local = config.replace(/http:\/\/[\w.-]+(?=:\d)/g, "http://127.0.0.1").replace(/\/tmp/g, folder);
            expect(run("nginx", ["-t", "-p", folder, "-c", write("nginx.conf", local)])).toBe("");
            expect(run("nginx", ["-t", "-p", folder, "-c", write("wrong.conf", `${local}\nno_such_key 1;`)])).not.toBe(
                "",
            );
        });
    });
});
