import { podRequests } from "../../cli/up/requests";
import { selectedBy } from "../../cli/workloads";
import { quantityValue } from "../../validation/quantities";
import { type RenderedStack, workloads } from "./rendered";

/** Expects a PodDisruptionBudget for each of the workloads of a distributed store, and that it selects no other pods. */
export function expectBudgets({ objects }: RenderedStack, release: string, expected: string[]): void {
    const budgets = objects.filter(
        ({ kind, metadata }) => kind === "PodDisruptionBudget" && metadata.name.startsWith(release),
    ) as Record<string, any>[];
    expect(budgets.map(({ metadata }) => metadata.name).sort()).toEqual([...expected].sort());
    for (const { metadata, spec } of budgets) {
        expect(spec.maxUnavailable).toBe(1);
        const selected = selectedBy({ selector: spec.selector.matchLabels }, objects);
        expect(selected.map((workload) => workload.name)).toEqual([metadata.name]);
    }
}

/** Expects that the pods of a release have its name as the job of their metrics, except those of other programs. */
export function expectJobs({ byRelease }: RenderedStack, release: string, others: string[]): void {
    const templates = (byRelease.get(release) ?? []).flatMap(({ metadata, spec }) => {
        const { template } = (spec ?? {}) as { template?: any };
        return template?.metadata === undefined ? [] : [[metadata.name, template.metadata.annotations]];
    });
    expect(templates.length).toBeGreaterThan(others.length);
    for (const [workload, annotations] of templates) {
        const job = others.includes(workload) ? undefined : release;
        expect([workload, annotations?.["prometheus.io/job"]]).toEqual([workload, job]);
    }
}

/** Expects that the requests that `up` computes from the values of a release are those of its containers. */
export function expectRequests({ charts, byRelease }: RenderedStack, name: string): void {
    const rendered = workloads(byRelease.get(name) ?? []).map(({ replicas, pod }) => {
        const sum = (key: string) =>
            pod.containers.reduce(
                (total, { resources }) => total + (quantityValue(String(resources?.requests?.[key])) ?? NaN),
                0,
            );
        return [replicas, sum("cpu"), sum("memory")];
    });
    const computed = podRequests(charts.filter(({ release }) => release === name));
    const sorted = (rows: unknown[][]) => rows.map((row) => JSON.stringify(row)).sort();
    expect(sorted(computed.map(({ replicas, cpu, memory }) => [replicas, cpu, memory]))).toEqual(sorted(rendered));
}
