import { contract } from "../../components/contract";
import type { HelmValues } from "../../components/helm/values";
import { readYamlMap } from "../../components/helm/yaml";
import { StoreMode } from "../../components/mode";
import { claimSizes } from "../../stack/volume-sizes";
import { quantityValue } from "../../validation/quantities";
import { evaluateStack, type Evaluation } from "../evaluate";
import { directObjects } from "../render/direct-objects";
import { type PodRequests, podRequests } from "../up/requests";
import type { PodSpec } from "../workloads";
import { everySource, sources } from "./sources";

/** The page that `npm run docs` writes. */
export const footprintFile = "docs/footprint.md";

const stores = ["loki", "mimir", "tempo", "pyroscope"] as const;
const distributed = Object.fromEntries(stores.map((store) => [store, StoreMode.Distributed]));

/** The workloads of a stack, and all its volumes in bytes. */
interface Footprint {
    workloads: PodRequests[];
    /** By the name of the claim. */
    volumes: Record<string, number>;
}

/**
 * Content of docs/footprint.md: what each optional source and each mode of a store requests, computed from the Helm values of the two profiles. It
 * needs neither Helm nor the charts.
 */
export async function footprintPage(): Promise<string> {
    const dev = await evaluateAll("dev");
    const prod = await evaluateAll("prod");
    const both = (cellOf: (profile: typeof dev) => string) => [cellOf(dev), cellOf(prod)];
    return `${[
        introduction,
        table(
            ["Source", "Setting", "Pods", "`dev`", "`prod`"],
            sources.map(({ title, setting, release, pods = release }) => [
                title,
                `\`${setting}\``,
                ...(release === undefined
                    ? ["none", "none", "none"]
                    : [`\`${pods}\``, ...both((profile) => podsCell(added(profile), release))]),
            ]),
        ),
        aboutTotals,
        table(
            ["Stack", "`dev`, 1 node", "`prod`, 3 nodes"],
            [
                ["Without optional sources", totalCell(dev.without, 1), totalCell(prod.without, 3)],
                ["With all optional sources", totalCell(dev.withSources, 1), totalCell(prod.withSources, 3)],
                ["With four distributed stores", totalCell(dev.distributed, 1), totalCell(prod.distributed, 3)],
            ],
        ),
        aboutModes,
        table(
            ["Store", "Mode", "`dev`", "`prod`"],
            stores.flatMap((store) => [
                [
                    `\`${store}\``,
                    "monolithic",
                    ...both(({ without }) => totalCell(without, 1, contract[store].release)),
                ],
                ["", "distributed", ...both((profile) => totalCell(profile.distributed, 1, contract[store].release))],
            ]),
        ),
    ].join("\n\n")}\n`;
}

async function evaluateAll(profile: "dev" | "prod") {
    return {
        without: footprintOf(await evaluateStack(profile)),
        withSources: footprintOf(await evaluateStack(profile, everySource)),
        distributed: footprintOf(await evaluateStack(profile, { mode: distributed })),
    };
}

/** What the optional sources add. */
function added({ without, withSources }: Awaited<ReturnType<typeof evaluateAll>>): Footprint {
    const existing = without.workloads.map((workload) => JSON.stringify(workload));
    return {
        workloads: withSources.workloads.filter((workload) => !existing.includes(JSON.stringify(workload))),
        volumes: Object.fromEntries(
            Object.entries(withSources.volumes).filter(([claim]) => without.volumes[claim] === undefined),
        ),
    };
}

/** What a stack requests. Jobs that run once are left out. The pods of CronJobs count, because they run again and again. */
export function footprintOf(evaluation: Pick<Evaluation, "charts" | "resources" | "settings">): Footprint {
    const lasting = evaluation.charts.map(({ release, values }) => ({
        release,
        values: { ...values, jobResources: undefined },
    }));
    const recurring = directObjects(evaluation, false)
        .filter(({ kind }) => kind === "CronJob")
        .map(({ metadata, spec }): PodRequests => {
            const { containers } = (spec as CronJobSpec).jobTemplate.spec.template.spec;
            const sum = (key: "cpu" | "memory") =>
                total(containers.map(({ resources }) => quantityValue(resources?.requests?.[key] ?? "0") ?? NaN));
            return { release: metadata.name, replicas: 1, everyNode: false, cpu: sum("cpu"), memory: sum("memory") };
        });
    const claims = claimSizes(evaluation.settings).map(({ claim, size }) => [claim, quantityValue(size) ?? NaN]);
    return {
        workloads: [...podRequests(lasting), ...recurring],
        volumes: { ...alertmanagerVolumes(evaluation), ...(Object.fromEntries(claims) as Record<string, number>) },
    };
}

/** The volumes of the Alertmanager of distributed Mimir: no setting has their size, so they have the one of the chart. */
function alertmanagerVolumes({ charts }: Pick<Evaluation, "charts">): Record<string, number> {
    const { release } = contract.mimir;
    const values = charts.find((chart) => chart.release === release)?.values ?? {};
    if (values["mode"] !== StoreMode.Distributed || values["alertmanager"]?.enabled !== true) {
        return {};
    }
    const { parts } = readYamlMap("charts/mimir/values.yaml") as HelmValues;
    const size = quantityValue(parts.alertmanager.persistence.size) ?? NaN;
    return Object.fromEntries(
        Array.from({ length: values["parts"].alertmanager.replicas ?? 1 }, (_, ordinal) => [
            `data-${release}-alertmanager-${ordinal}`,
            size,
        ]),
    );
}

interface CronJobSpec {
    jobTemplate: { spec: { template: { spec: PodSpec } } };
}

/** The requests of each pod of a release, with the volume of its first workload. */
function podsCell({ workloads, volumes }: Footprint, release: string): string {
    const [volume = 0] = volumesOf(volumes, release);
    return workloads
        .filter((workload) => workload.release === release)
        .map(({ replicas, everyNode, cpu, memory }, index) => {
            const count = everyNode ? "each node: " : replicas > 1 ? `${replicas} × ` : "";
            return `${count}${format(cpu, memory, index === 0 ? volume : 0)}`;
        })
        .join("; ");
}

/** All requests of a stack, or of one release. */
function totalCell({ workloads, volumes }: Footprint, nodes: number, release?: string): string {
    const counted = workloads.filter((workload) => release === undefined || workload.release === release);
    const sum = (key: "cpu" | "memory") =>
        total(counted.map((workload) => workload[key] * (workload.everyNode ? nodes : workload.replicas)));
    return format(sum("cpu"), sum("memory"), total(volumesOf(volumes, release)));
}

/** The volumes of a release. The name of a claim ends with that of its StatefulSet and a number, or is that of the release. */
function volumesOf(volumes: Record<string, number>, release = ""): number[] {
    return Object.entries(volumes)
        .filter(([claim]) => release === "" || `-${claim}-`.includes(`-${release}-`))
        .map(([, size]) => size);
}

function format(cpu: number, memory: number, volume: number): string {
    const number = (value: number) => String(Number(value.toFixed(2)));
    const bytes = (value: number) =>
        value < 2 ** 30 ? `${number(value / 2 ** 20)} MiB` : `${number(value / 2 ** 30)} GiB`;
    const cores = cpu < 1 ? `${Math.round(cpu * 1000)}m` : number(cpu);
    return [`${cores} CPU`, bytes(memory), ...(volume > 0 ? [`${bytes(volume)} volume`] : [])].join(", ");
}

function table(header: string[], rows: string[][]): string {
    return [header, header.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}

function total(values: number[]): number {
    return values.reduce((sum, value) => sum + value, 0);
}

const introduction = `# Footprint

<!-- Generated by \`npm run docs\`. Change cli/footprint/ instead. -->

What each optional source requests as configured, without your \`values\`. Most requests are estimates: watch the dashboards, and change them in
[values](values.md). Limits are in \`values/dev/\` and \`values/prod/\`.

## Optional sources

Requests of each pod. Sources with the same pods share them.`;

const aboutTotals = `A source also adds series, log lines or spans to the stores. [Sizing](sizing.md) computes what they need.

## Whole stacks

The sum of all pods, with a run of the load test, and of all volumes. \`npm run up\` compares the requests with the unallocated resources of the nodes.`;

const aboutModes = `## Modes of the stores

The sum of all parts of a store. [Scale](scale.md) lists the parts.`;
