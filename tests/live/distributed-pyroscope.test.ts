import * as fs from "fs";
import { describeWith } from "../helpers/prerequisites";
import { type DistributedStore, killUnderLoad, queryWhileKilled, start } from "./killed-parts";
import { Load, profilesOf } from "./load";
import { eventually, pause } from "./process";
import type { Part } from "./parts";
import { LiveStack } from "./stack";
import { closeConnections } from "./telemetry";

jest.setTimeout(600_000);

const metastores: Part[] = ["pyroscope", "pyroscope-1", "pyroscope-2"];
const writers: Part[] = ["pyroscope-segment-writer", "pyroscope-segment-writer-1", "pyroscope-segment-writer-2"];
const others: Part[] = [
    "pyroscope-distributor",
    "pyroscope-query-frontend",
    "pyroscope-query-backend",
    "pyroscope-compaction-worker",
    "pyroscope-tenant-settings",
    "pyroscope-ad-hoc-profiles",
    "pyroscope-admin",
];
const gatewayPart: Part = "pyroscope-gateway";

const monolithicSettings = { replicas: { minio: 1 } };
const distributedSettings = {
    mode: { pyroscope: "distributed" },
    replicas: { ...monolithicSettings.replicas, pyroscopeMetastore: 3 },
};
const perSecond = 5;
/** The value of each profile, in nanoseconds: 10 samples at 100 Hz. */
const valueOfProfile = 1e8;
/** The term of a change of the Raft cluster, as the plan of the migration sends it. */
const anyTerm = "18446744073709551615";

describeWith(
    { programs: ["helm", "minio", "pyroscope", "nginx"], mirror: true },
    "live: Pyroscope in monolithic and in distributed mode on the same bucket and with the same index",
    () => {
        let live: LiveStack;
        const url = (part: Part) => `http://${live.address(part)}:4040`;
        const monolithic = () => url("pyroscope");
        const gateway = () => url(gatewayPart);
        const accepted: Record<string, number> = {};
        const seconds: Record<string, number> = {};

        beforeAll(async () => {
            live = await LiveStack.start("prod", monolithicSettings, ["minio", "pyroscope"]);
        });

        afterAll(async () => {
            process.stdout.write(`seconds: ${JSON.stringify(seconds)}\naccepted: ${JSON.stringify(accepted)}\n`);
            closeConnections();
            await live?.stop();
        });

        /** All profiles of all services that were accepted until now. */
        const findsAll = (base: string) =>
            eventually(
                `${base} finds all accepted profiles`,
                async () => {
                    for (const [service, profiles] of Object.entries(accepted)) {
                        const found = await profilesOf(base, service);
                        expect([service, found.profiles]).toEqual([service, profiles]);
                        // A repeated profile can be stored twice until it is compacted.
                        expect(found.total).toBeGreaterThanOrEqual(profiles * valueOfProfile);
                    }
                },
                120,
            );
        const stopped = async (load: Load, least: number): Promise<void> => {
            await load.stop();
            expect(load.rejected).toEqual([]);
            accepted[load.service] = load.accepted.profiles ?? 0;
            expect(accepted[load.service]).toBeGreaterThanOrEqual(least);
        };
        const raftState = async (part: Part) => {
            const text = await (await fetch(`${url(part)}/metrics`)).text();
            return /^pyroscope_metastore_raft_state\{[^}]*state="(\w+)"[^}]*\} 1$/m.exec(text)?.[1];
        };
        const change = async (base: string, action: string, part: Part) => {
            const response = await fetch(`${base}/metastore-nodes`, {
                method: "POST",
                body: new URLSearchParams({ [action]: `${live.address(part)}:9099`, "current-term": anyTerm }),
                redirect: "manual",
            });
            expect([action, part, response.status]).toEqual([action, part, 302]);
        };
        const startDistributed = async () => {
            await start(live, metastores);
            await start(live, [...writers, ...others]);
            await start(live, [gatewayPart]);
        };
        const distributedParts = [...metastores, ...writers, ...others, gatewayPart];
        const store = (): DistributedStore => ({
            live,
            store: "pyroscope",
            signal: "profiles",
            gateway: gateway(),
            otlpPath: "/ingest",
            perSecond,
            // The metastore reads every 15 s the entries of the index that it has not accepted in time.
            delaySeconds: 20,
        });

        test("the monolithic Pyroscope stores profiles", async () => {
            const load = new Load("old", { profiles: [`${monolithic()}/ingest`] }, perSecond);
            load.start();
            await pause(10);
            await stopped(load, 8 * perSecond);
            await findsAll(monolithic());
        });

        /**
         * Changes the mode while one service sends to the old address and another one to the new address. In a cluster, both are the address of the
         * Service.
         */
        const changeMode = async (
            name: string,
            [from, to]: [string, string],
            stop: () => Promise<unknown>,
            startNew: () => Promise<void>,
        ) => {
            const before = new Load(`${name}-before`, { profiles: [`${from}/ingest`] }, perSecond);
            before.start();
            await pause(5);
            const begin = Date.now();
            await stop();
            // A request that was interrupted is repeated at most once, and refused.
            await before.stop(0);
            accepted[before.service] = before.accepted.profiles ?? 0;
            const after = new Load(`${name}-after`, { profiles: [`${to}/ingest`] }, perSecond);
            after.start();
            await startNew();
            seconds[name] = (Date.now() - begin) / 1000;
            await pause(5);
            await stopped(after, 5 * perSecond);
            expect(after.repeated).toBeGreaterThan(0);
            expect(accepted[before.service]).toBeGreaterThanOrEqual(3 * perSecond);
        };

        test("no accepted profile is lost while the parts replace it, and the metastore has its index", async () => {
            await changeMode(
                "monolithic-to-distributed",
                [monolithic(), gateway()],
                () => live.process("pyroscope").stop("SIGTERM", 120),
                async () => {
                    await live.configure("prod", distributedSettings, distributedParts);
                    await startDistributed();
                },
            );
            await findsAll(gateway());
            const states = await Promise.all(metastores.map(raftState));
            expect(states.sort()).toEqual(["Follower", "Follower", "Leader"]);
        });

        test("nothing is lost and every query is answered while one segment-writer after the other is killed", () =>
            queryWhileKilled(store(), "writers", writers, 10));

        test("nothing is lost and every query is answered while one metastore after the other is killed", () =>
            queryWhileKilled(store(), "metastores", metastores, 15));

        test.each([...others, gatewayPart])("nothing is lost while %s is killed under load", (part) =>
            killUnderLoad(store(), `without-${part}`, part),
        );

        test("nothing accepted is lost while two of three metastores are away", async () => {
            const load = new Load("minority", { profiles: [`${gateway()}/ingest`] }, perSecond);
            load.start();
            await pause(3);
            await Promise.all(["pyroscope-1", "pyroscope-2"].map((part) => live.process(part as Part).stop("SIGKILL")));
            await pause(10);
            await start(live, ["pyroscope-1", "pyroscope-2"]);
            await pause(3);
            await stopped(load, 5 * perSecond);
            await findsAll(gateway());
        });

        test("a metastore that has lost its volume gets the index from the others", async () => {
            await live.process("pyroscope").stop("SIGKILL");
            const volume = live.mounted("pyroscope", "/data-metastore");
            fs.rmSync(volume, { recursive: true });
            fs.mkdirSync(volume);
            await start(live, ["pyroscope"]);
            await findsAll(gateway());
            const states = await Promise.all(metastores.map(raftState));
            expect(states.sort()).toEqual(["Follower", "Follower", "Leader"]);
        });

        test("the metastores find everything with copies of the index of the first one, as a restore writes them", async () => {
            await Promise.all(metastores.map((part) => live.process(part).stop("SIGTERM", 120)));
            const first = live.mounted("pyroscope", "/data-metastore");
            for (const part of ["pyroscope-1", "pyroscope-2"] as const) {
                const volume = live.mounted(part, "/data-metastore");
                fs.renameSync(volume, `${volume}.lost`);
                fs.cpSync(first, volume, { recursive: true });
            }
            await start(live, metastores);
            await findsAll(gateway());
            const states = await Promise.all(metastores.map(raftState));
            expect(states.sort()).toEqual(["Follower", "Follower", "Leader"]);
        });

        test("the monolithic Pyroscope finds everything after the other metastores have left", async () => {
            // As the plan of the migration does.
            if ((await raftState("pyroscope")) !== "Leader") {
                await change(gateway(), "promote", "pyroscope");
                await eventually("the first replica leads", async () =>
                    expect(await raftState("pyroscope")).toBe("Leader"),
                );
            }
            await change(gateway(), "remove", "pyroscope-2");
            await change(gateway(), "remove", "pyroscope-1");
            await changeMode(
                "distributed-to-monolithic",
                [gateway(), monolithic()],
                () => Promise.all(distributedParts.map((part) => live.process(part).stop("SIGTERM", 120))),
                async () => {
                    await live.configure("prod", monolithicSettings, ["pyroscope"]);
                    await start(live, ["pyroscope"]);
                },
            );
            await findsAll(monolithic());
        });

        test("and the distributed Pyroscope finds everything again, if the old indexes of the others are renamed", async () => {
            await live.process("pyroscope").stop("SIGTERM", 120);
            for (const part of ["pyroscope-1", "pyroscope-2"] as const) {
                const volume = live.mounted(part, "/data-metastore");
                fs.renameSync(volume, `${volume}.before`);
                fs.mkdirSync(volume);
            }
            await live.configure("prod", distributedSettings, distributedParts);
            await startDistributed();
            await findsAll(gateway());
            const states = await Promise.all(metastores.map(raftState));
            expect(states.sort()).toEqual(["Follower", "Follower", "Leader"]);
        });
    },
);
