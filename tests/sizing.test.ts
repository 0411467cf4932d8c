import * as fc from "fast-check";
import { smallestShape } from "../cli/size/shape";
import { resolveSettings } from "../settings/resolve";
import { type Figure, figure, formatCount } from "../settings/sizing/figure";
import { type Load, SizeError } from "../settings/sizing/load";
import { lokiNeed } from "../settings/sizing/loki";
import { mimirNeed } from "../settings/sizing/mimir";
import { minioCapacity, parityDrives } from "../settings/sizing/object-store";
import { pyroscopeNeed } from "../settings/sizing/pyroscope";
import * as rates from "../settings/sizing/rates";
import { configuredResources, resourcePath } from "../settings/sizing/resources";
import { shapeOf, stackNeed } from "../settings/sizing/stack";
import { tempoNeed } from "../settings/sizing/tempo";

const GB = 1e9;
const GiB = 2 ** 30;
const MiB = 2 ** 20;

const none: Load = { series: 0, logBytesPerSecond: 0, spansPerSecond: 0, profilesPerSecond: 0, services: 0, nodes: 1 };
const prod = shapeOf(resolveSettings({ profile: "prod" }));
const pod = { cpu: 4, memory: 12 * GiB };
const largest = { mimir: pod, mimirDistributor: pod, loki: pod, tempo: pod, collector: pod, receiver: pod };

const loads: fc.Arbitrary<Load> = fc.record({
    series: fc.integer({ min: 0, max: 10_000_000 }),
    logBytesPerSecond: fc.integer({ min: 0, max: 30_000_000 }),
    spansPerSecond: fc.integer({ min: 0, max: Math.floor(rates.tempoMaxBytesPerSecond / rates.spanBytes.value) }),
    profilesPerSecond: fc.double({ min: 0, max: rates.pyroscopeMaxProfilesPerSecond, noNaN: true }),
    services: fc.integer({ min: 0, max: 10_000 }),
    nodes: fc.integer({ min: 1, max: 500 }),
});

describe("exact examples", () => {
    test("Mimir with a million series, three replicas and three copies", () => {
        const need = mimirNeed({ ...none, series: 1_000_000 }, prod);
        // Each replica receives a third of 33,333 samples per second, and holds all series.
        expect(need.cpu.value).toBeCloseTo(0.025 + 11_111.1 / 25_000 + 1_000_000 / 300_000, 4);
        expect(need.memory.value).toBeCloseTo(221 * MiB + (11_111.111 / 25_000) * GB + (2.5 * GB) / 0.3 + 0.2 * GB, -4);
        expect(need.volume?.value).toBeCloseTo(1.5 * ((5 * GB) / 0.3 + (13 * GB * 30) / 365 / 3 + 15 * GB), -4);
        expect(need.storedPerDay.value).toBeCloseTo((1_000_000 / 30) * 86_400 * 2, 0);
    });

    test("Loki with the amount of the guide needs what the guide says, and what it needs at rest", () => {
        const bytes = rates.lokiTierBytesPerSecond;
        const { cpu, memory } = lokiNeed({ ...none, logBytesPerSecond: bytes }, prod);
        const atRest = { cpu: rates.lokiRates.cpuAtRest.value, memory: rates.lokiRates.memoryAtRest.value };
        expect(3 * (cpu.value - atRest.cpu)).toBeCloseTo(38, 6);
        expect((3 * (memory.value - atRest.memory)) / GiB).toBeCloseTo(59, 6);
    });

    test("Tempo with 3 MB per second needs the sum of what the guide says for each module", () => {
        const spans = 3_000_000 / rates.spanBytes.value;
        const { cpu, memory } = tempoNeed({ ...none, spansPerSecond: spans }, prod);
        expect(cpu.value - rates.tempoRates.cpuAtRest.value).toBeCloseTo(0.6 + 2.5 + 1, 6);
        expect((memory.value - rates.tempoRates.memoryAtRest.value) / GB).toBeCloseTo(0.6 + 4 + 4, 6);
    });

    test.each([
        [1, 0, 0.85],
        [4, 2, 1.7],
        [6, 3, 2.55],
        [16, 4, 10.2],
    ])("%d replicas of MinIO have %d drives with parity", (replicas, parity, capacity) => {
        expect(parityDrives(replicas)).toBe(parity);
        expect(minioCapacity(replicas, 1)).toBeCloseTo(capacity, 10);
    });

    test("tail sampling reduces what Tempo and the receiver need, but not what the collector needs", () => {
        const load = { ...none, spansPerSecond: 1000 };
        const tail = shapeOf(
            resolveSettings({ profile: "prod", tracing: { samplingMode: "tail", samplingRatio: 0.1 } }),
        );
        expect(tail.storedSpanRatio).toBe(0.1);
        const [all, sampled] = [stackNeed(load, prod), stackNeed(load, tail)];
        expect(sampled.objectStore.growthPerDay.value).toBeCloseTo(all.objectStore.growthPerDay.value / 10, 3);
        expect(sampled.components.otelCollector).toEqual(all.components.otelCollector);
        expect(sampled.components.alloyReceiver.cpu.value).toBeLessThan(all.components.alloyReceiver.cpu.value);
    });

    test("a formula names each load and each rate, and leaves out what is not used", () => {
        const rate = { low: 1, value: 2, high: 3, text: "2 cores", source: "a" };
        expect(
            figure([
                { load: "4 spans", amount: 4, rate },
                { load: "0 lines", amount: 0, rate: { ...rate, source: "b" } },
                { load: "", amount: 1, rate },
            ]),
        ).toEqual({ low: 5, value: 10, high: 15, formula: "4 spans × 2 cores + 2 cores", sources: ["a"] });
        expect(formatCount(1234567)).toBe("1,230,000");
        expect(formatCount(0.000123)).toBe("0.000123");
    });

    test("the replicas of distributed Loki need only what ingesters need", () => {
        const distributed = { ...prod, distributedLoki: true };
        const load = { ...none, logBytesPerSecond: 30e6 };
        const [whole, ingester] = [lokiNeed(load, prod), lokiNeed(load, distributed)];
        expect(whole.cpu.value - ingester.cpu.value).toBeCloseTo(10 * rates.lokiRates.cpuOfOthers.value);
        expect(whole.memory.value - ingester.memory.value).toBeCloseTo(10 * rates.lokiRates.memoryOfOthers.value);
        expect(ingester.volume).toEqual(whole.volume);
    });

    test("the resources of distributed Loki are those of its ingesters", () => {
        const settings = resolveSettings({
            profile: "prod",
            mode: { loki: "distributed" },
            values: { loki: { ingester: { resources: { requests: { cpu: "1500m" } } } } },
        });
        expect(configuredResources(settings, "loki")).toMatchObject({ cpuRequest: 1.5, memoryRequest: 2 * GiB });
        expect(resourcePath(settings.mode, "loki", "requests", "cpu")).toEqual([
            ...["loki", "ingester", "resources", "requests", "cpu"],
        ]);
    });

    test("resources are those of the profile, with the Helm values of the stack on top", () => {
        const settings = resolveSettings({
            profile: "prod",
            values: {
                loki: { singleBinary: { resources: { requests: { cpu: "1500m" }, limits: { memory: "7Gi" } } } },
            },
        });
        expect(configuredResources(settings, "loki")).toEqual({
            cpuRequest: 1.5,
            cpuLimit: 4,
            memoryRequest: 2 * GiB,
            memoryLimit: 7 * GiB,
        });
    });
});

describe("for every load", () => {
    /** All numbers of a size, by name. */
    function numbers(load: Load): Record<string, number> {
        const { components, objectStore } = stackNeed(load, prod);
        const figures = [
            ...Object.entries(components).flatMap(([name, need]) =>
                Object.entries(need).map(([kind, found]): [string, Figure] => [`${name} ${kind}`, found as Figure]),
            ),
            ...Object.entries(objectStore),
        ] as [string, Figure][];
        return Object.fromEntries(
            figures.flatMap(([name, { low, value, high }]) => [
                [`${name} low`, low],
                [`${name} value`, value],
                [`${name} high`, high],
            ]),
        );
    }
    const signals = ["series", "logBytesPerSecond", "spansPerSecond", "profilesPerSecond", "services"] as const;

    test.each(signals)("no need becomes smaller if only %s grows", (signal) => {
        fc.assert(
            fc.property(loads, fc.double({ min: 0, max: 1, noNaN: true }), (load, part) => {
                const less = { ...load, [signal]: load[signal] * part };
                const [before, after] = [numbers(less), numbers(load)];
                expect(
                    Object.keys(after).filter((name) => (after[name] ?? 0) < (before[name] ?? 0) * (1 - 1e-9)),
                ).toEqual([]);
            }),
            { numRuns: 50 },
        );
    });

    test.each(signals)("the number of replicas does not become smaller if only %s grows", (signal) => {
        fc.assert(
            fc.property(loads, fc.double({ min: 0, max: 1, noNaN: true }), (load, part) => {
                const [more, less] = [load, { ...load, [signal]: load[signal] * part }].map(
                    (some) => smallestShape(some, prod, largest).replicas,
                );
                for (const component of ["mimir", "loki", "collector", "receiver"] as const) {
                    expect(more?.[component]).toBeGreaterThanOrEqual(less?.[component] ?? Infinity);
                }
            }),
            { numRuns: 50 },
        );
    });

    test("the planned value is between the lowest and the highest one, and each figure has a formula and a source", () => {
        fc.assert(
            fc.property(loads, (load) => {
                const { components, objectStore } = stackNeed(load, prod);
                const figures = [
                    ...Object.values(components).flatMap(({ cpu, memory, volume }) => [
                        cpu,
                        memory,
                        ...(volume ? [volume] : []),
                    ]),
                    ...Object.values(objectStore),
                ];
                for (const { low, value, high, formula, sources } of figures) {
                    expect(low <= value && value <= high).toBe(true);
                    expect(high === 0 || (formula !== "" && sources.length > 0)).toBe(true);
                }
            }),
            { numRuns: 50 },
        );
    });

    test("each pod fits into the largest one, and Loki and Mimir have at least as many replicas as copies", () => {
        fc.assert(
            fc.property(loads, (load) => {
                const shape = smallestShape(load, prod, largest);
                const { mimir, loki } = stackNeed(load, shape).components;
                for (const [{ cpu, memory }, count] of [
                    [mimir, shape.replicas.mimir],
                    [loki, shape.replicas.loki],
                ] as const) {
                    expect(cpu.value).toBeLessThanOrEqual(pod.cpu);
                    expect(memory.value * 1.5).toBeLessThanOrEqual(pod.memory);
                    expect(count).toBeGreaterThanOrEqual(3);
                }
            }),
            { numRuns: 50 },
        );
    });
});

describe("a load that is larger than the formulas know is refused with the reason", () => {
    test.each<[string, () => unknown, string]>([
        ["series", () => mimirNeed({ ...none, series: 20_000_001 }, prod), "series are more than the formulas know"],
        ["logs", () => lokiNeed({ ...none, logBytesPerSecond: 34_800_000 }, prod), "3 TB a day"],
        ["spans", () => tempoNeed({ ...none, spansPerSecond: 1_000_000 }, prod), "tracing.samplingRatio"],
        [
            "profiles",
            () => pyroscopeNeed({ ...none, profilesPerSecond: 1_000_000 }, prod),
            "profiles per second are more than the formulas know",
        ],
        [
            "replicas",
            () =>
                smallestShape({ ...none, series: 20_000_000 }, prod, { ...largest, mimir: { cpu: 0.5, memory: GiB } }),
            "mimir would need more than 50 replicas",
        ],
    ])("%s", (_, compute, reason) => {
        expect(compute).toThrow(SizeError);
        expect(compute).toThrow(reason);
    });
});
