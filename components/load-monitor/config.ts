import type { Config } from "../../load/config";
import { durationSeconds } from "../../validation/durations";
import {
    defaultLoad,
    defaultSamplingTolerance,
    journeysPerSecond,
    loadWaitSeconds,
    searchLimit,
} from "../../validation/load";
import { defaultTail } from "../../validation/tail-sampling";
import { spanLatencyBounds } from "../contract";
import { SamplingMode } from "../otel-collector/args";
import type { LoadArgs } from "./args";

/** The image of k6. */
export const k6Image = { registry: "docker.io", repository: "grafana/k6", tag: "1.8.1" };

/** The file that k6 runs. It imports the other files of the folder. */
export const mainFile = "main.ts";

/** What is special about one run. */
export interface LoadRun {
    /** Namespace of the services, and the prefix of their names. */
    namespace: string;
    /** Base URLs. Mimir's has no path. */
    urls: { zipkin: string; otlpGrpc: string; otlpHttp: string; tempo: string; loki: string; mimir: string };
    /** A whole number that decides what the journeys are. Default: the time of the start. */
    seed?: number;
}

/** The configuration of a run of the load test. */
export function loadConfig(args: LoadArgs, { namespace, urls, seed }: LoadRun): Config {
    const mode = args.samplingMode === SamplingMode.Tail ? SamplingMode.Tail : SamplingMode.Head;
    const vus = args.vus ?? defaultLoad.vus;
    const seconds = durationSeconds(args.duration ?? defaultLoad.duration) ?? 0;
    const sampling = { samplingMode: mode, samplingRatio: args.samplingRatio, vus, seconds } as const;
    const slowerThan = durationSeconds(args.slowerThan ?? defaultTail.slowerThan) ?? 0;
    return {
        vus,
        seconds,
        journeysPerSecond,
        ...(seed !== undefined && { seed }),
        namespace,
        cluster: args.cluster,
        sampling: { mode, ratio: args.samplingRatio, slowerThanMs: mode === SamplingMode.Tail ? slowerThan * 1000 : 0 },
        urls: { ...urls, otlpGrpc: new URL(urls.otlpGrpc).host },
        ...(args.tenant !== undefined && { tenant: args.tenant }),
        tolerance: args.tolerance ?? defaultLoad.tolerance,
        samplingTolerance: args.samplingTolerance ?? defaultSamplingTolerance(sampling),
        spanBoundsSeconds: spanLatencyBounds(args.latencyBoundsSeconds),
        searchLimit,
        waitSeconds: loadWaitSeconds,
    };
}

/** The arguments of k6 and its environment variables. */
export function k6Command(config: Config): { args: string[]; env: { [name: string]: string } } {
    return {
        args: ["run", "--quiet", "--log-format", "raw", "--out", "experimental-prometheus-rw", mainFile],
        env: {
            LOAD_CONFIG: JSON.stringify(config),
            K6_NO_USAGE_REPORT: "true",
            K6_PROMETHEUS_RW_SERVER_URL: `${config.urls.mimir}/api/v1/push`,
            K6_PROMETHEUS_RW_TREND_STATS: "p(50),p(95),p(99),max",
            ...(config.tenant !== undefined && { K6_PROMETHEUS_RW_HTTP_HEADERS: `X-Scope-OrgID:${config.tenant}` }),
        },
    };
}
