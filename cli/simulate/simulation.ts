import { StoreMode } from "../../components/mode";
import type { Settings } from "../../settings/resolve";
import { type Load, type Shape, SizeError } from "../../settings/sizing/load";
import { shapeOf } from "../../settings/sizing/stack";
import { isSized } from "../size/findings";
import { smallestShape } from "../size/shape";
import { largestPods } from "../size/sizing";
import { type Balance, balanceOf, connectionBalance, type Range, tokensOf } from "./balance";
import { fleetOf, type ServiceLoad } from "./fleet";
import { spanQueue, type SpanQueue, tailBuffer, type TailBuffer } from "./pipeline";
import { randomOf } from "./random";

/** What to simulate. */
export interface SimulationCase {
    services: number;
    average: ServiceLoad;
    skew: number;
    outageSeconds: number;
    /** Number of random rings. */
    rings: number;
    seed: number;
}

/** A store with a ring, or the reason why it has no size. */
export type StoreResult = (Balance & { isDistributed: boolean }) | { refused: string };

/** How a stack behaves with a number of services. */
export interface Simulation {
    services: number;
    load: Load;
    streams: number;
    mimir?: StoreResult;
    loki?: StoreResult;
    collector?: CollectorResult | { refused: string };
}

export interface CollectorResult {
    replicas: number;
    /** Load of the largest replica, compared with the mean, if each pod has a connection to a random replica. */
    connections: Range;
    queue: SpanQueue;
    /** The ring that routes the spans of a trace to one replica. Undefined without tail sampling, or with one replica. */
    traces: Balance | undefined;
    tail: TailBuffer | undefined;
}

/**
 * Simulates a stack with as many replicas as `npm run size` computes. A monolithic store that is not enough is simulated in distributed mode instead.
 */
export function simulate(settings: Settings, given: SimulationCase): Simulation {
    const { services, average, skew, outageSeconds, rings, seed } = given;
    const { load, streams, senders } = fleetOf(services, average, skew);
    const random = randomOf(seed);
    const ring = (name: "mimir" | "loki", mode: StoreMode, sizes?: number[]) =>
        sized(
            { ...settings, mode: { ...settings.mode, [name]: mode } },
            name === "mimir" ? onlyOf(load, "series") : onlyOf(load, "logBytesPerSecond"),
            (shape) => ({
                isDistributed: mode === StoreMode.Distributed,
                ...balanceOf(
                    {
                        members: shape.replicas[name],
                        tokens: tokensOf[name],
                        replicationFactor: shape.replicationFactor[name],
                        ...(sizes && { sizes }),
                    },
                    rings,
                    random,
                ),
            }),
        );
    const store = (name: "mimir" | "loki", sizes?: number[]): StoreResult => {
        const result = ring(name, settings.mode[name], sizes);
        return "refused" in result && settings.mode[name] === StoreMode.Monolithic
            ? ring(name, StoreMode.Distributed, sizes)
            : result;
    };
    // The distributed Tempo has a size too, and could be refused. The monolithic one has always one replica.
    const withoutTempoSize = { ...settings, mode: { ...settings.mode, tempo: StoreMode.Monolithic } };
    const collector = () =>
        sized(withoutTempoSize, onlyOf(load, "spansPerSecond"), (shape): CollectorResult => {
            const replicas = shape.replicas.collector;
            const connections = connectionBalance(replicas, senders, rings, random);
            const isTail = settings.tracing.samplingMode === "tail";
            const traces =
                isTail && replicas > 1
                    ? balanceOf({ members: replicas, tokens: tokensOf.collector, replicationFactor: 1 }, rings, random)
                    : undefined;
            // With tail sampling, the spans are routed by trace before they are queued for export.
            const imbalance = traces?.largest.high ?? connections.high;
            return {
                replicas,
                connections,
                queue: spanQueue(settings, load, shape, imbalance, outageSeconds),
                traces,
                tail: tailBuffer(settings, load, shape, imbalance),
            };
        });
    return {
        services,
        load,
        streams: streams.length,
        ...(isSized(settings, load, "mimir") && { mimir: store("mimir") }),
        ...(isSized(settings, load, "loki") && { loki: store("loki", streams) }),
        ...(isSized(settings, load, "otelCollector") && { collector: collector() }),
    };
}

function onlyOf(load: Load, key: "series" | "logBytesPerSecond" | "spansPerSecond"): Load {
    return { ...load, series: 0, logBytesPerSecond: 0, spansPerSecond: 0, profilesPerSecond: 0, [key]: load[key] };
}

function sized<T>(settings: Settings, load: Load, simulateShape: (shape: Shape) => T): T | { refused: string } {
    try {
        return simulateShape(smallestShape(load, shapeOf(settings), largestPods(settings)));
    } catch (error) {
        if (error instanceof SizeError) {
            return { refused: error.message };
        }
        throw error;
    }
}
