import { describeWith } from "../helpers/prerequisites";
import { Load, storedOf, targetsOf } from "./load";
import { eventually, pause } from "./process";
import { collector, type Part } from "./parts";
import { LiveStack } from "./stack";
import { closeConnections } from "./telemetry";

// The stack must survive five minutes without its object store. A shorter outage tests the same in less time.
const outageSeconds = Number(process.env["OUTAGE_SECONDS"] ?? 20);

jest.setTimeout((300 + 2 * outageSeconds) * 1000);

const stores = ["loki", "tempo", "mimir"] as const;
const parts: Part[] = ["minio", ...stores, "lgtm-alloy-receiver", collector];
const single = { loki: 1, mimir: 1, minio: 1, collector: 1, receiver: 1 };

/** Requests that write recent data to the object store. */
const flush = { loki: "3100/flush", tempo: "3200/flush", mimir: "9009/ingester/flush" };

describeWith(
    { programs: ["helm", "minio", ...stores, "alloy", "otelcol-contrib"], mirror: true },
    `live: prod with one replica each, without object store for ${outageSeconds} s`,
    () => {
        let live: LiveStack;
        let load: Load;

        beforeAll(async () => {
            live = await LiveStack.start("prod", { replicas: single }, parts);
            load = new Load("steady", targetsOf(`http://${live.address(collector)}:4318`));
        });

        afterAll(async () => {
            await load?.stop(0);
            closeConnections();
            await live?.stop();
        });

        const url = (part: Part, rest: string) => `http://${live.address(part)}:${rest}`;

        /** Starts to write all recent data to the object store. Some stores respond only after the upload. */
        async function flushAll(): Promise<void> {
            await Promise.allSettled(
                stores.map((store) =>
                    fetch(url(store, flush[store]), { method: "POST", signal: AbortSignal.timeout(5000) }),
                ),
            );
        }

        function expectAll(): Promise<void> {
            const urls = { loki: url("loki", "3100"), mimir: url("mimir", "9009"), tempo: url("tempo", "3200") };
            return eventually(
                "the stores contain everything that was accepted",
                async () => expect(await storedOf("steady", urls)).toEqual(load.accepted),
                120,
            );
        }

        test("accepts all data while the object store does not answer, and while it refuses connections", async () => {
            load.start();
            await pause(5);
            live.process("minio").signal("SIGSTOP");
            await flushAll();
            await pause(outageSeconds / 2);
            await live.process("minio").stop("SIGKILL");
            await pause(outageSeconds / 2);
            live.process("minio").start();
            await live.process("minio").ready();
            await pause(5);
            await load.stop();
            expect(load.rejected).toEqual([]);
            expect(load.accepted.traces).toBeGreaterThan(outageSeconds * 40);
        });

        test("loses no data", () => expectAll());

        test("ends no program, and stays below the memory limits", () => {
            const used = stores.map((store) => ({ store, peak: Math.round(live.process(store).peakMemoryMib()) }));
            process.stdout.write(
                `without object store for ${outageSeconds} s: ${JSON.stringify({ used, ...load.accepted, repeated: load.repeated })}\n`,
            );
            for (const { store, peak } of used) {
                expect(peak).toBeGreaterThan(0);
                expect(peak).toBeLessThan(live.process(store).command.memoryLimitMib);
            }
        });

        test("finds everything after the stores were killed, because it is in the object store or in write-ahead logs", async () => {
            await flushAll();
            await pause(10);
            await Promise.all(stores.map((store) => live.process(store).stop("SIGKILL")));
            stores.forEach((store) => live.process(store).start());
            await Promise.all(stores.map((store) => live.process(store).ready(180)));
            await expectAll();
        });
    },
);
