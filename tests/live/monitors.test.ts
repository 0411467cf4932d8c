import * as http from "http";
import { describeWith } from "../helpers/prerequisites";
import type { Pod } from "./kubernetes";
import { eventually } from "./process";
import type { Part } from "./parts";
import { LiveStack } from "./stack";
import { closeConnections, get } from "./telemetry";

jest.setTimeout(240_000);

const singleton: Part = "lgtm-alloy-singleton";
const scraper: Part = "lgtm-alloy-metrics";
const settings = { metrics: { prometheusOperator: true }, collectFrom: { excludeNamespaces: ["dev"] } };
const ports = { app: 8080, metrics: 9090, dapr: 9091 };

interface Application {
    name: string;
    namespace?: string;
    annotations?: Record<string, string>;
}

/** Applications with the ports "metrics" and "app". */
const applications: Application[] = [
    { name: "plain" },
    // The metrics scraper scrapes the port "metrics", and the monitors also select the port "app".
    { name: "annotated", annotations: { "prometheus.io/scrape": "true", "prometheus.io/port": String(ports.metrics) } },
    // The metrics scraper scrapes all declared ports.
    { name: "all-ports", annotations: { "prometheus.io/scrape": "true" } },
    // The metrics scraper scrapes another path.
    {
        name: "other-path",
        annotations: {
            "prometheus.io/scrape": "true",
            "prometheus.io/port": String(ports.metrics),
            "prometheus.io/path": "/other",
        },
    },
    { name: "excluded", namespace: "dev" },
];

function pods(address: (index: number) => string): Pod[] {
    return applications.map(({ name, namespace = "shop", annotations = {} }, index) => ({
        name: `${name}-7d9f-abcde`,
        namespace,
        uid: name,
        ip: address(index),
        deployment: name,
        labels: { app: name, monitored: "true" },
        annotations,
        containers: [
            {
                name: "app",
                ports: [
                    { name: "app", containerPort: ports.app },
                    { name: "metrics", containerPort: ports.metrics },
                ],
            },
            { name: "daprd", ports: [{ name: "dapr-metrics", containerPort: ports.dapr }] },
        ],
    }));
}

const metadata = (name: string, namespace: string, labels: Record<string, string> = {}) => ({
    name,
    namespace,
    uid: `${namespace}-${name}`,
    resourceVersion: "1",
    labels,
});

function serviceOf({ name, namespace }: Pod): object {
    return { metadata: metadata(name, namespace, { monitored: "true" }), spec: {} };
}

function endpointSliceOf({ name, namespace, ip }: Pod): object {
    return {
        metadata: metadata(name, namespace, { "kubernetes.io/service-name": name, monitored: "true" }),
        addressType: "IPv4",
        endpoints: [{ addresses: [ip], conditions: { ready: true }, targetRef: { kind: "Pod", name, namespace } }],
        ports: Object.entries({ metrics: ports.metrics, app: ports.app, "dapr-metrics": ports.dapr }).map(
            ([portName, port]) => ({ name: portName, port, protocol: "TCP" }),
        ),
    };
}

const selector = { matchLabels: { monitored: "true" } };
const paths = { metrics: "/metrics" };

describeWith(
    { programs: ["helm", "minio", "mimir", "alloy"], mirror: true },
    "live: targets of monitors of the Prometheus operator",
    () => {
        let live: LiveStack;
        const servers: http.Server[] = [];

        beforeAll(async () => {
            live = await LiveStack.start("dev", settings, ["minio", "mimir", singleton, scraper], pods);
            for (const { ip } of live.pods) {
                for (const port of Object.values(ports)) {
                    const server = http.createServer((request, response) => {
                        const path = (request.url ?? "").replace(/\?.*/, "").slice(1);
                        response.setHeader("content-type", "text/plain");
                        response.end(`shop_requests_total{port="${port}", path="${path}", cluster="theirs"} 1\n`);
                    });
                    await new Promise<void>((resolve) => server.listen(port, ip, resolve));
                    servers.push(server);
                }
            }
            const { kubernetes } = live;
            kubernetes.setObjects("services", live.pods.map(serviceOf));
            kubernetes.setObjects("endpointslices", live.pods.map(endpointSliceOf));
            kubernetes.setObjects("servicemonitors", [
                {
                    metadata: metadata("shop", "shop"),
                    spec: {
                        selector,
                        namespaceSelector: { any: true },
                        endpoints: [
                            { port: "metrics", path: paths.metrics, interval: "2s", scrapeTimeout: "2s" },
                            { port: "dapr-metrics", interval: "2s", scrapeTimeout: "2s" },
                        ],
                    },
                },
                {
                    metadata: metadata("with-secret", "shop"),
                    spec: {
                        selector,
                        endpoints: [
                            {
                                port: "metrics",
                                basicAuth: {
                                    username: { name: "login", key: "username" },
                                    password: { name: "login", key: "password" },
                                },
                            },
                        ],
                    },
                },
            ]);
            kubernetes.setObjects("podmonitors", [
                {
                    metadata: metadata("shop-pods", "shop"),
                    spec: {
                        selector,
                        podMetricsEndpoints: [{ port: "app", interval: "2s", scrapeTimeout: "2s" }],
                    },
                },
            ]);
            kubernetes.setObjects("probes", [
                {
                    metadata: metadata("shop-probe", "shop"),
                    spec: {
                        prober: { url: `${live.podAddress(0)}:${ports.app}`, path: "/probe" },
                        interval: "2s",
                        scrapeTimeout: "2s",
                        module: "http_2xx",
                        targets: { staticConfig: { static: ["https://shop.example.com"] } },
                    },
                },
            ]);
            await live.process(singleton).stop();
            live.process(singleton).start();
            await live.process(singleton).ready();
        });

        afterAll(async () => {
            closeConnections();
            servers.forEach((server) => server.close());
            await live?.stop();
        });

        async function series(query: string): Promise<Record<string, string>[]> {
            const url = `http://${live.address("mimir")}:9009/prometheus/api/v1/query`;
            const { data } = await get(url, { query });
            return (data.result as { metric: Record<string, string> }[]).map(({ metric }) => metric);
        }
        const targets = async (query: string) =>
            (await series(query))
                .map(({ service_name, port, path, job }) => `${job} ${service_name} ${port}/${path}`)
                .sort();

        test("are scraped once: by the metrics scraper if annotations select them, otherwise because of a monitor", async () => {
            const expected = [
                // The metrics scraper, every 30 seconds.
                "all-ports all-ports 8080/metrics",
                "all-ports all-ports 9090/metrics",
                "annotated annotated 9090/metrics",
                "other-path other-path 9090/other",
                ...applications
                    .filter(({ namespace }) => namespace === undefined)
                    .map(({ name }) => `dapr ${name} 9091/metrics`),
                // The ServiceMonitor. The label job is the name of the Service.
                "plain-7d9f-abcde plain 9090/metrics",
                "other-path-7d9f-abcde other-path 9090/metrics",
                // The PodMonitor.
                "shop/shop-pods annotated 8080/metrics",
                "shop/shop-pods other-path 8080/metrics",
                "shop/shop-pods plain 8080/metrics",
                // The Probe.
                "probe/shop/shop-probe undefined 8080/probe",
            ].sort();
            await eventually(
                "Mimir has each target once",
                async () => expect(await targets("shop_requests_total")).toEqual(expected),
                90,
            );
        });

        test("have the label cluster of the stack, and no target in an excluded namespace", async () => {
            const found = await series("shop_requests_total");
            expect(new Set(found.map(({ cluster }) => cluster))).toEqual(new Set(["mathtrail-dev"]));
            expect(new Set(found.map(({ exported_cluster }) => exported_cluster))).toEqual(new Set(["theirs"]));
            expect(new Set(found.map(({ namespace }) => namespace))).toEqual(new Set(["shop"]));
        });

        test("are left out if the monitor refers to a Secret, and the log says so", () => {
            expect(live.process(singleton).output()).toMatch(/error generating scrapeconfig.*with-secret/);
        });
    },
);
