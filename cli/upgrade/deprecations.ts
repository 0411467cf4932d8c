import type { HelmValues } from "../../components/helm/values";
import type { KubernetesObject } from "../manifests";
import type { ChartFiles } from "./chart-files";
import { type Finding, findings } from "./finding";
import { imagesOf } from "./images";

/** A chart or an image that is no longer maintained. */
interface Archived {
    /** Name of the chart. */
    chart?: string;
    /** Repository of the chart. Default: every repository. */
    repository?: string;
    /** The end of the name of an image, without its tag. */
    image?: string;
    /** A full sentence: what happened, when, and what replaces it. */
    text: string;
    /** URL of the announcement. */
    source: string;
}

const oldGrafana = "https://grafana.github.io/helm-charts";
const moved = (chart: string): Archived => ({
    chart,
    repository: oldGrafana,
    text: `The chart ${chart} moved to https://grafana-community.github.io/helm-charts on 2026-01-30, and this repository no longer receives updates.`,
    source: "https://github.com/grafana/helm-charts/issues/4087",
});

/** Charts and images of this stack that are archived or have moved, of which their Chart.yaml may say nothing. */
const archived: Archived[] = [
    ...["grafana", "tempo", "tempo-distributed"].map(moved),
    {
        chart: "loki",
        repository: oldGrafana,
        text: "Since version 7.0.0, the chart loki in this repository deploys Grafana Enterprise Logs. Loki has moved to https://grafana-community.github.io/helm-charts in March 2026.",
        source: "https://github.com/grafana/loki/blob/main/production/helm/loki/README.md",
    },
    {
        image: "minio/minio",
        text: "The repository of MinIO was archived in 2026, and its images no longer receive security fixes. An S3 service (objectStore.kind: s3) replaces it.",
        source: "https://github.com/minio/minio",
    },
];

/** What is known about the end of a chart, of its images and of keys that the stack sets. */
export function deprecationFindings(
    { from, to }: { from: ChartFiles; to: ChartFiles },
    repository: string,
    { values, objects }: { values: HelmValues; objects: KubernetesObject[] },
): Finding[] {
    const images = imagesOf(objects).map((image) => image.repository);
    const known = archived.filter(
        (entry) =>
            (entry.chart === to.name && (entry.repository ?? repository) === repository) ||
            (entry.image !== undefined && images.some((image) => image.endsWith(`/${entry.image}`))),
    );
    const former = new Set(deprecatedKeys(from.valuesText).keys());
    const keys = [...deprecatedKeys(to.valuesText)].filter(([key]) => isSet(values, key.split(".")));
    return [
        ...findings(
            "deprecations",
            from.deprecated ? "note" : "work",
            to.deprecated ? [`Chart ${to.name} ${to.version} is marked as deprecated in its Chart.yaml.`] : [],
        ),
        ...findings(
            "deprecations",
            "note",
            known.map(({ text, source }) => `${text} Source: ${source}`),
        ),
        ...keys.flatMap(([key, comment]) =>
            findings("deprecations", former.has(key) ? "note" : "work", [
                `The stack sets ${key}, which chart ${to.name} ${to.version} calls deprecated: ${comment}`,
            ]),
        ),
    ];
}

function isSet(values: HelmValues, [key = "", ...rest]: string[]): boolean {
    if (typeof values !== "object" || values === null || !Object.prototype.hasOwnProperty.call(values, key)) {
        return false;
    }
    return rest.length === 0 ? values[key] !== undefined : isSet(values[key] as HelmValues, rest);
}

// Many comments describe a deprecated value of a key, such as a mode, and not the key.
const isDeprecation = /^\W*deprecated\b|\b(this|which) (key|value|option|field|setting)? ?is deprecated\b/i;

/** The keys in a values.yaml that their comment calls deprecated, with this comment. */
export function deprecatedKeys(valuesText: string): Map<string, string> {
    const found = new Map<string, string>();
    const open: { indent: number; key: string }[] = [];
    let comment: string[] = [];
    for (const line of valuesText.split("\n")) {
        const [, text] = /^\s*#+\s?(?:--\s)?(.*)$/.exec(line) ?? [];
        const [, spaces = "", key] = /^(\s*)([\w-]+):(?:\s|$)/.exec(line) ?? [];
        if (text !== undefined) {
            comment.push(text.trim());
            continue;
        }
        if (key !== undefined) {
            while ((open.at(-1)?.indent ?? -1) >= spaces.length) {
                open.pop();
            }
            open.push({ indent: spaces.length, key });
            const joined = comment.join(" ").trim();
            if (isDeprecation.test(joined)) {
                found.set(open.map((parent) => parent.key).join("."), joined);
            }
        }
        comment = [];
    }
    return found;
}
