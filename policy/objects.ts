/** A Kubernetes object with the fields that the rules use. */
export interface KubernetesObject {
    apiVersion: string;
    kind: string;
    metadata: {
        name: string;
        namespace?: string | undefined;
        labels?: Record<string, string>;
        annotations?: Record<string, string>;
    };
    [key: string]: unknown;
}

/** A container of a pod. */
export interface Container {
    name: string;
    image?: string;
    command?: string[];
    args?: string[];
    env?: { name: string; value?: string }[];
    resources?: { requests?: Record<string, unknown>; limits?: Record<string, unknown> };
    securityContext?: { runAsNonRoot?: boolean; runAsUser?: number; privileged?: boolean };
}

/** The pods of an object. */
export interface PodTemplate {
    labels: Record<string, string>;
    spec: {
        containers?: Container[];
        initContainers?: Container[];
        securityContext?: { runAsNonRoot?: boolean; runAsUser?: number };
    };
}

/** The template of the pods that an object creates. Undefined if it creates none. */
export function podTemplate(object: KubernetesObject): PodTemplate | undefined {
    const spec = (object["spec"] ?? {}) as Record<string, any>;
    switch (object.kind) {
        case "Pod":
            return { labels: object.metadata.labels ?? {}, spec };
        case "CronJob":
            return templateOf(spec["jobTemplate"]?.spec?.template);
        case "Deployment":
        case "StatefulSet":
        case "DaemonSet":
        case "ReplicaSet":
        case "Job":
            return templateOf(spec["template"]);
        default:
            return undefined;
    }
}

function templateOf(template: Record<string, any> | undefined): PodTemplate | undefined {
    return template && { labels: template["metadata"]?.labels ?? {}, spec: template["spec"] ?? {} };
}

/** All containers of an object, with the init containers. */
export function containers(object: KubernetesObject): Container[] {
    const { containers: main, initContainers } = podTemplate(object)?.spec ?? {};
    // Charts render keys without a value.
    return [...(initContainers ?? []), ...(main ?? [])].map(
        (container) => Object.fromEntries(Object.entries(container).filter(([, value]) => value !== null)) as never,
    );
}

/** The name of an object for messages, such as "StatefulSet monitoring/loki". */
export function objectTitle({ kind, metadata: { name, namespace } }: KubernetesObject): string {
    return `${kind} ${namespace === undefined ? "" : `${namespace}/`}${name}`;
}

interface LabelSelector {
    matchLabels?: Record<string, string> | null;
    matchExpressions?: { key: string; operator: string; values?: string[] }[] | null;
}

/** Whether a label selector selects a pod. An empty selector selects every pod, and a missing one none. */
export function selects(selector: LabelSelector | null | undefined, labels: Record<string, string>): boolean {
    return (
        selector !== undefined &&
        selector !== null &&
        Object.entries(selector.matchLabels ?? {}).every(([key, value]) => labels[key] === value) &&
        (selector.matchExpressions ?? []).every(({ key, operator, values = [] }) => {
            const value = labels[key];
            switch (operator) {
                case "In":
                    return value !== undefined && values.includes(value);
                case "NotIn":
                    return value === undefined || !values.includes(value);
                case "Exists":
                    return value !== undefined;
                default:
                    return value === undefined;
            }
        })
    );
}

/** A reference to an image in parts. A reference without a registry belongs to docker.io, as in Kubernetes. */
export interface ImageReference {
    registry: string;
    /** Path without the registry, such as "grafana/loki". */
    repository: string;
    tag?: string | undefined;
    digest?: string | undefined;
}

/** Splits a reference to an image. */
export function parseImage(image: string): ImageReference {
    const [name = "", digest] = image.split("@");
    const [first = "", ...rest] = name.split("/");
    const hasRegistry = rest.length > 0 && /[.:]|^localhost$/.test(first);
    const path = hasRegistry ? rest.join("/") : rest.length > 0 ? name : `library/${name}`;
    const [, repository = path, tag] = /^([^:]*)(?::(.*))?$/.exec(path) ?? [];
    return { registry: hasRegistry ? first : "docker.io", repository, tag, digest };
}

/** Whether an image is in a registry. The registry can have a path, such as "registry.example.com/mirror". */
export function isUnder(image: string, registry: string): boolean {
    const { registry: host, repository } = parseImage(image);
    return `${host}/${repository}`.startsWith(`${registry}/`);
}
