import { formatCount } from "../../settings/sizing/figure";
import { formatGibibytes } from "../summary/format";
import { zones, type Balance, type Range } from "./balance";
import { type Bound, endOf, type Store } from "./bounds";
import type { CollectorResult, Simulation, StoreResult } from "./simulation";

const MB = 1e6;

const titles: Record<Store, string> = { mimir: "Mimir", loki: "Loki", tempo: "Tempo", pyroscope: "Pyroscope" };

/** The simulations as text, and the bounds of the monolithic stores. */
export function formatSimulations(
    stack: string,
    simulations: Simulation[],
    bounds: Bound[],
    outageSeconds: number,
): string {
    return [
        `Simulation of stack ${stack}. "x (y)": half of the random rings have at most x, and 95 % at most y.`,
        ...simulations.flatMap((simulation) => ["", ...simulationLines(simulation, outageSeconds)]),
        "",
        "Services up to which the monolithic stores are enough, with the range of the uncertainty",
        ...(Object.keys(titles) as Store[]).flatMap((store) => boundLines(store, bounds)),
    ].join("\n");
}

function simulationLines(
    { services, load, streams, mimir, loki, collector }: Simulation,
    outageSeconds: number,
): string[] {
    return [
        `${formatCount(services)} services: ${formatCount(load.series)} series, ${formatCount(streams)} streams, ${formatCount(load.logBytesPerSecond / MB)} MB of logs per second, ${formatCount(load.spansPerSecond)} spans per second`,
        ...storeLines("Mimir", "series", mimir),
        ...storeLines("Loki", "streams", loki),
        ...(collector === undefined ? [] : collectorLines(collector, outageSeconds)),
    ];
}

function storeLines(title: string, items: string, result: StoreResult | undefined): string[] {
    if (result === undefined) {
        return [];
    }
    if ("refused" in result) {
        return [`  ${title}: ${result.refused}`];
    }
    const { members, replicationFactor, isDistributed } = result;
    const replicas = isDistributed ? "ingesters in distributed mode" : members === 1 ? "replica" : "replicas";
    return [
        `  ${title}: ${members} ${replicas}, replication factor ${replicationFactor}`,
        ...balanceLines(items, result),
    ];
}

function balanceLines(
    items: string,
    { members, largest, largestOfSizes, afterLoss, withoutQuorum }: Balance,
): string[] {
    if (members === 1) {
        return [];
    }
    return [
        `    ${items} of the largest replica: ${times(largest)} the mean`,
        ...(largestOfSizes ? [`    bytes of the largest replica: ${times(largestOfSizes)} the mean`] : []),
        ...(afterLoss ? [`    after one replica has left: the largest has ${times(afterLoss)} the mean before`] : []),
        `    while one of ${zones} zones is down: ${percent(withoutQuorum)} of the ${items} have no majority of their copies`,
    ];
}

function collectorLines(result: CollectorResult | { refused: string }, outageSeconds: number): string[] {
    if ("refused" in result) {
        return [`  Collector: ${result.refused}`];
    }
    const { replicas, connections, queue, traces, tail } = result;
    const { capacity, received, fullAfter, highest, rejected, drainedAfter } = queue;
    const fill =
        fullAfter === undefined
            ? `has ${formatCount((100 * highest) / capacity)} % of its bytes at the end`
            : `is full after ${formatCount(fullAfter)} s, and the collector rejects ${formatCount((100 * rejected) / (rejected + highest))} % of the spans`;
    const drain =
        drainedAfter === undefined
            ? "does not become empty: raise CPU limits, replicas, or the limit of Tempo"
            : `is empty ${formatCount(drainedAfter)} s later`;
    return [
        `  Collector: ${replicas === 1 ? "1 replica" : `${replicas} replicas`}`,
        ...(replicas > 1
            ? [`    spans of the largest replica, with one connection of each pod: ${times(connections)} the mean`]
            : []),
        ...(traces ? [`    traces of the largest replica: ${times(traces.largest)} the mean`] : []),
        `    queue of ${formatCount(capacity / MB)} MB of the largest replica, with ${formatCount(received / MB)} MB per second, in an outage of ${formatCount(outageSeconds / 60)} minutes: it ${fill}; it ${drain}`,
        ...(tail
            ? [
                  `    waiting for the sampling decision: ${formatCount(tail.spans)} spans (${formatGibibytes(tail.memory.low)} to ${formatGibibytes(tail.memory.high)} of memory), ${formatCount(tail.traces)} of at most ${formatCount(tail.maxTraces)} traces`,
              ]
            : []),
    ];
}

function boundLines(store: Store, bounds: Bound[]): string[] {
    const own = bounds.filter((bound) => bound.store === store);
    const end = endOf(bounds, store);
    return own.length === 0
        ? []
        : [
              `  ${titles[store]}: ${end ? servicesText(end) : ""}`,
              ...own.map((bound) => `    ${servicesText(bound)}: ${bound.reason}`),
          ];
}

function servicesText({ services: { low, value, high } }: Bound): string {
    return low === high ? formatCount(value) : `${formatCount(value)} (${formatCount(low)} to ${formatCount(high)})`;
}

function times({ median, high }: Range): string {
    return `${median.toFixed(2)} (${high.toFixed(2)}) ×`;
}

function percent({ median, high }: Range): string {
    return `${formatCount(100 * median)} % (${formatCount(100 * high)} %)`;
}
