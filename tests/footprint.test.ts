import * as fs from "fs";
import { footprintFile, footprintOf, footprintPage } from "../cli/footprint/page";
import { everySource, sources } from "../cli/footprint/sources";
import { evaluateStack } from "../cli/evaluate";
import type { KubernetesObject } from "../cli/manifests";
import { statefulSetClaims } from "../cli/summary/usage";
import { optionalSources } from "../validation/components";
import { existingSources } from "../settings/components";
import { resolveSettings } from "../settings/resolve";
import { quantityValue } from "../validation/quantities";
import { withoutAlignment } from "./helpers/docs";
import { describeWith } from "./helpers/prerequisites";
import { evaluateFromMirror, renderChart, type Workload, workloads } from "./helpers/rendered";

const profiles = ["dev", "prod"] as const;

test("docs/footprint.md has the requests as configured", async () => {
    expect(withoutAlignment(fs.readFileSync(footprintFile, "utf8"))).toBe(withoutAlignment(await footprintPage()));
});

test("the sources of the page include every optional source", () => {
    const kinds = ["postgresql", "mysql", "mongodb"];
    const found: string[] = existingSources(resolveSettings(everySource));
    expect(optionalSources.filter((source) => !found.includes(source))).toEqual(kinds);
});

test.each(profiles)("an optional source in %s changes only the requests of the pods of its row", async (profile) => {
    const without = footprintOf(await evaluateStack(profile));
    const { workloads: all } = footprintOf(await evaluateStack(profile, everySource));
    const existing = without.workloads.map((workload) => JSON.stringify(workload));
    expect(all.map((workload) => JSON.stringify(workload))).toEqual(expect.arrayContaining(existing));
    const added = all.filter((workload) => !existing.includes(JSON.stringify(workload)));
    expect(new Set(added.map(({ release }) => release))).toEqual(
        new Set(sources.flatMap(({ release }) => release ?? [])),
    );
});

const kinds = ["beyla", "opentelemetry"] as const;
const distributed = { loki: "distributed", mimir: "distributed", tempo: "distributed" };

describeWith({ programs: ["helm"], mirror: true }, "the footprint", () => {
    const both: ["dev" | "prod", string, object][] = profiles.flatMap((profile) => [
        ...kinds.map((kind): [typeof profile, string, object] => [
            profile,
            `all optional sources and ${kind}`,
            { ...everySource, autoInstrumentation: { enabled: true, kind } },
        ]),
        [profile, "distributed stores", { mode: distributed }],
    ]);

    test.each(both)("of %s with %s is that of the rendered objects", async (profile, _, settings) => {
        const evaluation = await evaluateFromMirror(profile, settings);
        const rendered = await Promise.all(
            evaluation.charts.map(async (chart) => [chart.release, await renderChart(chart)] as const),
        );
        const { workloads: calculated, volumes } = footprintOf(evaluation);
        const expected = rendered.flatMap(([release, objects]) =>
            workloads(objects)
                .filter(({ kind }) => kind !== "Job")
                .map((workload) => ({ release, ...requestsOf(workload) })),
        );
        const sorted = (requests: object[]) => requests.map((request) => JSON.stringify(request)).sort();
        const ofCharts = calculated.filter(({ release }) => release !== "load-monitor");
        expect(sorted(ofCharts)).toEqual(sorted(expected));
        expect(volumes).toEqual(claimsOf(rendered.flatMap(([, objects]) => objects)));
    });
});

function requestsOf({ kind, replicas, pod }: Workload) {
    const sum = (key: "cpu" | "memory") =>
        pod.containers
            .map(({ resources }) => quantityValue(String(resources?.requests?.[key])) ?? NaN)
            .reduce((total, request) => total + request, 0);
    return { replicas, everyNode: kind === "DaemonSet", cpu: sum("cpu"), memory: sum("memory") };
}

/** The size of each claim in bytes. */
function claimsOf(objects: KubernetesObject[]): Record<string, number> {
    const templates = objects
        .filter(({ kind }) => kind === "StatefulSet")
        .flatMap((statefulSet) => statefulSetClaims(statefulSet))
        .map(([name, size]): [string, number] => [name.slice(name.indexOf("/") + 1), size]);
    const claims = objects
        .filter(({ kind }) => kind === "PersistentVolumeClaim")
        .map(({ metadata, spec }): [string, number] => [
            metadata.name,
            quantityValue((spec as { resources: { requests: { storage: string } } }).resources.requests.storage) ?? NaN,
        ]);
    return Object.fromEntries([...templates, ...claims]);
}
