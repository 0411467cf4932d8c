import * as http from "http";
import type { AddressInfo } from "net";
import { describeWith } from "../helpers/prerequisites";
import { eventually, pause } from "./process";
import { metricOf } from "./sink";
import type { Part } from "./parts";
import { LiveStack } from "./stack";
import { closeConnections, get } from "./telemetry";

jest.setTimeout(400_000);

const replicas: Part[] = ["lgtm-alloy-singleton", "lgtm-alloy-singleton-1", "lgtm-alloy-singleton-2"];
const monitored = 30;
const intervalSeconds = 2;
const probed = 6;
const events = 20;
const metadata = (name: string, labels: Record<string, string> = {}) => ({
    name,
    namespace: "shop",
    uid: name,
    resourceVersion: "1",
    labels,
});

/** An Event of Kubernetes about a pod. */
function eventOf(index: number): object {
    const time = new Date(Date.now() - index * 1000).toISOString().replace(/\.\d+Z/, "Z");
    return {
        metadata: metadata(`event-${index}`),
        involvedObject: { apiVersion: "v1", kind: "Pod", name: `pod-${index}`, namespace: "shop" },
        reason: "BackOff",
        message: `event ${index}`,
        type: "Warning",
        count: 1,
        firstTimestamp: time,
        lastTimestamp: time,
        source: { component: "kubelet" },
    };
}

const needs = { programs: ["helm", "minio", "loki", "alloy"], mirror: true };

describeWith(needs, "live: sources that three replicas of Alloy share", () => {
    let live: LiveStack;
    const servers: http.Server[] = [];
    /** The times of the requests, by target. */
    const requests = new Map<string, number[]>();

    /** Serves metrics at an address, and notes the requests to the path or, with a name, to all paths. */
    async function serve(address: string, port: number, name?: string): Promise<number> {
        const server = http.createServer((request, response) => {
            const target = name ?? (request.url ?? "").replace(/^\/|\?.*/g, "");
            requests.set(target, [...(requests.get(target) ?? []), Date.now()]);
            response.setHeader("content-type", "text/plain").end("up_to_date 1\n");
        });
        servers.push(server);
        await new Promise<void>((resolve) => server.listen(port, address, resolve));
        return (server.address() as AddressInfo).port;
    }

    beforeAll(async () => {
        const port = await serve("127.0.0.1", 0);
        const settings = {
            logs: { kubernetesEvents: true },
            metrics: { prometheusOperator: true },
            replicas: { singleton: replicas.length, loki: 1, minio: 1 },
            probes: Array.from({ length: probed }, (_, index) => ({
                name: `probe-${index}`,
                url: `http://127.0.0.1:${port}/probe-${index}`,
            })),
        };
        live = await LiveStack.start("prod", settings, ["minio", "loki"]);
        // The address of a target decides which replica scrapes it.
        const addresses = Array.from({ length: monitored }, (_, index) => live.podAddress(index));
        await Promise.all(addresses.map((address, index) => serve(address, port, `target-${index}`)));
        Array.from({ length: events }, (_, index) => live.kubernetes.addEvent(eventOf(index)));
        live.kubernetes.setObjects("services", [{ metadata: metadata("shop", { app: "shop" }), spec: {} }]);
        live.kubernetes.setObjects("endpointslices", [
            {
                metadata: metadata("shop", { "kubernetes.io/service-name": "shop" }),
                addressType: "IPv4",
                endpoints: addresses.map((address) => ({ addresses: [address], conditions: { ready: true } })),
                ports: [{ name: "metrics", port, protocol: "TCP" }],
            },
        ]);
        live.kubernetes.setObjects("servicemonitors", [
            {
                metadata: metadata("shop"),
                spec: {
                    selector: { matchLabels: { app: "shop" } },
                    endpoints: [
                        { port: "metrics", interval: `${intervalSeconds}s`, scrapeTimeout: `${intervalSeconds}s` },
                    ],
                },
            },
        ]);
        await live.configure("prod", settings, replicas);
        replicas.forEach((part) => live.process(part).start());
        await Promise.all(replicas.map((part) => live.process(part).ready()));
    });

    afterAll(async () => {
        servers.forEach((server) => server.close());
        servers.forEach((server) => server.closeAllConnections());
        closeConnections();
        await live?.stop();
    });

    const targets = (kind: string) => [...requests].filter(([target]) => target.startsWith(`${kind}-`));

    /** How often each target was requested in the last seconds, without duplicates. */
    function frequencies(kind: string, seconds: number): number[] {
        const since = Date.now() - seconds * 1000;
        const counts = targets(kind).map(([, times]) => times.filter((time) => time > since).length);
        return [...new Set(counts)].sort((one, other) => one - other);
    }

    /** The longest time between two requests to the same target of monitors since `start`, in seconds. */
    function longestGap(start: number): number {
        const gaps = targets("target").flatMap(([, times]) => {
            const recent = [...times.filter((time) => time > start - intervalSeconds * 1000), Date.now()];
            return recent.slice(1).map((time, index) => time - (recent[index] as number));
        });
        return Math.max(...gaps) / 1000;
    }

    async function eachOnce(): Promise<void> {
        const window = 20;
        const expected = window / intervalSeconds;
        await pause(window);
        expect(targets("target")).toHaveLength(monitored);
        for (const count of frequencies("target", window)) {
            expect(Math.abs(count - expected)).toBeLessThanOrEqual(1);
        }
    }

    test("are targets that are each scraped by one replica", async () => {
        await eventually("all targets are scraped", () => expect(targets("target")).toHaveLength(monitored));
        await pause(10);
        await eachOnce();
        await pause(40);
        // Every 30 s, and not once for each replica.
        expect(targets("probe")).toHaveLength(probed);
        expect(frequencies("probe", 60).every((count) => count >= 1 && count <= 3)).toBe(true);
    });

    test("are events that each replica reads and that Loki stores once", async () => {
        const counted = async () => {
            const url = `http://${live.address("loki")}:3100/loki/api/v1/query_range`;
            const query = '{service_name="kubernetes-events"}';
            const { data } = await get(url, { query, since: "1h", limit: "1000" });
            return (data.result as { values: [] }[]).reduce((sum, { values }) => sum + values.length, 0);
        };
        const sent = () =>
            Promise.all(
                replicas.map((part) => metricOf(`http://${live.address(part)}:12345`, "loki_write_sent_entries_total")),
            );
        await eventually("each replica has sent the events", async () =>
            expect(await sent()).toEqual(replicas.map(() => events)),
        );
        expect(await counted()).toBe(events);
    });

    test("are targets that others take over if a replica is killed", async () => {
        const start = Date.now();
        await live.process(replicas[2] as Part).stop("SIGKILL");
        // The others wait for 25 s to 30 s until they give up a replica that does not answer.
        await pause(30);
        await eventually(
            "all targets are scraped again",
            () => expect(frequencies("target", 5)[0]).toBeGreaterThan(0),
            90,
        );
        process.stdout.write(`longest gap after a kill: ${longestGap(start)} s\n`);
        // It had targets.
        expect(longestGap(start)).toBeGreaterThan(2 * intervalSeconds);
        await eachOnce();
    });

    test("are targets that a replica takes over when it starts, without a gap", async () => {
        const start = Date.now();
        live.process(replicas[2] as Part).start();
        await live.process(replicas[2] as Part).ready();
        await pause(20);
        process.stdout.write(`longest gap after a start: ${longestGap(start)} s\n`);
        expect(longestGap(start)).toBeLessThan(10);
        await eachOnce();
    });

    test("are targets that others take over when a replica ends, without a gap", async () => {
        const start = Date.now();
        await live.process(replicas[1] as Part).stop("SIGTERM", 30);
        await pause(20);
        process.stdout.write(`longest gap after a shutdown: ${longestGap(start)} s\n`);
        expect(longestGap(start)).toBeLessThan(10);
        await eachOnce();
    });
});
