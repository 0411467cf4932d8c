import { execFileSync } from "child_process";
import * as fs from "fs";
import * as http from "http";
import * as https from "https";
import * as os from "os";
import * as path from "path";
import { backendAt, profileTotal } from "../../cli/verify/backends";
import { cpuProfileType } from "../../cli/verify/checks/stored";
import { sendProfile } from "../../cli/verify/send";
import { makeTestData } from "../../cli/verify/test-data";
import { describeWith } from "../helpers/prerequisites";
import { type Pod, podLogFile, podLogLine } from "./kubernetes";
import { eventually } from "./process";
import { collector, type Part } from "./parts";
import { LiveStack } from "./stack";
import { closeConnections, get, newTraceId, otlpLogs, otlpSpans, otlpSum, post } from "./telemetry";

jest.setTimeout(420_000);

const centralParts: Part[] = [
    "minio",
    "loki",
    "tempo",
    "mimir",
    "pyroscope",
    "lgtm-alloy-receiver",
    collector,
    "ingestion-proxy",
];
const edgeParts: Part[] = [collector, "lgtm-alloy-logs", "lgtm-alloy-metrics"];
// Characters that a configuration file could interpret.
const tokens: Record<string, string> = { "edge-1": 'first "$HOME" \\n %[src] token', "edge-2": "the-token-of-edge-2" };
const edges = Object.keys(tokens);
const tenant = "acme";

const external = {
    enabled: true,
    otherClusters: true,
    clients: edges,
    existingSecret: "clients",
    tlsSecret: "server-tls",
};
const central = { cluster: "central", tenant, ingestion: { external } };

/** A certificate authority, and a certificate for all addresses of a test. */
function certificates(folder: string): { ca: string; crt: string; key: string } {
    const file = (name: string) => path.join(folder, name);
    const openssl = (...args: string[]) => execFileSync("openssl", args, { stdio: "ignore" });
    const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"];
    openssl("req", "-x509", ...key, "-subj", "/CN=ca", "-keyout", file("ca.key"), "-out", file("ca.crt"));
    openssl("req", ...key.slice(0, -2), "-subj", "/CN=central", "-keyout", file("tls.key"), "-out", file("tls.csr"));
    fs.writeFileSync(file("names"), "subjectAltName=DNS:central.test,IP:127.0.0.1");
    openssl(
        ...["x509", "-req", "-in", file("tls.csr"), "-CA", file("ca.crt"), "-CAkey", file("ca.key"), "-CAcreateserial"],
        ...["-days", "2", "-extfile", file("names"), "-out", file("tls.crt")],
    );
    const read = (name: string) => fs.readFileSync(file(name), "utf8");
    return { ca: read("ca.crt"), crt: read("tls.crt"), key: read("tls.key") };
}

/** A TCP proxy, because certificates are for 127.0.0.1, and because it can interrupt the connection between clusters. */
class Link {
    private server: import("net").Server | undefined;
    private readonly sockets = new Set<import("net").Socket>();
    port = 0;

    constructor(private readonly target: { host: string; port: number }) {}

    async up(): Promise<void> {
        const net = await import("net");
        this.server = net.createServer((socket) => {
            const other = net.connect(this.target);
            for (const end of [socket, other]) {
                this.sockets.add(end);
                end.on("error", () => undefined).on("close", () => {
                    this.sockets.delete(end);
                    socket.destroy();
                    other.destroy();
                });
            }
            socket.pipe(other).pipe(socket);
        });
        await new Promise<void>((resolve) => this.server?.listen(this.port, "127.0.0.1", resolve));
        this.port = (this.server.address() as import("net").AddressInfo).port;
    }

    async down(): Promise<void> {
        const closed = new Promise((resolve) => this.server?.close(resolve));
        this.sockets.forEach((socket) => socket.destroy());
        await closed;
    }
}

function pod(address: (index: number) => string): Pod {
    return {
        name: "shop-7d9f-abcde",
        namespace: "shop",
        uid: "00000000-0000-0000-0000-000000000000",
        ip: address(0),
        deployment: "shop",
        labels: { app: "shop" },
        annotations: { "prometheus.io/scrape": "true", "prometheus.io/port": "9000" },
        containers: [{ name: "app", ports: [9000] }],
    };
}

// Two stacks that only collect, and a central one, with the programs and the configuration of all three.
describeWith(
    {
        programs: [
            "helm",
            "minio",
            "loki",
            "tempo",
            "mimir",
            "pyroscope",
            "alloy",
            "otelcol-contrib",
            "haproxy",
            "openssl",
        ],
        mirror: true,
    },
    "live: two clusters send to a central stack",
    () => {
        const folder = fs.mkdtempSync(path.join(os.tmpdir(), "clusters-"));
        const stacks = new Map<string, LiveStack>();
        const servers: http.Server[] = [];
        const scrapes = new Map<string, number>();
        let hub: LiveStack;
        let push: Link;
        let otlp: Link;
        let ca: string;

        beforeAll(async () => {
            const made = certificates(folder);
            ca = made.ca;
            hub = await LiveStack.start("dev", central, centralParts, undefined, undefined, {
                clients: tokens,
                "server-tls": { "tls.crt": made.crt, "tls.key": made.key },
            });
            push = new Link({ host: hub.address("ingestion-proxy"), port: 8080 });
            otlp = new Link({ host: hub.address(collector), port: 4328 });
            await push.up();
            await otlp.up();
            for (const edge of edges) {
                const settings = {
                    cluster: edge,
                    // The central stack ignores it.
                    tenant: "of-the-client",
                    dapr: { enabled: false },
                    central: {
                        url: `https://127.0.0.1:${push.port}`,
                        otlpUrl: `https://127.0.0.1:${otlp.port}`,
                        existingSecret: "central-login",
                        caSecret: "central-ca",
                    },
                };
                const secrets = { "central-login": { token: tokens[edge] ?? "" }, "central-ca": { "ca.crt": ca } };
                const stack = await LiveStack.start(
                    "dev",
                    settings,
                    // One receiver is enough, because profiles do not depend on the rest.
                    edge === "edge-1" ? [...edgeParts, "lgtm-alloy-receiver"] : edgeParts,
                    (address) => [pod(address)],
                    undefined,
                    secrets,
                );
                stacks.set(edge, stack);
                // Each scrape has another value.
                const server = http.createServer((_, response) => {
                    const count = (scrapes.get(edge) ?? 0) + 1;
                    scrapes.set(edge, count);
                    response.end(`orders_total ${count}\n`);
                });
                await new Promise<void>((resolve) => server.listen(9000, stack.podAddress(0), resolve));
                servers.push(server);
            }
        });

        afterAll(async () => {
            closeConnections();
            servers.forEach((server) => server.close());
            await push?.down();
            await otlp?.down();
            await Promise.all([...stacks.values(), ...(hub === undefined ? [] : [hub])].map((stack) => stack.stop()));
            fs.rmSync(folder, { recursive: true });
        });

        const stackOf = (edge: string) => stacks.get(edge) as LiveStack;
        const loki = async (query: string) => {
            const url = `http://${hub.address("loki")}:3100/loki/api/v1/query`;
            return (await get(url, { query }, tenant)).data.result as {
                metric: Record<string, string>;
                value: [number, string];
            }[];
        };
        const mimir = async (query: string) => {
            const url = `http://${hub.address("mimir")}:9009/prometheus/api/v1/query`;
            return (await get(url, { query }, tenant)).data.result as {
                metric: Record<string, string>;
                value: [number, string];
            }[];
        };
        const counts = async (query: string, from: typeof loki) =>
            Object.fromEntries((await from(query)).map(({ metric, value }) => [metric["cluster"], Number(value[1])]));
        const send = async (edge: string, route: string, body: unknown) => {
            const answer = await post(
                `http://${stackOf(edge).address(collector)}:4318${route}`,
                body,
                stackOf(edge).podAddress(0),
            );
            expect(answer).toMatchObject({ status: 200 });
        };
        const writeLogs = (edge: string, lines: string[]) => {
            const file = podLogFile(
                stackOf(edge).mounted("lgtm-alloy-logs", "/var/log"),
                pod(() => ""),
                "app",
            );
            fs.appendFileSync(file, lines.map((line) => podLogLine(line)).join(""));
        };
        const lines = (count: number, prefix: string) =>
            Array.from({ length: count }, (_, index) => `${prefix} ${index}`);
        const request = (route: string, headers: Record<string, string>, body?: string) =>
            new Promise<number>((resolve, reject) => {
                const method = body === undefined ? "GET" : "POST";
                // A URL would be normalized: ".." would not be sent.
                const address = { host: "127.0.0.1", port: push.port, path: route };
                const sent = https.request({ ...address, ca, method, headers, agent: false }, (response) => {
                    response.resume();
                    response.on("end", () => resolve(response.statusCode ?? 0));
                });
                sent.on("error", reject).end(body);
            });
        const bearer = (edge: string) => ({ authorization: `Bearer ${tokens[edge]}` });

        test("logs, metrics and traces of each cluster are stored once, with its label", async () => {
            const traces = new Map<string, string>();
            for (const [index, edge] of edges.entries()) {
                writeLogs(edge, lines(10 * (index + 1), "pod"));
                await send(
                    edge,
                    "/v1/logs",
                    otlpLogs(
                        { "service.name": "talker" },
                        lines(5 * (index + 1), "otlp").map((body) => ({ body })),
                    ),
                );
                await send(edge, "/v1/metrics", otlpSum({ "service.name": "counter" }, "counted", 1));
                const traceId = newTraceId();
                traces.set(edge, traceId);
                await send(edge, "/v1/traces", otlpSpans({ "service.name": "tracer" }, [{ traceId, name: "ask" }]));
            }
            await eventually(
                "everything is found",
                async () => {
                    const pods = 'sum by (cluster) (count_over_time({namespace="shop", container="app"}[1h]))';
                    expect(await counts(pods, loki)).toEqual({ "edge-1": 10, "edge-2": 20 });
                    const sent = 'sum by (cluster) (count_over_time({service_name="talker"}[1h]))';
                    expect(await counts(sent, loki)).toEqual({ "edge-1": 5, "edge-2": 10 });
                    expect(await counts("count by (cluster) (counted_total)", mimir)).toEqual({
                        "edge-1": 1,
                        "edge-2": 1,
                    });
                    expect(await counts('count by (cluster) (orders_total{namespace="shop"})', mimir)).toEqual({
                        "edge-1": 1,
                        "edge-2": 1,
                    });
                    for (const [edge, traceId] of traces) {
                        const { batches } = await get(
                            `http://${hub.address("tempo")}:3200/api/traces/${traceId}`,
                            {},
                            tenant,
                        );
                        expect(JSON.stringify(batches)).toContain(`"key":"cluster","value":{"stringValue":"${edge}"}`);
                        expect(JSON.stringify(batches)).toContain('"key":"namespace","value":{"stringValue":"shop"}');
                    }
                },
                120,
            );
        });

        test("a request without the credential of a client is refused, and so is everything but pushes", async () => {
            const route = "/loki/api/v1/push";
            const wrong = [
                {},
                { authorization: "" },
                { authorization: "Bearer" },
                { authorization: "Bearer " },
                { authorization: "Bearer THE-TOKEN-OF-EDGE-2" },
                { authorization: `Basic ${Buffer.from(`edge-2:${tokens["edge-2"]}`).toString("base64")}` },
            ];
            for (const headers of wrong as Record<string, string>[]) {
                expect([headers, await request(route, headers, "{}")]).toEqual([headers, 401]);
            }
            const refused = [
                "/loki/api/v1/query?query=1",
                "/prometheus/api/v1/query?query=up",
                "/api/v1/push/../../prometheus/api/v1/query?query=up",
                "/loki/api/v1/delete",
                "/ready",
                "/metrics",
                "/",
            ];
            for (const other of refused) {
                expect([other, await request(other, bearer("edge-2"))]).toEqual([other, 404]);
                expect([other, await request(other, bearer("edge-2"), "{}")]).toEqual([other, 404]);
            }
            expect(await request(route, bearer("edge-2"))).toBe(404);
            const large = { ...bearer("edge-2"), "content-length": String(200 * 1024 * 1024) };
            expect(await request(route, large, "{}").catch((error: Error) => error.message)).toBe(413);
        });

        test("the tenant that a client sends is ignored", async () => {
            const stamp = `${Date.now()}000000`;
            const stream = { stream: { service_name: "stranger", cluster: "edge-2" }, values: [[stamp, "hello"]] };
            const headers = { ...bearer("edge-2"), "content-type": "application/json", "X-Scope-OrgID": "intruder" };
            const body = JSON.stringify({ streams: [stream] });
            expect(await request("/loki/api/v1/push", headers, body)).toBe(204);
            await eventually("the line belongs to the tenant of the central stack", async () => {
                expect(await loki('sum by (cluster) (count_over_time({service_name="stranger"}[1h]))')).toHaveLength(1);
            });
            const url = `http://${hub.address("loki")}:3100/loki/api/v1/query`;
            const query = { query: 'count_over_time({service_name="stranger"}[1h])' };
            expect((await get(url, query, "intruder")).data.result).toEqual([]);
        });

        test("a profile that an SDK sends in a collecting cluster gets its label", async () => {
            const { profile } = makeTestData(1);
            const receiver = `http://${stackOf("edge-1").address("lgtm-alloy-receiver")}:4040`;
            await sendProfile(receiver, "profiled", { namespace: "shop" }, profile.body, {});
            const headers = { "X-Scope-OrgID": tenant };
            const pyroscope = backendAt(() => Promise.resolve(`http://${hub.address("pyroscope")}:4040`), headers);
            const selector = '{service_name="profiled", namespace="shop", cluster="edge-1"}';
            await eventually(
                "the profile is found",
                async () => expect(await profileTotal(pyroscope, cpuProfileType, selector)).toBeGreaterThan(0),
                90,
            );
        });

        test("nothing is lost while the connection to the central stack is interrupted", async () => {
            await push.down();
            await otlp.down();
            const started = Date.now();
            for (const edge of edges) {
                writeLogs(edge, lines(100, "offline"));
                await send(
                    edge,
                    "/v1/logs",
                    otlpLogs(
                        { "service.name": "offline" },
                        lines(50, "otlp").map((body) => ({ body })),
                    ),
                );
                await send(edge, "/v1/metrics", otlpSum({ "service.name": "offline" }, "offline", 1));
            }
            const seconds = Number(process.env["OUTAGE_SECONDS"] ?? 60);
            await new Promise((resolve) => setTimeout(resolve, Math.max(0, seconds * 1000 - (Date.now() - started))));
            const expected = new Map(scrapes);
            await push.up();
            await otlp.up();
            await eventually(
                "everything is found",
                async () => {
                    const pods =
                        'sum by (cluster) (count_over_time({namespace="shop", container="app"} |= "offline" [1h]))';
                    expect(await counts(pods, loki)).toEqual({ "edge-1": 100, "edge-2": 100 });
                    const sent = 'sum by (cluster) (count_over_time({service_name="offline"}[1h]))';
                    expect(await counts(sent, loki)).toEqual({ "edge-1": 50, "edge-2": 50 });
                    expect(await counts("count by (cluster) (offline_total)", mimir)).toEqual({
                        "edge-1": 1,
                        "edge-2": 1,
                    });
                    const stored = await counts(
                        'sum by (cluster) (count_over_time(orders_total{namespace="shop"}[1h]))',
                        mimir,
                    );
                    for (const edge of edges) {
                        expect(stored[edge]).toBeGreaterThanOrEqual(expected.get(edge) ?? Infinity);
                    }
                },
                180,
            );
        });

        test("the proxy reports its requests as metrics, and logs no credential", async () => {
            const answer = await fetch(`http://${hub.address("ingestion-proxy")}:8405/metrics`);
            const text = await answer.text();
            expect(text).toMatch(/haproxy_frontend_http_responses_total\{proxy="push",code="4xx"\} [1-9]/);
            expect(text).toMatch(/haproxy_backend_http_responses_total\{proxy="loki",code="2xx"\} [1-9]/);
            const log = fs.readFileSync(path.join(hub.folder, "ingestion-proxy", "output.log"), "utf8");
            expect(log).toMatch(/client=- method=POST path=\/loki\/api\/v1\/push status=401/);
            expect(Object.values(tokens).filter((token) => log.includes(token))).toEqual([]);
        });
    },
);
