import { describeWith, onPath } from "../helpers/prerequisites";
import { type Counts, Load, storedOf, targetsOf } from "./load";
import { bombs, type Case, malformedCases } from "./malformed/cases";
import { type Answer, sendHttp } from "./malformed/wire";
import { otlp } from "./malformed/payloads";
import { eventually } from "./process";
import { collector, type Part } from "./parts";
import { LiveStack } from "./stack";
import { closeConnections } from "./telemetry";

jest.setTimeout(1_200_000);

const stores: Part[] = ["loki", "tempo", "mimir"];
const profiles: Part[] = onPath("pyroscope") ? ["pyroscope"] : [];
const receivers: Part[] = [collector, "lgtm-alloy-receiver", ...stores, ...profiles];
const parts: Part[] = ["minio", ...receivers];

describeWith(
    { programs: ["helm", "minio", "loki", "tempo", "mimir", "alloy", "otelcol-contrib"], mirror: true },
    "live: dev, with malformed and oversized requests to every endpoint that accepts data",
    () => {
        let live: LiveStack;
        let loads: Load[];
        const answers: { part: Part; endpoint: string; kind: string; answer: Answer }[] = [];
        const memory: Record<string, { before: number; after: number; peak: number; limit: number }> = {};

        const url = (part: Part, port: number, path = "") => `http://${live.address(part)}:${port}${path}`;

        beforeAll(async () => {
            live = await LiveStack.start("dev", {}, parts);
            const direct = {
                lines: [url("loki", 3100, "/otlp/v1/logs")],
                samples: [url("mimir", 9009, "/otlp/v1/metrics")],
                traces: [url("tempo", 4318, "/v1/traces")],
            };
            loads = [new Load("collected", targetsOf(url(collector, 4318)), 10), new Load("direct", direct, 10)];
        });

        afterAll(async () => {
            await Promise.all(loads?.map((load) => load.stop(0)) ?? []);
            closeConnections();
            await live?.stop();
        });

        async function sendAll(cases: Case[], atOnce: number): Promise<void> {
            const remaining = [...cases];
            const worker = async () => {
                for (let next = remaining.shift(); next !== undefined; next = remaining.shift()) {
                    const { part, endpoint, kind } = next;
                    answers.push({ part, endpoint, kind, answer: await next.send() });
                    if (!live.process(part).runs) {
                        throw new Error(`${part} ended after ${endpoint} ${kind}`);
                    }
                }
            };
            await Promise.all(Array.from({ length: atOnce }, worker));
        }

        test("sends bodies that are valid without a deviation", async () => {
            const headers = { "content-type": "application/x-protobuf" };
            for (const [signal, encode] of Object.entries(otlp)) {
                const request = { method: "POST", path: `/v1/${signal}`, headers, body: encode() };
                expect(await sendHttp(url(collector, 4318), request)).toBe(200);
            }
        });

        let profilesSent = 0;

        /** Sends a profile with a label of its own. */
        async function sendProfile(): Promise<void> {
            const until = Math.floor(Date.now() / 1000);
            const name = `valid{profile=p${profilesSent}}`;
            const query = { name, from: String(until - 10), until: String(until), format: "folded" };
            const route = `/ingest?${new URLSearchParams(query).toString()}`;
            const { status } = await fetch(url("pyroscope", 4040, route), { method: "POST", body: "main;answer 10\n" });
            expect(status).toBe(200);
            profilesSent += 1;
        }

        test("no program ends, and each request is answered", async () => {
            loads.forEach((load) => load.start());
            await new Promise((resolve) => setTimeout(resolve, 5000));
            receivers.forEach((part) => {
                const process = live.process(part);
                const before = Math.round(process.memoryMib());
                memory[part] = { before, after: 0, peak: 0, limit: process.command.memoryLimitMib };
            });
            const address = (part: Part) => live.address(part);
            const cases = [malformedCases(receivers, address), bombs(receivers, address)];
            for (const [index, list] of cases.entries()) {
                await Promise.all(profiles.map(sendProfile));
                const started = Date.now();
                await sendAll(list, index === 0 ? 4 : 2);
                process.stdout.write(`${list.length} requests in ${Math.round((Date.now() - started) / 1000)} s\n`);
            }
            await Promise.all(profiles.map(sendProfile));
            await new Promise((resolve) => setTimeout(resolve, 5000));
            await Promise.all(loads.map((load) => load.stop()));
            receivers.forEach((part) => {
                const process = live.process(part);
                Object.assign(memory[part] as object, {
                    after: Math.round(process.memoryMib()),
                    peak: Math.round(process.peakMemoryMib()),
                });
            });
            report();
            expect(parts.filter((part) => !live.process(part).runs)).toEqual([]);
            expect(answers.filter(({ answer }) => answer === "no response")).toEqual([]);
            expect(new Set(answers.map(({ kind }) => kind)).size).toBeGreaterThanOrEqual(200);
        });

        test("memory stays below the limits", () => {
            for (const [part, { peak, limit }] of Object.entries(memory)) {
                expect({ part, exceeds: peak >= limit, peak }).toEqual({ part, exceeds: false, peak });
            }
        });

        test("all valid data that was sent before, between and after is stored", async () => {
            expect(loads.flatMap(({ rejected }) => rejected)).toEqual([]);
            if (profiles.length > 0) {
                await eventually("Pyroscope contains every profile", async () => {
                    const now = Date.now();
                    const body = JSON.stringify({
                        matchers: ['{service_name="valid"}'],
                        labelNames: ["profile"],
                        start: now - 3600_000,
                        end: now + 60_000,
                    });
                    const headers = { "content-type": "application/json" };
                    const route = url("pyroscope", 4040, "/querier.v1.QuerierService/Series");
                    const response = await fetch(route, { method: "POST", headers, body });
                    const { labelsSet = [] } = (await response.json()) as { labelsSet?: object[] };
                    expect(labelsSet).toHaveLength(profilesSent);
                });
            }
            const urls = { loki: url("loki", 3100), mimir: url("mimir", 9009), tempo: url("tempo", 3200) };
            for (const load of loads) {
                await eventually(
                    `the stores contain everything of ${load.service}`,
                    async () => expect(await storedOf(load.service, urls)).toEqual(load.accepted satisfies Counts),
                    240,
                );
            }
        });

        function report(): void {
            const rows = new Map<string, Record<string, number>>();
            for (const { part, endpoint, answer } of answers) {
                const row = rows.get(`${part} ${endpoint}`) ?? {};
                const kind =
                    typeof answer === "string" ? answer : endpoint.includes("gRPC") ? `gRPC ${answer}` : `${answer}`;
                row[kind] = (row[kind] ?? 0) + 1;
                rows.set(`${part} ${endpoint}`, row);
            }
            process.stdout.write(
                [
                    `${answers.length} requests, ${new Set(answers.map(({ kind }) => kind)).size} kinds`,
                    ...[...rows].map(([endpoint, row]) => `${endpoint}: ${JSON.stringify(row)}`),
                    JSON.stringify(memory),
                    JSON.stringify(loads.map(({ service, accepted, repeated }) => ({ service, accepted, repeated }))),
                    ...answers
                        .filter(({ answer }) => typeof answer === "number" && answer >= 500)
                        .map(({ part, endpoint, kind, answer }) => `${answer}: ${part} ${endpoint} ${kind}`),
                    "",
                ].join("\n"),
            );
        }
    },
);
