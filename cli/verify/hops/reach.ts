import * as http2 from "http2";
import { collectorHealthPath, contract } from "../../../components/contract";
import { type Context, podsOf, type Store } from "../context";
import { reasonOf, request } from "../http";
import { Fault, type Hop } from "../run";
import { type TargetName, targets } from "../targets";

/** Every name and port of the contract answers, and is ready. */
export function reachHops(context: Context): Hop[] {
    const { way } = context;
    const reach = (name: TargetName, part: keyof typeof contract, what: string, check: Hop["check"]): Hop => {
        const { service, port } = targets[name];
        return {
            id: `reach-${name}`,
            title: `${service}:${port} ${what}`,
            check,
            cause: `no pod of ${service} is ready, or something keeps connections away from it`,
            command: podsOf(context.stack, part),
        };
    };
    const ok = (name: TargetName, path: string) => async () => {
        const { status, body } = await request(`${await way.url(name)}${path}`);
        if (status !== 200) {
            throw new Error(`${path} is answered ${status}: ${body.trim().slice(0, 200)}`);
        }
    };
    const answers = (name: TargetName) => async () => {
        await request(`${await way.url(name)}/`);
    };
    const store = (name: Store) => reach(name, name, "is ready", ok(name, "/ready"));
    return [
        reach(
            "collectorHealth",
            "otelCollector",
            "says that the collector is healthy",
            ok("collectorHealth", collectorHealthPath),
        ),
        reach("zipkin", "otelCollector", "answers for Zipkin", answers("zipkin")),
        reach("otlpGrpc", "otelCollector", "answers for OTLP over gRPC", () => speaksHttp2(context, "otlpGrpc")),
        reach("otlpHttp", "otelCollector", "answers for OTLP over HTTP", answers("otlpHttp")),
        reach(
            "collectorMetrics",
            "otelCollector",
            "has the collector's own metrics",
            ok("collectorMetrics", "/metrics"),
        ),
        ...(way.has("alloyReceiver")
            ? [
                  reach("alloyReceiver", "alloyReceiver", "answers the collector", () =>
                      speaksHttp2(context, "alloyReceiver"),
                  ),
              ]
            : []),
        store("tempo"),
        store("loki"),
        store("mimir"),
        store("pyroscope"),
        reach("grafana", "grafana", "is ready", async () => `Grafana ${await context.grafana.health()}`),
        clocks(context),
    ];
}

/** @throws Error unless who listens speaks HTTP/2 without TLS, as gRPC does. */
async function speaksHttp2({ way }: Context, name: TargetName): Promise<void> {
    const url = await way.url(name);
    await new Promise<void>((resolve, reject) => {
        const session = http2.connect(url);
        const end = (error?: Error) => {
            clearTimeout(impatience);
            session.destroy();
            return error === undefined ? resolve() : reject(error);
        };
        const impatience = setTimeout(() => end(new Error(`${url} does not speak gRPC`)), 5_000);
        session.once("remoteSettings", () => end());
        session.once("error", (error: Error) => end(new Error(`${url} does not answer: ${reasonOf(error)}`)));
    });
}

/** Beyond this, stores refuse what seems to come from the past or the future, and time ranges miss it. */
const clockToleranceSeconds = 60;

/** Says which clocks are wrong, by how much each is ahead of ours in seconds. Nothing when they agree. */
export function clockMistake(ahead: Record<string, number>): string | undefined {
    const wrong = Object.entries(ahead).filter(([, seconds]) => Math.abs(seconds) > clockToleranceSeconds);
    const apart = (seconds: number) =>
        `${Math.abs(Math.round(seconds / 6) / 10)} minutes ${seconds > 0 ? "ahead of" : "behind"}`;
    if (wrong.length === 0) {
        return undefined;
    }
    const [first] = wrong as [[string, number]];
    const all = Object.keys(ahead).length;
    return wrong.length === all && all > 1
        ? `the clock of this machine is wrong: the others are ${apart(first[1])} it`
        : wrong.map(([name, seconds]) => `the clock of ${name} is ${apart(seconds)} that of this machine`).join("; ");
}

function clocks(context: Context): Hop {
    const names: TargetName[] = ["tempo", "loki", "mimir", "pyroscope", "grafana"];
    return {
        id: "clocks",
        title: "all clocks agree",
        afterAny: names.map((name) => `reach-${name}`),
        check: async () => {
            const ahead: Record<string, number> = {};
            const ask = async (name: TargetName) => {
                const { clockAheadSeconds } = await request(`${await context.way.url(name)}/`);
                if (clockAheadSeconds !== undefined) {
                    ahead[targets[name].service] = clockAheadSeconds;
                }
            };
            // Who does not answer has a hop of its own.
            await Promise.allSettled(names.map(ask));
            const mistake = clockMistake(ahead);
            if (mistake !== undefined) {
                throw new Fault(mistake);
            }
        },
        cause: "the node, or this machine, does not keep its clock by NTP: stores refuse or hide what seems too old or too new",
        command: "timedatectl status # here and on the node",
    };
}
