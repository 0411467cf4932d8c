import { createHash } from "crypto";
import * as fs from "fs";
import { dump } from "js-yaml";
import * as os from "os";
import * as path from "path";
import { filterNames, filterProcessors, invalidData, invalidNames } from "../components/otel-collector/filters";
import { redactionPatternNames } from "../validation/redaction";
import { describeWith } from "./helpers/prerequisites";
import { eventually, Process } from "./live/process";
import { closeConnections, post } from "./live/telemetry";

const args = {
    redaction: {
        deleteAttributes: ["http.request.header.authorization"],
        hashAttributes: ["enduser.id"],
        maskAttributes: ["mail"],
        patterns: [...redactionPatternNames],
        customPatterns: { student: "\\bS-\\d{8}$" },
        attributeValues: true,
    },
    dropSpans: [{ name: "GET /health.*", namespaces: ["shop"] }, { attributes: { "url.path": "/livez" } }],
    dropMetrics: ["jvm\\.buffer\\..*"],
    dropLogLines: ["GET /healthz"],
    minimumLogLevel: { shop: "warn", "*": "info" },
};

const secrets = {
    "http.request.header.authorization": "Bearer abcdefghijklmnopqrstuvwxyz",
    "enduser.id": "ada",
    mail: "ada@example.com",
    "url.full": "https://app:s3cret@shop.example.com/?api_key=k1&page=2",
    plain: "kept",
};
const withoutSecrets = {
    "enduser.id": createHash("sha256").update(secrets["enduser.id"]).digest("hex"),
    mail: "****",
    "url.full": "https://app:****@shop.example.com/?api_key=****&page=2",
    plain: "kept",
};

type Attributes = Record<string, string>;

function attributes(map: Attributes): object[] {
    return Object.entries(map).map(([key, stringValue]) => ({ key, value: { stringValue } }));
}

function read(list: { key: string; value: { stringValue: string } }[] = []): Attributes {
    return Object.fromEntries(list.map(({ key, value }) => [key, value.stringValue]));
}

const resource = (namespace: string) => ({ attributes: attributes({ namespace }) });

describeWith({ programs: ["otelcol-contrib"] }, "the processors of the collector", () => {
    let folder: string;
    let collector: Process;
    let address: string;
    const out = (signal: string) => path.join(folder, `${signal}.json`);

    /** What the collector exported, as JSON documents. */
    async function exported(signal: string): Promise<any> {
        let documents: any[] = [];
        await eventually(`the collector exports ${signal}`, () => {
            documents = fs
                .readFileSync(out(signal), "utf8")
                .split("\n")
                .filter((line) => line !== "")
                .map((line) => JSON.parse(line));
            expect(documents).not.toEqual([]);
        });
        return documents[0];
    }

    beforeAll(async () => {
        folder = fs.mkdtempSync(path.join(os.tmpdir(), "filters-"));
        address = `127.0.${1 + Math.floor(Math.random() * 250)}.2`;
        const signals = ["traces", "metrics", "logs"] as const;
        const config = {
            extensions: { health_check: { endpoint: `${address}:13133` } },
            receivers: { otlp: { protocols: { http: { endpoint: `${address}:4318` } } } },
            processors: { ...invalidData, ...filterProcessors(args) },
            exporters: Object.fromEntries(
                signals.map((signal) => [`file/${signal}`, { path: out(signal), flush_interval: "100ms" }]),
            ),
            service: {
                extensions: ["health_check"],
                telemetry: { metrics: { level: "none" } },
                pipelines: Object.fromEntries(
                    signals.map((signal) => [
                        signal,
                        {
                            receivers: ["otlp"],
                            processors: [...invalidNames[signal], ...filterNames(signal, args)],
                            exporters: [`file/${signal}`],
                        },
                    ]),
                ),
            },
        };
        fs.writeFileSync(path.join(folder, "config.yaml"), dump(config));
        collector = new Process("collector", {
            program: "otelcol-contrib",
            args: ["--config=config.yaml"],
            env: {},
            folder,
            memoryLimitMib: Infinity,
            readyUrl: `http://${address}:13133/`,
        });
        collector.start();
        await collector.ready();
    });

    afterAll(async () => {
        closeConnections();
        await collector.stop("SIGKILL");
        fs.rmSync(folder, { recursive: true, force: true });
    });

    const send = async (signal: string, body: object) =>
        expect(await post(`http://${address}:4318/v1/${signal}`, body)).toMatchObject({ status: 200 });

    test("remove secrets from spans and their events, and drop spans, also those without IDs or with an impossible time", async () => {
        const span = (name: string, map: Attributes = {}, change: object = {}) => ({
            traceId: "4bf92f3577b34da6a3ce929d0e0e4736",
            spanId: "00f067aa0ba902b7",
            name,
            startTimeUnixNano: "1",
            endTimeUnixNano: "2",
            attributes: attributes(map),
            events: [{ timeUnixNano: "1", name: "exception", attributes: attributes(map) }],
            ...change,
        });
        const spans = [span("GET /orders", secrets), span("GET /healthz"), span("x", { "url.path": "/livez" })];
        spans.push(span("no trace", {}, { traceId: "" }), span("zeros", {}, { traceId: "0".repeat(32) }));
        spans.push(span("no ID", {}, { spanId: "" }));
        // 0 minus a duration, the highest time, and a time in nanoseconds that was multiplied.
        spans.push(span("before 1970", {}, { startTimeUnixNano: String(2n ** 64n - 1_000_000n) }));
        spans.push(span("the highest end", {}, { endTimeUnixNano: String(2n ** 63n - 1n) }));
        spans.push(span("in 2200", {}, { startTimeUnixNano: "7258118400000000000" }));
        await send("traces", { resourceSpans: [{ resource: resource("shop"), scopeSpans: [{ spans }] }] });
        const { resourceSpans } = await exported("traces");
        const kept = resourceSpans[0].scopeSpans[0].spans;
        expect(kept.map(({ name }: { name: string }) => name)).toEqual(["GET /orders"]);
        expect(read(kept[0].attributes)).toEqual(withoutSecrets);
        expect(read(kept[0].events[0].attributes)).toEqual(withoutSecrets);
    });

    test("remove secrets from log records, also in bodies that are maps, and drop records and attributes without a valid key", async () => {
        const record = (body: object, more: object = {}) => ({ timeUnixNano: "1", body, ...more });
        const text = (stringValue: string) => ({ stringValue });
        const map = { kvlistValue: { values: [{ key: "password", value: { stringValue: "hunter2" } }] } };
        const logRecords = [
            record(text("user=ada password=hunter2 of S-12345678"), { attributes: attributes(secrets) }),
            record(map),
            record(text("GET /healthz 200")),
            record(text("info"), { severityNumber: 9 }),
            record(text("warning"), { severityNumber: 13 }),
        ];
        // Loki has no name for these keys.
        const invalid = attributes({ "": "a", _: "b", 用户: "c", "-.": "d" });
        logRecords[0] = {
            ...logRecords[0],
            attributes: [...attributes(secrets), ...invalid],
        } as (typeof logRecords)[0];
        const { attributes: own, ...rest } = resource("shop");
        const scope = { name: "scope", attributes: [...invalid, ...attributes({ "scope.用户": "e" })] };
        await send("logs", {
            resourceLogs: [
                { resource: { ...rest, attributes: [...own, ...invalid] }, scopeLogs: [{ scope, logRecords }] },
            ],
        });
        const { resourceLogs } = await exported("logs");
        expect(resourceLogs[0].resource.attributes).toEqual(own);
        expect(read(resourceLogs[0].scopeLogs[0].scope.attributes)).toEqual({ "scope.用户": "e" });
        const kept = resourceLogs[0].scopeLogs[0].logRecords;
        expect(kept.map(({ body }: any) => body.stringValue)).toEqual([
            "user=ada password=**** of ****",
            '{"password":"****"}',
            "warning",
        ]);
        expect(read(kept[0].attributes)).toEqual(withoutSecrets);
    });

    test("remove secrets from attributes of metrics, and drop metrics by name", async () => {
        const gauge = { dataPoints: [{ asInt: "1", timeUnixNano: "1", attributes: attributes(secrets) }] };
        const metrics = [
            { name: "orders", gauge },
            { name: "jvm.buffer.count", gauge },
        ];
        await send("metrics", { resourceMetrics: [{ resource: resource("shop"), scopeMetrics: [{ metrics }] }] });
        const { resourceMetrics } = await exported("metrics");
        const kept = resourceMetrics[0].scopeMetrics[0].metrics;
        expect(kept.map(({ name }: { name: string }) => name)).toEqual(["orders"]);
        expect(read(kept[0].gauge.dataPoints[0].attributes)).toEqual(withoutSecrets);
    });
});
