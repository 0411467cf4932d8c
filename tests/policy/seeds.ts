import { type Container, containers, type KubernetesObject } from "../../policy/objects";

/** A deliberate mistake in the objects of the stack prod, with the only rule that it violates. */
export interface Seed {
    title: string;
    rule: string;
    /** The object that is reported, as KIND/NAME. */
    object: string;
    plant(objects: KubernetesObject[]): void;
}

/** The object with a name such as "StatefulSet/loki". */
export function find(objects: KubernetesObject[], name: string): Record<string, any> & KubernetesObject {
    const found = objects.filter((object) => `${object.kind}/${object.metadata.name}` === name);
    if (found.length !== 1) {
        throw new Error(`expected one object ${name}, found ${found.length}`);
    }
    return found[0] as KubernetesObject;
}

function pod(objects: KubernetesObject[], name: string): Record<string, any> {
    return find(objects, name)["spec"].template.spec as Record<string, any>;
}

function container(objects: KubernetesObject[], name: string): Record<string, any> & Container {
    return pod(objects, name)["containers"][0] as Container;
}

type Change = (container: Record<string, any>) => void;

/** A mistake in the first container of an object. */
function inContainer(rule: string, object: string, title: string, change: Change): Seed {
    return { title: `${object}: ${title}`, rule, object, plant: (objects) => change(container(objects, object)) };
}

/** A mistake in an additional init container. */
function inInitContainer(rule: string, object: string, title: string, change: Change): Seed {
    const plant = (objects: KubernetesObject[]) => {
        const added = { ...structuredClone(container(objects, object)), name: "seed" };
        change(added);
        const spec = pod(objects, object);
        spec["initContainers"] = [...(spec["initContainers"] ?? []), added];
    };
    return { title: `${object}: an init container ${title}`, rule, object, plant };
}

/** A text in a ConfigMap that has no secret. */
function inConfigMap(title: string, text: string, file = "seed.txt"): Seed {
    const plant = (objects: KubernetesObject[]) => {
        const map = find(objects, "ConfigMap/mimir-rules");
        map["data"] = { ...map["data"], [file]: text };
    };
    return { title: `ConfigMap: ${title}`, rule: "plaintext-secret", object: "ConfigMap/mimir-rules", plant };
}

function inEnvironment(name: string, value: string, title: string): Seed {
    return inContainer("plaintext-secret", "StatefulSet/tempo", title, (target) => {
        target["env"] = [...(target["env"] ?? []), { name, value }];
    });
}

function inArguments(title: string, ...args: string[]): Seed {
    return inContainer("plaintext-secret", "StatefulSet/loki", title, (target) => {
        target["args"] = [...(target["args"] ?? []), ...args];
    });
}

function budget(title: string, spec: object): Seed {
    const object = "PodDisruptionBudget/mimir";
    const plant = (objects: KubernetesObject[]) => {
        const found = find(objects, object);
        found["spec"] = { selector: found["spec"].selector, ...spec };
    };
    return { title: `${object}: ${title}`, rule: "disruption-budget", object, plant };
}

/** Replaces a text in a ConfigMap. */
function retention(map: string, key: RegExp, file: string): Seed {
    const object = `ConfigMap/${map}`;
    const plant = (objects: KubernetesObject[]) => {
        const { data } = find(objects, object) as { data?: Record<string, string> };
        const before = data?.[file] ?? "";
        const after = before.replace(key, "$1 2h");
        if (data === undefined || before === after) {
            throw new Error(`${file} in ${object} does not contain ${key}`);
        }
        data[file] = after;
    };
    return { title: `${object}: a retention of 2h`, rule: "minimum-retention", object, plant };
}

function remove(objects: KubernetesObject[], test: (object: KubernetesObject) => boolean): void {
    objects.splice(0, objects.length, ...objects.filter((object) => !test(object)));
}

const jwt = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJzZWVkIn0.c2lnbmF0dXJlLW9mLWEtc2VlZA";
const collector = "otel-collector-opentelemetry-collector";

export const seeds: Seed[] = [
    inContainer(
        "resources",
        "StatefulSet/loki",
        "no memory limit",
        (target) => delete target["resources"].limits.memory,
    ),
    inContainer(
        "resources",
        "Deployment/lgtm-grafana",
        "no CPU request",
        (target) => delete target["resources"].requests.cpu,
    ),
    inContainer(
        "resources",
        "DaemonSet/lgtm-alloy-logs",
        "no memory request",
        (target) => delete target["resources"].requests.memory,
    ),
    inContainer("resources", "StatefulSet/tempo", "no resources", (target) => delete target["resources"]),
    inInitContainer("resources", "StatefulSet/mimir", "without resources", (target) => delete target["resources"]),

    inContainer(
        "image-tag",
        "StatefulSet/loki",
        "the tag latest",
        (target) => (target["image"] = "docker.io/grafana/loki:latest"),
    ),
    inContainer("image-tag", "StatefulSet/tempo", "no tag", (target) => (target["image"] = "docker.io/grafana/tempo")),
    inContainer(
        "image-tag",
        "StatefulSet/mimir",
        "the tag of a branch",
        (target) => (target["image"] = "docker.io/grafana/mimir:main"),
    ),
    inContainer(
        "image-tag",
        "Deployment/lgtm-grafana",
        "the tag of a major version",
        (target) => (target["image"] = "docker.io/grafana/grafana:13"),
    ),
    inContainer(
        "image-tag",
        "StatefulSet/pyroscope",
        "an invalid digest",
        (target) => (target["image"] = "docker.io/grafana/pyroscope@sha256:0"),
    ),

    inContainer(
        "image-registry",
        "StatefulSet/loki",
        "another registry",
        (target) => (target["image"] = "registry.example.com/grafana/loki:3.7.3"),
    ),
    inContainer(
        "image-registry",
        "Deployment/lgtm-grafana",
        "a registry whose name begins like an allowed one",
        (target) => (target["image"] = "docker.io.example.com/grafana/grafana:13.1.0"),
    ),
    inContainer(
        "image-registry",
        `StatefulSet/${collector}`,
        "a registry with a port",
        (target) => (target["image"] = "localhost:5000/collector:0.150.0"),
    ),
    inInitContainer(
        "image-registry",
        "StatefulSet/tempo",
        "from another registry",
        (target) => (target["image"] = "gcr.io/tools/init:1.2.3"),
    ),

    inContainer(
        "non-root",
        "StatefulSet/loki",
        "user 0",
        (target) => (target["securityContext"] = { ...target["securityContext"], runAsUser: 0 }),
    ),
    inContainer(
        "non-root",
        "DaemonSet/lgtm-alloy-metrics",
        "privileged",
        (target) => (target["securityContext"] = { ...target["securityContext"], privileged: true }),
    ),
    inContainer(
        "non-root",
        "StatefulSet/mimir",
        "runAsNonRoot false",
        (target) => (target["securityContext"] = { ...target["securityContext"], runAsNonRoot: false }),
    ),
    {
        title: "StatefulSet/pyroscope: no security context",
        rule: "non-root",
        object: "StatefulSet/pyroscope",
        plant: (objects) => {
            delete pod(objects, "StatefulSet/pyroscope")["securityContext"];
            delete container(objects, "StatefulSet/pyroscope")["securityContext"];
        },
    },

    inConfigMap("a password in YAML", "auth:\n  basic:\n    password: hunter2\n"),
    inConfigMap("a password in INI", "[security]\nadmin_password = hunter2\n"),
    inConfigMap("a secret in JSON", '{\n  "clientSecret": "hunter2"\n}'),
    inConfigMap("a secret in the configuration of Alloy", 'basic_auth {\n  password = "hunter2"\n}'),
    inConfigMap("an access key", "storage:\n  s3:\n    secret_access_key: wJalrXUtnFEMI\n"),
    inConfigMap("a URL with a password", "endpoint: postgres://grafana:hunter2@db.example.com/grafana\n"),
    inConfigMap("a private key", "-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----\n"),
    inConfigMap("a JSON web token", `header: Bearer ${jwt}\n`),
    inConfigMap("an AWS access key", "key_id: AKIAIOSFODNN7EXAMPLE\n"),
    inConfigMap("a token as the whole value", "hunter2", "token"),
    inEnvironment("S3_SECRET_KEY", "hunter2", "an environment variable with a secret key"),
    inEnvironment("DATABASE_URL", "postgres://a:hunter2@db/x", "an environment variable with a URL with a password"),
    inArguments("an argument with a password", "--auth.password=hunter2"),
    inArguments("an argument followed by a token", "-token", "hunter2"),

    {
        title: "an image of Promtail",
        rule: "archived-chart",
        object: "DaemonSet/lgtm-alloy-metrics",
        plant: (objects) =>
            (container(objects, "DaemonSet/lgtm-alloy-metrics")["image"] = "docker.io/grafana/promtail:3.5.1"),
    },
    {
        title: "an archived chart",
        rule: "archived-chart",
        object: "StatefulSet/loki",
        plant: (objects) =>
            (find(objects, "StatefulSet/loki").metadata.labels = { "helm.sh/chart": "loki-distributed-0.80.0" }),
    },

    retention("loki", /(retention_period:).*/, "config.yaml"),
    retention("tempo", /(block_retention:).*/, "tempo.yaml"),
    retention("mimir", /(compactor_blocks_retention_period:).*/, "mimir.yaml"),
    inContainer("minimum-retention", "StatefulSet/pyroscope", "a retention of 2h", (target) => {
        target["args"] = (target["args"] as string[]).map((argument) =>
            argument.replace(/(retention-period=).*/, "$12h"),
        );
    }),

    budget("no eviction allowed", { maxUnavailable: 0 }),
    budget("as many pods as replicas", { minAvailable: 3 }),
    budget("all pods in percent", { minAvailable: "100%" }),
    {
        title: "StatefulSet/loki: no PodDisruptionBudget",
        rule: "disruption-budget",
        object: "StatefulSet/loki",
        plant: (objects) =>
            remove(objects, ({ kind, metadata }) => kind === "PodDisruptionBudget" && metadata.name.startsWith("loki")),
    },
    {
        title: "Deployment/lgtm-grafana: two replicas",
        rule: "disruption-budget",
        object: "Deployment/lgtm-grafana",
        plant: (objects) => (find(objects, "Deployment/lgtm-grafana")["spec"].replicas = 2),
    },

    {
        title: "StatefulSet/mimir: its Service has another name",
        rule: "contract-services",
        object: "StatefulSet/mimir",
        plant: (objects) => (find(objects, "Service/mimir").metadata.name = "mimir-nginx"),
    },
    {
        title: "Service/tempo: another port",
        rule: "contract-services",
        object: "Service/tempo",
        plant: (objects) => {
            const { ports } = find(objects, "Service/tempo")["spec"] as { ports: { port: number }[] };
            ports.forEach((entry) => (entry.port = entry.port === 3200 ? 3100 : entry.port));
        },
    },
    {
        title: "Service/lgtm-grafana: an external name",
        rule: "contract-services",
        object: "Service/lgtm-grafana",
        plant: (objects) => (find(objects, "Service/lgtm-grafana")["spec"].type = "ExternalName"),
    },

    {
        title: "no NetworkPolicy",
        rule: "network-policy",
        object: "StatefulSet/loki",
        plant: (objects) => {
            // All pods of the namespace but one remain selected.
            const others = objects.filter((object) => containers(object).length > 0 && object.metadata.name !== "loki");
            remove(objects, ({ kind }) => kind === "NetworkPolicy");
            objects.push(...others.map(selectingPolicy));
        },
    },

    {
        title: "an exemption without a reason",
        rule: "exemptions",
        object: "StatefulSet/loki",
        plant: (objects) =>
            (find(objects, "StatefulSet/loki").metadata.annotations = {
                "observability.mathtrail/policy-exempt": "resources:",
            }),
    },
    {
        title: "an exemption from an unknown rule",
        rule: "exemptions",
        object: "StatefulSet/loki",
        plant: (objects) =>
            (find(objects, "StatefulSet/loki").metadata.annotations = {
                "observability.mathtrail/policy-exempt": "resource: a test",
            }),
    },
];

function selectingPolicy(object: KubernetesObject): KubernetesObject {
    return {
        apiVersion: "networking.k8s.io/v1",
        kind: "NetworkPolicy",
        metadata: { name: object.metadata.name, namespace: object.metadata.namespace },
        spec: { podSelector: { matchLabels: (object["spec"] as Record<string, any>)["template"].metadata.labels } },
    };
}
