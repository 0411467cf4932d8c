import * as fs from "fs";
import * as http from "http";
import * as path from "path";
import { describeWith } from "../helpers/prerequisites";
import { eventually } from "./process";
import { collector, type Part } from "./parts";
import { LiveStack } from "./stack";
import { get, closeConnections, newTraceId, otlpLogs, otlpSpans, post } from "./telemetry";

jest.setTimeout(400_000);

const parts: Part[] = ["minio", "loki", "tempo", "mimir", "lgtm-alloy-receiver", "lgtm-alloy-metrics", collector];

/** A rule in the response of the rulers of Mimir and Loki. */
interface Rule {
    name: string;
    type: string;
    health: string;
    lastError?: string;
    lastEvaluation: string;
}
interface Notification {
    receiver: string;
    alerts: { status: string; startsAt: string; labels: Record<string, string>; annotations: Record<string, string> }[];
}

describeWith(
    { programs: ["helm", "minio", "loki", "tempo", "mimir", "alloy", "otelcol-contrib"], mirror: true },
    "live: rules and alerts of dev",
    () => {
        let live: LiveStack;
        let webhook: http.Server;
        const notifications: Notification[] = [];
        const url = (part: Part, port: number, route: string) => `http://${live.address(part)}:${port}${route}`;
        const mimir = async (query: string) =>
            (await get(url("mimir", 9009, "/prometheus/api/v1/query"), { query })).data.result as {
                metric: Record<string, string>;
                value: [number, string];
            }[];
        const groupsOf = async (ruler: string) =>
            (await get(ruler)).data.groups as { name: string; file: string; rules: Rule[] }[];
        const resource = { "service.name": "mentor-api", "k8s.namespace.name": "mathtrail" };

        beforeAll(async () => {
            const slo = { service: "mentor-api", objective: 0.99, window: "7d" };
            live = await LiveStack.start(
                "dev",
                {
                    grafana: { rootUrl: "https://grafana.example.com" },
                    slos: [
                        { ...slo, kind: "availability" },
                        { ...slo, kind: "latency", thresholdMs: 500 },
                    ],
                    alerting: {
                        receivers: [
                            { name: "heartbeat", kind: "webhook", existingSecret: "watchdog" },
                            { name: "team", kind: "oncall", existingSecret: "oncall", secretKey: "address" },
                            // No route uses these receivers, but Mimir must accept their configuration.
                            { name: "chat", kind: "slack", existingSecret: "slack", channel: "#alerts" },
                            { name: "pager", kind: "pagerduty", existingSecret: "pagerduty" },
                            {
                                name: "mail",
                                kind: "email",
                                to: "a@example.com",
                                from: "b@example.com",
                                smarthost: "mail.example.com:587",
                                username: "b",
                                existingSecret: "mail",
                            },
                        ],
                        heartbeatReceiver: "heartbeat",
                        heartbeatInterval: "15s",
                        routes: [{ receiver: "team", severities: ["critical", "warning"], namespaces: ["mathtrail"] }],
                        groupWait: "1s",
                        // Silences are also evaluated in this interval.
                        groupInterval: "10s",
                    },
                },
                parts,
            );
            webhook = http.createServer((request, response) => {
                const chunks: Buffer[] = [];
                request.on("data", (chunk: Buffer) => chunks.push(chunk));
                request.on("end", () => {
                    notifications.push(JSON.parse(Buffer.concat(chunks).toString()) as Notification);
                    response.end();
                });
            });
            await new Promise<void>((resolve) => webhook.listen(8080, live.podAddress(0), resolve));
            // Kubernetes mounts each key of a Secret as a file.
            for (const file of ["watchdog/url", "oncall/address"]) {
                const target = live.mounted("mimir", path.join("/etc/alertmanager-secrets", file));
                fs.writeFileSync(target, `http://${live.podAddress(0)}:8080/`);
            }
            await send();
        });

        afterAll(async () => {
            closeConnections();
            webhook?.close();
            await live?.stop();
        });

        async function send(): Promise<void> {
            const route = (signal: string) => `http://${live.address(collector)}:4318/v1/${signal}`;
            const spans = [
                { traceId: newTraceId(), name: "GET /lesson" },
                { traceId: newTraceId(), name: "GET /lesson", error: true, durationMs: 700 },
            ];
            await post(route("traces"), otlpSpans(resource, spans));
            const lines = [{ body: "panic: no such lesson" }, { body: "no answer", severityText: "ERROR" }];
            await post(route("logs"), otlpLogs(resource, lines));
        }

        test("the Alertmanager accepts its configuration, although three of the five Secrets are missing", async () => {
            await eventually(
                "Mimir has loaded the configuration of the Alertmanager",
                async () => {
                    const metrics = await (await fetch(url("mimir", 9009, "/metrics"))).text();
                    expect(metrics).toMatch(/^cortex_alertmanager_config_last_reload_successful\{.*\} 1$/m);
                },
                60,
            );
            const log = fs.readFileSync(live.mounted("mimir", "sidecars/alertmanager-secrets/output.log"), "utf8");
            expect(log).toMatch(
                /alertmanager-secrets\/slack\/url is missing or empty; its receiver sends no notifications/,
            );
        });

        test.each([
            ["Mimir", "mimir", 9009, "/prometheus/api/v1/rules", 19],
            ["Loki", "loki", 3100, "/prometheus/api/v1/rules", 1],
        ] as const)("%s evaluates every rule without an error", async (_, part, port, route, least) => {
            await eventually(
                "all rules have been evaluated",
                async () => {
                    const groups = await groupsOf(url(part, port, route));
                    expect(groups.length).toBeGreaterThanOrEqual(least);
                    const rules = groups.flatMap((group) => group.rules);
                    expect(rules.filter(({ health }) => health !== "ok")).toEqual([]);
                },
                // The longest interval is 5 minutes.
                330,
            );
        });

        test("recording rules compute the SLOs from span metrics", async () => {
            // A rate needs two samples with different values.
            await eventually(
                "requests, errors and slow requests are counted",
                async () => {
                    await send();
                    const of = (series: string, kind: string) => mimir(`${series}{slo="mentor-api-${kind}"} > 0`);
                    expect(await mimir('service:requests:rate5m{service="mentor-api"} > 0')).toHaveLength(1);
                    const [slow] = await of("slo:error_ratio:window", "latency");
                    const [failed] = await of("slo:error_ratio:window", "availability");
                    expect(Number(slow?.value[1])).toBeCloseTo(0.5, 1);
                    expect(Number(failed?.value[1])).toBeCloseTo(0.5, 1);
                    await new Promise((resolve) => setTimeout(resolve, 5000));
                },
                200,
            );
        });

        test("Mimir contains the results of recording rules of Loki", async () => {
            await eventually(
                "errors in logs are counted",
                async () => {
                    const [errors] = await mimir('service:log_errors:rate5m{service_name="mentor-api"}');
                    expect(errors?.metric).toMatchObject({ namespace: "mathtrail", cluster: "mathtrail-dev" });
                },
                120,
            );
        });

        test("the heartbeat is sent repeatedly to the address in its Secret", async () => {
            await eventually(
                "two heartbeats have arrived",
                async () => {
                    const beats = notifications.filter(({ receiver }) => receiver === "heartbeat");
                    expect(beats.length).toBeGreaterThan(1);
                    expect(
                        new Set(beats.flatMap(({ alerts }) => alerts.map(({ labels }) => labels["alertname"]))),
                    ).toEqual(new Set(["Watchdog"]));
                    return Promise.resolve();
                },
                150,
            );
        });

        test("an alert of Loki reaches the receiver of its route, and the Alertmanager can silence it", async () => {
            const crash = await eventually(
                "the receiver is notified of the crash",
                () => {
                    const alert = notifications
                        .filter(({ receiver }) => receiver === "team")
                        .flatMap(({ alerts }) => alerts)
                        .find(({ labels }) => labels["alertname"] === "ServiceCrashLogged");
                    expect(alert).toBeDefined();
                    return Promise.resolve(alert as Notification["alerts"][number]);
                },
                150,
            );
            expect(crash.labels).toMatchObject({
                service_name: "mentor-api",
                namespace: "mathtrail",
                severity: "warning",
            });
            expect(crash.annotations["summary"]).toMatch(/^mathtrail\/mentor-api: \d+ crashes were logged/);
            const at = Date.parse(crash.startsAt);
            const dashboard = new URL(crash.annotations["dashboard_url"] as string);
            expect([dashboard.origin, dashboard.pathname]).toEqual([
                "https://grafana.example.com",
                "/d/platform-overview",
            ]);
            expect(dashboard.searchParams.get("var-namespace")).toBe("mathtrail");
            expect(dashboard.searchParams.get("var-service")).toBe("mentor-api");
            const from = Number(dashboard.searchParams.get("from"));
            expect(Number(dashboard.searchParams.get("to")) - from).toBe(75 * 60_000);
            // The alert is evaluated every minute.
            expect(Math.abs(at - 3600_000 - from)).toBeLessThan(120_000);
            const logs = paneOf(crash.annotations["logs_url"]);
            expect(logs).toMatchObject({
                datasource: "loki",
                queries: [{ expr: '{namespace="mathtrail", cluster="mathtrail-dev", service_name="mentor-api"}' }],
                range: { from: String(from) },
            });
            expect(paneOf(crash.annotations["traces_url"])).toMatchObject({
                datasource: "tempo",
                queries: [
                    {
                        query: '{true && resource.cluster="mathtrail-dev" && resource.namespace="mathtrail" && resource.service.name="mentor-api"}',
                    },
                ],
            });
            // The link finds the line that the alert is about.
            const query = { query: logs.queries[0]?.expr as string, start: `${logs.range.from}000000` };
            const found = await get(url("loki", 3100, "/loki/api/v1/query_range"), query);
            expect(JSON.stringify(found.data.result)).toContain("panic: no such lesson");
            const alertmanager = (route: string) => url("mimir", 9009, `/alertmanager/api/v2/${route}`);
            const now = Date.now();
            const made = await post(alertmanager("silences"), {
                matchers: [{ name: "alertname", value: "ServiceCrashLogged", isRegex: false, isEqual: true }],
                startsAt: new Date(now).toISOString(),
                endsAt: new Date(now + 3600_000).toISOString(),
                createdBy: "test",
                comment: "known",
            });
            expect(made).toMatchObject({ status: 200 });
            await eventually("the alert is silenced", async () => {
                const alerts = (await get(alertmanager("alerts"))) as { labels: any; status: { state: string } }[];
                expect(alerts.find(({ labels }) => labels.alertname === "ServiceCrashLogged")?.status.state).toBe(
                    "suppressed",
                );
            });
        });

        test("a changed rule is loaded without a restart, from a folder with the symbolic links of a ConfigMap volume", async () => {
            const folder = live.mounted("mimir", "/rules/anonymous");
            fs.mkdirSync(path.join(folder, "..2026_01_01"));
            const changed = "groups: [{ name: changed, rules: [{ record: changed, expr: vector(7) }] }]";
            fs.writeFileSync(path.join(folder, "..2026_01_01", "grafana.yaml"), changed);
            fs.symlinkSync("..2026_01_01", path.join(folder, "..data"));
            fs.rmSync(path.join(folder, "grafana.yaml"));
            fs.symlinkSync("..data/grafana.yaml", path.join(folder, "grafana.yaml"));
            await eventually(
                "the changed rule is loaded",
                async () => {
                    const names = (await groupsOf(url("mimir", 9009, "/prometheus/api/v1/rules"))).map(
                        ({ name }) => name,
                    );
                    expect(names).toContain("changed");
                    expect(names).not.toContain("grafana");
                    expect(names).toContain("watchdog");
                },
                100,
            );
        });
    },
);

/** The pane of Explore that a link opens. */
function paneOf(link: string | undefined): { queries: { expr?: string }[]; range: { from: string } } {
    const { alert } = JSON.parse(new URL(link as string).searchParams.get("panes") as string);
    return alert;
}
