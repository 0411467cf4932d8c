import type { Config } from "./config.ts";
import { errorStatus, extract, inject, type Log, newContext, type Span, type SpanContext, spanKinds } from "./otlp.ts";
import { hex, type Journey, randomNumbers } from "./plan.ts";

/** Names of the services of the shop, without the prefix. */
export const services = ["frontend", "auth", "user", "stock", "billing"] as const;
export type Service = (typeof services)[number];

/** The calls between services that each journey makes, as the service graph shows them. */
export const edges = [
    ["frontend", "auth"],
    ["frontend", "user"],
    ["user", "db"],
    ["frontend", "stock"],
    ["frontend", "billing"],
] as const;

/** Number of spans in the trace of a journey. */
export const spansPerJourney = 10;

/** Full name of a service, of the database, or of a topic. */
export function nameOf(config: Pick<Config, "namespace">, name: string): string {
    return `${config.namespace}-${name}`;
}

/** The name of the span of the front end that covers a whole journey. */
export const rootSpan = "POST /checkout";

/** A request that a service has measured for its metrics. */
export interface Measured {
    service: "frontend" | "user";
    seconds: number;
    status: number;
    /** Absent if the trace was not sampled. */
    traceId?: string;
    spanId?: string;
}

/** What the services of the shop report about one journey. */
export interface Played {
    spans: Record<Exclude<Service, "stock">, Span[]>;
    /** Spans of the Dapr sidecars, in the Zipkin format. */
    zipkin: object[];
    logs: Record<Service, Log[]>;
    measured: Measured[];
}

/**
 * Plays one journey: the front end calls auth over gRPC, user over HTTP, which queries a database, and stock through Dapr, and sends a message to billing
 * over Kafka. Each service takes the context of the trace out of the W3C header `traceparent` that its caller has sent.
 *
 * @param end end of the request, in milliseconds since 1970.
 */
export function play(config: Pick<Config, "namespace">, run: string, journey: Journey, end: number): Played {
    const random = randomNumbers(parseInt(journey.traceId.slice(-8), 16));
    const name = (suffix: string) => nameOf(config, suffix);
    const played: Played = {
        spans: { frontend: [], auth: [], user: [], billing: [] },
        zipkin: [],
        logs: { frontend: [], auth: [], user: [], stock: [], billing: [] },
        measured: [],
    };
    const child = (parent: SpanContext): SpanContext => ({ ...parent, spanId: hex(random, 16) });
    const span = (service: keyof Played["spans"], fields: Omit<Span, "traceId" | "spanId">, context: SpanContext) => {
        const attributes = { "load.run": run, ...fields.attributes };
        if (context.sampled) {
            played.spans[service].push({ ...fields, attributes, traceId: context.traceId, spanId: context.spanId });
        }
    };
    const log = (service: Service, context: SpanContext, body: string, severity: Log["severity"] = "INFO") =>
        played.logs[service].push({ time: end, severity, body, attributes: { "load.run": run }, context });
    const times = (from: number, milliseconds: number) => ({ start: from, end: from + milliseconds });
    const ended = journey.failed ? errorStatus : {};
    const status = journey.failed ? 500 : 200;

    const root = newContext(journey.traceId, hex(random, 16), journey.sampled);
    const start = end - journey.total;

    const authCall = child(root);
    const authTimes = times(start, journey.auth);
    const rpc = { "rpc.system": "grpc", "rpc.service": "shop.Auth", "rpc.method": "Verify", "rpc.grpc.status_code": 0 };
    span(
        "frontend",
        {
            parentSpanId: root.spanId,
            name: "shop.Auth/Verify",
            kind: spanKinds.client,
            ...authTimes,
            attributes: { ...rpc, "server.address": name("auth"), "server.port": 50051 },
        },
        authCall,
    );
    const authRequest = extract({ traceparent: inject(authCall) });
    const auth = child(authRequest);
    span(
        "auth",
        {
            parentSpanId: authRequest.spanId,
            name: "shop.Auth/Verify",
            kind: spanKinds.server,
            ...authTimes,
            attributes: rpc,
        },
        auth,
    );
    log("auth", auth, "the token is valid");

    const userCall = child(root);
    const userTimes = times(authTimes.end, journey.user);
    const http = { "http.request.method": "GET", "http.response.status_code": status };
    span(
        "frontend",
        {
            parentSpanId: root.spanId,
            name: "GET",
            kind: spanKinds.client,
            ...userTimes,
            ...ended,
            attributes: {
                ...http,
                "server.address": name("user"),
                "server.port": 8080,
                "url.full": `http://${name("user")}:8080/users/42`,
                ...(journey.failed && { "error.type": "500" }),
            },
        },
        userCall,
    );
    const userRequest = extract({ traceparent: inject(userCall) });
    const user = child(userRequest);
    span(
        "user",
        {
            parentSpanId: userRequest.spanId,
            name: "GET /users/{id}",
            kind: spanKinds.server,
            ...userTimes,
            ...ended,
            attributes: {
                ...http,
                "http.route": "/users/{id}",
                "url.path": "/users/42",
                "url.scheme": "http",
                ...(journey.failed && { "error.type": "500" }),
            },
        },
        user,
    );
    span(
        "user",
        {
            parentSpanId: user.spanId,
            name: "SELECT users",
            kind: spanKinds.client,
            ...times(userTimes.start + 1, journey.database),
            attributes: {
                "db.system.name": "postgresql",
                "db.namespace": name("db"),
                // The service graph of the collector reads the attribute of older conventions.
                "db.name": name("db"),
                "db.collection.name": "users",
                "db.operation.name": "SELECT",
                "db.query.text": "SELECT name FROM users WHERE id = $1",
                "server.address": name("db"),
                "server.port": 5432,
            },
        },
        child(user),
    );
    log(
        "user",
        user,
        journey.failed ? "the user cannot be read" : "the user was read",
        journey.failed ? "ERROR" : "INFO",
    );
    played.measured.push(measured("user", journey.user, status, user));

    const stockCall = child(root);
    const stockTimes = times(userTimes.end, journey.stock);
    const stock = child(extract({ traceparent: inject(stockCall) }));
    if (journey.sampled) {
        const dapr = (context: SpanContext, parent: SpanContext, kind: string, service: string) => ({
            traceId: context.traceId,
            id: context.spanId,
            parentId: parent.spanId,
            name: `calllocal/${name("stock")}/reserve`,
            kind,
            timestamp: Math.round(stockTimes.start * 1000),
            duration: Math.round(journey.stock * 1000),
            localEndpoint: { serviceName: service },
            tags: {
                "load.run": run,
                "dapr.api": "/dapr.proto.internals.v1.ServiceInvocation/CallLocal",
                "dapr.invoke_method": "reserve",
                "rpc.system": "grpc",
            },
        });
        played.zipkin.push(
            dapr(stockCall, root, "CLIENT", name("frontend")),
            dapr(stock, stockCall, "SERVER", name("stock")),
        );
    }
    log("stock", stock, "the articles are reserved");

    const send = child(root);
    const sendTimes = times(stockTimes.end, journey.produce);
    const messaging = { "messaging.system": "kafka", "messaging.destination.name": name("orders") };
    span(
        "frontend",
        {
            parentSpanId: root.spanId,
            name: `send ${name("orders")}`,
            kind: spanKinds.producer,
            ...sendTimes,
            attributes: { ...messaging, "messaging.operation.name": "send", "messaging.operation.type": "send" },
        },
        send,
    );
    // The header of the message.
    const message = extract({ traceparent: inject(send) });
    const billing = child(message);
    span(
        "billing",
        {
            parentSpanId: message.spanId,
            links: [{ traceId: message.traceId, spanId: message.spanId }],
            name: `process ${name("orders")}`,
            kind: spanKinds.consumer,
            ...times(sendTimes.end, journey.billing),
            attributes: {
                ...messaging,
                "messaging.operation.name": "process",
                "messaging.operation.type": "process",
                "messaging.consumer.group.name": name("billing"),
            },
        },
        billing,
    );
    log("billing", billing, "the order is billed");

    span(
        "frontend",
        {
            name: rootSpan,
            kind: spanKinds.server,
            ...times(start, journey.total),
            ...ended,
            attributes: {
                "http.request.method": "POST",
                "http.response.status_code": status,
                "http.route": "/checkout",
                "url.path": "/checkout",
                "url.scheme": "https",
                ...(journey.failed && { "error.type": "500" }),
            },
        },
        root,
    );
    log("frontend", root, `POST /checkout ${status}`, journey.failed ? "ERROR" : "INFO");
    played.measured.push(measured("frontend", journey.total, status, root));
    return played;
}

function measured(service: Measured["service"], milliseconds: number, status: number, context: SpanContext): Measured {
    const { traceId, spanId, sampled } = context;
    return { service, seconds: milliseconds / 1000, status, ...(sampled && { traceId, spanId }) };
}
