import { SpanKind } from "@opentelemetry/api";
import { ProtobufTraceSerializer } from "@opentelemetry/otlp-transformer";
import { resourceFromAttributes } from "@opentelemetry/resources";
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from "@opentelemetry/sdk-trace-base";
import * as http from "http";

export const spansPerRequest = 200;
export const requestsAtATime = 8;

/** A request, and the address of the pod that sends it. */
export interface Request {
    body: Buffer;
    from: string | undefined;
}

const agent = new http.Agent({ keepAlive: true, maxSockets: requestsAtATime });

/** Sends OTLP over HTTP. @returns the status of the response. */
export function send(entry: string, { body, from }: Request): Promise<number | undefined> {
    return new Promise((resolve, reject) => {
        const headers = { "content-type": "application/x-protobuf", "content-length": body.length };
        const request = http.request(entry, { method: "POST", headers, localAddress: from, agent }, (response) => {
            response.resume();
            response.on("end", () => resolve(response.statusCode));
        });
        request.on("error", reject);
        request.end(body);
    });
}

/** Closes all connections. */
export function closeSenders(): void {
    agent.destroy();
}

export function serviceName(index: number): string {
    return `service-${index}`;
}

/** OTLP requests with the usual attributes of an instrumented HTTP server. Request n is from service n % services. */
export function encodedRequests(count: number, services: number): Buffer[] {
    return Array.from({ length: count }, (_, request) => {
        const exporter = new InMemorySpanExporter();
        const provider = new BasicTracerProvider({
            resource: resourceFromAttributes({
                "service.name": serviceName(request % services),
                "service.version": "1.2.3",
            }),
            spanProcessors: [new SimpleSpanProcessor(exporter)],
        });
        for (let index = 0; index < spansPerRequest; index++) {
            const attributes = {
                "http.request.method": "GET",
                "http.response.status_code": 200,
                "http.route": "/lessons/{id}",
                "url.path": `/lessons/${index}`,
                "url.scheme": "https",
                "server.address": "shop.example.com",
                "network.protocol.version": "1.1",
                "client.address": "192.0.2.7",
                "user_agent.original": "Mozilla/5.0 (X11; Linux x86_64)",
            };
            provider
                .getTracer("throughput")
                .startSpan("GET /lessons/{id}", { kind: SpanKind.SERVER, attributes })
                .end();
        }
        return Buffer.from(ProtobufTraceSerializer.serializeRequest(exporter.getFinishedSpans()) as Uint8Array);
    });
}
