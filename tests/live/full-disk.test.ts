import { spawnSync } from "child_process";
import * as fs from "fs";
import * as path from "path";
import { describeWith } from "../helpers/prerequisites";
import { type Counts, Load, storedOf, type Targets, targetsOf } from "./load";
import { eventually, pause } from "./process";
import { collector, type Part } from "./parts";
import { LiveStack } from "./stack";
import { closeConnections } from "./telemetry";

jest.setTimeout(420_000);

const stores: Part[] = ["loki", "tempo", "mimir"];
const parts: Part[] = ["minio", ...stores, "lgtm-alloy-receiver", collector];
const single = { loki: 1, mimir: 1, minio: 1, collector: 1, receiver: 1 };
/** Tempo needs 12 s to refuse spans. */
const fullSeconds = 30;
/** Mimir reserves 512 MiB for a block that it writes. */
const sizesMiB: Partial<Record<Part, number>> = { mimir: 1024 };
const defaultSizeMiB = 192;

interface Volume {
    folder: string;
    port: string;
    /** What the program accepts. */
    signals: Exclude<keyof Counts, "profiles">[];
    /** The request that writes recent data to the object store. */
    flush?: string;
    /** How much stays free. Default: nothing. */
    freeMiB?: number;
}

/** Less than half of the reserve, so that Tempo refuses spans, and enough until the reserve is deleted. */
const tempoFreeMiB = 8;
const volumes: Partial<Record<Part, Volume>> = {
    loki: { folder: "/var/loki", port: "3100/otlp", signals: ["lines"], flush: "3100/flush" },
    tempo: { folder: "/var/tempo", port: "4318", signals: ["traces"], flush: "3200/flush", freeMiB: tempoFreeMiB },
    mimir: { folder: "/data", port: "9009/otlp", signals: ["samples"], flush: "9009/ingester/flush" },
    [collector]: { folder: "/var/lib/otelcol", port: "4318", signals: ["lines", "samples", "traces"] },
};

/** Whether this user can mount a file system. */
const canMount = process.getuid?.() === 0 && fs.existsSync("/proc/mounts");

describeWith(
    {
        programs: ["helm", "minio", "loki", "tempo", "mimir", "alloy", "otelcol-contrib"],
        mirror: true,
        others: canMount ? [] : ["root, to mount a small volume"],
    },
    `live: prod with one replica each, with a full volume for ${fullSeconds} s`,
    () => {
        let live: LiveStack;
        const mounted: string[] = [];

        beforeAll(async () => {
            live = await LiveStack.start("prod", { replicas: single }, parts);
            for (const [part, { folder }] of Object.entries(volumes)) {
                mounted.push(await mountVolume(live, part as Part, folder, sizesMiB[part as Part]));
            }
            await Promise.all(parts.map((part) => live.process(part).ready(180)));
        });

        afterAll(async () => {
            closeConnections();
            await Promise.all([...(live?.processes.values() ?? [])].map((process) => process.stop("SIGKILL")));
            mounted.forEach((folder) => run("umount", [folder]));
            await live?.stop();
        });

        const url = (part: Part, rest: string) => `http://${live.address(part)}:${rest}`;

        async function flush(part: Part): Promise<void> {
            const route = volumes[part]?.flush;
            if (route !== undefined) {
                const signal = AbortSignal.timeout(5000);
                await fetch(url(part, route), { method: "POST", signal }).catch(() => undefined);
            }
        }

        function expectAll(load: Load): Promise<void> {
            const urls = { loki: url("loki", "3100"), mimir: url("mimir", "9009"), tempo: url("tempo", "3200") };
            return eventually(
                `the stores contain everything that was accepted of ${load.service}`,
                async () => {
                    const wanted = Object.entries(load.accepted).filter(([, count]) => count > 0);
                    expect(await storedOf(load.service, urls)).toMatchObject(Object.fromEntries(wanted));
                },
                120,
            );
        }

        test.each(Object.keys(volumes) as Part[])(
            "%s does not end, and loses nothing that it has accepted",
            async (part) => {
                const { folder, port, signals, freeMiB } = volumes[part] as Volume;
                const all = targetsOf(url(part, port));
                const targets: Targets = Object.fromEntries(signals.map((signal) => [signal, all[signal]]));
                // Without a hyphen at its end, which Mimir would remove from the name of the metric.
                const [name] = part.split("-");
                const direct = new Load(`direct-${name}`, targets);
                const collected = new Load(`collected-${name}`, targetsOf(url(collector, "4318")));
                const loads = part === collector ? [collected] : [direct, collected];
                loads.forEach((load) => load.start());
                await pause(3);
                const filler = path.join(live.mounted(part, folder), "filler");
                fill(filler, freeMiB);
                const before = { ...direct.accepted };
                await flush(part);
                await pause(fullSeconds);
                const whileFull = signals.map((signal) => direct.accepted[signal] - before[signal]);
                expect(live.process(part).runs).toBe(true);
                fs.rmSync(filler);
                await pause(3);
                await Promise.all(loads.map((load) => load.stop()));
                expect(live.process(part).runs).toBe(true);
                const memory = live.process(part).peakMemoryMib();
                process.stdout.write(
                    `${part}: accepted while full ${whileFull.join()}, repeated ${loads.map(({ repeated }) => repeated).join()}, ` +
                        `accepted ${JSON.stringify(loads.map(({ accepted }) => accepted))}, peak ${Math.round(memory)} MiB\n`,
                );
                expect(loads.flatMap(({ rejected }) => rejected)).toEqual([]);
                if (part !== collector) {
                    // The store has refused data, and did not only have enough space for it.
                    expect(direct.repeated).toBeGreaterThan(0);
                }
                expect(memory).toBeLessThan(live.process(part).command.memoryLimitMib);
                for (const load of loads) {
                    await expectAll(load);
                }
                await live.process(part).stop("SIGTERM", 300);
                live.process(part).start();
                await live.process(part).ready(180);
                const later = new Load(`later-${name}`, targets);
                later.send();
                await later.stop();
                for (const load of [...loads, later]) {
                    await expectAll(load);
                }
            },
        );
    },
);

const ingesters: Part[] = ["tempo-ingester", "tempo-ingester-1", "tempo-ingester-2"];
const tempoParts: Part[] = [
    ...["tempo-memcached" as const, ...ingesters, "tempo-distributor" as const, "tempo-querier" as const],
    ...["tempo-query-frontend" as const, "tempo-compactor" as const, "tempo-gateway" as const],
];

describeWith(
    {
        programs: ["helm", "minio", "tempo", "nginx", "memcached"],
        mirror: true,
        others: canMount ? [] : ["root, to mount a small volume"],
    },
    "live: distributed Tempo, while the volume of one ingester is full",
    () => {
        let live: LiveStack;
        let volume: string | undefined;
        const [, full] = ingesters as [Part, Part];

        beforeAll(async () => {
            const settings = {
                mode: { tempo: "distributed" },
                replicas: { minio: 1, tempo: 3, tempoDistributor: 1, tempoQuerier: 1 },
                values: { tempo: { metricsGenerator: { enabled: false } } },
            };
            live = await LiveStack.start("prod", settings, ["minio", ...tempoParts]);
            volume = await mountVolume(live, full, "/var/tempo");
            await live.process(full).ready(180);
        });

        afterAll(async () => {
            closeConnections();
            await Promise.all([...(live?.processes.values() ?? [])].map((process) => process.stop("SIGKILL")));
            run("umount", volume === undefined ? [] : [volume]);
            await live?.stop();
        });

        test("the distributors refuse spans until there is space, and nothing is lost", async () => {
            const gateway = `http://${live.address("tempo-gateway")}:8080`;
            const load = new Load("refused", { traces: [`${gateway}/v1/traces`] });
            load.start();
            await pause(10);
            const filler = path.join(live.mounted(full, "/var/tempo"), "filler");
            fill(filler, tempoFreeMiB);
            // 24 s until the distributors use the limits: 1 s for the guard, 2 s for the ingester, 5 s for the guard of a distributor, 2 s and 10 s.
            await pause(24);
            const { traces } = load.accepted;
            await pause(10);
            expect(load.accepted.traces).toBe(traces);
            fs.rmSync(filler);
            await pause(24);
            expect(load.accepted.traces).toBeGreaterThan(traces);
            await load.stop();
            process.stdout.write(
                `distributed Tempo: accepted ${load.accepted.traces}, repeated ${load.repeated} attempts\n`,
            );
            expect(load.rejected).toEqual([]);
            await eventually(
                "Tempo finds everything that was accepted",
                async () =>
                    expect(await storedOf(load.service, { tempo: gateway })).toEqual({ traces: load.accepted.traces }),
                120,
            );
        });
    },
);

/** Gives a program a small volume, and restarts it. @returns the folder of the volume. */
async function mountVolume(live: LiveStack, part: Part, folder: string, sizeMiB = defaultSizeMiB): Promise<string> {
    const target = live.mounted(part, folder);
    await live.process(part).stop("SIGKILL");
    fs.rmSync(target, { recursive: true });
    fs.mkdirSync(target);
    run("mount", ["-t", "tmpfs", "-o", `size=${sizeMiB}m`, "tmpfs", target]);
    live.process(part).start();
    return target;
}

/** Writes to a file until no more than this is free. */
function fill(file: string, freeMiB = 0): void {
    const target = fs.openSync(file, "w");
    const free = () => {
        const { bavail, bsize } = fs.statfsSync(file);
        return bavail * bsize;
    };
    for (const size of [2 ** 20, 4096]) {
        try {
            while (freeMiB === 0 || free() > freeMiB * 2 ** 20) {
                fs.writeSync(target, Buffer.alloc(size));
            }
        } catch (error) {
            if ((error as NodeJS.ErrnoException).code !== "ENOSPC") {
                throw error;
            }
        }
    }
    fs.closeSync(target);
}

function run(program: string, args: string[]): void {
    const { status, stderr } = spawnSync(program, args, { encoding: "utf8" });
    if (status !== 0) {
        throw new Error(`${program} ${args.join(" ")}: ${stderr}`);
    }
}
