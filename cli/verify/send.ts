import { OTLPLogExporter } from "@opentelemetry/exporter-logs-otlp-http";
import { OTLPTraceExporter as GrpcTraceExporter } from "@opentelemetry/exporter-trace-otlp-grpc";
import { OTLPTraceExporter as HttpTraceExporter } from "@opentelemetry/exporter-trace-otlp-http";
import type { ReadableLogRecord } from "@opentelemetry/sdk-logs";
import type { ReadableSpan } from "@opentelemetry/sdk-trace-base";
import { request } from "./http";

const timeoutMillis = 10_000;

/** The part of an exporter of the OpenTelemetry SDK that is used here. */
interface Exporter<T> {
    export(items: T[], done: (result: { code: number; error?: Error }) => void): void;
    shutdown(): Promise<void>;
}

/** @throws Error if the collector does not accept them. */
export async function sendSpansOverGrpc(url: string, spans: ReadableSpan[]): Promise<void> {
    await exportAll(new GrpcTraceExporter({ url, timeoutMillis }), spans);
}

/** @throws Error if the collector does not accept them. */
export async function sendSpansOverHttp(url: string, spans: ReadableSpan[]): Promise<void> {
    await exportAll(new HttpTraceExporter({ url: `${url}/v1/traces`, timeoutMillis }), spans);
}

/** @throws Error if the collector does not accept them. */
export async function sendLogs(url: string, records: ReadableLogRecord[]): Promise<void> {
    await exportAll(new OTLPLogExporter({ url: `${url}/v1/logs`, timeoutMillis }), records);
}

/** @throws Error if the collector does not accept them. */
export async function sendMetrics(url: string, body: object): Promise<void> {
    await postJson(`${url}/v1/metrics`, body);
}

/** @throws Error if the collector does not accept them. */
export async function sendZipkinSpans(url: string, spans: object[]): Promise<void> {
    await postJson(`${url}/api/v2/spans`, spans);
}

/**
 * Sends a profile in the same way as the Pyroscope SDKs.
 *
 * @throws Error if Pyroscope does not accept it.
 */
export async function sendProfile(
    url: string,
    service: string,
    labels: Record<string, string>,
    profile: Buffer,
    headers: Record<string, string>,
): Promise<void> {
    const now = Math.floor(Date.now() / 1000);
    const form = new FormData();
    form.append("profile", new Blob([new Uint8Array(profile)]), "profile.pprof");
    const pairs = Object.entries(labels).map(([key, value]) => `${key}=${value}`);
    await requireSuccess(
        request(`${url}/ingest`, {
            method: "POST",
            query: {
                name: `${service}{${pairs.join(",")}}`,
                from: String(now - 10),
                until: String(now),
                spyName: "gospy",
            },
            headers,
            body: form,
        }),
    );
}

async function exportAll<T>(exporter: Exporter<T>, items: T[]): Promise<void> {
    try {
        await new Promise<void>((resolve, reject) =>
            exporter.export(items, ({ code, error }) =>
                code === 0 ? resolve() : reject(error ?? new Error("the exporter returned an error without a message")),
            ),
        );
    } finally {
        await exporter.shutdown();
    }
}

async function postJson(url: string, body: unknown): Promise<void> {
    const headers = { "content-type": "application/json" };
    await requireSuccess(request(url, { method: "POST", headers, body: JSON.stringify(body) }));
}

async function requireSuccess(response: ReturnType<typeof request>): Promise<void> {
    const { status, body } = await response;
    if (status < 200 || status >= 300) {
        throw new Error(`the response has status ${status}: ${body.trim().slice(0, 300)}`);
    }
}
