import * as fs from "fs";
import * as path from "path";
import { load } from "js-yaml";
import { changedSettings, withSettings } from "../../cli/size/apply";
import type { Finding } from "../../cli/size/findings";
import { sizeOf } from "../../cli/size/sizing";
import { mergeValues } from "../../components/helm/values";
import { resolveSettings } from "../../settings/resolve";
import type { Load } from "../../settings/sizing/load";
import { projectFolder, runCommand } from "../helpers/command";

describe("withSettings", () => {
    const text = `# The stack of production.
config:
  observability:profile: prod # three replicas
  observability:replicas: { mimir: 3 } # as many as copies
  observability:policy:
    exemptions:
      - rule: archived-chart
        reason: >-
          Until an S3 service
          replaces it.
  observability:storage:
    sizes:
      loki: 100Gi # grows
      # the metrics
      mimir: "100Gi"
encryptionsalt: v1:abc
`;

    test("keeps all comments and the order of the keys", () => {
        const changes = {
            replicas: { mimir: 5, loki: 5 },
            storage: { sizes: { mimir: "200Gi", tempo: "300Gi" } },
            limits: { metrics: { maxSeries: 5_000_000 } },
        };
        expect(withSettings(text, "observability", changes)).toBe(`# The stack of production.
config:
  observability:profile: prod # three replicas
  observability:replicas: { mimir: 5, loki: 5 } # as many as copies
  observability:policy:
    exemptions:
      - rule: archived-chart
        reason: >-
          Until an S3 service
          replaces it.
  observability:storage:
    sizes:
      loki: 100Gi # grows
      # the metrics
      mimir: 200Gi
      tempo: 300Gi
  observability:limits:
    metrics:
      maxSeries: 5000000
encryptionsalt: v1:abc
`);
    });

    test("adds to the last map of a file without a newline at its end", () => {
        expect(withSettings("config:\n  a:profile: dev", "a", { replicas: { loki: 3 } })).toBe(
            "config:\n  a:profile: dev\n  a:replicas:\n    loki: 3\n",
        );
    });

    test("adds to an empty map", () => {
        expect(withSettings("config: {}\n", "a", { replicas: { loki: 3 } })).toBe(
            "config: { a:replicas: {loki: 3} }\n",
        );
    });

    test("adds a nested key to a flow map", () => {
        const changed = withSettings("config:\n  a:values: { loki: {} } # none\n", "a", {
            values: { loki: { resources: { requests: { cpu: "1500m" } } } },
        });
        expect(load(changed)).toEqual({
            config: { "a:values": { loki: { resources: { requests: { cpu: "1500m" } } } } },
        });
        expect(changed).toContain("# none");
    });

    test.each<[string, string]>([
        ["config: 3\n", "config must be a map of settings"],
        ["config:\n  a:replicas: 3\n", "a:replicas must be a map of settings"],
        ["config:\n  a:replicas: [1\n", "the stack file is not valid YAML"],
    ])("refuses %j", (stackFile, reason) => {
        expect(() => withSettings(stackFile, "a", { replicas: { loki: 3 } })).toThrow(reason);
    });
});

test("changedSettings puts the changes of all findings into one tree", () => {
    const finding = (path: string[], change?: string | number): Finding => ({
        component: "loki",
        path,
        unit: "count",
        configured: 1,
        needed: 2,
        verdict: "too small",
        ...(change !== undefined && { change }),
    });
    expect(
        changedSettings([
            finding(["replicas", "loki"], 5),
            finding(["storage", "sizes", "loki"]),
            finding(["replicas", "mimir"], 3),
        ]),
    ).toEqual({ replicas: { loki: 5, mimir: 3 } });
});

describe("sizeOf", () => {
    const none = { series: 0, logBytesPerSecond: 0, spansPerSecond: 0, profilesPerSecond: 0, services: 0, nodes: 1 };
    const changes = (raw: object, load: Partial<Load>) =>
        changedSettings(sizeOf(resolveSettings(raw), { ...none, ...load }).findings);

    test("keeps the replication factor if the number of replicas changes its default", () => {
        expect(changes({}, { series: 1_500_000 })).toMatchObject({
            replicas: { mimir: 2 },
            replicationFactor: { mimir: 1 },
        });
    });

    test("never reduces a volume", () => {
        const { findings } = sizeOf(resolveSettings({ profile: "prod" }), { ...none, series: 1000 });
        expect(findings.find(({ path: key }) => key.join(".") === "storage.sizes.mimir")).toMatchObject({
            verdict: "too large",
            note: "a volume cannot be reduced",
        });
        expect(changedSettings(findings)["storage"]).toBeUndefined();
    });

    test("raises the limits that the load exceeds, and no others", () => {
        const load = { series: 2_500_000, logBytesPerSecond: 25_000_000, services: 30_000 };
        expect(changes({ profile: "prod" }, load)["limits"]).toEqual({
            metrics: { maxSeries: 3_200_000 },
            logs: { ingestionMiBPerSecond: 24, maxStreams: 30_000 },
        });
    });

    test("leaves out the components of a signal without a load, and never makes the collector and MinIO smaller", () => {
        const { components, findings } = sizeOf(resolveSettings({ profile: "prod" }), { ...none, spansPerSecond: 10 });
        expect(components).toEqual(["tempo", "otelCollector", "alloyReceiver", "minio"]);
        const tooLarge = findings.filter(({ verdict, change }) => verdict === "too large" && change !== undefined);
        expect(tooLarge.map(({ path: key }) => key.join("."))).toEqual([
            "values.tempo.tempo.resources.requests.cpu",
            "values.tempo.tempo.resources.requests.memory",
        ]);
    });

    test("changes nothing where it has been applied", () => {
        const load = { series: 1_000_000, logBytesPerSecond: 2_000_000, spansPerSecond: 2000 };
        const raw = { profile: "prod" };
        expect(changes(mergeValues(raw, changes(raw, load)), load)).toEqual({});
    });
});

describe("size", () => {
    let folder: string;
    beforeEach(() => {
        folder = projectFolder();
    });
    afterEach(() => fs.rmSync(folder, { recursive: true }));
    const prod = { "observability:profile": "prod" };
    const run = (args: string[], config: object = prod) => runCommand(folder, "size", ["test", ...args], config);
    const stackFile = () => load(fs.readFileSync(path.join(folder, "Pulumi.test.yaml"), "utf8")) as { config: object };

    test("prints figures with formula, source and uncertainty, what does not fit, and the cost", async () => {
        const { status, stdout, stderr } = await run(["--series", "1000000", "--log-mbps", "2", "--services", "100"]);
        expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
        expect(stdout).toMatch(/^Size of stack test for 1,000,000 series, 2 MB of logs per second, 0 spans per second/);
        expect(stdout).toContain("Mimir: 4 replicas, replication factor 3, each with\n  CPU: 2.86 cores (");
        expect(stdout).toContain("750,000 series in memory × 2.5 GB / 300,000 series in memory");
        expect(stdout).toContain("Mimir documentation, Planning Grafana Mimir capacity");
        expect(stdout).toContain("! replicas.mimir is 3, too small: the load needs 4; set it to 4.");
        expect(stdout).toMatch(/Cost a month: \$\d+\.\d\d \(as configured: \$\d+\.\d\d\)/);
        expect(stackFile()).toEqual({ config: prod });
    });

    test("writes the settings that do not fit to the stack file", async () => {
        const args = ["--series", "1000000", "--log-mbps", "2", "--spans", "2000", "--services", "50000"];
        const first = await run([...args, "--apply", "--json"]);
        expect(first).toMatchObject({ status: 0, stderr: "Pulumi.test.yaml is changed. Next: npm run plan -- test\n" });
        const { config } = stackFile();
        expect(config).toMatchObject({
            ...prod,
            "observability:replicas": { mimir: 4 },
            "observability:limits": { logs: { maxStreams: 50_000 } },
        });
    });

    test("does not size what the stack does not deploy", async () => {
        const { stdout } = await run(["--series", "1000"], {
            ...prod,
            "observability:components": { pyroscope: false },
            "observability:objectStore": { kind: "s3", endpoint: "https://s3.example.com", existingSecret: "keys" },
        });
        expect(stdout).not.toMatch(/^(Pyroscope|MinIO):/m);
        expect(stdout).toContain("The S3 service is not included");
    });

    test.each<[string, string[], string]>([
        ["no load", [], "error: the load is missing; set at least one of --series, --log-mbps, --spans and --profiles"],
        ["only services", ["--services", "3"], "error: the load is missing"],
        ["a negative number", ["--series", "-1"], "The value must be a number of at least 0"],
        ["no number", ["--spans", "NaN"], "The value must be a number of at least 0"],
        ["infinity", ["--spans", "1e999"], "The value must be a number of at least 0"],
        ["no nodes", ["--series", "1", "--nodes", "0"], "The value must be a whole number greater than 0"],
        ["an unknown option", ["--serie", "1"], "unknown option '--serie'"],
        ["too many spans", ["--spans", "1000000"], "more than the formulas know"],
        [
            "prices that do not exist",
            ["--series", "1", "--prices", "gone.yaml"],
            "the file gone.yaml of --prices does not exist",
        ],
    ])("refuses %s", async (_, args, reason) => {
        const { status, stdout, stderr } = await run(args);
        expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
        expect(stderr).toContain(reason);
    });

    test("refuses an unknown stack", async () => {
        const { status, stderr } = await runCommand(folder, "size", ["staging", "--series", "1"], prod);
        expect(status).toBe(1);
        expect(stderr).toContain('stack "staging" does not exist');
    });
});
