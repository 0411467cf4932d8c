import * as fs from "fs";
import * as path from "path";
import {
    boolYaml11Tag,
    CORE_SCHEMA,
    DEFAULT_SCALAR_STYLE_RULES,
    defineScalarTag,
    dump,
    intYaml11Tag,
    loadAll,
    mergeTag,
    NOT_RESOLVED,
    type Schema,
} from "js-yaml";

/** A Kubernetes object with the fields that rendering uses. */
export interface KubernetesObject {
    apiVersion: string;
    kind: string;
    metadata: { name: string; namespace?: string; annotations?: Record<string, string> };
    [key: string]: unknown;
}

/** A file of a rendered stack. The path is relative to the output folder. */
export interface ManifestFile {
    path: string;
    text: string;
}

// Kubernetes uses YAML 1.1, in which 0644 is octal and "on" is true, but does not support its base 60 numbers.
const kubernetesYaml: Schema = CORE_SCHEMA.withTags(
    mergeTag,
    boolYaml11Tag,
    defineScalarTag(intYaml11Tag.tagName, {
        ...intYaml11Tag,
        resolve: (source, ...rest) => (source.includes(":") ? NOT_RESOLVED : intYaml11Tag.resolve(source, ...rest)),
    }),
);

const clusterScoped = new Set([
    "APIService",
    "ClusterRole",
    "ClusterRoleBinding",
    "CustomResourceDefinition",
    "IngressClass",
    "MutatingWebhookConfiguration",
    "Namespace",
    "PersistentVolume",
    "PriorityClass",
    "StorageClass",
    "ValidatingWebhookConfiguration",
]);

/** Parses the output of `helm template`. Namespaced objects without a namespace get the namespace of the release, as in a deployment. */
export function parseManifests(yaml: string, namespace: string): KubernetesObject[] {
    return (loadAll(yaml, { schema: kubernetesYaml }) as (KubernetesObject | null)[])
        .filter((object) => object !== null)
        .map((object) =>
            clusterScoped.has(object.kind) || object.metadata.namespace !== undefined
                ? object
                : { ...object, metadata: { ...object.metadata, namespace } },
        );
}

/**
 * Reads the objects in a file, or in all YAML files of a folder and its folders.
 *
 * @throws Error with the file if it is not YAML, or contains something else than objects.
 */
export function readManifests(target: string): KubernetesObject[] {
    const files = fs.statSync(target).isDirectory()
        ? fs
              .readdirSync(target, { recursive: true, encoding: "utf8" })
              .filter((file) => /\.ya?ml$/.test(file))
              .sort()
              .map((file) => path.join(target, file))
        : [target];
    if (files.length === 0) {
        throw new Error(`the folder ${target} contains no .yaml files`);
    }
    return files.flatMap((file) => {
        const documents = loadManifests(file).filter((document) => document !== null && document !== undefined);
        return documents.flatMap((document) => {
            const { kind, items } = document as { kind?: string; items?: unknown[] };
            return kind === "List" && Array.isArray(items) ? items : [document];
        }) as KubernetesObject[];
    });
}

function loadManifests(file: string): unknown[] {
    try {
        const documents = loadAll(fs.readFileSync(file, "utf8"), { schema: kubernetesYaml });
        const wrong = documents.find((document) => document !== null && !isObject(document));
        if (wrong !== undefined) {
            throw new Error("it contains a document without kind and metadata.name");
        }
        return documents;
    } catch (error) {
        throw new Error(`${file} does not contain Kubernetes objects: ${(error as Error).message}`, { cause: error });
    }
}

function isObject(document: unknown): boolean {
    const { kind, metadata, items } = (document ?? {}) as {
        kind?: unknown;
        metadata?: { name?: unknown };
        items?: unknown;
    };
    return typeof kind === "string" && (typeof metadata?.name === "string" || Array.isArray(items));
}

/**
 * Returns one file for each object, with one folder for each namespace. The output does not depend on the order of objects and keys. A Secret
 * becomes a comment with its name and keys, so that it is not applied.
 *
 * @throws Error if two objects have the same kind, namespace and name.
 */
export function manifestFiles(objects: KubernetesObject[]): ManifestFile[] {
    const files = new Map<string, string>();
    for (const object of objects) {
        const { kind, metadata } = object;
        const path = `${metadata.namespace ?? "cluster"}/${kind}-${metadata.name.replace(/[^-.\w]/g, "_")}.yaml`;
        if (files.has(path)) {
            throw new Error(
                `two manifests have the same kind, namespace and name: ${kind} ${metadata.namespace ? `${metadata.namespace}/` : ""}${metadata.name}; change the Helm values so that only one of them is rendered`,
            );
        }
        files.set(path, kind === "Secret" ? secretReference(object) : toYaml(object));
    }
    return [...files].sort(([one], [other]) => (one < other ? -1 : 1)).map(([path, text]) => ({ path, text }));
}

function toYaml(object: object): string {
    return dump(object, { sortKeys: true, lineWidth: -1, noRefs: true, scalarStyleRules });
}

// Without this change, js-yaml would write a text with tabs on one line, which is hard to read.
const { doubleQuoteForInvisibles } = DEFAULT_SCALAR_STYLE_RULES;
const scalarStyleRules = Object.values(DEFAULT_SCALAR_STYLE_RULES).map((rule) =>
    rule === doubleQuoteForInvisibles
        ? (layout: Parameters<typeof rule>[0]) => {
              if (!layout.node.value.includes("\n\t")) {
                  rule(layout);
              }
          }
        : rule,
);

function secretReference({ metadata, data, stringData, type }: KubernetesObject): string {
    const reference = {
        apiVersion: "v1",
        kind: "Secret",
        metadata: { name: metadata.name, namespace: metadata.namespace },
        type: type ?? "Opaque",
        keys: [...Object.keys(data ?? {}), ...Object.keys(stringData ?? {})].sort(),
    };
    const comment = toYaml(reference).replace(/^(?=.)/gm, "# ");
    return `# The content of this Secret is not rendered. Create a Secret with these keys before you apply the other files.\n${comment}`;
}
