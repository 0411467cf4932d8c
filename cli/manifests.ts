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

/** A Kubernetes object, as far as rendering looks into it. */
export interface KubernetesObject {
    apiVersion: string;
    kind: string;
    metadata: { name: string; namespace?: string };
    [key: string]: unknown;
}

/** A file of a rendered stack: its path below the output folder, and its text. */
export interface ManifestFile {
    path: string;
    text: string;
}

// Kubernetes reads YAML 1.1, in which 0644 is octal and "on" is true, but without its numbers to the base of 60.
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

/** The objects in the output of `helm template`. Those that name no namespace get the release's, as the API server would do. */
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
 * One file an object, in a folder a namespace; the same objects give the same bytes in any order. Of a Secret only its name
 * and keys are written, as a comment, so that nothing applies it.
 *
 * @throws Error when two objects are the same one.
 */
export function manifestFiles(objects: KubernetesObject[]): ManifestFile[] {
    const files = new Map<string, string>();
    for (const object of objects) {
        const { kind, metadata } = object;
        const path = `${metadata.namespace ?? "cluster"}/${kind}-${metadata.name.replace(/[^-.\w]/g, "_")}.yaml`;
        if (files.has(path)) {
            throw new Error(`${kind} ${metadata.namespace ?? ""}/${metadata.name} is rendered twice`);
        }
        files.set(path, kind === "Secret" ? secretReference(object) : toYaml(object));
    }
    return [...files].sort(([one], [other]) => (one < other ? -1 : 1)).map(([path, text]) => ({ path, text }));
}

function toYaml(object: object): string {
    return dump(object, { sortKeys: true, lineWidth: -1, noRefs: true, scalarStyleRules });
}

// Files that a ConfigMap holds are read by people, also those that are indented with tabs: js-yaml would put them on one line.
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
    return `# The content of this Secret is in no file. Make it with these keys before the rest is applied.\n${comment}`;
}
