import { type Backend, backends } from "../../validation/buckets";
import type { Get } from "../cluster/backend-api";
import { perBackend } from "./access";

/** How much each backend returns for the same queries. Undefined if the query failed. */
export type StoredData = Record<Backend, number | undefined>;

const hours = 24;

/**
 * Queries each backend for the data of 24 hours: log lines of the stack, samples of the metric up, traces (at most 1000), and the sum of a profile.
 * The range is long enough that the backends read their buckets.
 *
 * @param query sends the requests of a backend.
 * @param end end of the range, in milliseconds since 1970.
 */
export async function queryStoredData(
    query: (backend: Backend, run: (get: Get) => Promise<number>) => Promise<number>,
    namespace: string,
    end: number,
): Promise<StoredData> {
    const queries = queriesOf(namespace, end);
    const results = await Promise.all(
        backends.map((backend) => query(backend, queries[backend]).catch(() => undefined)),
    );
    return perBackend((backend) => results[backends.indexOf(backend)]);
}

function queriesOf(namespace: string, end: number): Record<Backend, (get: Get) => Promise<number>> {
    const start = end - hours * 3_600_000;
    const seconds = (milliseconds: number) => Math.floor(milliseconds / 1000);
    const range = `start=${seconds(start)}&end=${seconds(end)}`;
    const sum = ({ data }: any) => Number(data.result[0]?.value[1] ?? 0);
    return {
        loki: async (get) => {
            const lines = encodeURIComponent(`sum(count_over_time({namespace="${namespace}"}[${hours}h]))`);
            return sum(await get(`/loki/api/v1/query?query=${lines}&time=${seconds(end)}`));
        },
        mimir: async (get) => {
            const samples = encodeURIComponent(`sum(count_over_time(up[${hours}h]))`);
            return sum(await get(`/prometheus/api/v1/query?query=${samples}&time=${seconds(end)}`));
        },
        tempo: async (get) => {
            const { traces = [] } = await get(`/api/search?q=${encodeURIComponent("{}")}&limit=1000&spss=1&${range}`);
            return traces.length;
        },
        pyroscope: async (get) => {
            const querier = "/querier.v1.QuerierService";
            const { profileTypes = [] } = await get(`${querier}/ProfileTypes`, { start, end });
            const profileTypeID = profileTypes[0]?.ID;
            if (profileTypeID === undefined) {
                return 0;
            }
            const merge = { profileTypeID, labelSelector: "{}", start, end };
            const { flamegraph } = await get(`${querier}/SelectMergeStacktraces`, merge);
            return Number(flamegraph?.total ?? 0);
        },
    };
}

/** The backends that return less than before: one sentence each. Data that was in a queue can increase a number. */
export function missingData(before: StoredData, after: StoredData): string[] {
    return backends.flatMap((backend) => {
        const [old, now] = [before[backend], after[backend]];
        if (old === undefined || (now !== undefined && now >= old)) {
            return [];
        }
        return [`${backend} returned ${old} ${units[backend]} before, and ${now ?? "an error"} now`];
    });
}

const units: Record<Backend, string> = {
    loki: "log lines",
    mimir: "samples",
    tempo: "traces",
    pyroscope: "units of a profile",
};
