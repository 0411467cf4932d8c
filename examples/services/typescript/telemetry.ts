import { trace } from "@opentelemetry/api";
import { HttpInstrumentation } from "@opentelemetry/instrumentation-http";
import { UndiciInstrumentation } from "@opentelemetry/instrumentation-undici";
import { NodeSDK } from "@opentelemetry/sdk-node";

// Importing this file starts the SDK, which instruments the modules that are imported later. The SDK reads the variables OTEL_* of kubernetes/.
const sdk = new NodeSDK({
    instrumentations: [new HttpInstrumentation(), new UndiciInstrumentation({ requireParentforSpans: true })],
});
sdk.start();

/** Ends the service on SIGTERM, after `stop` and after the SDK has sent its last data. */
export function endOnSigterm(stop: () => unknown): void {
    process.once("SIGTERM", () => {
        void (async () => {
            await stop();
            await sdk.shutdown();
            process.exit(0);
        })();
    });
}

/** Writes a line to the standard output, with the IDs of the current span. */
export function log(message: string, fields: Record<string, unknown> = {}): void {
    const { traceId, spanId } = trace.getActiveSpan()?.spanContext() ?? {};
    console.log(JSON.stringify({ level: "info", msg: message, trace_id: traceId, span_id: spanId, ...fields }));
}

/** An environment variable that the service cannot do without. */
export function required(name: string): string {
    const value = process.env[name];
    if (value === undefined || value === "") {
        throw new Error(`the environment variable ${name} is missing`);
    }
    return value;
}
