import * as http2 from "http2";
import { collectorHealthPath } from "../../../components/contract";
import type { Check } from "../check";
import { type TargetName, targets } from "../connections";
import { type BackendName, type ComponentName, type Context, podsCommand } from "../context";
import { reasonOf, request } from "../http";
import { clockCheck } from "./clocks";

/** Checks that every DNS name and port of the contract responds and is ready. */
export function reachabilityChecks(context: Context): Check[] {
    const { connections } = context;
    const reach = (name: TargetName, component: ComponentName, statement: string, run: Check["run"]): Check => {
        const { service, port } = targets[name];
        return {
            id: `reach-${name}`,
            title: `${service}:${port} ${statement}`,
            run,
            cause: `no pod of ${service} is ready, or a NetworkPolicy blocks the connection`,
            command: podsCommand(context.stack, component),
        };
    };
    const returns200 = (name: TargetName, path: string) => async () => {
        const { status, body } = await request(`${await connections.url(name)}${path}`);
        if (status !== 200) {
            throw new Error(`the response of ${path} has status ${status}: ${body.trim().slice(0, 200)}`);
        }
    };
    const responds = (name: TargetName) => async () => {
        await request(`${await connections.url(name)}/`);
    };
    const backend = (name: BackendName) => reach(name, name, "is ready", returns200(name, "/ready"));
    return [
        reach(
            "collectorHealth",
            "otelCollector",
            "reports that the collector is healthy",
            returns200("collectorHealth", collectorHealthPath),
        ),
        reach("zipkin", "otelCollector", "responds to Zipkin clients", responds("zipkin")),
        reach("otlpGrpc", "otelCollector", "responds to OTLP over gRPC", () => requireHttp2(context, "otlpGrpc")),
        reach("otlpHttp", "otelCollector", "responds to OTLP over HTTP", responds("otlpHttp")),
        reach(
            "collectorMetrics",
            "otelCollector",
            "returns the metrics of the collector",
            returns200("collectorMetrics", "/metrics"),
        ),
        ...(connections.has("alloyReceiver")
            ? [
                  reach("alloyReceiver", "alloyReceiver", "responds to OTLP over gRPC", () =>
                      requireHttp2(context, "alloyReceiver"),
                  ),
              ]
            : []),
        backend("tempo"),
        backend("loki"),
        backend("mimir"),
        backend("pyroscope"),
        reach("grafana", "grafana", "is ready", async () => `Grafana ${await context.grafana.health()}`),
        clockCheck(context),
    ];
}

/** @throws Error if the server does not use HTTP/2 without TLS, as gRPC does. */
async function requireHttp2({ connections }: Context, name: TargetName): Promise<void> {
    const url = await connections.url(name);
    await new Promise<void>((resolve, reject) => {
        const session = http2.connect(url);
        const end = (error?: Error) => {
            clearTimeout(timeout);
            session.destroy();
            return error === undefined ? resolve() : reject(error);
        };
        const timeout = setTimeout(
            () => end(new Error(`${url} did not respond over HTTP/2 within 5 s; gRPC needs HTTP/2`)),
            5_000,
        );
        session.once("remoteSettings", () => end());
        session.once("error", (error: Error) => end(new Error(`${url} does not respond: ${reasonOf(error)}`)));
    });
}
