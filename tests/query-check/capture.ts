import { Command } from "commander";
import * as fs from "fs";
import { dump } from "js-yaml";
import * as path from "path";
import { run } from "../../cli/run";
import type { Pod } from "../live/kubernetes";
import { eventually } from "../live/process";
import { collector, devParts, type Part } from "../live/parts";
import { LiveStack } from "../live/stack";
import { get, closeConnections } from "../live/telemetry";
import {
    type CatalogueFile,
    catalogueFolder,
    mergeMetrics,
    type MetricType,
    metricTypes,
    readCatalogueFile,
    writeCatalogueFile,
} from "./catalogue-file";
import { attributeNames } from "./conventions";
import { generateTraffic, urlOf } from "./traffic";
import { metricFamilies, type Series } from "./metric-families";
import type { SamplingMode } from "../../components/otel-collector/args";

/**
 * Runs all programs of the stack on this machine, scrapes them with Alloy, sends signals and queries, and writes the metrics and
 * labels in Mimir, Loki and Tempo to the catalogue. It has the same prerequisites as the live tests. See README.md.
 */
const command = new Command("capture")
    .description("Update the catalogue of metrics and labels from a stack that runs on this machine.")
    .option(
        "--conventions <folder>",
        "checkout of the OpenTelemetry semantic conventions, whose metrics are sent to the stack",
    )
    .action(({ conventions }: { conventions?: string }) => run(() => capture(conventions)));

const scrapeSeconds = 30;
const applicationPods = ["mentor-api", "profile-api"];
const tenant = "anonymous";

async function capture(conventions: string | undefined): Promise<void> {
    const folder = conventions && path.join(conventions, "model");
    // A receiver that is not reachable, so that notifications fail.
    const alerting = {
        receivers: [{ name: "unreachable", kind: "webhook", url: "http://127.0.0.1:1/" }],
        defaultReceiver: "unreachable",
        heartbeatReceiver: "unreachable",
        groupWait: "1s",
    };
    await withStack("dev", { alerting }, devParts, async (live) => {
        await generateTraffic(live, 5 * scrapeSeconds, folder);
        await writeScraped(live, []);
        await writeSpans(live, "head");
        await writePushed(live, folder);
        await writeLogLabels(live);
        await writeTraceAttributes(live);
    });
    // With tail sampling, the collector generates the span metrics.
    const tailSampling = {
        tracing: { samplingMode: "tail" },
        replicas: { mimir: 1, minio: 1, receiver: 1, loki: 1, collector: 3 },
    };
    const tailSamplingParts: Part[] = [
        "minio",
        "mimir",
        "tempo",
        "loki",
        "lgtm-alloy-receiver",
        "lgtm-alloy-metrics",
        collector,
    ];
    await withStack("prod", tailSampling, tailSamplingParts, async (live) => {
        await generateTraffic(live, 2 * scrapeSeconds, undefined);
        await writeScraped(live, ["otel-collector"]);
        await writeSpans(live, "tail");
    });
}

async function withStack(
    stack: string,
    settings: object,
    parts: Part[],
    use: (live: LiveStack) => Promise<void>,
): Promise<void> {
    const live = await LiveStack.start(stack, settings, parts, (address, own) => [
        ...applicationPods.map((service, index): Pod => ({
            name: `${service}-7d9f-abcde`,
            namespace: "mathtrail",
            uid: `00000000-0000-0000-0000-00000000000${index}`,
            ip: address(index),
            deployment: service,
            labels: { app: service },
            annotations: { "dapr.io/enabled": "true", "dapr.io/app-id": service },
            containers: [
                { name: "app", ports: [8080] },
                { name: "daprd", ports: [{ name: "dapr-metrics", containerPort: 9090 }] },
            ],
        })),
        ...own.filter(({ name }) => parts.some((part) => name === `${part}-0`)),
    ]);
    try {
        await use(live);
    } finally {
        closeConnections();
        await live.stop();
    }
}

function mimir(live: LiveStack, route: string, query: Record<string, string>): Promise<any> {
    return get(urlOf(live, "mimir", 9009, `/prometheus/api/v1/${route}`), query, tenant);
}

async function series(live: LiveStack, selector: string): Promise<Series[]> {
    const start = String(Math.floor(Date.now() / 1000) - 3600);
    return (await mimir(live, "series", { "match[]": selector, start })).data;
}

/** Metrics that no program exposes: those that a scrape adds to each target, alerts, and recorded series. */
const generatedMetrics = /^(up|scrape_.*|ALERTS.*|.*:.*)$/;

/**
 * Writes the metrics of each job.
 *
 * @param only Jobs that are written. Their metrics are added to the existing file. Empty: all jobs, whose files are replaced.
 */
async function writeScraped(live: LiveStack, only: string[]): Promise<void> {
    const jobs = await eventually("all jobs are scraped", async () => {
        const found = (await mimir(live, "label/job/values", { "match[]": "up" })).data as string[];
        if (found.length === 0) {
            throw new Error("no job has been scraped yet");
        }
        return found.filter((job) => only.length === 0 || only.includes(job));
    });
    const types = await metricTypesOf(live);
    for (const job of jobs) {
        const all = await series(live, `{job="${job}"}`);
        const targetLabels = Object.keys(all.find(({ __name__ }) => __name__ === "up") ?? {}).filter(
            (label) => label !== "__name__",
        );
        const metrics = metricFamilies(
            all.filter(({ __name__ }) => !generatedMetrics.test(__name__ ?? "")),
            types,
            targetLabels,
        );
        if (Object.keys(metrics).length > 0) {
            const file = path.join(catalogueFolder, "metrics", `${job}.yaml`);
            const origin = `${await version(live, job)}, scraped by a stack on this machine`;
            write(file, { origin, jobs: [job], targetLabels, metrics }, only.length > 0);
        }
    }
}

/** Writes the span metrics. */
async function writeSpans(live: LiveStack, sampling: SamplingMode): Promise<void> {
    const generator = sampling === "head" ? "tempo" : "otel-collector";
    writeCatalogueFile(path.join(catalogueFolder, "spans", `${sampling}.yaml`), {
        origin: `${await version(live, generator)}, which received spans; series read from Mimir`,
        targetLabels: [],
        metrics: metricFamilies(await series(live, '{__name__=~"traces_.*"}'), await metricTypesOf(live), []),
    });
}

/** Writes the metrics and attributes that applications send over OTLP. */
async function writePushed(live: LiveStack, conventions: string | undefined): Promise<void> {
    const types = await metricTypesOf(live);
    if (conventions) {
        const all = await series(live, '{service_name="mentor-api", job!="dapr", __name__!~"traces_.*"}');
        const targetLabels = ["cluster", "instance", "job", "namespace", "service_name"];
        writeCatalogueFile(path.join(catalogueFolder, "metrics", "applications.yaml"), {
            origin: "OpenTelemetry semantic conventions, sent over OTLP and read from Mimir",
            targetLabels,
            metrics: metricFamilies(all, types, targetLabels),
        });
        const origin = "OpenTelemetry semantic conventions";
        const text = dump({ origin, names: attributeNames(conventions) });
        fs.writeFileSync(path.join(catalogueFolder, "attributes.yaml"), text);
    }
}

async function writeLogLabels(live: LiveStack): Promise<void> {
    const start = String(Math.floor(Date.now() / 1000) - 3600);
    const { data: index } = await get(urlOf(live, "loki", 3100, "/loki/api/v1/labels"), { start });
    const { data } = await get(urlOf(live, "loki", 3100, "/loki/api/v1/query_range"), {
        query: '{namespace=~".+"}',
        limit: "500",
    });
    const all = new Set((data.result as { stream: object }[]).flatMap(({ stream }) => Object.keys(stream)));
    const stream = (index as string[]).filter((label) => label !== "__stream_shard__").sort();
    const file = path.join(catalogueFolder, "logs.yaml");
    const text = dump({
        origin: `${await version(live, "loki")}, which received pod logs and logs over OTLP`,
        stream,
        structuredMetadata: [...all].filter((label) => !stream.includes(label)).sort(),
    });
    fs.writeFileSync(file, text);
}

/** Types that the programs expose. Remote write does not keep them. */
async function metricTypesOf(live: LiveStack): Promise<Map<string, MetricType>> {
    const scraped = live.pods.flatMap(({ ip, annotations }) => {
        const { "prometheus.io/port": port, "prometheus.io/path": route = "/metrics" } = annotations ?? {};
        return port === undefined ? [] : [`http://${ip}:${port}${route}`];
    });
    const node = urlOf(live, "lgtm-alloy-metrics", 12345, "/api/v0/component/prometheus.exporter.unix.node/metrics");
    const texts = await Promise.all([...scraped, node].map(async (url) => (await fetch(url)).text()));
    const exposed = texts.flatMap((text) => [...text.matchAll(/^# TYPE (\S+) (\S+)/gm)]);
    const { data } = await mimir(live, "metadata", {});
    const stored = Object.entries(data as Record<string, { type: string }[]>);
    return new Map(
        [
            ...stored.map(([name, [first]]) => [name, first?.type]),
            ...exposed.map(([, name, type]) => [name, type]),
        ].flatMap(([name = "", type]) =>
            metricTypes.filter((metricType) => metricType === type).map((metricType) => [name, metricType] as const),
        ),
    );
}

/** Name of a job with the version that its metrics contain. */
async function version(live: LiveStack, job: string): Promise<string> {
    const found = await series(
        live,
        `{job="${job}", __name__=~".+_build_info|target_info|minio_software_version_info"}`,
    );
    const versions = found.flatMap(({ version, service_version }) => version ?? service_version ?? []);
    return [job, ...versions.slice(0, 1)].join(" ");
}

async function writeTraceAttributes(live: LiveStack): Promise<void> {
    const { scopes } = await get(urlOf(live, "tempo", 3200, "/api/v2/search/tags"));
    const tagsOf = (scope: string) =>
        (scopes as { name: string; tags: string[] }[]).find(({ name }) => name === scope)?.tags;
    const text = dump({
        origin: `${await version(live, "tempo")}, which received spans over OTLP and Zipkin`,
        resource: tagsOf("resource")?.sort(),
        span: tagsOf("span")?.sort(),
    });
    fs.writeFileSync(path.join(catalogueFolder, "traces.yaml"), text);
}

function write(file: string, contents: CatalogueFile, add: boolean): void {
    const before = add && fs.existsSync(file) ? readCatalogueFile(file) : { ...contents, metrics: {} };
    writeCatalogueFile(file, { ...before, metrics: mergeMetrics(before.metrics, contents.metrics) });
}

command.parse();
