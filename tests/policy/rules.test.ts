import { checkObjects } from "../../policy/check";
import { exemptAnnotation } from "../../policy/exemptions";
import { isUnder, type KubernetesObject, parseImage } from "../../policy/objects";
import type { Exemption, PolicyContext } from "../../policy/rule";
import { keepData, objectRules, protectedData, stackRules } from "../../policy/rules";
import { checkSteps } from "../../policy/steps";
import { resolveSettings } from "../../settings/resolve";
import { policyContext } from "../../policy/context";
import { isObjectName, policyRules } from "../../validation/policy";

const context: PolicyContext = {
    profile: "prod",
    allowedRegistries: ["docker.io"],
    minimumRetention: { logs: "7d", traces: "3d" },
    exemptions: [],
};

const container = {
    name: "app",
    image: "docker.io/example/app:1.2.3",
    resources: { requests: { cpu: "1", memory: "1Gi" }, limits: { memory: "1Gi" } },
    securityContext: { runAsNonRoot: true, runAsUser: 1000 },
};

function workload(changes: object = {}, { kind = "Deployment", replicas = 1 } = {}): KubernetesObject {
    const template = { metadata: { labels: { app: "app" } }, spec: { containers: [{ ...container, ...changes }] } };
    return object(kind, "app", { spec: { replicas, template } });
}

function object(kind: string, name: string, rest: object = {}): KubernetesObject {
    return { apiVersion: "v1", kind, metadata: { name, namespace: "monitoring" }, ...rest };
}

const networkPolicy = object("NetworkPolicy", "all", { spec: { podSelector: {} } });
const configMap = (data: Record<string, string>) => object("ConfigMap", "config", { data });

/** The messages about objects, beside a NetworkPolicy that selects all pods. */
function messages(objects: KubernetesObject[], changes: Partial<PolicyContext> = {}): string[] {
    return checkObjects([...objects, networkPolicy], { ...context, ...changes }).violations.map(
        ({ rule, message }) => `${rule}: ${message}`,
    );
}

test("every rule has a name to which an exemption can refer", () => {
    expect([...objectRules, ...stackRules, protectedData, keepData].map(({ name }) => name)).toEqual(policyRules);
});

test("a workload that follows all rules has no violation", () => {
    expect(messages([workload()])).toEqual([]);
});

describe("an image", () => {
    test.each([
        ["nginx", { registry: "docker.io", repository: "library/nginx" }],
        ["grafana/loki:3.7.3", { registry: "docker.io", repository: "grafana/loki", tag: "3.7.3" }],
        ["localhost/a:1", { registry: "localhost", repository: "a", tag: "1" }],
        ["r.example.com:5000/a/b", { registry: "r.example.com:5000", repository: "a/b" }],
        ["quay.io/a/b:1.2@sha256:0", { registry: "quay.io", repository: "a/b", tag: "1.2", digest: "sha256:0" }],
    ])("%s has its parts", (image, parts) => {
        expect(parseImage(image)).toEqual({ tag: undefined, digest: undefined, ...parts });
    });

    test("is under a registry only if the whole host and all folders are the same", () => {
        expect(isUnder("grafana/loki:1", "docker.io")).toBe(true);
        expect(isUnder("r.example.com/mirror/a:1", "r.example.com/mirror")).toBe(true);
        expect(isUnder("r.example.com/mirrors/a:1", "r.example.com/mirror")).toBe(false);
        expect(isUnder("r.example.com.evil.com/a:1", "r.example.com")).toBe(false);
    });

    test.each(["1.2.3", "v1.2", "RELEASE.2025-09-07T16-13-09Z", "3.7.3-alpine", "main-1a2b3c4"])(
        "may have the tag %s",
        (tag) => {
            expect(messages([workload({ image: `docker.io/example/app:${tag}` })])).toEqual([]);
        },
    );

    test("may have a digest instead of a tag", () => {
        expect(messages([workload({ image: `docker.io/example/app@sha256:${"0a".repeat(32)}` })])).toEqual([]);
    });

    test("with a tag that moves is reported with the container and the correction", () => {
        expect(messages([workload({ image: "docker.io/example/app:stable" })])).toEqual([
            'image-tag: container "app" has the image docker.io/example/app:stable with the tag "stable", which does not name an exact version. Set the tag of a version, such as 3.5.1, or a digest.',
        ]);
    });
});

describe("the resources of a container", () => {
    test("are reported together", () => {
        expect(messages([workload({ resources: { limits: { cpu: "1" } } })])).toEqual([
            'resources: container "app" has no resources.requests.cpu, resources.requests.memory, resources.limits.memory. Set it in the Helm values of the component.',
        ]);
    });

    test("may be missing only for the CPU limit, also in a CronJob", () => {
        const template = { spec: { containers: [{ ...container, resources: null }] } };
        const job = object("CronJob", "job", { spec: { jobTemplate: { spec: { template } } } });
        expect(messages([job])).toHaveLength(1);
    });
});

describe("a secret in clear text", () => {
    test.each([
        ["a variable", "password: ${S3_PASSWORD}"],
        ["a variable of Grafana", "admin_password = $__file{/etc/secrets/password}"],
        ["a variable of Kubernetes", "token: $(TOKEN)"],
        ["a function of Alloy", 'password = sys.env("PASSWORD")'],
        ["a file", "bearer_token: /var/run/secrets/token"],
        ["the file of a password", "password_file: /etc/secrets/password"],
        ["the name of a Secret", "secretName: minio-root"],
        ["a number", "max_token: 100"],
        ["an empty value", 'password: ""'],
        ["a nested value", "token:\n  ttl: 1h"],
        ["a switch", "cookie_secret: false"],
        ["a template", "secret: {{ .Values.secret }}"],
        ["a URL without a password", "url: https://user@example.com/"],
        ["a URL with a variable", "url: https://user:${PASSWORD}@example.com/"],
        ["a time", "at: http://example.com/?t=10:30@night"],
    ])("is not %s", (_, text) => {
        expect(messages([configMap({ "config.yaml": text })])).toEqual([]);
    });

    test("is reported with its line, and without its value", () => {
        expect(messages([configMap({ "config.yaml": "a: b\nadminPassword: hunter2\n" })])).toEqual([
            "plaintext-secret: key config.yaml, line 2, contains a value of the key adminPassword in clear text. Put it into a Secret, and refer to it by secretKeyRef, envFrom or a mounted file.",
        ]);
    });

    test("in an environment variable is reported, but a reference to a Secret is not", () => {
        const valueFrom = { secretKeyRef: { name: "a", key: "b" } };
        const env = [
            { name: "API_TOKEN", valueFrom },
            { name: "PASSWORD_FILE", value: "/etc/secrets/a" },
            { name: "ADMIN_PASSWORD", value: "hunter2" },
        ];
        expect(messages([workload({ env })])).toEqual([
            'plaintext-secret: container "app", environment variable ADMIN_PASSWORD, contains a value in clear text. Put it into a Secret, and refer to it by secretKeyRef, envFrom or a mounted file.',
        ]);
    });

    test("in a script is reported", () => {
        expect(messages([workload({ command: ["sh", "-c", "set -e\nPASSWORD=hunter2\nrun"] })])).toHaveLength(1);
        expect(messages([workload({ command: ["sh", "-c", 'PASSWORD="$1"\nmc alias set a b "$KEY"'] })])).toEqual([]);
    });
});

describe("a PodDisruptionBudget", () => {
    const budget = (spec: object) =>
        object("PodDisruptionBudget", "app", { spec: { selector: { matchLabels: { app: "app" } }, ...spec } });
    const replicated = (replicas: number) => workload({}, { kind: "StatefulSet", replicas });

    test.each([
        [3, { maxUnavailable: 1 }, []],
        [3, { minAvailable: 2 }, []],
        [3, { maxUnavailable: "1%" }, []],
        [3, { minAvailable: "50%" }, []],
        [3, { minAvailable: 3 }, ["minAvailable is 3"]],
        [3, { minAvailable: "67%" }, ["minAvailable is 67%"]],
        [3, { maxUnavailable: "0%" }, ["maxUnavailable is 0%"]],
        [1, { minAvailable: 1 }, ["minAvailable is 1"]],
        [1, {}, ["minAvailable is 1 by default"]],
        [0, { minAvailable: 1 }, []],
    ])("with %d replicas and %j must allow an eviction", (replicas, spec, limits) => {
        const found = messages([replicated(replicas), budget(spec)]);
        expect(found.map((message) => /drain of a node: (.*), and its/.exec(message)?.[1])).toEqual(limits);
    });

    test("is required for the replicas of an autoscaler", () => {
        const autoscaler = (minReplicas: number) =>
            object("HorizontalPodAutoscaler", "app", {
                spec: { scaleTargetRef: { kind: "Deployment", name: "app" }, minReplicas },
            });
        expect(messages([workload(), autoscaler(1)])).toEqual([]);
        expect(messages([workload(), autoscaler(2)])).toHaveLength(1);
    });

    test("of another namespace does not count", () => {
        const other = budget({ maxUnavailable: 1 });
        other.metadata.namespace = "other";
        expect(messages([replicated(2), other])).toEqual([
            "disruption-budget: has 2 replicas and no PodDisruptionBudget that selects its pods. Enable the PodDisruptionBudget in the Helm values of the component, with maxUnavailable: 1.",
        ]);
    });
});

describe("a NetworkPolicy", () => {
    const check = (podSelector: object, profile = "prod") =>
        checkObjects([workload(), object("NetworkPolicy", "a", { spec: { podSelector } })], { ...context, profile })
            .violations.length;

    test("must select each pod in prod", () => {
        expect(check({})).toBe(0);
        expect(check({ matchLabels: { app: "app" } })).toBe(0);
        expect(check({ matchExpressions: [{ key: "app", operator: "In", values: ["app", "b"] }] })).toBe(0);
        expect(check({ matchExpressions: [{ key: "other", operator: "Exists" }] })).toBe(1);
        expect(check({ matchLabels: { app: "other" } })).toBe(1);
        expect(check({ matchLabels: { app: "other" } }, "dev")).toBe(0);
    });
});

describe("the Services of the contract", () => {
    const tempo = object("StatefulSet", "tempo", { spec: { template: { spec: {} } } });
    const service = (ports: number[]) =>
        object("Service", "tempo", { spec: { ports: ports.map((port) => ({ port })) } });

    test("are required for the components that are deployed", () => {
        expect(messages([])).toEqual([]);
        expect(messages([tempo, service([3200, 4317, 9999])])).toEqual([]);
        expect(messages([tempo])).toEqual([
            "contract-services: the Service tempo of the DNS contract is missing, and applications connect to it by this name. Remove the Helm values that rename or disable the Service.",
        ]);
        expect(messages([service([3200])])).toEqual([
            "contract-services: has no port 4317, which the DNS contract requires. Remove the Helm values that change the ports of the Service.",
        ]);
    });
});

describe("the minimum retention", () => {
    test.each([
        ["retention_period: 168h", []],
        ["retention_period: 0s", []],
        ["retention_period: 7d", []],
        ["limits_config: { retention_period: 167h }", ["logs"]],
        ["overrides: { defaults: { compaction: { block_retention: 71h0m0s } } }", ["traces"]],
        ["compactor_blocks_retention_period: 1h", []],
    ])("is compared with %j", (text, signals) => {
        const found = messages([configMap({ "config.yaml": text })]);
        expect(found.map((message) => /minimum retention of (\w+)/.exec(message)?.[1])).toEqual(signals);
    });

    test("is part of the message, with the setting", () => {
        expect(messages([configMap({ "config.yaml": "retention_period: 2h" })])).toEqual([
            "minimum-retention: key config.yaml, retention_period, is 2h, and the minimum retention of logs is 7d. Set observability:retention.logs to at least 7d.",
        ]);
    });
});

describe("an exemption", () => {
    const root = (annotation?: string) => {
        const found = workload({ securityContext: { runAsUser: 0 } });
        return annotation === undefined
            ? found
            : { ...found, metadata: { ...found.metadata, annotations: { [exemptAnnotation]: annotation } } };
    };
    const exemption = (changes: Partial<Exemption> = {}) => ({
        exemptions: [{ rule: "non-root", object: "deployment/app", reason: "It reads files of root.", ...changes }],
    });

    test("in an annotation allows the violation of its rule by its object, and is reported with its reason", () => {
        const { violations, exempted } = checkObjects(
            [root("non-root: It reads files of root.\nresources: It is small."), networkPolicy],
            context,
        );
        expect(violations).toEqual([]);
        expect(exempted.map(({ rule, reason }) => ({ rule, reason }))).toEqual([
            { rule: "non-root", reason: "It reads files of root." },
        ]);
    });

    test("in the settings allows the violation of its rule by its object only", () => {
        expect(messages([root()], exemption())).toEqual([]);
        expect(messages([root()], exemption({ object: "Deployment/other" }))).toHaveLength(1);
        expect(messages([root()], exemption({ rule: "resources" }))).toHaveLength(1);
    });

    test("without a reason is refused, and allows nothing", () => {
        expect(messages([root("non-root:")])).toEqual([
            expect.stringMatching(/^non-root: /),
            `exemptions: the annotation ${exemptAnnotation} exempts the object from the rule non-root without a reason. Write "non-root: REASON".`,
        ]);
    });

    test("from an unknown rule is refused with the rule that was probably meant", () => {
        expect(messages([root("nonroot: It reads files of root.")])[1]).toMatch(
            /^exemptions: .* names the rule "nonroot", which does not exist\. Did you mean non-root\?/,
        );
    });
});

describe("a step of a preview", () => {
    const step = (op: string, type: string, rest: object = {}) => ({
        op,
        urn: `urn:pulumi:prod::observability::observability:index:Loki$kubernetes:${type}::loki:monitoring/loki`,
        oldState: { inputs: { metadata: { name: "loki", namespace: "monitoring" } } },
        ...rest,
    });
    const check = (...steps: ReturnType<typeof step>[]) =>
        checkSteps(steps, context).violations.map(({ object: { kind, metadata }, message }) => [
            `${kind} ${metadata.name}`,
            message,
        ]);

    test("may not delete or replace what holds data", () => {
        expect(
            check(
                step("delete-replaced", "apps/v1:StatefulSet"),
                step("replace", "apps/v1:StatefulSet", { replaceReasons: ["spec.serviceName"] }),
                step("delete", "core/v1:PersistentVolumeClaim"),
            ),
        ).toEqual([
            [
                "StatefulSet loki",
                "this deployment replaces it, because spec.serviceName cannot change in place. Undo the change, or follow the plan of `npm run migrate` that moves its data.",
            ],
            [
                "PersistentVolumeClaim loki",
                "this deployment deletes it. Undo the change, or follow the plan of `npm run migrate` that moves its data.",
            ],
        ]);
    });

    test("may change everything else, and may leave a claim in the cluster", () => {
        expect(
            check(
                step("update", "apps/v1:StatefulSet"),
                step("replace", "batch/v1:Job"),
                step("delete", "core/v1:PersistentVolumeClaimPatch"),
                step("delete", "core/v1:PersistentVolumeClaim", { oldState: { retainOnDelete: true } }),
            ),
        ).toEqual([]);
    });

    test("is allowed by an exemption", () => {
        const exemptions = [{ rule: "keep-data", object: "StatefulSet/loki", reason: "Its data is copied." }];
        const { violations, exempted } = checkSteps([step("delete", "apps/v1:StatefulSet")], {
            ...context,
            exemptions,
        });
        expect([violations.length, exempted.length]).toEqual([0, 1]);
    });
});

describe("the settings of the policy pack", () => {
    const mistake = (settings: object) => {
        try {
            return policyContext(resolveSettings(settings, "observability:"));
        } catch (error) {
            return (error as Error).message;
        }
    };

    test("have defaults by profile", () => {
        expect(policyContext(resolveSettings({ profile: "prod" }))).toMatchObject({
            profile: "prod",
            allowedRegistries: ["docker.io", "docker.redpanda.com", "ghcr.io", "quay.io", "registry.k8s.io"],
            minimumRetention: { logs: "7d", traces: "3d", metrics: "7d", profiles: "3d" },
        });
        const images = { registry: "registry.example.com/mirror" };
        expect(policyContext(resolveSettings({ images })).allowedRegistries).toEqual([images.registry]);
    });

    test.each([
        [
            "an allowed registry that does not contain images.registry",
            {
                images: { registry: "other.example.com/mirror" },
                policy: { allowedRegistries: ["registry.example.com"] },
            },
            'observability:policy.allowedRegistries does not contain images.registry, which is "other.example.com/mirror"; add it, or set images.registry to a registry in the list',
        ],
        [
            "an allowed registry that does not hold the images",
            { policy: { allowedRegistries: ["docker.io", "ghcr.io"] } },
            "observability:policy.allowedRegistries does not hold quay.io/minio/minio; add their registries, or copy the images with `npm run mirror` and set images.registry",
        ],
        [
            "an allowed registry that does not hold the images of distributed Loki",
            {
                mode: { loki: "distributed" },
                policy: { allowedRegistries: ["docker.io/grafana", "ghcr.io", "quay.io"] },
            },
            "observability:policy.allowedRegistries does not hold docker.io/nginxinc/nginx-unprivileged, docker.io/library/memcached; add their registries",
        ],
        [
            "an allowed registry that does not hold the image of Redpanda Console",
            {
                components: { redpanda: true },
                policy: {
                    allowedRegistries: ["docker.io", "docker.redpanda.com/redpandadata/redpanda", "ghcr.io", "quay.io"],
                },
            },
            "observability:policy.allowedRegistries does not hold docker.redpanda.com/redpandadata/console; add their registries",
        ],
        [
            "an exemption without a reason",
            { policy: { exemptions: [{ rule: "non-root", object: "Deployment/a", reason: " " }] } },
            'observability:policy.exemptions[0].reason is " "; it must be a string that is not empty',
        ],
        [
            "an exemption of an object without its kind",
            { policy: { exemptions: [{ rule: "non-root", object: "a", reason: "b" }] } },
            'observability:policy.exemptions[0].object is "a"; it must be an object as KIND/NAME, such as "StatefulSet/minio"',
        ],
        [
            "an unknown rule",
            { policy: { exemptions: [{ rule: "non-rot", object: "Deployment/a", reason: "b" }] } },
            'Did you mean "non-root"?',
        ],
        [
            "an empty list of registries",
            { policy: { allowedRegistries: [] } },
            "observability:policy.allowedRegistries is []; it must be a list of registries that is not empty",
        ],
    ])("are refused with %s", (_, settings, sentence) => {
        expect(mistake(settings)).toContain(sentence);
    });

    test("may allow only the registry of the images", () => {
        const registry = "registry.example.com/mirror";
        const settings = { images: { registry }, policy: { allowedRegistries: ["registry.example.com"] } };
        expect(mistake(settings)).toMatchObject({ allowedRegistries: ["registry.example.com"] });
        expect(
            mistake({
                objectStore: { kind: "s3", endpoint: "https://s3.example.com", existingSecret: "s3" },
                policy: { allowedRegistries: ["docker.io", "ghcr.io"] },
            }),
        ).toMatchObject({ allowedRegistries: ["docker.io", "ghcr.io"] });
    });

    test.each([
        ["StatefulSet/minio", true],
        ["ClusterRole/a:b.c", true],
        ["minio", false],
        ["StatefulSet/", false],
        ["a/b/c", false],
    ])("accept %s as an object: %s", (text, allowed) => {
        expect(isObjectName(text)).toBe(allowed);
    });
});
