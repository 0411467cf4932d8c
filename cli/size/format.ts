import { type Figure, formatCount } from "../../settings/sizing/figure";
import { peakFactor } from "../../settings/sizing/need";
import { type SizedComponent, sizedComponents } from "../../settings/sizing/stack";
import { formatGibibytes, formatNumber } from "../summary/format";
import type { Finding } from "./findings";
import type { Sizing } from "./sizing";

const titles: Record<SizedComponent, string> = {
    mimir: "Mimir",
    mimirDistributor: "Mimir, distributor",
    loki: "Loki",
    tempo: "Tempo",
    pyroscope: "Pyroscope",
    otelCollector: "OpenTelemetry Collector",
    alloyReceiver: "Alloy, OTLP receiver",
    alloyLogs: "Alloy, log collector",
    alloyMetrics: "Alloy, metrics scraper",
    minio: "MinIO",
};

/** The size as text: a section for each component, the object store, what does not fit, and the cost. */
export function formatSizing(sizing: Sizing): string {
    const { stack, load, need, findings, cost } = sizing;
    const signals = [
        `${formatCount(load.series)} series`,
        `${formatCount(load.logBytesPerSecond / 1e6)} MB of logs per second`,
        `${formatCount(load.spansPerSecond)} spans per second`,
        `${formatCount(load.profilesPerSecond)} profiles per second`,
        `${formatCount(load.services)} services`,
        `${formatCount(load.nodes)} ${load.nodes === 1 ? "node" : "nodes"}`,
    ];
    const { objectStore } = need;
    return [
        `Size of stack ${stack} for ${signals.join(", ")}`,
        "Each figure has the range of its uncertainty in parentheses. Requests are without peaks; limits and volumes include 50 % more for peaks.",
        ...sizedComponents
            .filter((component) => sizing.components.includes(component))
            .flatMap((component) => ["", ...componentLines(sizing, component)]),
        "",
        "Object store",
        ...figureLines("growth a day", objectStore.growthPerDay, formatGibibytes),
        ...figureLines("stored", objectStore.stored, formatGibibytes),
        ...figureLines("writes a month", objectStore.writesPerMonth, formatCount),
        "",
        ...verdictLines(findings),
        "",
        `Cost a month: ${cost.currency}${cost.after.toFixed(2)} (as configured: ${cost.currency}${cost.before.toFixed(2)})`,
        ...cost.notes.map((note) => `  ${note}`),
    ].join("\n");
}

function componentLines({ shape, need }: Sizing, component: SizedComponent): string[] {
    const { cpu, memory, volume } = need.components[component];
    const counts: Partial<Record<SizedComponent, string>> = {
        mimir: `${shape.replicas.mimir} ${shape.mimirParts ? "ingesters" : "replicas"}, replication factor ${shape.replicationFactor.mimir}`,
        mimirDistributor: `${shape.mimirParts?.distributors ?? 0} replicas`,
        loki: `${shape.replicas.loki} ${shape.distributedLoki ? "ingesters" : "replicas"}, replication factor ${shape.replicationFactor.loki}`,
        ...(shape.distributedTempo && {
            tempo: `${shape.replicas.tempo} ingesters, replication factor ${shape.replicationFactor.tempo}`,
        }),
        ...(shape.distributedPyroscope && { pyroscope: "all parts together" }),
        otelCollector: `${shape.replicas.collector} replicas`,
        alloyReceiver: `${shape.replicas.receiver} replicas`,
        minio: `${shape.replicas.minio} replicas`,
        alloyLogs: "one on each node",
        alloyMetrics: "one on each node",
    };
    const [each, volumeName] =
        component === "pyroscope" && shape.distributedPyroscope
            ? ["with", "volume of each replica of the metastore"]
            : ["each with", "volume"];
    const limit = { ...memory, formula: `${peakFactor} × the request` };
    return [
        `${titles[component]}: ${(counts[component] ?? "1 replica").replace(/^1 replicas/, "1 replica")}, ${each}`,
        ...figureLines("CPU", cpu, formatCores),
        ...figureLines("memory", memory, formatGibibytes),
        `  memory limit: ${formatGibibytes(limit.value * peakFactor)} = ${limit.formula}`,
        ...(volume === undefined || volume.high === 0 ? [] : figureLines(volumeName, volume, formatGibibytes)),
    ];
}

function figureLines(name: string, figure: Figure, format: (value: number) => string): string[] {
    const { low, value, high, formula, sources } = figure;
    return high === 0
        ? [`  ${name}: ${format(0)}`]
        : [
              `  ${name}: ${format(value)}${low === high ? "" : ` (${format(low)} to ${format(high)})`} = ${formula}`,
              `    Source: ${sources.join("; ")}.`,
          ];
}

function verdictLines(findings: Finding[]): string[] {
    const wrong = findings.filter(({ verdict }) => verdict !== "fits");
    return wrong.length === 0
        ? ["The stack as configured fits."]
        : ["What does not fit in the stack as configured", ...wrong.map((finding) => `  ! ${describe(finding)}`)];
}

/** A finding as a sentence. */
export function describe({ path, unit, configured, needed, range, verdict, change, note }: Finding): string {
    const format = (value: number) =>
        unit === "bytes"
            ? formatGibibytes(value)
            : unit === "cores"
              ? formatCores(value)
              : unit === "count" || unit === "replicas"
                ? formatCount(value)
                : `${formatCount(value)} ${unit}`;
    const given = configured === undefined ? "not set" : format(configured);
    const uncertainty =
        range === undefined || range.low === range.high ? "" : ` (${format(range.low)} to ${format(range.high)})`;
    const action = change === undefined ? note : `set it to ${change}`;
    return `${path.join(".")} is ${given}, ${verdict}: the load needs ${format(needed)}${uncertainty}${action === undefined ? "" : `; ${action}`}.`;
}

function formatCores(cores: number): string {
    const text = formatNumber(cores);
    return `${text} ${text === "1" ? "core" : "cores"}`;
}
