import { describeWith } from "../helpers/prerequisites";
import { eventually } from "./process";
import { firstOf, type Part } from "./parts";
import { LiveStack } from "./stack";
import { closeConnections, get, otlpLogs, otlpSum, post } from "./telemetry";

jest.setTimeout(420_000);

const lokis: Part[] = ["loki", "loki-1", "loki-2"];
const mimirs: Part[] = ["mimir", "mimir-1", "mimir-2"];
const gracePeriodSeconds = 300;
const resource = { "service.name": "steady" };
const perRound = 100;

/** Settings for a number of replicas of Loki and Mimir. Each line and each series is stored `copies` times. */
const settings = (replicas: number, copies: number) => ({
    replicas: { collector: 1, receiver: 1, minio: 1, loki: replicas, mimir: replicas },
    replicationFactor: { loki: copies, mimir: copies },
});

/** Replicas of Loki and Mimir that can be added and removed, and the telemetry in them. */
class Replicas {
    rounds = 0;

    private constructor(
        readonly live: LiveStack,
        private count: number,
        private copies: number,
    ) {}

    static async start(count: number, copies: number): Promise<Replicas> {
        const live = await LiveStack.start("prod", settings(count, copies), ["minio", ...first(count)]);
        const replicas = new Replicas(live, count, copies);
        await replicas.members();
        return replicas;
    }

    /** Adds and removes replicas as the controller of StatefulSets does with the policy Parallel. @returns the seconds until replicas ended. */
    async scale(count: number, copies: number): Promise<Record<string, number>> {
        const before = this.count;
        this.count = count;
        if (count < before) {
            // All removed replicas end at the same time. If the configuration changes, the remaining replica ends with them.
            const removed = first(before).filter((part) => !first(count).includes(part));
            const restarted = copies === this.copies ? [] : first(count);
            const ending = [...removed, ...restarted];
            const seconds = await Promise.all(
                ending.map((part) => this.live.process(part).stop("SIGTERM", gracePeriodSeconds)),
            );
            removed.forEach((part) => this.live.processes.delete(part));
            await this.restart(restarted, count, copies);
            this.copies = copies;
            await this.members();
            return Object.fromEntries(ending.map((part, index) => [part, seconds[index] ?? 0]));
        }
        // New replicas start first. Afterwards the others are restarted with the new configuration.
        await this.restart(
            first(count).filter((part) => !first(before).includes(part)),
            count,
            copies,
        );
        await this.restart(copies === this.copies ? [] : first(before), count, copies);
        this.copies = copies;
        await this.members();
        return {};
    }

    private async restart(parts: Part[], count: number, copies: number): Promise<void> {
        await this.live.configure("prod", settings(count, copies), parts, gracePeriodSeconds);
        parts.forEach((part) => this.live.process(part).start());
        await Promise.all(parts.map((part) => this.live.process(part).ready()));
    }

    /** Waits until the rings contain the replicas, and no others. */
    async members(): Promise<void> {
        for (const part of first(this.count)) {
            const { port, ring } = backends[firstOf(part) as keyof typeof backends];
            await eventually(`the ring of ${part} has ${this.count} members`, async () => {
                const { shards } = await get(`http://${this.live.address(part)}:${port}${ring}`);
                expect((shards as { state: string }[]).map(({ state }) => state)).toEqual(
                    Array<string>(this.count).fill("ACTIVE"),
                );
            });
        }
    }

    /** Sends new series and lines to each replica in turn. */
    async send(): Promise<void> {
        for (let index = 0; index < this.count; index++) {
            const round = this.rounds++;
            const lines = Array.from({ length: perRound }, (_, line) => ({ body: `line ${line} of round ${round}` }));
            // Every line has its own stream, so that the streams are distributed over the replicas.
            const logs = lines.map((line, stream) =>
                otlpLogs({ ...resource, namespace: `${round}-${stream}` }, [line]).resourceLogs.at(0),
            );
            const url = (part: Part | undefined, rest: string) => `http://${this.live.address(part as Part)}:${rest}`;
            expect(await post(url(lokis[index], "3100/otlp/v1/logs"), { resourceLogs: logs })).toMatchObject({
                status: 204,
            });
            expect(
                await post(url(mimirs[index], "9009/otlp/v1/metrics"), otlpSum(resource, `round_${round}`, perRound)),
            ).toMatchObject({ status: 200 });
        }
    }

    /** Expects that a number of queries in sequence find everything in each replica. */
    async expectAll(queries = 6): Promise<void> {
        const expected = this.rounds * perRound;
        for (const part of first(this.count)) {
            const { port, route, query } = backends[firstOf(part) as keyof typeof backends];
            for (let attempt = 0; attempt < queries; attempt++) {
                const answer = await get(`http://${this.live.address(part)}:${port}${route}`, { query });
                expect({ part, found: Number(answer.data.result[0]?.value[1] ?? 0) }).toEqual({
                    part,
                    found: expected,
                });
            }
        }
    }
}

const backends = {
    loki: {
        port: 3100,
        ring: "/ring",
        route: "/loki/api/v1/query",
        query: 'sum(count_over_time({service_name="steady"}[1h]))',
    },
    mimir: {
        port: 9009,
        ring: "/ingester/ring",
        route: "/prometheus/api/v1/query",
        query: 'count(last_over_time({__name__=~"round_.*"}[1h]))',
    },
};

const first = (count: number) => [...lokis.slice(0, count), ...mimirs.slice(0, count)];

describeWith(
    { programs: ["helm", "minio", "loki", "mimir"], mirror: true },
    "live: the number of replicas of Loki and Mimir changes",
    () => {
        let replicas: Replicas | undefined;
        afterEach(async () => {
            closeConnections();
            await replicas?.live.stop();
        });

        test("from 3 to 1 and back to 3, with the replication factor, and all data is found", async () => {
            replicas = await Replicas.start(3, 3);
            await replicas.send();
            await replicas.expectAll();
            const seconds = await replicas.scale(1, 1);
            expect(Math.max(...Object.values(seconds))).toBeLessThan(gracePeriodSeconds);
            await eventually("the remaining replica finds everything", () => replicas?.expectAll(), 240);
            await replicas.send();
            await replicas.scale(3, 3);
            await replicas.send();
            await eventually("each replica finds everything", () => replicas?.expectAll(), 300);
        });

        test("from 3 to 2 with replication factor 1, and all data is found after minutes", async () => {
            replicas = await Replicas.start(3, 1);
            await replicas.send();
            await replicas.expectAll();
            await replicas.scale(2, 1);
            await eventually("each replica finds everything", () => replicas?.expectAll(), 300);
        });
    },
);
