import { containers, parseImage } from "../objects";
import type { ObjectRule } from "../rule";

/** Projects that no longer receive security fixes, by the path of their image and the name of their chart. */
const archived = [
    {
        images: /(^|\/)minio\/(minio|mc)$/,
        charts: /^minio$/,
        name: "MinIO",
        replacement:
            "Set observability:objectStore.kind to s3 and use an S3 service, or set an image with security fixes",
    },
    {
        images: /(^|\/)grafana\/promtail$/,
        charts: /^promtail$/,
        name: "Promtail",
        replacement: "Use Grafana Alloy",
    },
    {
        images: /(^|\/)grafana\/agent(-operator)?$/,
        charts: /^grafana-agent(-operator)?$/,
        name: "Grafana Agent",
        replacement: "Use Grafana Alloy",
    },
    {
        images: /(^|\/)grafana\/oncall$/,
        charts: /^oncall$/,
        name: "Grafana OnCall",
        replacement: "Use Alertmanager with a receiver",
    },
    {
        images: /(?!)/,
        charts: /^(loki-stack|loki-distributed|loki-simple-scalable|lgtm-distributed)$/,
        name: "this chart of Loki",
        replacement: "Use the chart loki of grafana-community",
    },
];

/** The name of a chart, without its version, from the label that Helm recommends. */
function chartOf(labels: Record<string, string> = {}): string {
    return (labels["helm.sh/chart"] ?? "").replace(/-v?\d+\.\d+\.\d+.*$/, "");
}

/** Reported once for each application: its Jobs and Services use the same image and chart. */
export const archivedChart: ObjectRule = {
    name: "archived-chart",
    description: "In the profile prod, no workload is from an archived chart or has the image of an archived project.",
    check: (object, { profile }) => {
        if (profile !== "prod" || !["Deployment", "StatefulSet", "DaemonSet"].includes(object.kind)) {
            return [];
        }
        const repositories = containers(object).map(({ image = "" }) => parseImage(image).repository);
        const chart = chartOf(object.metadata.labels);
        return archived
            .filter(({ images, charts }) => charts.test(chart) || repositories.some((name) => images.test(name)))
            .map(
                ({ name, replacement }) =>
                    `uses ${name}, which is archived and no longer receives security fixes. ${replacement}, or add an exemption with a reason to observability:policy.exemptions.`,
            );
    },
};
