import { execFile } from "child_process";
import * as fs from "fs";
import { dump, load } from "js-yaml";
import * as path from "path";
import { describeWith } from "../helpers/prerequisites";
import { get } from "./telemetry";
import { collector, type Part, programs } from "./parts";
import { LiveStack } from "./stack";

jest.setTimeout(400_000);

const parts: Part[] = ["minio", "loki", "tempo", "mimir", "lgtm-alloy-receiver", collector];
const needed = [...new Set(parts.map((part) => programs[part]))];

/** The program and port of each endpoint. */
const ports: Record<string, [Part, number]> = {
    zipkin: [collector, 9411],
    otlpGrpc: [collector, 4317],
    otlpHttp: [collector, 4318],
    tempo: ["tempo", 3200],
    loki: ["loki", 3100],
    mimir: ["mimir", 9009],
};

/** A processor that drops the spans whose ID ends like these 13 of 256: 5.08 % of them. */
function losesSpans(part: Part, config: Record<string, any>): object {
    if (part !== collector) {
        return {};
    }
    const pipelines = Object.entries(config["service"].pipelines as Record<string, { processors?: string[] }>);
    return {
        processors: { "filter/lose": { traces: { span: ['IsMatch(span.span_id.string, "0[0-9a-c]$")'] } } },
        service: {
            pipelines: Object.fromEntries(
                pipelines
                    .filter(([id]) => id.startsWith("traces"))
                    .map(([id, { processors = [] }]) => [id, { processors: [...processors, "filter/lose"] }]),
            ),
        },
    };
}

interface Finished {
    exitCode: number;
    output: string;
}

/** Runs the command on a stack, with the settings of its stack file. */
function runLoad(live: LiveStack, settings: Record<string, unknown>, options: string[]): Promise<Finished> {
    // The command reads its settings only from a stack file.
    const project = path.join(live.folder, "project");
    fs.mkdirSync(project, { recursive: true });
    fs.copyFileSync("Pulumi.yaml", path.join(project, "Pulumi.yaml"));
    const { config } = load(fs.readFileSync("Pulumi.dev.yaml", "utf8")) as { config: object };
    const given = Object.fromEntries(Object.entries(settings).map(([key, value]) => [`observability:${key}`, value]));
    fs.writeFileSync(path.join(project, "Pulumi.live.yaml"), dump({ config: { ...config, ...given } }));
    const urls = Object.entries(ports).map(([name, [part, port]]) => `${name}=http://${live.address(part)}:${port}`);
    const [tsNode, script] = ["node_modules/.bin/ts-node", "cli/load.ts"].map((file) => path.resolve(file));
    const args = [tsNode as string, "--swc", script as string, "live", ...options, "--url", ...urls];
    return new Promise((resolve) => {
        execFile(process.execPath, args, { cwd: project }, (error, stdout, stderr) =>
            resolve({ exitCode: error === null ? 0 : Number(error.code), output: stdout + stderr }),
        );
    });
}

const tenant = "acme";
const short = ["--vus", "2", "--duration", "20s", "--seed", "7"];
const prerequisites = { programs: ["helm", "k6", ...needed], mirror: true };

describeWith(prerequisites, "live: the load test, with head sampling and a tenant", () => {
    const settings = { tenant, tracing: { samplingRatio: 0.5 } };
    let live: LiveStack;
    let isLosing = false;

    beforeAll(async () => {
        const change = (part: Part, config: Record<string, any>) => (isLosing ? losesSpans(part, config) : {});
        live = await LiveStack.start("dev", settings, parts, undefined, change);
    });
    afterAll(() => live?.stop());

    test("every comparison passes, and the metrics of k6 are in Mimir", async () => {
        const { exitCode, output } = await runLoad(live, settings, short);
        expect(output).toContain("All 23 comparisons passed.");
        expect(exitCode).toBe(0);
        const { data } = await get(
            `http://${live.address("mimir")}:9009/prometheus/api/v1/query`,
            { query: 'max(last_over_time(k6_http_req_duration_p95{namespace="load-test"}[10m]))' },
            tenant,
        );
        expect(Number(data.result[0].value[1])).toBeGreaterThan(0);
    });

    test("the comparison fails and says by how much if 5 % of the spans are dropped", async () => {
        isLosing = true;
        await live.configure("dev", settings, [collector]);
        live.process(collector).start();
        await live.process(collector).ready();
        const { exitCode, output } = await runLoad(live, settings, short);
        const [, deviation] = /FAILED {2}spans .*deviation ([\d.]+) %, allowed 1 %/.exec(output) ?? [];
        expect({ output, deviation: Number(deviation) }).toEqual({ output, deviation: expect.closeTo(5.08, 0) });
        expect(exitCode).toBe(1);
        expect(output).toMatch(/passed {2}log records/);
    });
});

describeWith(prerequisites, "live: the load test, with tail sampling", () => {
    const settings = { tracing: { samplingMode: "tail", samplingRatio: 0.25, tail: { decisionWait: "5s" } } };
    let live: LiveStack;

    beforeAll(async () => {
        live = await LiveStack.start("dev", settings, parts);
    });
    afterAll(() => live?.stop());

    test("every comparison passes", async () => {
        const { exitCode, output } = await runLoad(live, settings, short);
        expect(output).toContain("All 23 comparisons passed.");
        expect(exitCode).toBe(0);
    });
});
