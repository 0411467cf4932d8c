import { evaluateStack, type Evaluation, type LocatedChart } from "../../cli/evaluate";
import { defaultKubeVersion, renderChart as render } from "../../cli/helm";
import type { KubernetesObject } from "../../cli/manifests";
import { chartMirror } from "./prerequisites";

export { type Container, type PodSpec, type Workload, workloads } from "../../cli/workloads";

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

export function renderChart(chart: LocatedChart): Promise<KubernetesObject[]> {
    return render(chart, defaultKubeVersion);
}

/** The only object with a kind and a name. */
export function objectOf(objects: KubernetesObject[], kind: string, name: string): Record<string, any> {
    const found = objects.filter((object) => object.kind === kind && object.metadata.name === name);
    if (found.length !== 1) {
        throw new Error(`expected one ${kind} ${name}, found ${found.length}`);
    }
    return found[0] as Record<string, any>;
}
