import { get, newTraceId, otlpLogs, otlpSpans, otlpSum, post } from "./telemetry";

/** How many log records, samples and traces were accepted or found. */
export interface Counts {
    lines: number;
    samples: number;
    traces: number;
}

const signals = ["lines", "samples", "traces"] as const;

/** URLs that accept a signal as OTLP over HTTP. Requests are sent to each of them in turn. */
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
            const urls = this.targets[signal] ?? [];
            if (urls.length > 0) {
                const sending = this.deliver(signal, urls, round, bodies[signal]());
                this.pending.add(sending);
                void sending.finally(() => this.pending.delete(sending));
            }
        }
    }

    private async deliver(signal: keyof Counts, urls: string[], first: number, body: object): Promise<void> {
        for (let attempt = first; !this.stopped; attempt++) {
            const response = await post(urls[attempt % urls.length] as string, body).catch(() => undefined);
            const status = response?.status ?? 503;
            if (status < 300) {
                this.accepted[signal] += this.perSecond;
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

function metricOf(service: string): string {
    return service.replace(/\W/g, "_");
}

/** What the stores contain of a service. @param stores base URLs; a store without URL is not asked. */
export async function storedOf(
    service: string,
    stores: { loki?: string; mimir?: string; tempo?: string },
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
    };
}
