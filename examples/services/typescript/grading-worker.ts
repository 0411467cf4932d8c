// Consumes messages: reads the entries that answer-api adds to a Redis stream.
// OBSERVABILITY 1/3: start the SDK first.
import { endOnSigterm, log, required } from "./telemetry.js";
import { propagation, ROOT_CONTEXT, SpanKind, SpanStatusCode, trace } from "@opentelemetry/api";
import { createClient } from "@redis/client";
import * as os from "os";

const stream = "answers";
const group = required("OTEL_SERVICE_NAME");
const redis = createClient({ url: required("REDIS_URL") });
const tracer = trace.getTracer("grading-worker");

async function handle(id: string, message: Record<string, string>): Promise<void> {
    const attributes = {
        "messaging.system": "redis",
        "messaging.destination.name": stream,
        "messaging.operation.type": "process",
        "messaging.operation.name": "process",
        "messaging.message.id": id,
        "messaging.consumer.group.name": group,
    };
    // OBSERVABILITY 2/3: the context of the producer comes with the message, not with the connection.
    const parent = propagation.extract(ROOT_CONTEXT, message);
    // OBSERVABILITY 3/3: a span of kind CONSUMER whose parent is the span of the producer. A batch needs a link to each producer instead.
    await tracer.startActiveSpan(`process ${stream}`, { kind: SpanKind.CONSUMER, attributes }, parent, async (span) => {
        try {
            log("answer graded", { id, correct: message["body"] === "42" });
            await redis.xAck(stream, group, id);
        } catch (error) {
            span.setStatus({ code: SpanStatusCode.ERROR, message: String(error) });
        } finally {
            span.end();
        }
    });
}

let running = true;

async function consume(): Promise<void> {
    await redis.connect();
    await redis.xGroupCreate(stream, group, "0", { MKSTREAM: true }).catch((error: unknown) => {
        if (!String(error).includes("BUSYGROUP")) {
            throw error;
        }
    });
    log("waiting for answers");
    while (running) {
        const entries = { key: stream, id: ">" };
        const streams = await redis.xReadGroup(group, os.hostname(), entries, { COUNT: 10, BLOCK: 500 });
        for (const { messages } of streams ?? []) {
            for (const { id, message } of messages) {
                await handle(id, message);
            }
        }
    }
    await redis.close();
}

redis.on("error", (error: unknown) => log("Redis is not available", { error: String(error) }));
const consumed = consume();
endOnSigterm(async () => {
    running = false;
    await consumed;
});
