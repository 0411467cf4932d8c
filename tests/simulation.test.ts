import * as fc from "fast-check";
import { balanceOf, connectionBalance, loadsOf } from "../cli/simulate/balance";
import { boundsOf, endOf, largestServices } from "../cli/simulate/bounds";
import { fleetOf, type ServiceLoad } from "../cli/simulate/fleet";
import { formatSimulations } from "../cli/simulate/format";
import { queueDuring } from "../cli/simulate/queue";
import { quantile, randomOf } from "../cli/simulate/random";
import {
    arcsOf,
    copiesOf,
    largestToMean,
    randomRing,
    replicasOf,
    ringOf,
    ringSize,
    withoutMember,
    withoutQuorum,
} from "../cli/simulate/ring";
import { simulate, type SimulationCase } from "../cli/simulate/simulation";
import { resolveSettings } from "../settings/resolve";
import { projectFolder, runCommand } from "./helpers/command";

const average: ServiceLoad = {
    pods: 3,
    series: 1500,
    logBytesPerSecond: 2000,
    spansPerSecond: 5,
    profilesPerSecond: 0.2,
};
const prod = resolveSettings({ profile: "prod" });
const smallCase: SimulationCase = { services: 100, average, skew: 1, outageSeconds: 300, rings: 10, seed: 1 };

const rings = fc
    .record({
        members: fc.integer({ min: 1, max: 12 }),
        tokens: fc.integer({ min: 1, max: 40 }),
        replicationFactor: fc.integer({ min: 1, max: 5 }),
        seed: fc.integer({ min: 0, max: 1e6 }),
    })
    .map(({ members, tokens, replicationFactor, seed }) => ({
        ring: randomRing(members, tokens, 3, randomOf(seed)),
        replicationFactor,
    }));
const runs = { numRuns: 100, seed: 1 };

describe("random numbers", () => {
    test("are the same for the same seed, at least 0 and below 1, and spread evenly", () => {
        const [one, other] = [randomOf(7), randomOf(7)];
        const numbers = Array.from({ length: 10_000 }, () => one());
        expect(numbers.slice(0, 3)).toEqual([other(), other(), other()]);
        expect(Math.min(...numbers)).toBeGreaterThanOrEqual(0);
        expect(Math.max(...numbers)).toBeLessThan(1);
        expect(quantile(numbers, 0.5)).toBeCloseTo(0.5, 1);
        expect(quantile(numbers, 0.95)).toBeCloseTo(0.95, 1);
    });
});

describe("a ring", () => {
    const ring = ringOf([
        { tokens: [100, 300], zone: 0 },
        { tokens: [200], zone: 1 },
        { tokens: [400], zone: 2 },
    ]);

    test("stores an item at the members of the next tokens, each once, and continues at the begin", () => {
        expect(replicasOf(ring, 150, 2)).toEqual([1, 0]);
        expect(replicasOf(ring, 250, 3)).toEqual([0, 2, 1]);
        expect(replicasOf(ring, 400, 1)).toEqual([0]);
        // A token that is equal to the position is not after it.
        expect(replicasOf(ring, 200, 1)).toEqual([0]);
        expect(replicasOf(ring, 199, 1)).toEqual([1]);
    });

    test("has fewer copies than the replication factor if there are fewer members", () => {
        expect(replicasOf(ring, 0, 5)).toEqual([0, 1, 2]);
        expect(replicasOf(ringOf([]), 0, 3)).toEqual([]);
    });

    test("gives a token of two members to the first one", () => {
        const same = ringOf([
            { tokens: [5], zone: 0 },
            { tokens: [5, 9], zone: 0 },
        ]);
        expect(copiesOf(same, 1)).toEqual([1 - 4 / ringSize, 4 / ringSize]);
    });

    test("divides all items: the copies of all members add up to the replication factor", () => {
        fc.assert(
            fc.property(rings, ({ ring: some, replicationFactor }) => {
                const copies = copiesOf(some, replicationFactor);
                const sum = copies.reduce((total, part) => total + part, 0);
                expect(sum).toBeCloseTo(Math.min(replicationFactor, some.members.length), 9);
                expect(Math.max(...copies)).toBeLessThanOrEqual(1 + 1e-9);
            }),
            runs,
        );
    });

    test("has for each position the replicas of its arc", () => {
        fc.assert(
            fc.property(
                rings,
                fc.integer({ min: 0, max: ringSize - 1 }),
                ({ ring: some, replicationFactor }, position) => {
                    const index = some.tokens.findIndex(({ token }) => token > position);
                    const arc = arcsOf(some, replicationFactor)[index < 0 ? 0 : index];
                    expect(replicasOf(some, position, replicationFactor)).toEqual(arc?.replicas);
                },
            ),
            runs,
        );
    });

    test("moves only the items of a member that leaves", () => {
        fc.assert(
            fc.property(rings, fc.integer({ min: 0, max: ringSize - 1 }), ({ ring: some }, position) => {
                fc.pre(some.members.length > 1);
                const [before] = replicasOf(some, position, 1);
                const [after = 0] = replicasOf(withoutMember(some, 0), position, 1);
                if (before !== 0) {
                    // The indexes of later members are lower by one.
                    expect(after + 1).toBe(before);
                }
            }),
            runs,
        );
    });

    test("gives each member a part that approaches the mean with more tokens", () => {
        const largest = (tokens: number) =>
            balanceOf({ members: 10, tokens, replicationFactor: 1 }, 30, randomOf(1)).largest.median;
        expect(largest(1)).toBeGreaterThan(2);
        expect(largest(128)).toBeLessThan(1.3);
        expect(largest(2048)).toBeLessThan(1.06);
    });

    test("keeps a majority of the copies without a zone if each zone has one of three members, but not with two members each", () => {
        expect(withoutQuorum(randomRing(3, 128, 3, randomOf(1)), 3, 0)).toBe(0);
        const part = withoutQuorum(randomRing(6, 128, 3, randomOf(1)), 3, 0);
        // Two of three copies are in the zone: 3 × (2/6 × 1/5) × 4/4.
        expect(part).toBeCloseTo(0.2, 1);
        expect(withoutQuorum(randomRing(1, 128, 3, randomOf(1)), 1, 0)).toBeCloseTo(1, 9);
    });

    test("distributes items at random positions as its arcs", () => {
        const some = randomRing(5, 128, 3, randomOf(3));
        const loads = loadsOf(some, 3, Array<number>(20_000).fill(1), randomOf(4));
        copiesOf(some, 3).forEach((part, index) => {
            expect(Math.abs((loads[index] ?? 0) / 20_000 - part)).toBeLessThan(
                4 * Math.sqrt((part * (1 - part)) / 20_000),
            );
        });
    });
});

describe("the balance", () => {
    test("of three members with three copies is exact: each has everything, also after one has left", () => {
        const { largest, afterLoss } = balanceOf({ members: 3, tokens: 128, replicationFactor: 3 }, 5, randomOf(1));
        expect(largest.high).toBeCloseTo(1, 9);
        expect(afterLoss?.high).toBeCloseTo(1, 9);
        expect(balanceOf({ members: 1, tokens: 128, replicationFactor: 1 }, 5, randomOf(1)).afterLoss).toBeUndefined();
    });

    test("of few connections is worse than that of many", () => {
        const balance = (pods: number) => connectionBalance(3, Array<number>(pods).fill(1), 50, randomOf(1)).median;
        expect(balance(3)).toBeGreaterThan(1.5);
        expect(balance(10_000)).toBeLessThan(1.05);
        expect(largestToMean([0, 0])).toBe(1);
    });
});

describe("the queue of the collector", () => {
    const outage = { capacity: 1000, received: 10, sent: 30, seconds: 50, retrySeconds: 10 };

    test("fills with what arrives, and drains with what is left of the sending rate", () => {
        expect(queueDuring(outage)).toEqual({ highest: 600, fullAfter: undefined, rejected: 0, drainedAfter: 40 });
    });

    test("rejects what arrives after it is full", () => {
        expect(queueDuring({ ...outage, seconds: 190 })).toEqual({
            highest: 1000,
            fullAfter: 100,
            rejected: 1000,
            drainedAfter: 60,
        });
    });

    test("never becomes empty if more arrives than it can send", () => {
        expect(queueDuring({ ...outage, sent: 10 }).drainedAfter).toBeUndefined();
        expect(queueDuring({ ...outage, received: 0 }).drainedAfter).toBe(0);
    });

    test("neither loses nor invents bytes, and never has more than its capacity", () => {
        const rate = fc.double({ min: 0, max: 1e8, noNaN: true });
        fc.assert(
            fc.property(rate, rate, rate, fc.integer({ min: 0, max: 86_400 }), (capacity, received, sent, seconds) => {
                const { highest, rejected, fullAfter } = queueDuring({
                    capacity,
                    received,
                    sent,
                    seconds,
                    retrySeconds: 10,
                });
                const arrived = received * (seconds + 10);
                expect(Math.abs(highest + rejected - arrived)).toBeLessThanOrEqual(1e-9 * Math.max(1, arrived));
                expect(highest).toBeLessThanOrEqual(capacity);
                expect(fullAfter !== undefined).toBe(arrived > capacity);
            }),
            runs,
        );
    });
});

describe("a fleet", () => {
    test("sends as much as its services on average, and larger services have more pods", () => {
        const { load, streams, senders } = fleetOf(100, average, 1);
        const sum = (values: number[]) => values.reduce((total, value) => total + value, 0);
        expect(load).toMatchObject({ series: 150_000, logBytesPerSecond: 200_000, spansPerSecond: 500, services: 100 });
        expect(sum(streams)).toBeCloseTo(200_000, 3);
        expect(sum(senders)).toBeCloseTo(500, 6);
        expect(streams.length).toBeGreaterThanOrEqual(300);
        // The largest service has 19 % of the load: 58 pods, each with a small part.
        expect(Math.max(...streams)).toBeLessThan(0.01 * 200_000);
    });

    test("has equal services without skew", () => {
        expect(fleetOf(10, average, 0).streams).toEqual(Array(30).fill(2000 / 3));
    });
});

describe("a simulation", () => {
    test("gives the same result for the same seed, and another for another seed", () => {
        expect(simulate(prod, smallCase)).toEqual(simulate(prod, smallCase));
        expect(simulate(prod, { ...smallCase, seed: 2 })).not.toEqual(simulate(prod, smallCase));
    });

    test("has as many replicas as the size of the load", () => {
        const { mimir, loki, collector } = simulate(prod, { ...smallCase, services: 1000 });
        expect(mimir).toMatchObject({ members: 5, replicationFactor: 3, isDistributed: false });
        expect(loki).toMatchObject({ members: 3, replicationFactor: 3 });
        expect(collector).toMatchObject({ replicas: 3 });
    });

    test("has the ingesters of distributed Mimir where the monolithic one is not enough", () => {
        const { mimir, loki } = simulate(prod, { ...smallCase, services: 10_000 });
        expect(mimir).toMatchObject({ isDistributed: true, replicationFactor: 3 });
        expect(loki).toMatchObject({ isDistributed: false });
    });

    test("says why a store has no size", () => {
        const { mimir, loki } = simulate(prod, { ...smallCase, average: { ...average, series: 210_000 } });
        expect(mimir).toEqual({
            refused: expect.stringMatching(/^21,000,000 series are more than the formulas know/) as string,
        });
        expect(loki).toHaveProperty("members");
    });

    test("sizes the collector even if the distributed Tempo has no size", () => {
        const settings = resolveSettings({ profile: "prod", mode: { tempo: "distributed" } });
        const onlySpans = { ...average, series: 0, logBytesPerSecond: 0, spansPerSecond: 20 };
        const { collector } = simulate(settings, { ...smallCase, services: 50_000, average: onlySpans });
        expect(collector).toMatchObject({ replicas: 21 });
    });

    test("leaves out stores that the stack does not have", () => {
        const settings = resolveSettings({
            profile: "prod",
            components: { loki: false },
            external: { loki: { url: "https://logs.example.com" } },
        });
        expect(simulate(settings, smallCase).loki).toBeUndefined();
        expect(boundsOf(settings, average).map(({ store }) => store)).not.toContain("loki");
    });

    test("counts the traces that wait for a decision", () => {
        const tracing = { samplingMode: "tail", samplingRatio: 0.1, tail: { decisionWait: "20s" } };
        const { collector } = simulate(resolveSettings({ profile: "prod", tracing }), smallCase);
        expect(collector).toMatchObject({ traces: { members: 3 }, tail: { maxTraces: 400_000 } });
        // 500 spans per second for 20 s on three replicas.
        const { traces, tail } = collector as Exclude<typeof collector, { refused: string } | undefined>;
        expect(tail?.spans).toBeCloseTo((10_000 / 3) * (traces?.largest.high ?? 0), 3);
    });
});

describe("the bounds of the monolithic stores", () => {
    const bounds = boundsOf(prod, average);

    test.each([
        // 20 GB a day are 231 kB per second.
        ["loki", 115, 115],
        // 3 to 5 MB of spans of 406 bytes.
        ["tempo", 1477, 2463],
        // 5 to 20 profiles per second.
        ["pyroscope", 25, 100],
    ] as const)("end %s at a number of services, with a reason", (store, low, value) => {
        expect(endOf(bounds, store)).toMatchObject({ services: { low, value } });
        expect(endOf(bounds, store)?.reason).not.toBe("");
    });

    test("contain each limit of the tenant", () => {
        const [series] = bounds.filter(({ reason }) => reason.startsWith("limits.metrics.maxSeries"));
        expect(series).toEqual({
            store: "mimir",
            services: { low: 2000, value: 2000, high: 2000 },
            reason: "limits.metrics.maxSeries is reached; raise it",
            final: false,
        });
    });

    test("are half as high for services with twice the series and spans, and the value is in the range", () => {
        const larger = boundsOf(prod, { ...average, series: 3000, spansPerSecond: 10 });
        expect(larger.map(({ store, reason }) => [store, reason])).toEqual(
            bounds.map(({ store, reason }) => [store, reason]),
        );
        for (const [index, { store, services }] of bounds.entries()) {
            const { low, value, high } = services;
            expect(low).toBeLessThanOrEqual(value);
            expect(value).toBeLessThanOrEqual(high);
            const ratio = (larger[index]?.services.value ?? 0) / value;
            // The series and spans decide the bounds of Mimir and Tempo only.
            expect(ratio).toBeCloseTo(store === "mimir" || store === "tempo" ? 0.5 : 1, 2);
        }
    });

    test("of Mimir come before the end of its replicas, and after those that replicas move", () => {
        const values = bounds.filter(({ store }) => store === "mimir").map(({ services }) => services.value);
        expect(values).toEqual([...values].sort((one, other) => one - other));
        expect(endOf(bounds, "mimir")?.services.value).toBeGreaterThan(1000);
    });

    test("are found exactly", () => {
        fc.assert(
            fc.property(fc.integer({ min: 0, max: 1e7 }), (limit) => {
                expect(largestServices((services) => services <= limit)).toBe(limit);
            }),
            runs,
        );
    });
});

describe("the text", () => {
    test("has the balance, the queue and the bounds with their ranges", () => {
        const text = formatSimulations("prod", [simulate(prod, smallCase)], boundsOf(prod, average), 300);
        expect(text).toMatch(
            /^100 services: 150,000 series, \d+ streams, 0\.2 MB of logs per second, 500 spans per second$/m,
        );
        expect(text).toContain(
            "  Mimir: 3 replicas, replication factor 3\n    series of the largest replica: 1.00 (1.00) × the mean",
        );
        expect(text).toMatch(
            /^ {4}queue of 895 MB of the largest replica, with [\d.]+ MB per second, in an outage of 5 minutes: it has /m,
        );
        expect(text).toContain("    2,460 (1,480 to 2,460): 3 to 5 MB of stored spans per second");
    });
});

describe("npm run simulate", () => {
    const folder = projectFolder();

    test("prints the simulation of each number of services as JSON", async () => {
        const { status, stdout } = await runCommand(folder, "simulate", ["test", "--services", "10,20", "--json"], {
            "observability:profile": "prod",
        });
        expect(status).toBe(0);
        const { simulations } = JSON.parse(stdout) as { simulations: { services: number }[] };
        expect(simulations.map(({ services }) => services)).toEqual([10, 20]);
    });

    test.each([
        ["--services", "0", "whole numbers from 1 to 100,000"],
        ["--services", "100,", "whole numbers from 1 to 100,000"],
        ["--services", "200000", "whole numbers from 1 to 100,000"],
        ["--skew", "-1", "a number of at least 0"],
        ["--outage", "soon", 'such as "5m"'],
    ])("refuses %s %s", async (option, value, message) => {
        const { status, stderr } = await runCommand(folder, "simulate", ["test", option, value]);
        expect({ status, stderr }).toEqual({ status: 1, stderr: expect.stringContaining(message) as string });
    });
});
