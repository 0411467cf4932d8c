import * as fs from "fs";
import * as path from "path";
import { describeWith } from "../helpers/prerequisites";
import { eventually } from "./process";
import type { Part } from "./parts";
import { LiveStack } from "./stack";
import { closeConnections, get } from "./telemetry";

jest.setTimeout(240_000);

const singleton: Part = "lgtm-alloy-singleton";
const settings = { logs: { kubernetesEvents: true }, collectFrom: { excludeNamespaces: ["dev"] } };

/** An Event about an object. Nodes have no namespace, and their Events are in the namespace default. */
function eventOf(name: string, kind: string, namespace: string | undefined, type: string, secondsAgo: number): object {
    const time = new Date(Date.now() - secondsAgo * 1000).toISOString().replace(/\.\d+Z/, "Z");
    return {
        metadata: { name, namespace: namespace ?? "default", uid: name, resourceVersion: "1" },
        involvedObject: { apiVersion: "v1", kind, name: `${name}-0`, ...(namespace && { namespace }) },
        reason: "BackOff",
        message: `the "error" of ${name}`,
        type,
        count: 1,
        firstTimestamp: time,
        lastTimestamp: time,
        source: { component: "kubelet" },
    };
}

describeWith({ programs: ["helm", "minio", "loki", "alloy"], mirror: true }, "live: events of Kubernetes", () => {
    let live: LiveStack;

    beforeAll(async () => {
        live = await LiveStack.start("dev", settings, ["minio", "loki", singleton]);
        live.kubernetes.addEvent(eventOf("web", "Pod", "shop", "Warning", 600));
        live.kubernetes.addEvent(eventOf("node", "Node", undefined, "Normal", 300));
        live.kubernetes.addEvent(eventOf("excluded", "Pod", "dev", "Warning", 200));
        live.kubernetes.addEvent(eventOf("old", "Pod", "shop", "Warning", 3300));
    });

    afterAll(async () => {
        closeConnections();
        await live?.stop();
    });

    interface Stream {
        stream: Record<string, string>;
        values: [string, string][];
    }
    async function stored(): Promise<Stream[]> {
        const url = `http://${live.address("loki")}:3100/loki/api/v1/query_range`;
        const { data } = await get(url, { query: '{service_name="kubernetes-events"}', since: "2h" });
        return data.result as Stream[];
    }
    const names = (streams: Stream[]) =>
        streams.flatMap(({ stream, values }) => values.map(() => stream["name"])).sort();

    test("are stored with the labels and the level of the object, without excluded namespaces", async () => {
        await eventually(
            "Loki has the events",
            async () => expect(names(await stored())).toEqual(["node-0", "web-0"]),
            90,
        );
        const streams = await stored();
        const { stream, values } = streams.find(({ stream: { name } }) => name === "web-0") as Stream;
        expect(stream).toMatchObject({
            cluster: "mathtrail-dev",
            namespace: "shop",
            service_name: "kubernetes-events",
            detected_level: "warn",
            kind: "Pod",
            pod: "web-0",
            reason: "BackOff",
        });
        expect(Object.keys(stream)).not.toContain("instance");
        expect(JSON.parse(values[0]?.[1] ?? "")).toMatchObject({ msg: 'the "error" of web', type: "Warning" });
        expect(streams.find(({ stream: { name } }) => name === "node-0")?.stream).toMatchObject({
            detected_level: "info",
            kind: "Node",
        });
    });

    test("are stored once, although a new pod reads all of them again", async () => {
        await live.process(singleton).stop();
        const folder = live.mounted(singleton, "/var/lib/alloy");
        fs.readdirSync(folder).forEach((file) => fs.rmSync(path.join(folder, file), { recursive: true }));
        live.process(singleton).start();
        await live.process(singleton).ready();
        live.kubernetes.addEvent(eventOf("later", "Pod", "shop", "Normal", 1));
        await eventually(
            "Loki has the new event, and each other event once",
            async () => expect(names(await stored())).toEqual(["later-0", "node-0", "web-0"]),
            90,
        );
    });
});
