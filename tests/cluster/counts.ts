import { backendAt, type Backend, queryMetrics, searchTraces } from "../../cli/verify/backends";
import type { Connections } from "../../cli/verify/connections";
import { type Counts, signals } from "./load-pod";

/** The backends of a stack. */
export type Backends = Record<"loki" | "tempo" | "mimir" | "pyroscope", Backend>;

/** @param tenants the tenant of each backend. Default: none. */
export function backendsOf(connections: Connections, tenants?: Record<keyof Backends, string>): Backends {
    const at = (name: keyof Backends, path = "") =>
        backendAt(
            async () => `${await connections.url(name)}${path}`,
            tenants === undefined ? {} : { "X-Scope-OrgID": tenants[name] },
        );
    return { loki: at("loki"), tempo: at("tempo"), mimir: at("mimir", "/prometheus"), pyroscope: at("pyroscope") };
}

// A suite with several events reads the data of the first one at its end.
const range = "2h";
const rangeMs = 2 * 3_600_000;
const maximumTraces = 100_000;

/** Counts what the backends have stored of a service of the load pod. */
export async function storedCounts({ loki, tempo, mimir, pyroscope }: Backends, service: string): Promise<Counts> {
    const traces = async (name: string) =>
        new Set(await searchTraces(tempo, `{ resource.service.name = "${name}" }`, maximumTraces, Date.now() - rangeMs))
            .size;
    const samples = await queryMetrics(
        mimir,
        `sum(count_over_time(load_calls_total{service_name="${service}"}[${range}]))`,
    );
    return {
        zipkin: await traces(`${service}-sidecar`),
        traces: await traces(service),
        logs: await countLogs(loki, `{service_name="${service}"}`),
        samples: samples[0]?.value ?? 0,
        profiles: await countProfiles(pyroscope, service),
        lines: await countLogs(loki, `{container="program"} |= "of ${service}."`),
    };
}

/** Counts the data of a service that is divided among several tenants. */
export async function storedInAll(sources: Backends[], service: string): Promise<Counts> {
    const counts = await Promise.all(sources.map((source) => storedCounts(source, service)));
    const sum = (signal: keyof Counts) => counts.reduce((total, stored) => total + stored[signal], 0);
    return Object.fromEntries(signals.map((signal) => [signal, sum(signal)])) as Counts;
}

async function countLogs(loki: Backend, query: string): Promise<number> {
    const { body } = await loki.get("/loki/api/v1/query", { query: `sum(count_over_time(${query} [${range}]))` });
    return Number(JSON.parse(body).data.result[0]?.value[1] ?? 0);
}

/** Counts the values of the label that identifies a profile. */
async function countProfiles(pyroscope: Backend, service: string): Promise<number> {
    const { body } = await pyroscope.post("/querier.v1.QuerierService/Series", {
        matchers: [`{service_name="${service}"}`],
        labelNames: ["push"],
        start: Date.now() - rangeMs,
        end: Date.now() + 60_000,
    });
    return (JSON.parse(body).labelsSet ?? []).length;
}

/** How much of each signal is missing. Negative numbers are duplicates. Signals without a difference are omitted. */
export function difference(accepted: Counts, stored: Counts): Partial<Counts> {
    return Object.fromEntries(
        signals.map((signal) => [signal, accepted[signal] - stored[signal]]).filter(([, count]) => count !== 0),
    );
}
