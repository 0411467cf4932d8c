import { contract } from "../../components/contract";
import type { Settings } from "../../settings/resolve";
import { settingsSchema } from "../../settings/schema";
import type { KubernetesObject } from "../manifests";

/** A tool that applies manifests from a Git repository. */
export const gitOpsTools = ["argocd", "flux"] as const;
export type GitOpsTool = (typeof gitOpsTools)[number];

/**
 * Stages of a deployment, in order: each needs the stages before it. Argo CD applies them as sync waves, and Flux as one Kustomization each. Their order
 * is the same as in a deployment by Pulumi.
 */
export const stages = ["namespaces", "secrets", "object-store", "stores", "collection"] as const;
export type Stage = (typeof stages)[number];

/** An object with the release of its chart. Undefined if it belongs to no chart. */
export interface RenderedObject {
    object: KubernetesObject;
    release?: string;
}

const storeReleases: string[] = [contract.loki, contract.tempo, contract.mimir, contract.pyroscope].map(
    ({ release }) => release,
);

/** The stage of an object. */
export function stageOf({ object: { kind }, release }: RenderedObject): Stage {
    if (kind === "Namespace") {
        return "namespaces";
    }
    if (release === undefined && ["Secret", "ExternalSecret", "PersistentVolumeClaim"].includes(kind)) {
        return "secrets";
    }
    return release === contract.minio.release
        ? "object-store"
        : release !== undefined && storeReleases.includes(release)
          ? "stores"
          : "collection";
}

/** The folder of a stage, which starts with its number. */
export function stageFolder(stage: Stage): string {
    return `${stages.indexOf(stage) + 1}-${stage}`;
}

/** Prepares an object for a tool: the order of the deployment, and no deletion of data. */
export function forTool(rendered: RenderedObject, tool: GitOpsTool, settings: Settings): KubernetesObject {
    const object = withFixedTemplate(rendered.object, settings);
    const holdsData = ["Namespace", "PersistentVolumeClaim"].includes(object.kind);
    return withAnnotations(
        object,
        tool === "argocd"
            ? {
                  "argocd.argoproj.io/sync-wave": String(stages.indexOf(stageOf(rendered)) + 1),
                  ...(holdsData && { "argocd.argoproj.io/sync-options": "Prune=false,Delete=false" }),
              }
            : holdsData
              ? { "kustomize.toolkit.fluxcd.io/prune": "disabled" }
              : {},
    );
}

/** A claim in place of a PersistentVolumeClaimPatch, which only Pulumi knows. */
export function claimOf(patch: KubernetesObject): KubernetesObject {
    // The annotations are instructions for Pulumi's provider.
    const { name, namespace } = patch.metadata;
    return { ...patch, kind: "PersistentVolumeClaim", metadata: { name, namespace } };
}

type Sizes = Pick<Settings, "storage" | "redpanda">;
const ofStorage = (name: keyof Settings["storage"]["sizes"]) => (settings: Sizes) => settings.storage.sizes[name];

/** The size of the claims of each StatefulSet with given settings. */
const sizeOf: Record<string, (settings: Sizes) => string> = {
    [contract.loki.release]: ofStorage("loki"),
    [`${contract.loki.release}-ingester`]: ofStorage("loki"),
    // No setting has this size: it is in the packaged values.
    [`${contract.loki.release}-compactor`]: () => "10Gi",
    [contract.tempo.release]: ofStorage("tempo"),
    [`${contract.tempo.release}-ingester`]: ofStorage("tempo"),
    [contract.mimir.release]: ofStorage("mimir"),
    [`${contract.mimir.release}-ingester`]: ofStorage("mimir"),
    [`${contract.mimir.release}-store-gateway`]: ofStorage("mimir"),
    [`${contract.mimir.release}-compactor`]: ofStorage("mimir"),
    // No setting has this size: it is in the chart.
    [`${contract.mimir.release}-alertmanager`]: () => "1Gi",
    [contract.pyroscope.release]: ofStorage("pyroscope"),
    [contract.minio.release]: ofStorage("minio"),
    [contract.otelCollector.service]: ofStorage("collector"),
    [contract.redpanda.release]: ({ redpanda }) => redpanda.size,
};

/**
 * The claim template of a StatefulSet cannot change, so it has the default size of the profile. The claims are separate objects with the configured
 * size, and the StatefulSet uses them.
 */
function withFixedTemplate(object: KubernetesObject, { profile }: Settings): KubernetesObject {
    const spec = object["spec"] as StatefulSetSpec | undefined;
    const storage = sizeOf[object.metadata.name]?.(settingsSchema(profile).parse({ profile }));
    if (object.kind !== "StatefulSet" || storage === undefined || spec?.volumeClaimTemplates === undefined) {
        return object;
    }
    const { annotations } = spec.template.metadata ?? {};
    return {
        ...object,
        spec: {
            ...spec,
            template: {
                ...spec.template,
                metadata: {
                    ...spec.template.metadata,
                    // A changed annotation would restart the pods.
                    ...(annotations && {
                        annotations: Object.fromEntries(
                            Object.entries(annotations).filter(([key]) => key !== "storage/size"),
                        ),
                    }),
                },
            },
            volumeClaimTemplates: spec.volumeClaimTemplates.map((template) => ({
                ...template,
                spec: { ...template.spec, resources: { requests: { storage } } },
            })),
        },
    };
}

interface StatefulSetSpec {
    template: { metadata?: { annotations?: Record<string, string> } };
    volumeClaimTemplates?: { spec: object }[];
}

function withAnnotations(object: KubernetesObject, annotations: Record<string, string>): KubernetesObject {
    const { metadata } = object;
    return Object.keys(annotations).length === 0
        ? object
        : { ...object, metadata: { ...metadata, annotations: { ...metadata.annotations, ...annotations } } };
}
