import * as fs from "fs";
import * as os from "os";
import * as path from "path";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-grpc";
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from "@opentelemetry/sdk-trace-base";
import { dump } from "js-yaml";
import { contract } from "../../components/contract";
import { collectorComponents, collectorConfig } from "../../components/otel-collector/config";
import { ingestionPorts } from "../../components/otel-collector/ingestion";
import { describeWith } from "../helpers/prerequisites";
import { Process } from "./process";

jest.setTimeout(120_000);

const password = 'p"a$s-w:or{d}';
// A token that YAML reads as a number, and one with special characters.
const secrets = { edge: "123456789012345678901234", "my-app": password };
const env = { OTLP_CLIENT_EDGE: secrets.edge, OTLP_CLIENT_MY_APP: secrets["my-app"] };
const offset = 20_000;
const { otlpHttp, health } = contract.otelCollector.ports;

function without<Value>(map: Record<string, Value>, name: string): Record<string, Value> {
    return Object.fromEntries(Object.entries(map).filter(([key]) => key !== name));
}

/** The configuration of the collector on the loopback interface. It logs what it receives. */
function configuration(scheme: "bearer" | "basic"): string {
    const { pipelines, extensions, processors, ...others } = components(scheme);
    const config = collectorConfig({
        ...others,
        extensions: without(extensions, "file_storage/queue"),
        processors: without(processors, "k8s_attributes"),
        exporters: { debug: { verbosity: "detailed" } },
        pipelines: Object.fromEntries(
            Object.entries(pipelines).map(([id, pipeline]) => [
                id,
                {
                    ...pipeline,
                    processors: pipeline.processors?.filter((name) => name !== "k8s_attributes"),
                    exporters: ["debug"],
                },
            ]),
        ),
    });
    const shifted = (_match: string, port: string) => `"127.0.0.1:${Number(port) + offset}"`;
    return JSON.stringify(config)
        .replace(/":(\d+)"/g, shifted)
        .replace(/"host":"","port":8888/, '"host":"127.0.0.1","port":28888');
}

function components(scheme: "bearer" | "basic") {
    const external = { scheme, clients: ["edge", "my-app"] };
    return collectorComponents({ namespace: "n", cluster: "c", exportEndpoint: "http://127.0.0.1:1", external });
}

function authorization(scheme: string, client: keyof typeof secrets, secret = secrets[client]): string {
    return scheme === "bearer" ? `Bearer ${secret}` : `Basic ${Buffer.from(`${client}:${secret}`).toString("base64")}`;
}

/** The status of an OTLP request over HTTP. */
async function post(port: number, header?: string): Promise<number> {
    const { status } = await fetch(`http://127.0.0.1:${port + offset}/v1/traces`, {
        method: "POST",
        headers: { "content-type": "application/json", ...(header !== undefined && { authorization: header }) },
        body: JSON.stringify({ resourceSpans: [] }),
    });
    return status;
}

/** Whether the collector accepts a span over gRPC. */
async function exportSpan(header?: string): Promise<boolean> {
    const memory = new InMemorySpanExporter();
    const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(memory)] });
    provider.getTracer("test").startSpan("outside").end();
    await provider.forceFlush();
    process.env["OTEL_EXPORTER_OTLP_HEADERS"] =
        header === undefined ? "" : `authorization=${encodeURIComponent(header)}`;
    const url = `http://127.0.0.1:${ingestionPorts.otlpGrpc + offset}`;
    const exporter = new OTLPTraceExporter({ url, timeoutMillis: 5000 });
    delete process.env["OTEL_EXPORTER_OTLP_HEADERS"];
    try {
        return await new Promise((resolve) =>
            exporter.export(memory.getFinishedSpans(), ({ error }) => resolve(error === undefined)),
        );
    } finally {
        await exporter.shutdown();
    }
}

describeWith({ programs: ["otelcol-contrib"] }, "OTLP from outside of the cluster, live", () => {
    describe.each(["bearer", "basic"] as const)("with %s", (scheme) => {
        const folder = fs.mkdtempSync(path.join(os.tmpdir(), "ingestion-"));
        const file = path.join(folder, "config.yaml");
        const collector = new Process("the collector", {
            program: "otelcol-contrib",
            args: ["--config", file],
            env,
            folder,
            memoryLimitMib: 512,
            readyUrl: `http://127.0.0.1:${health + offset}/health`,
        });
        beforeAll(async () => {
            fs.writeFileSync(file, dump(JSON.parse(configuration(scheme)), { noRefs: true }));
            collector.start();
            await collector.ready();
        });
        afterAll(async () => {
            await collector.stop();
            fs.rmSync(folder, { recursive: true });
        });

        test("needs the credential of a client over HTTP, and none in the cluster", async () => {
            const outside = ingestionPorts.otlpHttp;
            expect(await post(otlpHttp)).toBe(200);
            expect(await post(outside, authorization(scheme, "edge"))).toBe(200);
            expect(await post(outside, authorization(scheme, "my-app"))).toBe(200);
            const wrong = [undefined, "", "Bearer", "Bearer ", "Basic ", authorization(scheme, "edge", "wrong")];
            for (const header of wrong) {
                expect([header, await post(outside, header)]).toEqual([header, 401]);
            }
        });

        test("needs the credential of a client over gRPC, and has a namespace", async () => {
            expect(await exportSpan()).toBe(false);
            expect(await exportSpan(authorization(scheme, "edge", "wrong"))).toBe(false);
            expect(await exportSpan(authorization(scheme, "edge"))).toBe(true);
            const log = fs.readFileSync(path.join(folder, "output.log"), "utf8");
            expect(log).toContain("namespace: Str(external)");
            expect(log).toContain("cluster: Str(c)");
            expect(Object.values(secrets).filter((secret) => log.includes(secret))).toEqual([]);
        });
    });
});
