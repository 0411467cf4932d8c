import { execFile } from "child_process";
import * as fs from "fs";
import * as http from "http";
import { dump, load } from "js-yaml";
import type { TcpNetConnectOpts } from "net";
import * as path from "path";
import type { Report } from "../../cli/verify/report";
import { targetNames, targets } from "../../cli/verify/connections";
import { describeWith } from "../helpers/prerequisites";
import { type Answers, serveKubernetesApi } from "../helpers/kubernetes-api";
import type { Pod } from "./kubernetes";
import { eventually } from "./process";
import { collector, devParts, type Part, programs } from "./parts";
import { grafanaLogin, LiveStack } from "./stack";

jest.setTimeout(240_000);

const parts = devParts.filter((part) => part !== "lgtm-alloy-logs");
const needed = [...new Set(parts.map((part) => programs[part]))];
const tenant = "acme";

/** The program and port of each target of verify in a live stack. */
const ports: Record<string, [Part, number]> = {
    collectorHealth: [collector, 13133],
    zipkin: [collector, 9411],
    otlpGrpc: [collector, 4317],
    otlpHttp: [collector, 4318],
    collectorMetrics: [collector, 8888],
    alloyReceiver: ["lgtm-alloy-receiver", 4317],
    tempo: ["tempo", 3200],
    loki: ["loki", 3100],
    mimir: ["mimir", 9009],
    pyroscope: ["pyroscope", 4040],
    grafana: ["lgtm-grafana", 3000],
};

/** The pod of the collector, for the metrics scraper. */
function pods(address: string): Pod[] {
    return [
        {
            name: `${collector}-7d9f-abcde`,
            namespace: "monitoring",
            uid: "00000000-0000-0000-0000-000000000000",
            ip: address,
            deployment: collector,
            labels: { "app.kubernetes.io/name": "opentelemetry-collector" },
            annotations: {
                "prometheus.io/scrape": "true",
                "prometheus.io/port": "8888",
                "prometheus.io/job": "otel-collector",
            },
            containers: [{ name: "opentelemetry-collector", ports: [8888] }],
        },
    ];
}

interface Verified {
    exitCode: number;
    report: Report;
}

// Runs the command on a complete stack: first without faults, then with one fault after another.
describeWith({ programs: ["helm", ...needed], mirror: true }, "verify, live, with a tenant", () => {
    let live: LiveStack;
    let project: string;
    let urls: Record<string, string>;

    beforeAll(async () => {
        live = await LiveStack.start("dev", { tenant }, parts, (address) =>
            pods(address(0).replace(/\.\d+$/, `.${LiveStack.hostNumber(collector)}`)),
        );
        urls = Object.fromEntries(
            Object.entries(ports).map(([name, [part, port]]) => [name, `http://${live.address(part)}:${port}`]),
        );
        // The command reads its settings only from a stack file.
        project = path.join(live.folder, "project");
        fs.mkdirSync(project);
        fs.copyFileSync("Pulumi.yaml", path.join(project, "Pulumi.yaml"));
        const { config } = load(fs.readFileSync("Pulumi.dev.yaml", "utf8")) as { config: object };
        fs.writeFileSync(
            path.join(project, "Pulumi.live.yaml"),
            dump({ config: { ...config, "observability:tenant": tenant } }),
        );
    });

    afterAll(() => live?.stop());

    /** Runs the command with the URLs of the live stack. */
    function verify(seconds: number, changed: Record<string, string> = {}, password = grafanaLogin.password) {
        const addresses = Object.entries({ ...urls, ...changed }).map(([name, url]) => `${name}=${url}`);
        return run(["--timeout", String(seconds), "--url", ...addresses], { GRAFANA_PASSWORD: password });
    }

    function run(options: string[], env: Record<string, string>): Promise<Verified> {
        const [tsNode, script] = ["node_modules/.bin/ts-node", "cli/verify.ts"].map((file) => path.resolve(file));
        const args = [tsNode as string, "--swc", script as string, "live", "--json", ...options];
        return new Promise((resolve, reject) => {
            execFile(
                process.execPath,
                args,
                { cwd: project, env: { ...process.env, ...env } },
                (error, stdout, stderr) => {
                    const exitCode = error === null ? 0 : Number(error.code);
                    if (exitCode === 0 || exitCode === 1) {
                        resolve({ exitCode, report: JSON.parse(stdout) as Report });
                    } else {
                        reject(new Error(stderr));
                    }
                },
            );
        });
    }

    test("all checks pass within a minute if nothing is broken", async () => {
        // The metric `up` of the collector is scraped every 30 seconds.
        const { exitCode, report } = await verify(90);
        expect(report.checks.filter(({ status }) => status !== "passed")).toEqual([]);
        expect(exitCode).toBe(0);
        expect(report.seconds).toBeLessThan(60);
        expect(report.checks.length).toBeGreaterThan(50);
    });

    test("all checks pass through the API of a cluster, with the login in the Secret", async () => {
        const answers: Answers = {};
        const forwarded: Record<string, TcpNetConnectOpts> = {};
        const core = "/api/v1/namespaces/monitoring";
        for (const [index, name] of targetNames.entries()) {
            const { service, port } = targets[name];
            const [part, localPort] = ports[name] as [Part, number];
            const definition = (answers[`${core}/services/${service}`] ?? {
                spec: { selector: { app: "a" }, ports: [] },
            }) as {
                spec: { ports: object[] };
            };
            // The API has only one pod. Therefore each target needs a different port in it.
            definition.spec.ports.push({ port, targetPort: 1000 + index });
            answers[`${core}/services/${service}`] = { metadata: { name: service }, ...definition };
            forwarded[`monitoring/all-0:${1000 + index}`] = { host: live.address(part), port: localPort };
        }
        const conditions = [{ type: "Ready", status: "True" }];
        answers[`${core}/pods`] = { items: [{ metadata: { name: "all-0" }, spec: {}, status: { conditions } }] };
        const encoded = (text: string) => Buffer.from(text).toString("base64");
        const { user, password } = grafanaLogin;
        answers[`${core}/secrets/grafana-admin`] = {
            data: { "admin-user": encoded(user), "admin-password": encoded(password) },
        };
        const api = await serveKubernetesApi(answers, forwarded);
        try {
            const { exitCode, report } = await run([], { KUBECONFIG: api.kubeconfig });
            expect(report.checks.filter(({ status }) => status !== "passed")).toEqual([]);
            expect(exitCode).toBe(0);
        } finally {
            await api.close();
        }
    });

    test("--check-only sends no data", async () => {
        const addresses = Object.entries(urls).map(([name, url]) => `${name}=${url}`);
        const accepted = async () =>
            (await (await fetch(`${urls["collectorMetrics"]}/metrics`)).text()).match(
                /^otelcol_receiver_accepted_spans.*$/gm,
            );
        const before = await accepted();
        const { exitCode, report } = await run(["--check-only", "--url", ...addresses], {
            GRAFANA_PASSWORD: grafanaLogin.password,
        });
        expect(report.checks.filter(({ status }) => status !== "passed")).toEqual([]);
        expect(exitCode).toBe(0);
        expect(await accepted()).toEqual(before);
        expect(before).not.toBeNull();
    });

    /** Returns the first failed check while something is broken, and repairs it afterwards. */
    async function whileBroken(
        seconds: number,
        repair: () => Promise<void>,
        ...more: [Record<string, string>?, string?]
    ) {
        try {
            const { exitCode, report } = await verify(seconds, ...more);
            expect(exitCode).toBe(1);
            const first = report.checks.find(({ id }) => id === report.firstFailed);
            expect(first?.cause).toMatch(/\w/);
            expect(first?.command).toMatch(/\w/);
            return report.firstFailed;
        } finally {
            await repair();
        }
    }

    describe("detects a program that has stopped:", () => {
        test.each<[Part, string]>([
            [collector, "reach-collectorHealth"],
            ["lgtm-alloy-receiver", "reach-alloyReceiver"],
            ["pyroscope", "reach-pyroscope"],
            ["loki", "reach-loki"],
            ["tempo", "reach-tempo"],
            ["mimir", "reach-mimir"],
        ])("%s", async (part, check) => {
            const process = live.process(part);
            await process.stop("SIGKILL");
            const repair = async () => {
                process.start();
                await process.ready();
            };
            expect(await whileBroken(15, repair)).toBe(check);
        });
    });

    /** Changes a configuration file of a program and restarts or reloads it. Returns a function that reverts the change. */
    async function change(
        part: Part,
        file: string,
        edit: (text: string) => string,
        restart = true,
    ): Promise<() => Promise<void>> {
        const mounted = live.mounted(part, file);
        const before = fs.readFileSync(mounted, "utf8");
        const apply = async (text: string) => {
            fs.writeFileSync(mounted, text);
            const process = live.process(part);
            if (restart) {
                await process.stop("SIGKILL");
                process.start();
                await process.ready();
            } else {
                await fetch(`http://${live.address(part)}:12345/-/reload`, { method: "POST" });
            }
        };
        const after = edit(before);
        expect(after).not.toBe(before);
        await apply(after);
        return () => apply(before);
    }

    const edited = (edit: (config: any) => void) => (text: string) => {
        const config = load(text);
        edit(config);
        return dump(config);
    };
    const relay = "/conf/relay.yaml";
    const unreachable = "127.0.0.1:9";

    describe("detects a wrong configuration:", () => {
        test("the exporter of the collector has a wrong address", async () => {
            const repair = await change(
                collector,
                relay,
                edited(({ exporters }) => (exporters.otlp_http.endpoint = `http://${unreachable}`)),
            );
            expect(await whileBroken(15, repair)).toBe("collector-alloy");
        });

        test("the collector renames a label", async () => {
            const repair = await change(
                collector,
                relay,
                edited(({ processors }) => (processors.resource.attributes[0].key = "kluster")),
            );
            expect(await whileBroken(20, repair)).toBe("labels-trace");
        });

        test("the collector samples traces that are already sampled", async () => {
            const repair = await change(
                collector,
                relay,
                edited(({ processors, service }) => {
                    processors.probabilistic_sampler = { sampling_percentage: 10 };
                    service.pipelines.traces.processors.push("probabilistic_sampler");
                }),
            );
            expect(await whileBroken(30, repair)).toBe("sampling");
        });

        test("the collector has no Zipkin receiver", async () => {
            const repair = await change(
                collector,
                relay,
                edited(({ receivers, service }) => {
                    delete receivers.zipkin;
                    service.pipelines.traces.receivers = ["otlp"];
                }),
            );
            expect(await whileBroken(15, repair)).toBe("reach-zipkin");
        });

        test.each([
            ["logs", "/otlp", "loki", "stored-log"],
            ["metrics", "/otlp", "mimir", "stored-metric"],
        ] as const)("Alloy writes %s to a wrong address", async (_, route, store, check) => {
            const repair = await change(
                "lgtm-alloy-receiver",
                "/etc/alloy/config.alloy",
                (text) =>
                    text.replace(
                        new RegExp(`http://${live.address(store)}:\\d+${route}`),
                        `http://${unreachable}${route}`,
                    ),
                false,
            );
            expect(await whileBroken(15, repair)).toBe(check);
        });

        test("Alloy writes traces without a tenant", async () => {
            const repair = await change(
                "lgtm-alloy-receiver",
                "/etc/alloy/config.alloy",
                (text) => text.replace(/(otelcol\.exporter\.otlp "tempo" \{[^}]*)headers .*\n/, "$1"),
                false,
            );
            expect(await whileBroken(15, repair)).toMatch(/^stored-(zipkin|grpc|http)$/);
        });

        test("Tempo generates no span metrics", async () => {
            const repair = await change(
                "tempo",
                "/conf/tempo.yaml",
                edited(({ overrides }) => (overrides.defaults.metrics_generator.processors = [])),
            );
            expect(await whileBroken(40, repair)).toBe("span-metrics");
        });
    });

    /** Changes the provisioned data sources of Grafana. Returns a function that reverts the change. */
    async function reprovision(edit: (sources: Record<string, any>) => void): Promise<() => Promise<void>> {
        const file = live.mounted("lgtm-grafana", "/etc/grafana/provisioning/datasources/datasources.yaml");
        const before = fs.readFileSync(file, "utf8");
        const apply = async (text: string) => {
            fs.writeFileSync(file, text);
            const { user, password } = grafanaLogin;
            const authorization = `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`;
            await eventually("Grafana reads its data sources again", async () => {
                const url = `${urls["grafana"]}/api/admin/provisioning/datasources/reload`;
                const response = await fetch(url, { method: "POST", headers: { authorization } });
                expect({ status: response.status, body: await response.text() }).toMatchObject({ status: 200 });
            });
        };
        const config = load(before) as { datasources: { uid: string }[] };
        edit(Object.fromEntries(config.datasources.map((source) => [source.uid, source])));
        await apply(dump(config));
        // Grafana caches data sources for 5 seconds.
        await new Promise((resolve) => setTimeout(resolve, 6_000));
        return () => apply(before);
    }

    describe("detects a fault of Grafana:", () => {
        test("a data source sends no tenant, and the report contains this cause", async () => {
            const repair = await reprovision(({ loki }) => {
                delete loki.jsonData.httpHeaderName1;
                delete loki.secureJsonData;
            });
            try {
                const { report } = await verify(45);
                const first = report.checks.find(({ id }) => id === report.firstFailed);
                expect(first).toMatchObject({ id: "source-loki", cause: expect.stringContaining("X-Scope-OrgID") });
            } finally {
                await repair();
            }
        });

        test("the password was changed", async () => {
            expect(await whileBroken(45, () => Promise.resolve(), {}, "an older password")).toBe("grafana-login");
        });

        test.each<[string, string, (sources: Record<string, any>) => void]>([
            ["a data source has a wrong UID", "source-pyroscope", ({ pyroscope }) => (pyroscope.uid = "profiles")],
            ["a data source has a wrong URL", "source-mimir", ({ mimir }) => (mimir.url = `http://${unreachable}`)],
            [
                "a data source sends a wrong tenant",
                "read-tempo",
                ({ tempo }) => (tempo.secureJsonData.httpHeaderValue1 = "umbrella"),
            ],
            [
                "trace → logs uses a label that logs do not have",
                "link-trace-logs",
                ({ tempo }) => (tempo.jsonData.tracesToLogsV2.tags[0].value = "service"),
            ],
            [
                "trace → logs uses a wrong time range",
                "link-trace-logs",
                ({ tempo }) => {
                    tempo.jsonData.tracesToLogsV2.spanStartTimeShift = "-3h";
                    tempo.jsonData.tracesToLogsV2.spanEndTimeShift = "-2h";
                },
            ],
            [
                "trace → metrics uses a metric that does not exist",
                "link-trace-metrics",
                ({ tempo }) => {
                    const [query] = tempo.jsonData.tracesToMetrics.queries;
                    query.query = query.query.replace("calls_total", "calls_sum");
                },
            ],
            [
                "trace → profiles uses a wrong profile type",
                "link-trace-profiles",
                ({ tempo }) =>
                    (tempo.jsonData.tracesToProfiles.profileTypeId = "wall:wall:nanoseconds:cpu:nanoseconds"),
            ],
            [
                "log → trace uses a wrong label",
                "link-log-trace",
                ({ loki }) => (loki.jsonData.derivedFields[0].matcherRegex = "traceid"),
            ],
            [
                "log → trace has a pattern that matches no line",
                "link-line-trace",
                ({ loki }) => (loki.jsonData.derivedFields[1].matcherRegex = "tid=(\\w+)"),
            ],
            [
                "exemplar → trace uses a misspelled label",
                "link-exemplar-trace",
                ({ mimir }) => (mimir.jsonData.exemplarTraceIdDestinations[1].name = "trace_Id"),
            ],
            [
                "exemplars of span metrics have no link",
                "link-span-exemplar-trace",
                ({ mimir }) => mimir.jsonData.exemplarTraceIdDestinations.shift(),
            ],
            [
                "the service graph uses a data source that does not exist",
                "link-service-graph",
                ({ tempo }) => (tempo.jsonData.serviceMap.datasourceUid = "prometheus"),
            ],
            [
                "profile → trace uses a wrong field",
                "link-profile-trace",
                ({ pyroscope }) => (pyroscope.correlations[0].config.field = "spanId"),
            ],
        ])("%s", async (_, check, edit) => {
            expect(await whileBroken(45, await reprovision(edit))).toBe(check);
        });
    });

    test("detects a clock that is wrong by minutes", async () => {
        const target = urls["tempo"] as string;
        const proxy = http.createServer((request, response) => {
            void fetch(`${target}${request.url}`, { headers: { "X-Scope-OrgID": tenant } }).then(async (answer) => {
                response.sendDate = false;
                response.setHeader("date", new Date(Date.now() + 7 * 60_000).toUTCString());
                response.writeHead(answer.status).end(await answer.text());
            });
        });
        await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
        const { port } = proxy.address() as { port: number };
        const repair = () => new Promise<void>((resolve) => void proxy.close(() => resolve()));
        expect(await whileBroken(45, repair, { tempo: `http://127.0.0.1:${port}` })).toBe("clocks");
    });
});
