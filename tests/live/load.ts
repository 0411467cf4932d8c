import { get, newTraceId, otlpLogs, otlpSpans, otlpSum, post } from "./telemetry";

/** How many log records, samples, traces and profiles were accepted or found. */
export interface Counts {
    lines: number;
    samples: number;
    traces: number;
    /** Undefined if no profiles are sent. */
    profiles?: number;
}

const signals = ["lines", "samples", "traces"] as const;

/** URLs that accept a signal: as OTLP over HTTP, or the path /ingest for profiles. Requests are sent to each of them in turn. */
export type Targets = Partial<Record<keyof Counts, string[]>>;

/** The URLs of a server that accepts all signals, such as the collector. */
export function targetsOf(base: string): Targets {
    return { lines: [`${base}/v1/logs`], samples: [`${base}/v1/metrics`], traces: [`${base}/v1/traces`] };
}

/**
 * Sends log records, samples and traces every second. It repeats a request until a server accepts it, as exporters do. Repeated requests contain
 * the same timestamps, so that the stores count them once.
 */
export class Load {
    readonly accepted: Counts = { lines: 0, samples: 0, traces: 0 };
    /** Responses that must not be repeated, such as status 400. */
    readonly rejected: string[] = [];
    /** Number of attempts that were repeated. */
    repeated = 0;
    private readonly pending = new Set<Promise<void>>();
    private timer: NodeJS.Timeout | undefined;
    private round = 0;
    private stopped = false;

    constructor(
        readonly service: string,
        private readonly targets: Targets,
        private readonly perSecond = 50,
        /** Number of log streams, with the names SERVICE-0, SERVICE-1 and so on. Each has `perSecond / streams` lines a second. Default: one, SERVICE. */
        private readonly streams = 1,
    ) {}

    start(): void {
        this.timer = setInterval(() => this.send(), 1000);
    }

    /** Stops, and waits until everything was accepted or `seconds` are over. What was not accepted then is not counted. */
    async stop(seconds = 60): Promise<void> {
        clearInterval(this.timer);
        const timeout = setTimeout(() => (this.stopped = true), seconds * 1000);
        await Promise.all(this.pending);
        clearTimeout(timeout);
    }

    /** Sends one batch of each signal. */
    send(): void {
        const round = this.round++;
        const resource = { "service.name": this.service, "k8s.namespace.name": "mathtrail", namespace: "mathtrail" };
        const batch = Array.from({ length: this.perSecond }, (_, index) => index);
        const bodies = {
            lines: () => ({
                resourceLogs: Array.from({ length: this.streams }, (_, stream) => {
                    const name = this.streams === 1 ? this.service : `${this.service}-${stream}`;
                    const lines = batch.filter((index) => index % this.streams === stream);
                    const records = lines.map((index) => ({ body: `line ${index} of round ${round}` }));
                    return otlpLogs({ ...resource, "service.name": name }, records).resourceLogs;
                }).flat(),
            }),
            samples: () => otlpSum(resource, metricOf(this.service), this.perSecond),
            traces: () =>
                otlpSpans(
                    resource,
                    batch.map(() => ({ traceId: newTraceId(), name: this.service })),
                ),
        };
        for (const signal of signals) {
            if (this.targets[signal] !== undefined) {
                const body = bodies[signal]();
                this.deliver(signal, round, this.perSecond, (url) => post(url, body));
            }
        }
        if (this.targets.profiles !== undefined) {
            batch.forEach((index) => this.deliver("profiles", round, 1, profileOf(this.service, `${round}-${index}`)));
        }
    }

    private deliver(signal: keyof Counts, first: number, count: number, send: Send): void {
        const sending = this.repeat(signal, first, count, send);
        this.pending.add(sending);
        void sending.finally(() => this.pending.delete(sending));
    }

    private async repeat(signal: keyof Counts, first: number, count: number, send: Send): Promise<void> {
        const urls = this.targets[signal] ?? [];
        for (let attempt = first; !this.stopped; attempt++) {
            const response = await send(urls[attempt % urls.length] as string).catch(() => undefined);
            const status = response?.status ?? 503;
            if (status < 300) {
                this.accepted[signal] = (this.accepted[signal] ?? 0) + count;
                return;
            }
            if (status < 500 && status !== 429) {
                this.rejected.push(`${signal}: ${status} ${response?.body.slice(0, 300)}`);
                return;
            }
            this.repeated++;
            await new Promise((resolve) => setTimeout(resolve, 500));
        }
    }
}

type Send = (url: string) => Promise<{ status: number; body: string }>;

/** Sends a profile with one stack. The label `push` identifies it, so that a repeated profile counts once. */
function profileOf(service: string, push: string): Send {
    const until = Math.floor(Date.now() / 1000);
    const name = `${service}{push=${push}}`;
    const query = { name, from: String(until - 10), until: String(until), format: "folded" };
    return async (url) => {
        const response = await fetch(`${url}?${new URLSearchParams(query).toString()}`, {
            method: "POST",
            body: "main;answer 10\n",
            signal: AbortSignal.timeout(15_000),
        });
        return { status: response.status, body: await response.text() };
    };
}

/** The profiles of a service that Pyroscope finds, and the sum of their values. */
export async function profilesOf(base: string, service: string): Promise<{ profiles: number; total: number }> {
    const now = Date.now();
    const selector = `{service_name="${service}"}`;
    const query = async (route: string, body: object): Promise<any> => {
        const response = await post(`${base}/querier.v1.QuerierService/${route}`, {
            start: now - 3_600_000,
            end: now + 60_000,
            ...body,
        });
        if (response.status !== 200) {
            throw new Error(`${response.status} from ${route}: ${response.body.slice(0, 500)}`);
        }
        return JSON.parse(response.body);
    };
    const { labelsSet = [] } = await query("Series", { matchers: [selector], labelNames: ["push"] });
    const { flamegraph } = await query("SelectMergeStacktraces", {
        profileTypeID: "process_cpu:cpu:nanoseconds:cpu:nanoseconds",
        labelSelector: selector,
    });
    return { profiles: labelsSet.length, total: Number(flamegraph?.total ?? 0) };
}

function metricOf(service: string): string {
    return service.replace(/\W/g, "_");
}

/** What the stores contain of a service. @param stores base URLs; a store without URL is not asked. */
export async function storedOf(
    service: string,
    stores: { loki?: string; mimir?: string; tempo?: string; pyroscope?: string },
): Promise<Partial<Counts>> {
    const number = (answer: any) => Number(answer.data.result[0]?.value[1] ?? 0);
    const now = Math.floor(Date.now() / 1000);
    return {
        ...(stores.loki !== undefined && {
            lines: number(
                await get(`${stores.loki}/loki/api/v1/query`, {
                    query: `sum(count_over_time({service_name="${service}"}[1h]))`,
                }),
            ),
        }),
        ...(stores.mimir !== undefined && {
            samples: number(
                await get(`${stores.mimir}/prometheus/api/v1/query`, {
                    query: `sum(count_over_time(${metricOf(service)}_total[1h]))`,
                }),
            ),
        }),
        ...(stores.tempo !== undefined && {
            traces: (
                await get(`${stores.tempo}/api/search`, {
                    q: `{ resource.service.name = "${service}" }`,
                    limit: "100000",
                    start: String(now - 3600),
                    end: String(now + 60),
                })
            ).traces.length,
        }),
        ...(stores.pyroscope !== undefined && { profiles: (await profilesOf(stores.pyroscope, service)).profiles }),
    };
}
