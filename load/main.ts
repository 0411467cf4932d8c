import exec from "k6/execution";
import http from "k6/http";
import { Gauge } from "k6/metrics";
import { Client, StatusOK } from "k6/net/grpc";
import type { Options } from "k6/options";
import { sleep } from "k6";
import { type Comparison, compare, comparisonIds, passes, serviceBoundsSeconds, table } from "./compare.ts";
import type { Config } from "./config.ts";
import { bucketIndex } from "./histogram.ts";
import { type Attributes, base64, durations, type Histogram, type Log, logs, type Span, traces } from "./otlp.ts";
import { allJourneys, hex, journey, randomNumbers, type Run } from "./plan.ts";
import { type Measured, nameOf, play, type Played, type Service, services } from "./shop.ts";
import { type SpanCounters, Stack } from "./stack.ts";

const config = JSON.parse(__ENV["LOAD_CONFIG"] ?? "") as Config;
const { urls, vus, seconds } = config;

const deviation = new Gauge("comparison_deviation");
const failed = new Gauge("comparison_failed");

const grpc = new Client();
grpc.load(["."], "otlp.proto");

export const options: Options = {
    scenarios: {
        // The number of iterations does not depend on the speed of the stack, so that it is known what was sent.
        shop: { executor: "per-vu-iterations", vus, iterations: seconds, maxDuration: `${2 * seconds + 60}s` },
    },
    // What the thresholds tolerate is part of the failed comparisons.
    thresholds: Object.fromEntries(comparisonIds.map((id) => [`comparison_failed{comparison:${id}}`, ["value==0"]])),
    setupTimeout: "60s",
    teardownTimeout: `${config.waitSeconds + 60}s`,
    // Only labels with few values.
    systemTags: ["name", "method", "status", "scenario", "error_code", "expected_response"],
    tags: { namespace: config.namespace, cluster: config.cluster },
};

/** What all virtual users need to know about the run. */
interface StartedRun extends Run {
    started: number;
    before: SpanCounters;
}

export function setup(): StartedRun {
    const started = Date.now();
    return {
        id: hex(randomNumbers(started), 16),
        seed: config.seed ?? started % 2 ** 31,
        started,
        before: new Stack(config).spanCounters(),
    };
}

const histograms = { frontend: statuses(), user: statuses() };
let nextSecond = 0;

/** Plays the journeys of one second, and sends what the services report about them. */
export default function (run: StartedRun): void {
    const { idInTest: vu, iterationInScenario } = exec.vu;
    const first = ((vu - 1) * seconds + iterationInScenario) * config.journeysPerSecond;
    const now = Date.now();
    nextSecond = (nextSecond || now) + 1000;
    const played = Array.from({ length: config.journeysPerSecond }, (_, index) =>
        play(config, run.id, journey(config, run, first + index), now),
    );
    sendTraces(played);
    sendLogs(played);
    sendMetrics(run, vu, played);
    sleep(Math.max(0, nextSecond - Date.now()) / 1000);
}

/** Waits until the stack reports what was sent, and compares. */
export function teardown(run: StartedRun): void {
    const stack = new Stack(config);
    const journeys = allJourneys(config, run);
    const end = Date.now() + config.waitSeconds * 1000;
    let comparisons: Comparison[];
    for (;;) {
        comparisons = compare(config, journeys, stack.reported(run.id, run.started, run.before));
        if (comparisons.every(passes) || Date.now() > end) {
            break;
        }
        sleep(5);
    }
    for (const comparison of comparisons) {
        deviation.add(comparison.deviation, { comparison: comparison.id });
        failed.add(passes(comparison) ? 0 : 1, { comparison: comparison.id });
    }
    console.log(table(config, run, comparisons));
}

/** The table above is the summary. */
export function handleSummary(): Record<string, string> {
    return {};
}

function resource(service: Service): Attributes {
    return { "service.name": nameOf(config, service), "k8s.namespace.name": config.namespace };
}

function sendTraces(played: Played[]): void {
    const of = (service: keyof Played["spans"]): Span[] => played.flatMap(({ spans }) => spans[service]);
    for (const service of ["frontend", "billing"] as const) {
        post(`${urls.otlpHttp}/v1/traces`, of(service).length > 0 && traces(resource(service), of(service)));
    }
    for (const service of ["auth", "user"] as const) {
        if (of(service).length > 0) {
            exportOverGrpc(traces(resource(service), of(service), base64));
        }
    }
    const zipkin = played.flatMap(({ zipkin: spans }) => spans);
    post(`${urls.zipkin}/api/v2/spans`, zipkin.length > 0 && zipkin);
}

function sendLogs(played: Played[]): void {
    const records = services.map((service) => ({
        resource: resource(service),
        logs: played.flatMap(({ logs: all }): Log[] => all[service]),
    }));
    post(`${urls.otlpHttp}/v1/logs`, logs(records));
}

function sendMetrics(run: StartedRun, vu: number, played: Played[]): void {
    for (const measured of played.flatMap(({ measured: all }) => all)) {
        observe(histograms[measured.service][measured.status === 500 ? 1 : 0], measured);
    }
    const ofService = (service: keyof typeof histograms) => ({
        resource: { ...resource(service), "service.instance.id": `vu-${vu}` },
        histograms: histograms[service],
    });
    const body = durations([ofService("frontend"), ofService("user")], serviceBoundsSeconds, run.started, Date.now());
    post(`${urls.otlpHttp}/v1/metrics`, body);
    Object.values(histograms)
        .flat()
        .forEach((histogram) => (histogram.exemplars = []));
}

/** The histograms of successful and of failed requests. */
function statuses(): [Histogram, Histogram] {
    const histogram = (status: number): Histogram => ({
        attributes: { "http.response.status_code": status, "http.request.method": "GET" },
        count: 0,
        sum: 0,
        bucketCounts: Array.from({ length: serviceBoundsSeconds.length + 1 }, () => 0),
        exemplars: [],
    });
    return [histogram(200), histogram(500)];
}

function observe(histogram: Histogram, { seconds: value, traceId, spanId }: Measured): void {
    const bucket = bucketIndex(serviceBoundsSeconds, value);
    histogram.count++;
    histogram.sum += value;
    histogram.bucketCounts[bucket] = (histogram.bucketCounts[bucket] ?? 0) + 1;
    if (traceId !== undefined && spanId !== undefined) {
        histogram.exemplars = [{ seconds: value, traceId, spanId }];
    }
}

const attempts = 5;

/** Sends JSON, and repeats the request as exporters do if the server is busy. `false` sends nothing. */
function post(url: string, body: object | false): void {
    for (let attempt = 1; body !== false && attempt <= attempts; attempt++) {
        const {
            status,
            error,
            body: answer,
        } = http.post(url, JSON.stringify(body), {
            headers: { "content-type": "application/json" },
            timeout: "10s",
        });
        if (status >= 200 && status < 300) {
            return;
        }
        if (attempt === attempts || (status >= 400 && status < 500 && status !== 429)) {
            console.error(`${url} has not accepted data: ${error || `status ${status}: ${answer as string}`}`);
            return;
        }
        sleep(0.5);
    }
}

let connected = false;

/** Sends spans over OTLP gRPC, with the same attempts. */
function exportOverGrpc(request: object): void {
    for (let attempt = 1; attempt <= attempts; attempt++) {
        try {
            if (!connected) {
                grpc.connect(urls.otlpGrpc, { plaintext: true, timeout: "10s" });
                connected = true;
            }
            const method = "opentelemetry.proto.collector.trace.v1.TraceService/Export";
            const { status, error } = grpc.invoke(method, request, { timeout: "10s" });
            if (status === StatusOK) {
                return;
            }
            throw new Error(`status ${status}: ${JSON.stringify(error)}`);
        } catch (error) {
            if (attempt === attempts) {
                console.error(`${urls.otlpGrpc} has not accepted spans: ${(error as Error).message}`);
                return;
            }
            grpc.close();
            connected = false;
            sleep(0.5);
        }
    }
}
