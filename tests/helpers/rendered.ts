import { evaluateStack, type Evaluation, type LocatedChart } from "../../cli/evaluate";
import { defaultKubeVersion, helmTemplate } from "../../cli/helm";
import { type KubernetesObject, parseManifests } from "../../cli/manifests";
import { chartMirror } from "./prerequisites";

/** The charts of a stack, and the objects that Helm renders from them. */
export interface RenderedStack {
    charts: LocatedChart[];
    byRelease: Map<string, KubernetesObject[]>;
    objects: KubernetesObject[];
    /** ConfigMaps that do not belong to a chart. */
    configMaps: KubernetesObject[];
}

/** Evaluates a stack file with additional settings, with charts from the mirror. */
export function evaluateFromMirror(stack: string, settings: object = {}): Promise<Evaluation> {
    return evaluateStack(stack, { ...settings, charts: { mirror: chartMirror } });
}

/** Renders all charts of a stack from the chart mirror. */
export async function renderStack(stack: string, settings: object = {}): Promise<RenderedStack> {
    const { charts, resources } = await evaluateFromMirror(stack, settings);
    const byRelease = new Map(
        await Promise.all(charts.map(async (chart) => [chart.release, await renderChart(chart)] as const)),
    );
    const configMaps = resources
        .filter(({ type }) => type === "kubernetes:core/v1:ConfigMap")
        .map(({ inputs }) => inputs as KubernetesObject);
    return { charts, byRelease, objects: [...byRelease.values()].flat(), configMaps };
}

export async function renderChart(chart: LocatedChart): Promise<KubernetesObject[]> {
    return parseManifests(await helmTemplate(chart, defaultKubeVersion), chart.namespace);
}

/** The only object with a kind and a name. */
export function objectOf(objects: KubernetesObject[], kind: string, name: string): Record<string, any> {
    const found = objects.filter((object) => object.kind === kind && object.metadata.name === name);
    if (found.length !== 1) {
        throw new Error(`expected one ${kind} ${name}, found ${found.length}`);
    }
    return found[0] as Record<string, any>;
}

/** The fields of a pod spec that tests use. */
export interface PodSpec {
    containers: Container[];
    initContainers?: Container[];
    [key: string]: any;
}

export interface Container {
    name: string;
    image: string;
    ports?: { name?: string; containerPort: number }[];
    resources?: { requests?: Record<string, string>; limits?: Record<string, string> };
    securityContext?: Record<string, any>;
    [key: string]: any;
}

export interface Workload {
    kind: string;
    name: string;
    replicas: number;
    labels: Record<string, string>;
    pod: PodSpec;
}

/** The objects that run pods. */
export function workloads(objects: KubernetesObject[]): Workload[] {
    return objects
        .filter(({ kind }) => ["Deployment", "StatefulSet", "DaemonSet", "Job"].includes(kind))
        .map(({ kind, metadata, spec }) => {
            const { replicas, template } = spec as Record<string, any>;
            return {
                kind,
                name: metadata.name,
                replicas: replicas ?? 1,
                labels: template.metadata.labels,
                pod: template.spec,
            };
        });
}
