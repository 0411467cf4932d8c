// Produces messages: POST /answers adds an entry to a Redis stream, which grading-worker reads.
// OBSERVABILITY 1/3: start the SDK first.
import { endOnSigterm, log, required } from "./telemetry.js";
import { context, propagation, SpanKind, SpanStatusCode, trace } from "@opentelemetry/api";
import { createClient } from "@redis/client";
import * as http from "http";

const stream = "answers";
const redis = createClient({ url: required("REDIS_URL") });
const tracer = trace.getTracer("answer-api");

function publish(body: string): Promise<string> {
    const attributes = {
        "messaging.system": "redis",
        "messaging.destination.name": stream,
        "messaging.operation.type": "send",
        "messaging.operation.name": "xadd",
    };
    // OBSERVABILITY 2/3: a span of kind PRODUCER with the messaging attributes. The service map needs the kind.
    return tracer.startActiveSpan(`send ${stream}`, { kind: SpanKind.PRODUCER, attributes }, async (span) => {
        try {
            const headers: Record<string, string> = {};
            // OBSERVABILITY 3/3: the message carries the context of this span, as traceparent.
            propagation.inject(context.active(), headers);
            const id = await redis.xAdd(stream, "*", { ...headers, body });
            span.setAttribute("messaging.message.id", id);
            log("answer sent", { id });
            return id;
        } catch (error) {
            span.setStatus({ code: SpanStatusCode.ERROR, message: String(error) });
            throw error;
        } finally {
            span.end();
        }
    });
}

const server = http.createServer((request, response) => {
    if (request.method !== "POST" || request.url !== "/answers") {
        response.writeHead(404).end();
        return;
    }
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
        publish(Buffer.concat(chunks).toString()).then(
            (id) => response.writeHead(202, { "content-type": "application/json" }).end(JSON.stringify({ id })),
            () => response.writeHead(503).end(),
        );
    });
});

redis.on("error", (error: unknown) => log("Redis is not available", { error: String(error) }));
void redis.connect().then(() => server.listen(Number(process.env["PORT"] ?? 8080)));
endOnSigterm(async () => {
    server.close();
    await redis.close();
});
