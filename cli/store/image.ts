import * as path from "path";
import type { Settings } from "../../settings/resolve";
import { mergeValues } from "../../components/helm/values";
import { packageRoot } from "../../components/helm/package-root";
import { readYamlMap } from "../../components/helm/yaml";

/** The image of MinIO, which also contains mc: from the values of the chart and of the stack, so that another registry is respected. */
export function minioImage({ images, values }: Settings): { image: string; pullPolicy: string } {
    const chart = path.join(packageRoot, "charts", "minio");
    const { appVersion } = readYamlMap(path.join(chart, "Chart.yaml"));
    const { image } = mergeValues(
        readYamlMap(path.join(chart, "values.yaml")),
        { image: { registry: images.registry } },
        values.minio,
    );
    return {
        image: `${image.registry}/${image.repository}:${image.tag || String(appVersion)}`,
        pullPolicy: image.pullPolicy,
    };
}
