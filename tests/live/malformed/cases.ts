import * as zlib from "zlib";
import type { Part } from "../parts";
import {
    broken,
    brokenJson,
    contents,
    type Deviation,
    type Encode,
    lokiPush,
    otlp,
    pprof,
    remoteWrite,
} from "./payloads";
import { type Answer, grpcFrame, type HttpRequest, sendBytes, sendGrpc, sendHttp, varint } from "./wire";

/** A malformed or oversized request to a program. */
export interface Case {
    part: Part;
    /** The port and the path. */
    endpoint: string;
    kind: string;
    send: () => Promise<Answer>;
}

/** An endpoint that accepts data over HTTP. */
interface Endpoint {
    part: Part;
    port: number;
    path: string;
    /** Encodes bodies in Protocol Buffers. */
    encode?: Encode;
    headers?: Record<string, string>;
    /** A valid JSON document and its first key. */
    json?: { valid: string; root: string };
}

const protobuf = { "content-type": "application/x-protobuf" };
const snappyProtobuf = { ...protobuf, "content-encoding": "snappy" };
const nano = () => `${Date.now()}000000`;
const service = [{ key: "service.name", value: { stringValue: "malformed" } }];
const routes = { traces: "/v1/traces", logs: "/v1/logs", metrics: "/v1/metrics" };
type Signal = keyof typeof routes;

function otlpJson(signal: Signal): { valid: string; root: string } {
    const element = {
        traces: {
            scopeSpans: [
                {
                    spans: [
                        {
                            traceId: "0".repeat(31) + "7",
                            spanId: "0".repeat(15) + "7",
                            name: "malformed",
                            endTimeUnixNano: nano(),
                        },
                    ],
                },
            ],
        },
        logs: { scopeLogs: [{ logRecords: [{ timeUnixNano: nano(), body: { stringValue: "malformed" } }] }] },
        metrics: {
            scopeMetrics: [
                { metrics: [{ name: "malformed", gauge: { dataPoints: [{ timeUnixNano: nano(), asDouble: 1 }] } }] },
            ],
        },
    }[signal];
    const root = { traces: "resourceSpans", logs: "resourceLogs", metrics: "resourceMetrics" }[signal];
    return { valid: JSON.stringify({ [root]: [{ resource: { attributes: service }, ...element }] }), root };
}

function otlpEndpoint(part: Part, port: number, signal: Signal, prefix = ""): Endpoint {
    return {
        part,
        port,
        path: prefix + routes[signal],
        encode: otlp[signal],
        headers: protobuf,
        json: otlpJson(signal),
    };
}

const allSignals = Object.keys(routes) as Signal[];
const collector: Part = "otel-collector-opentelemetry-collector";
const receiver: Part = "lgtm-alloy-receiver";

/** Every endpoint of the stack that accepts data over HTTP. */
export const httpEndpoints: Endpoint[] = [
    ...allSignals.map((signal) => otlpEndpoint(collector, 4318, signal)),
    {
        part: collector,
        port: 9411,
        path: "/api/v2/spans",
        json: {
            valid: JSON.stringify([
                {
                    traceId: "7".repeat(32),
                    id: "7".repeat(16),
                    name: "malformed",
                    timestamp: Date.now() * 1000,
                    tags: {},
                },
            ]),
            root: "spans",
        },
    },
    ...allSignals.map((signal) => otlpEndpoint(receiver, 4318, signal)),
    {
        part: "loki",
        port: 3100,
        path: "/loki/api/v1/push",
        encode: lokiPush,
        headers: protobuf,
        json: {
            valid: JSON.stringify({ streams: [{ stream: { service_name: "malformed" }, values: [[nano(), "line"]] }] }),
            root: "streams",
        },
    },
    otlpEndpoint("loki", 3100, "logs", "/otlp"),
    otlpEndpoint("tempo", 4318, "traces"),
    { part: "mimir", port: 9009, path: "/api/v1/push", encode: remoteWrite, headers: snappyProtobuf },
    otlpEndpoint("mimir", 9009, "metrics", "/otlp"),
    {
        part: "pyroscope",
        port: 4040,
        path: "/push.v1.PusherService/Push",
        json: {
            valid: JSON.stringify({
                series: [
                    {
                        labels: [
                            { name: "__name__", value: "process_cpu" },
                            { name: "service_name", value: "malformed" },
                        ],
                        samples: [
                            {
                                ID: "00000000-0000-0000-0000-000000000007",
                                rawProfile: zlib.gzipSync("x").toString("base64"),
                            },
                        ],
                    },
                ],
            }),
            root: "series",
        },
    },
    // The body is a profile in the format pprof.
    {
        part: "pyroscope",
        port: 4040,
        path: "/ingest?name=malformed&format=pprof",
        encode: pprof,
        headers: { "content-type": "application/octet-stream" },
    },
];

/** Every endpoint of the stack that accepts data over gRPC. */
export const grpcEndpoints: { part: Part; port: number; signal: Signal }[] = [
    ...allSignals.map((signal) => ({ part: collector, port: 4317, signal })),
    ...allSignals.map((signal) => ({ part: receiver, port: 4317, signal })),
    { part: "tempo", port: 4317, signal: "traces" },
];

/** 512 MiB of zeros in 0.5 MiB: a gzip stream can have several members. */
const gzipBomb = Buffer.concat(Array<Buffer>(32).fill(zlib.gzipSync(Buffer.alloc(2 ** 24), { level: 9 })));
/** A gzip bomb in gzip. */
const nestedBomb = zlib.gzipSync(gzipBomb, { level: 9 });
const deflateBomb = zlib.deflateSync(Buffer.alloc(2 ** 26), { level: 9 });
/** zstd with 4096 blocks that repeat one byte 128 KiB times. */
const zstdBomb = Buffer.from(`28b52ffd0038${"02001000".repeat(4095)}03001000`, "hex");
/** A header of snappy that announces 1 GiB. */
const snappyBomb = Buffer.concat([varint(2 ** 30), Buffer.alloc(1000)]);

function headersOf(encoding: string, headers: Record<string, string>): Record<string, string> {
    return { ...headers, "content-encoding": encoding };
}

/** Requests that differ from a valid one in the method, a header or the encoding. */
function httpRequests(valid: HttpRequest): Record<string, HttpRequest> {
    const { headers, body } = valid;
    const changed = (change: Partial<HttpRequest>): HttpRequest => ({ ...valid, ...change });
    const entries = <T>(prefix: string, values: T[], change: (value: T) => Partial<HttpRequest>) =>
        Object.fromEntries(values.map((value) => [`${prefix} ${String(value)}`, changed(change(value))]));
    return {
        ...entries("the method", ["GET", "PUT", "DELETE", "PATCH", "OPTIONS", "HEAD", "TRACE"], (method) => ({
            method,
        })),
        ...entries(
            "the content type",
            [
                "",
                "text/plain",
                "application/xml",
                "application/json; charset=utf-16",
                "multipart/form-data",
                "application/x-protobuf;;;",
                headers["content-type"] === "application/json" ? "application/x-protobuf" : "application/json",
            ],
            (type) => ({ headers: { ...headers, "content-type": type } }),
        ),
        ...entries(
            "a body that is not encoded as",
            ["gzip", "zstd", "deflate", "br", "lz4", "snappy", "nonsense", "gzip, gzip"],
            (encoding) => ({
                headers: headersOf(encoding, headers),
            }),
        ),
        "half of a gzip stream": changed({
            headers: headersOf("gzip", headers),
            body: zlib.gzipSync(body).subarray(0, Math.ceil(body.length / 2)),
        }),
        "a gzip bomb": changed({ headers: headersOf("gzip", headers), body: gzipBomb }),
        "a gzip bomb in gzip": changed({ headers: headersOf("gzip", headers), body: nestedBomb }),
        "a deflate bomb": changed({ headers: headersOf("deflate", headers), body: deflateBomb }),
        "a zstd bomb": changed({ headers: headersOf("zstd", headers), body: zstdBomb }),
        "a snappy bomb": changed({ headers: headersOf("snappy", headers), body: snappyBomb }),
        "a snappy bomb without a header": changed({ body: snappyBomb }),
        "a header of 12 KiB": changed({ headers: { ...headers, "x-large": "x".repeat(12_288) } }),
        "an empty tenant": changed({ headers: { ...headers, "x-scope-orgid": "" } }),
        "a tenant that is a path": changed({ headers: { ...headers, "x-scope-orgid": "../../etc" } }),
        "a tenant of 4 KiB": changed({ headers: { ...headers, "x-scope-orgid": "t".repeat(4096) } }),
        "a path of 32 KiB": changed({ path: `${valid.path}?${"q".repeat(32_768)}` }),
        "a length that is not the length of the body": changed({ headers: { ...headers, "content-length": "1" } }),
        "the request for a protocol upgrade": changed({
            headers: { ...headers, connection: "Upgrade", upgrade: "websocket" },
        }),
        "a version of gRPC": changed({ headers: { ...headers, "grpc-timeout": "1n", te: "trailers" } }),
        "a tenant with control characters": changed({ headers: { ...headers, "x-scope-orgid": "a\tb" } }),
        "1,000 tenants": changed({
            headers: { ...headers, "x-scope-orgid": Array.from({ length: 1000 }, (_, index) => `t${index}`).join("|") },
        }),
        "an authorization that is not Base64": changed({ headers: { ...headers, authorization: "Basic !!!" } }),
        "a trace context of 8 KiB": changed({ headers: { ...headers, traceparent: `00-${"f".repeat(8192)}-01` } }),
        "a query with an invalid escape": changed({
            path: `${valid.path}${valid.path.includes("?") ? "&" : "?"}a=%zz`,
        }),
        "a path with a NUL": changed({ path: `${valid.path}%00` }),
        "another path": changed({ path: `${valid.path}/../../etc/passwd` }),
    };
}

/** Bytes that are not a complete HTTP request. */
function rawRequests({ path, headers, body }: HttpRequest): Record<string, { bytes: Buffer; wait: boolean }> {
    const head = (...lines: string[]) =>
        Buffer.from(
            [
                `POST ${path} HTTP/1.1`,
                "host: h",
                ...Object.entries(headers).map(([key, value]) => `${key}: ${value}`),
                ...lines,
                "",
                "",
            ].join("\r\n"),
        );
    const sent = (...parts: Buffer[]) => ({ bytes: Buffer.concat(parts), wait: true });
    return {
        "half of the body, then a closed connection": {
            bytes: Buffer.concat([head(`content-length: ${body.length * 2}`), body]),
            wait: false,
        },
        "a length that is negative": sent(head("content-length: -1"), body),
        "two lengths": sent(head("content-length: 1", `content-length: ${body.length}`), body),
        "a length of 1 EiB, then a closed connection": {
            bytes: Buffer.concat([head(`content-length: ${2n ** 60n}`), body]),
            wait: false,
        },
        "chunks without a size": sent(head("transfer-encoding: chunked"), Buffer.from("zz\r\n"), body),
        "a chunk with a negative size": sent(head("transfer-encoding: chunked"), Buffer.from("-1\r\n"), body),
        "a chunk without its end": {
            bytes: Buffer.concat([
                head("transfer-encoding: chunked"),
                Buffer.from(`${body.length.toString(16)}\r\n`),
                body,
            ]),
            wait: false,
        },
        "an unknown transfer encoding": sent(head("transfer-encoding: nonsense"), body),
        "a length and chunks": sent(
            head(`content-length: ${body.length}`, "transfer-encoding: chunked"),
            Buffer.from("0\r\n\r\n"),
        ),
        "a length that is not a number": sent(head("content-length: many"), body),
        "a header without a colon": sent(head("no colon here"), body),
        "a header with a NUL": sent(head("x: a\u0000b"), body),
        "a header that continues on the next line": sent(head("x: a", " b"), body),
        "no host": sent(Buffer.from(`POST ${path} HTTP/1.1\r\ncontent-length: 0\r\n\r\n`)),
        "two hosts": sent(head("host: other", "content-length: 0")),
        "an unknown version of HTTP": sent(Buffer.from(`POST ${path} HTTP/7.3\r\nhost: h\r\n\r\n`)),
        "a line break without a carriage return": sent(
            Buffer.from(`POST ${path} HTTP/1.1\nhost: h\ncontent-length: 0\n\n`),
        ),
        "an unknown method of 1,000 characters": sent(
            Buffer.from(`${"M".repeat(1000)} ${path} HTTP/1.1\r\nhost: h\r\n\r\n`),
        ),
        "a request line of two words": sent(Buffer.from(`POST HTTP/1.1\r\nhost: h\r\n\r\n`)),
        "the preface of HTTP/2": sent(Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), Buffer.alloc(9)),
        "a chunk larger than 64 bits": sent(
            head("transfer-encoding: chunked"),
            Buffer.from(`${"f".repeat(20)}\r\n`),
            body,
        ),
        "a header of 2 MiB": sent(head(`x: ${"y".repeat(2 ** 21)}`)),
        "20,000 headers": sent(head(...Array.from({ length: 20_000 }, (_, index) => `x-${index}: y`))),
        // A server waits for the end of the line.
        "a TLS handshake, then a closed connection": {
            bytes: Buffer.concat([Buffer.from("16030100c8010000c40303", "hex"), Buffer.alloc(200, 3)]),
            wait: false,
        },
        "HTTP/0.9": sent(Buffer.from(`GET ${path}\r\n`)),
        "zeros instead of HTTP, then a closed connection": { bytes: Buffer.alloc(70_000), wait: false },
    };
}

const ownDeviations = ["lists", "an ID"];

/** The content of each kind. Only OTLP has IDs and lists. */
function contentsOf(encode: Encode): [string, () => Buffer][] {
    const isOtlp = Object.values(otlp).includes(encode);
    return Object.entries(contents)
        .filter(([kind]) => isOtlp || !ownDeviations.some((own) => kind.startsWith(own)))
        .map(([kind, deviation]: [string, Deviation]) => [kind, () => encode(deviation)]);
}

function httpCases(endpoint: Endpoint, address: (part: Part) => string): Case[] {
    const { part, port, path, encode, headers = {}, json } = endpoint;
    const base = `http://${address(part)}:${port}`;
    const post = (body: Buffer, own: Record<string, string>): HttpRequest => ({
        method: "POST",
        path,
        headers: own,
        body,
    });
    const jsonHeaders = { "content-type": "application/json" };
    const valid = encode ? post(encode(), headers) : post(Buffer.from(json?.valid ?? ""), jsonHeaders);
    const create = (kind: string, send: () => Promise<Answer>): Case => ({
        part,
        endpoint: `${port}${path}`,
        kind,
        send,
    });
    return [
        ...Object.entries(httpRequests(valid)).map(([kind, request]) => create(kind, () => sendHttp(base, request))),
        ...Object.entries(rawRequests(valid)).map(([kind, { bytes, wait }]) =>
            create(kind, () => sendBytes(address(part), port, bytes, wait)),
        ),
        ...(encode
            ? [
                  ...Object.entries(broken(encode())).map(([kind, body]) =>
                      create(`protobuf: ${kind}`, () => sendHttp(base, post(body, headers))),
                  ),
                  ...contentsOf(encode).map(([kind, body]) =>
                      create(`protobuf: ${kind}`, () => sendHttp(base, post(body(), headers))),
                  ),
              ]
            : []),
        ...(json
            ? Object.entries(brokenJson(json.valid, json.root)).map(([kind, body]) =>
                  create(`JSON: ${kind}`, () => sendHttp(base, post(body, jsonHeaders))),
              )
            : []),
    ];
}

function grpcCases({ part, port, signal }: (typeof grpcEndpoints)[number], address: (part: Part) => string): Case[] {
    const base = `http://${address(part)}:${port}`;
    const name = { traces: "Trace", logs: "Logs", metrics: "Metrics" }[signal];
    const path = `/opentelemetry.proto.collector.${signal === "traces" ? "trace" : signal}.v1.${name}Service/Export`;
    const body = otlp[signal]();
    const frame = grpcFrame(body);
    const send =
        (bytes: Buffer, headers?: Record<string, string>, method = path) =>
        () =>
            sendGrpc(base, method, bytes, headers);
    const gzip = { "grpc-encoding": "gzip" };
    const kinds: Record<string, () => Promise<Answer>> = {
        "no message": send(Buffer.alloc(0)),
        "half of the length": send(frame.subarray(0, 3)),
        "half of a message": send(frame.subarray(0, frame.length / 2)),
        "a length that is too large": send(grpcFrame(body, body.length + 10)),
        "a length that is too small": send(grpcFrame(body, body.length - 10)),
        "a length of 4 GiB": send(grpcFrame(body, 2 ** 32 - 1)),
        "a compressed message without an encoding": send(grpcFrame(body, body.length, 1)),
        "a message that is not encoded as gzip": send(grpcFrame(body, body.length, 1), gzip),
        "an unknown flag": send(grpcFrame(body, body.length, 255)),
        "an unknown encoding": send(grpcFrame(body, body.length, 1), { "grpc-encoding": "nonsense" }),
        "half of a gzip stream": send(grpcFrame(zlib.gzipSync(body).subarray(0, 20), 20, 1), gzip),
        "a gzip bomb": send(grpcFrame(gzipBomb, gzipBomb.length, 1), gzip),
        "a zstd bomb": send(grpcFrame(zstdBomb, zstdBomb.length, 1), { "grpc-encoding": "zstd" }),
        "a message of 32 MiB": () => send(grpcFrame(Buffer.alloc(2 ** 25)))(),
        "1000 empty messages": send(Buffer.concat(Array.from({ length: 1000 }, () => grpcFrame(Buffer.alloc(0))))),
        "two messages": send(Buffer.concat([frame, frame])),
        "an unknown method": send(frame, {}, `${path}s`),
        "an unknown service": send(frame, {}, "/a.b/C"),
        "an empty path": send(frame, {}, "/"),
        "a path of 8 KiB": send(frame, {}, `/${"p".repeat(8192)}`),
        "the content type application/json": send(frame, { "content-type": "application/json" }),
        "the content type application/grpc+json": send(frame, { "content-type": "application/grpc+json" }),
        "a timeout that is not a number": send(frame, { "grpc-timeout": "soonS" }),
        "a timeout of 0": send(frame, { "grpc-timeout": "0n" }),
        "metadata of 12 KiB": send(frame, { "x-large": "x".repeat(12_288) }),
        "metadata that is not Base64": send(frame, { "x-data-bin": "!!!" }),
        "the method PUT": send(frame, { ":method": "PUT" }),
        "HTTP/1.1 instead of HTTP/2": () =>
            sendBytes(address(part), port, Buffer.from("POST / HTTP/1.1\r\nhost: h\r\ncontent-length: 3\r\n\r\nabc")),
        "zeros instead of HTTP/2": () => sendBytes(address(part), port, Buffer.alloc(70_000)),
        "a preface without frames, then a closed connection": () =>
            sendBytes(address(part), port, Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), false),
        "a preface with noise": () =>
            sendBytes(
                address(part),
                port,
                Buffer.concat([Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), Buffer.alloc(5000, 0xff)]),
            ),
        ...Object.fromEntries(
            Object.entries(broken(body)).map(([kind, bytes]) => [`protobuf: ${kind}`, send(grpcFrame(bytes))]),
        ),
        ...Object.fromEntries(
            contentsOf(otlp[signal]).map(([kind, encode]) => [`protobuf: ${kind}`, () => send(grpcFrame(encode()))()]),
        ),
    };
    return Object.entries(kinds).map(([kind, call]) => ({
        part,
        endpoint: `${port} gRPC ${signal}`,
        kind,
        send: call,
    }));
}

/** All malformed and oversized requests to programs. @param address the address of a program. */
export function malformedCases(parts: Part[], address: (part: Part) => string): Case[] {
    const isWanted = ({ part }: { part: Part }) => parts.includes(part);
    const cases = [
        ...httpEndpoints.filter(isWanted).flatMap((endpoint) => httpCases(endpoint, address)),
        ...grpcEndpoints.filter(isWanted).flatMap((endpoint) => grpcCases(endpoint, address)),
    ];
    // The collector drops such spans (docs/bounds.md). Sent directly to Tempo, they would hide valid traces from its searches.
    const hidesTraces = ({ part, endpoint, kind }: Case) =>
        part !== collector && endpoint.includes("traces") && impossibleTimes.some((time) => kind.endsWith(time));
    return cases.filter((each) => !hidesTraces(each));
}

const impossibleTimes = ["the time 0", "the highest time", "a time above the signed integers"];

/** Several bombs at the same time, to each endpoint. */
export function bombs(parts: Part[], address: (part: Part) => string, copies = 8): Case[] {
    const isBomb = ({ kind }: Case) => /bomb|32 MiB/.test(kind);
    return malformedCases(parts, address)
        .filter(isBomb)
        .map((each) => ({
            ...each,
            kind: `${copies} times ${each.kind}`,
            send: async () => {
                const answers = await Promise.all(Array.from({ length: copies }, () => each.send()));
                return answers.find((answer) => answer === "no response") ?? answers[0] ?? "closed";
            },
        }));
}
