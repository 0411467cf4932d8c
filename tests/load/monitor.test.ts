import * as fs from "fs";
import * as path from "path";
import { evaluateStack } from "../../cli/evaluate";
import { cronJobSpec } from "../../components/load-monitor/values";
import { type LoadMonitorArgs, LoadMonitor } from "../../exports";
import { checkObjects } from "../../policy/check";
import { ruleGroups } from "../../rules";
import { warnings } from "../../settings/warnings";
import { resolveSettings } from "../../settings/resolve";
import { ruleOptions } from "../../stack/component-args";
import { objectNames } from "../../stack/object-names";
import { defaultSamplingTolerance, samplingToleranceMistake, searchLimitMistake } from "../../validation/load";
import { projectFolder, runCommand } from "../helpers/command";
import { type Answers, type KubernetesApi, serveKubernetesApi } from "../helpers/kubernetes-api";
import { mistakesOf } from "../helpers/mistakes";
import { describeWith } from "../helpers/prerequisites";
import { errorMessage, record } from "../helpers/record";
import { stackObjects } from "../policy/objects";

const enabled = { loadMonitor: { enabled: true } };
const args: LoadMonitorArgs = { namespace: "obs", cluster: "edge", samplingRatio: 1 };
const container = (given: LoadMonitorArgs) => cronJobSpec(given).jobTemplate.spec.template.spec.containers[0]!;
const configOf = (given: LoadMonitorArgs) =>
    JSON.parse(container(given).env.find(({ name }) => name === "LOAD_CONFIG")?.value ?? "");

test("a run must not store more traces than Tempo returns", () => {
    const run = { samplingMode: "head", samplingRatio: 1, vus: 10, seconds: 2621 } as const;
    expect(searchLimitMistake(run)).toBeUndefined();
    expect(searchLimitMistake({ ...run, seconds: 2622 })).toMatch(
        /; set --vus to at most 9, or --duration to at most 2621s$/,
    );
    expect(searchLimitMistake({ ...run, seconds: 26214, samplingRatio: 0.1 })).toBeUndefined();
    // Tail sampling stores 19 % of the traces: the 10 % that fail or are slow, and a tenth of the others.
    const tail = { ...run, samplingMode: "tail", samplingRatio: 0.1 } as const;
    expect(searchLimitMistake({ ...tail, seconds: 13797 })).toBeUndefined();
    expect(searchLimitMistake({ ...tail, seconds: 13798 })).toMatch(
        /^--vus 10 and --duration 13798s store about 262162 traces with tail sampling/,
    );
});

describe("the sampling error of a run", () => {
    const run = { samplingMode: "head", samplingRatio: 0.1, vus: 2, seconds: 60 } as const;

    test("is 4 standard deviations of the number of sampled traces", () => {
        // 120 of 1200 traces: 4 * sqrt(0.9 / 120) is 0.346.
        expect(defaultSamplingTolerance(run)).toBe(0.35);
        // With tail sampling, only the 1080 traces that neither fail nor are slow: 4 * sqrt(0.9 / 108) is 0.365.
        expect(defaultSamplingTolerance({ ...run, samplingMode: "tail" })).toBe(0.37);
        expect(defaultSamplingTolerance({ ...run, samplingRatio: 1 })).toBe(0);
    });

    test("is the smallest tolerance that is allowed", () => {
        expect(samplingToleranceMistake(0.35, run)).toBeUndefined();
        expect(samplingToleranceMistake(0.34, run)).toBe(
            "at least 0.35, because tracing.samplingRatio 0.1 samples about 120 of 1200 traces of a run, and 4 standard deviations of this number are 34.6 %",
        );
    });
});

describe("LoadMonitor", () => {
    test("creates a CronJob with the script, and a ServiceAccount without permissions", async () => {
        const { resources } = await record((opts) => new LoadMonitor("load", args, opts));
        const objects = resources.filter(({ type }) => type.startsWith("kubernetes:"));
        expect(objects.map(({ type }) => type)).toEqual([
            "kubernetes:core/v1:ServiceAccount",
            "kubernetes:core/v1:ConfigMap",
            "kubernetes:batch/v1:CronJob",
        ]);
        const { data } = objects[1]?.inputs as { data: Record<string, string> };
        const imported = Object.values(data).flatMap((text) =>
            [...text.matchAll(/from "\.\/([^"]+)"/g)].map(([, file]) => file as string),
        );
        expect([...new Set([...imported, "main.ts", "otlp.proto"])].sort()).toEqual(Object.keys(data).sort());
    });

    test("sends to the collector and queries the stores of its namespace", () => {
        expect(configOf({ ...args, clusterDomain: "example.org" }).urls).toEqual({
            zipkin: "http://otel-collector-opentelemetry-collector.obs.svc.example.org:9411",
            otlpGrpc: "otel-collector-opentelemetry-collector.obs.svc.example.org:4317",
            otlpHttp: "http://otel-collector-opentelemetry-collector.obs.svc.example.org:4318",
            tempo: "http://tempo.obs.svc.example.org:3200",
            loki: "http://loki.obs.svc.example.org:3100",
            mimir: "http://mimir.obs.svc.example.org:9009",
        });
    });

    test("uses the tenant for queries and for the metrics of k6", () => {
        const { env } = container({ ...args, tenant: "acme" });
        expect(env).toContainEqual({ name: "K6_PROMETHEUS_RW_HTTP_HEADERS", value: "X-Scope-OrgID:acme" });
        expect(configOf({ ...args, tenant: "acme" }).tenant).toBe("acme");
        expect(container(args).env.map(({ name }) => name)).not.toContain("K6_PROMETHEUS_RW_HTTP_HEADERS");
    });

    test("knows the sampling of the stack", () => {
        const tail = { ...args, samplingMode: "tail", samplingRatio: 0.1, slowerThan: "3s" };
        expect(configOf(tail)).toMatchObject({
            sampling: { mode: "tail", ratio: 0.1, slowerThanMs: 3000 },
            tolerance: 0.01,
            samplingTolerance: 0.37,
        });
    });

    test.each([
        [undefined, "*/15 * * * *"],
        [5, "*/5 * * * *"],
        [60, "0 * * * *"],
    ])("with the interval %s starts at %s", (intervalMinutes, schedule) => {
        expect(cronJobSpec({ ...args, intervalMinutes }).schedule).toBe(schedule);
    });

    test("never runs twice at the same time, and ends before the next run starts", () => {
        const spec = cronJobSpec({ ...args, duration: "2m", intervalMinutes: 6 });
        expect(spec.concurrencyPolicy).toBe("Forbid");
        expect(spec.jobTemplate.spec.activeDeadlineSeconds).toBe(360);
    });

    test("pulls the image of k6 from another registry", () => {
        expect(container(args).image).toBe("docker.io/grafana/k6:1.8.1");
        expect(container({ ...args, imageRegistry: "registry.example.com/mirror" }).image).toBe(
            "registry.example.com/mirror/grafana/k6:1.8.1",
        );
    });

    test("runs as a user without privileges on a read-only file system", () => {
        const pod = cronJobSpec(args).jobTemplate.spec.template.spec;
        expect(pod.securityContext).toMatchObject({ runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } });
        expect(pod.automountServiceAccountToken).toBe(false);
        expect(container(args).securityContext).toEqual({
            allowPrivilegeEscalation: false,
            readOnlyRootFilesystem: true,
            capabilities: { drop: ["ALL"] },
        });
    });

    test.each<[Partial<LoadMonitorArgs>, string]>([
        [{ intervalMinutes: 7 }, "intervalMinutes is 7; it must be one of 5, 6, 10, 12, 15, 20, 30, 60"],
        [{ vus: 0 }, "vus is 0; it must be a whole number from 1 to 100"],
        [{ duration: "3m" }, 'duration is "3m"; it must be a duration from 10s to 2m, such as "60s"'],
        [{ samplingMode: "both" }, 'samplingMode is "both"; it must be one of "head", "tail"'],
        [{ samplingRatio: 2 }, "samplingRatio is 2; it must be a number from 0 to 1"],
        [{ samplingRatio: 0 }, "samplingRatio is 0; it must be above 0, because otherwise no trace is stored"],
        [{ tolerance: 0 }, "tolerance is 0; it must be a number above 0"],
        [
            { samplingRatio: 0.1, samplingTolerance: 0.05 },
            "samplingTolerance is 0.05; it must be at least 0.35, because",
        ],
    ])("refuses %j", async (wrong, message) => {
        expect(await errorMessage((opts) => new LoadMonitor("load", { ...args, ...wrong }, opts))).toContain(message);
    });
});

describe("the setting loadMonitor", () => {
    test("deploys nothing by default", async () => {
        const { resources, settings } = await evaluateStack("prod");
        expect(resources.filter(({ type }) => type.includes("CronJob"))).toEqual([]);
        expect(objectNames(settings)).not.toContain("load-monitor");
        expect(JSON.stringify(ruleGroups(ruleOptions(settings)))).not.toContain("k6_comparison_failed");
    });

    test("adds the CronJob, its alerts and the names of its objects", async () => {
        const { resources, settings } = await evaluateStack("prod", enabled);
        const [job] = resources.filter(({ type }) => type === "kubernetes:batch/v1:CronJob");
        expect(job?.inputs["metadata"]).toMatchObject({ name: "load-monitor", namespace: "monitoring" });
        expect(objectNames(settings)).toContain("load-monitor");
        const { mimir } = ruleGroups(ruleOptions(settings));
        const [group] = mimir.filter(({ name }) => name === "load-monitor");
        expect(group?.rules.map((rule) => "alert" in rule && rule.alert)).toEqual([
            "LoadMonitorComparisonFailed",
            "LoadMonitorResultsMissing",
        ]);
        expect(JSON.stringify(group)).toContain('cluster=\\"mathtrail-prod\\"');
    });

    test.each([
        [15, "20m"],
        [60, "65m"],
    ])("with %d minutes between runs, the alert waits %s for the next run", (intervalMinutes, duration) => {
        const settings = resolveSettings({ loadMonitor: { enabled: true, intervalMinutes } });
        const group = ruleGroups(ruleOptions(settings)).mimir.find(({ name }) => name === "load-monitor");
        expect(group?.rules).toContainEqual(
            expect.objectContaining({ alert: "LoadMonitorComparisonFailed", for: duration }),
        );
    });

    test.each<[object, string[]]>([
        [
            { ...enabled, tracing: { samplingRatio: 0.1 }, loadMonitor: { enabled: true, samplingTolerance: 0.05 } },
            [
                "loadMonitor.samplingTolerance is 0.05; it must be at least 0.35, because tracing.samplingRatio 0.1 samples about 120 of 1200 traces of a run, and 4 standard deviations of this number are 34.6 %.",
            ],
        ],
        [
            { ...enabled, tracing: { samplingRatio: 0 } },
            [
                "loadMonitor.enabled is true, but tracing.samplingRatio is 0, so that no trace is stored; set it to false.",
            ],
        ],
        [
            { ...enabled, components: { tempo: false, loki: false, alloyLogs: false } },
            ["loadMonitor.enabled is true, but the stack does not deploy Loki and Tempo; set it to false."],
        ],
        [
            { loadMonitor: { enabled: true, intervalMinutes: 7 } },
            ["loadMonitor.intervalMinutes is 7; it must be one of 5, 6, 10, 12, 15, 20, 30, 60."],
        ],
        [
            { ...enabled, policy: { allowedRegistries: ["quay.io", "ghcr.io"] } },
            [expect.stringContaining("docker.io/grafana/k6; add their registries") as string],
        ],
        // A stack without the monitor can have any sampling.
        [{ tracing: { samplingRatio: 0 }, loadMonitor: { samplingTolerance: 0.01 } }, []],
    ])("with %j reports mistakes", (settings, mistakes) => {
        expect(mistakesOf(settings)).toEqual(mistakes);
    });

    test("warns if a run samples so few traces that the comparison of the ratio says nothing", () => {
        const of = (samplingRatio: number) =>
            warnings(resolveSettings({ ...enabled, tracing: { samplingRatio } })).filter((text) =>
                /loadMonitor/.test(text),
            );
        expect(of(0.1)).toEqual([]);
        expect(of(0.01)).toEqual([
            "loadMonitor.vus and loadMonitor.duration are too small to compare the sampling ratio: tracing.samplingRatio 0.01 samples about 12 of 1200 traces of a run, and 4 standard deviations of this number are 114.9 %; increase them",
        ]);
    });
});

describeWith({ programs: ["helm"], mirror: true }, "the load monitor in prod", () => {
    test("passes the policy pack", async () => {
        const { objects, context } = await stackObjects("prod", enabled);
        expect(objects.filter(({ kind }) => kind === "CronJob")).toHaveLength(1);
        expect(checkObjects(objects, context).violations).toEqual([]);
    });
});

describe("npm run load", () => {
    let folder: string;
    beforeEach(() => {
        folder = projectFolder();
    });
    afterEach(() => fs.rmSync(folder, { recursive: true }));

    test("names k6 if it is not on the PATH", async () => {
        const { status, stderr } = await runCommand(folder, "load", ["test"], {}, { PATH: "/nowhere" });
        expect([status, stderr]).toEqual([
            2,
            "error: k6 is not on the PATH; install it (https://grafana.com/docs/k6/latest/set-up/install-k6/), or set observability:loadMonitor.enabled to true, deploy the stack, and use --in-cluster\n",
        ]);
    });

    test.each<[string, string[], object, string]>([
        [
            "a tolerance that the sampling cannot hold",
            ["--sampling-tolerance", "0.1"],
            { "observability:tracing": { samplingRatio: 0.1 } },
            "--sampling-tolerance is 0.1; it must be at least 0.35, because tracing.samplingRatio 0.1 samples about 120 of 1200 traces",
        ],
        [
            "a stack without traces",
            [],
            { "observability:tracing": { samplingRatio: 0 } },
            "tracing.samplingRatio is 0, so that no trace is stored; set a ratio above 0",
        ],
        [
            "a stack without Tempo",
            [],
            { "observability:components": { tempo: false } },
            "the stack test does not deploy Tempo; the load test compares what they report",
        ],
        [
            "more traces than Tempo returns",
            ["--vus", "100", "--duration", "1h"],
            { "observability:tracing": { samplingRatio: 0.5 } },
            "--vus 100 and --duration 3600s store about 1800000 traces with head sampling and tracing.samplingRatio 0.5, but a search of Tempo returns at most 262144; set --vus to at most 14, or --duration to at most 524s",
        ],
        ["no virtual users", ["--vus", "0"], {}, "The value must be a whole number from 1 to 100."],
        ["a short run", ["--duration", "1s"], {}, 'The value must be a duration from 10s to 1h, such as "60s"'],
        ["a tolerance above 1", ["--tolerance", "5"], {}, "The value must be a number above 0 and at most 1."],
        ["an invalid seed", ["--seed", "a"], {}, "The value must be a whole number from 0 to 2147483647."],
        [
            "the cluster without the load monitor",
            ["--in-cluster"],
            {},
            "the stack test has no CronJob load-monitor; set observability:loadMonitor.enabled to true and deploy it, or omit --in-cluster",
        ],
        [
            "options that the CronJob does not have",
            ["--in-cluster", "--vus", "3"],
            { "observability:loadMonitor": { enabled: true } },
            "--in-cluster uses the setting loadMonitor; of the other options, it allows only --context",
        ],
    ])("refuses %s", async (_, options, config, message) => {
        const { status, stderr } = await runCommand(folder, "load", ["test", ...options], config);
        expect(status).toBe(2);
        expect(stderr).toContain(message);
    });

    describe("in the cluster", () => {
        const batch = "/apis/batch/v1/namespaces/monitoring";
        const config = { "observability:loadMonitor": { enabled: true } };
        let api: KubernetesApi | undefined;
        afterEach(async () => {
            await api?.close();
            delete process.env["KUBECONFIG"];
        });

        async function inCluster(answers: Answers) {
            api = await serveKubernetesApi(answers);
            process.env["KUBECONFIG"] = api.kubeconfig;
            return runCommand(folder, "load", ["test", "--in-cluster"], config);
        }

        const cronJob = { spec: { jobTemplate: { spec: cronJobSpec(args).jobTemplate.spec } } };

        test("needs the CronJob", async () => {
            const { status, stderr } = await inCluster({});
            expect([status, stderr]).toEqual([
                2,
                "error: namespace monitoring has no CronJob load-monitor; deploy the stack first\n",
            ]);
        });

        test("refuses a second run at the same time", async () => {
            const running = { ...cronJob, status: { active: [{ name: "load-monitor-1" }] } };
            const { status, stderr } = await inCluster({ [`${batch}/cronjobs/load-monitor`]: running });
            expect(status).toBe(2);
            expect(stderr).toContain("Job load-monitor-1 is running");
        });

        test.each([
            ["Complete", "Succeeded", "All 23 comparisons passed.", 0],
            ["Failed", "Failed", "1 of 23 comparisons failed.", 1],
        ])("prints the output of a Job that is %s, and ends like the Job", async (type, phase, line, exitCode) => {
            const answers: Answers = {
                [`${batch}/cronjobs/load-monitor`]: cronJob,
                [`${batch}/jobs`]: {},
                "/api/v1/namespaces/monitoring/pods": {
                    items: [{ metadata: { name: "pod", namespace: "monitoring" }, status: { phase } }],
                },
                "/api/v1/namespaces/monitoring/pods/pod/log": { line },
            };
            // The Job exists after it was created.
            let asked = 0;
            Object.defineProperty(answers, `${batch}/jobs/load-monitor-manual`, {
                get: () => (asked++ === 0 ? 404 : { status: { conditions: [{ type, status: "True" }] } }),
            });
            const { status, stdout } = await inCluster(answers);
            expect(stdout).toContain(line);
            expect(status).toBe(exitCode);
        });
    });
});

test("the folder of the script contains only what k6 can run and what checks its types", () => {
    const files = fs.readdirSync("load");
    expect(files.filter((file) => !/\.(ts|proto)$/.test(file))).toEqual(["tsconfig.json"]);
    const imports = files
        .filter((file) => file.endsWith(".ts"))
        .flatMap((file) => [...fs.readFileSync(path.join("load", file), "utf8").matchAll(/ from "([^"]+)"/g)])
        .map(([, name]) => name as string);
    expect(imports.filter((name) => !/^(k6(\/.*)?|\.\/[\w-]+\.ts)$/.test(name))).toEqual([]);
});
