import type { Difference } from "../compare";
import type { LocatedChart } from "../evaluate";
import type { KubernetesObject } from "../manifests";
import { apiVersionFindings } from "./api-versions";
import type { ChartFiles } from "./chart-files";
import { contractFindings } from "./contract";
import { crdFindings } from "./crds";
import { deprecationFindings } from "./deprecations";
import { type Finding, findings } from "./finding";
import { immutableFindings, volumeFindings } from "./immutable";
import { type ImageChange, imageChanges, imageFindings } from "./images";
import { changedFields, matchObjects, objectFindings, restartFindings } from "./objects";
import { changedDefaults, defaultFindings, valueFindings } from "./values";

/** One rendering of a release. */
export interface RenderedChart {
    chart: LocatedChart;
    files: ChartFiles;
    /** Version of Kubernetes for which the chart was rendered. */
    kubernetes: string;
    objects: KubernetesObject[];
    /** Warnings of Helm. */
    warnings: string[];
}

/** What differs between two renderings of a release. */
export interface ReleaseChanges {
    findings: Finding[];
    images: ImageChange[];
    /** Every field that changes in the objects that both renderings have. */
    fields: Difference[];
}

/**
 * Compares two renderings of a release. The configuration is not validated.
 *
 * @param all the new objects of the whole stack, which can use the addresses of the release.
 */
export function compareRelease(before: RenderedChart, after: RenderedChart, all: KubernetesObject[]): ReleaseChanges {
    const { release } = before.chart;
    const objects = matchObjects(before.objects, after.objects);
    const images = imageChanges(before.objects, after.objects);
    const { values } = after.chart;
    const versions = { from: before.files, to: after.files };
    // A key of the stack that is gone is in the findings about its values.
    const defaults = changedDefaults(before.files.defaults, after.files.defaults, values).filter(
        ({ ours, to }) => !ours || to !== undefined,
    );
    return {
        images,
        fields: changedFields(objects.kept),
        findings: [
            ...renderFindings(before, after),
            ...valueFindings(values, before.files, after.files),
            ...objectFindings(objects),
            ...immutableFindings(objects.kept),
            ...volumeFindings(objects.kept),
            ...contractFindings({ release, objects: before.objects }, { release, objects: after.objects }, all),
            ...crdFindings(objects),
            ...apiVersionFindings(after.objects, after.kubernetes),
            ...imageFindings(images),
            ...deprecationFindings(versions, after.chart.repository, { values, objects: after.objects }),
            ...restartFindings(objects.kept),
            ...defaultFindings(defaults),
        ],
    };
}

/** New warnings of Helm, and another supported version of Kubernetes. */
function renderFindings(before: RenderedChart, after: RenderedChart): Finding[] {
    const added = after.warnings.filter((warning) => !before.warnings.includes(warning));
    const [from, to] = [before.files.kubeVersion, after.files.kubeVersion];
    return [
        ...findings(
            "render",
            "work",
            added.map((warning) => `Helm warns: ${warning}`),
        ),
        ...findings(
            "kubernetes",
            "note",
            from === to ? [] : [`The supported versions of Kubernetes change from ${from ?? "all"} to ${to ?? "all"}.`],
        ),
    ];
}
