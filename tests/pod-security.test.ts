import { evaluateStack } from "../cli/evaluate";
import type { KubernetesObject } from "../cli/manifests";
import { copyJob } from "../cli/store/copy-job";
import { minioAccess } from "../cli/store/access";
import { defaultServerId } from "../components/pyroscope";
import { volumeGuard } from "../components/tempo/volume-guard";
import { describeWith } from "./helpers/prerequisites";
import { type PodSpec, renderStack, type Workload, workloads } from "./helpers/rendered";

/** The sources that a stack does not have by default. */
const optionalSources = {
    components: { kubeStateMetrics: true, prometheus: true, redpanda: true },
    logs: { kubernetesEvents: true },
    autoInstrumentation: { enabled: true },
    profiling: { ebpf: true },
    ingestion: { external: { enabled: true, otherClusters: true, clients: ["edge"], tlsSecret: "tls" } },
};

const names = [
    "auto-instrumentation",
    "ingestion-proxy",
    "kube-state-metrics",
    "lgtm-alloy-kafka",
    "lgtm-alloy-logs",
    "lgtm-alloy-metrics",
    "lgtm-alloy-profiles",
    "lgtm-alloy-receiver",
    "lgtm-alloy-singleton",
    "lgtm-grafana",
    "loki",
    "mimir",
    "minio",
    "minio-provision",
    "otel-collector-opentelemetry-collector",
    "prometheus",
    "pyroscope",
    "redpanda",
    "redpanda-console",
    "tempo",
];

/** Volumes that the Pod Security level "restricted" allows. */
const allowedVolumes = [
    "configMap",
    "csi",
    "downwardAPI",
    "emptyDir",
    "ephemeral",
    "persistentVolumeClaim",
    "projected",
    "secret",
];

/** What of a pod the Pod Security level "restricted" forbids, after the standard of Kubernetes. */
function forbidden(pod: PodSpec): string[] {
    const context = (pod["securityContext"] ?? {}) as Record<string, any>;
    const volumes = (pod["volumes"] ?? []) as Record<string, unknown>[];
    return [
        ...["hostNetwork", "hostPID", "hostIPC"].filter((key) => pod[key] === true),
        ...volumes.flatMap((volume) =>
            Object.keys(volume).filter((key) => key !== "name" && !allowedVolumes.includes(key)),
        ),
        ...[...pod.containers, ...(pod.initContainers ?? [])].flatMap((container) => {
            const own = container.securityContext ?? {};
            const value = (key: string) => (own[key] ?? context[key]) as unknown;
            const ports = (container.ports ?? []) as { hostPort?: number }[];
            return [
                value("runAsNonRoot") === true ? "" : "runAsNonRoot",
                value("runAsUser") === 0 ? "runAsUser 0" : "",
                own["allowPrivilegeEscalation"] === false ? "" : "allowPrivilegeEscalation",
                own["privileged"] === true ? "privileged" : "",
                ["RuntimeDefault", "Localhost"].includes((value("seccompProfile") as { type?: string })?.type ?? "")
                    ? ""
                    : "seccompProfile",
                own["capabilities"]?.drop?.includes("ALL") ? "" : "capabilities.drop",
                ...((own["capabilities"]?.add ?? []) as string[])
                    .filter((capability) => capability !== "NET_BIND_SERVICE")
                    .map((capability) => `capability ${capability}`),
                ports.some(({ hostPort }) => hostPort !== undefined) ? "hostPort" : "",
            ].filter(Boolean);
        }),
    ];
}

const writable = (pod: PodSpec) =>
    [...pod.containers, ...(pod.initContainers ?? [])]
        .filter(({ securityContext }) => securityContext?.["readOnlyRootFilesystem"] !== true)
        .map(({ name }) => name);

/** The ServiceAccount decides if the pod does not. The default of Kubernetes is true. */
function hasToken({ pod }: Workload, objects: KubernetesObject[]): boolean {
    const account = objects.find(
        ({ kind, metadata }) => kind === "ServiceAccount" && metadata.name === pod["serviceAccountName"],
    );
    expect([pod["serviceAccountName"], account?.kind]).toEqual([pod["serviceAccountName"], "ServiceAccount"]);
    return (pod["automountServiceAccountToken"] ?? account?.["automountServiceAccountToken"] ?? true) as boolean;
}

const shortName = ({ name }: Workload) => name.replace(/-[0-9a-f]{8}$/, "");

describeWith({ programs: ["helm"], mirror: true }, "the pods of the charts", () => {
    const stacks: Record<string, KubernetesObject[]> = {};
    beforeAll(async () => {
        for (const stack of ["dev", "prod"]) {
            stacks[stack] = (await renderStack(stack, optionalSources)).objects;
        }
    });
    const pods = (stack: string) => workloads(stacks[stack] ?? []);

    describe.each(["dev", "prod"])("of %s", (stack) => {
        test("pass the Pod Security level restricted, except those that read files or processes of the node", () => {
            expect(pods(stack).map(shortName).sort()).toEqual(names);
            const found = pods(stack)
                .map((workload) => [shortName(workload), forbidden(workload.pod)] as const)
                .filter(([, reasons]) => reasons.length > 0);
            expect(Object.fromEntries(found)).toEqual({
                // Log files belong to root, and are on the node.
                "lgtm-alloy-logs": [
                    "hostPath",
                    "hostPath",
                    "runAsNonRoot",
                    "runAsUser 0",
                    "capability DAC_READ_SEARCH",
                ],
                // Metrics of the node come from its file systems.
                "lgtm-alloy-metrics": ["hostPath"],
                // The programs of all users are in /proc of the node. seccomp would deny eBPF in older container runtimes.
                "lgtm-alloy-profiles": [
                    "hostPID",
                    "hostPath",
                    "runAsNonRoot",
                    "runAsUser 0",
                    "seccompProfile",
                    ...[
                        "BPF",
                        "PERFMON",
                        "SYS_PTRACE",
                        "CHECKPOINT_RESTORE",
                        "SYS_RESOURCE",
                        "DAC_READ_SEARCH",
                        "SYSLOG",
                    ].map((name) => `capability ${name}`),
                ],
                "auto-instrumentation": [
                    "hostPID",
                    "runAsNonRoot",
                    "runAsUser 0",
                    "allowPrivilegeEscalation",
                    "seccompProfile",
                    ...[
                        "BPF",
                        "CHECKPOINT_RESTORE",
                        "DAC_READ_SEARCH",
                        "NET_RAW",
                        "PERFMON",
                        "SYS_ADMIN",
                        "SYS_PTRACE",
                    ].map((name) => `capability ${name}`),
                ],
            });
        });

        test("have a read-only root file system", () => {
            expect(pods(stack).flatMap(({ pod }) => writable(pod))).toEqual([]);
        });

        test("have a token only if they use the API of Kubernetes", () => {
            const withToken = pods(stack).filter((workload) => hasToken(workload, stacks[stack] ?? []));
            expect(withToken.map(shortName).sort()).toEqual([
                "auto-instrumentation",
                "kube-state-metrics",
                "lgtm-alloy-logs",
                "lgtm-alloy-metrics",
                "lgtm-alloy-profiles",
                "lgtm-alloy-singleton",
                "otel-collector-opentelemetry-collector",
                "prometheus",
            ]);
        });

        test("have a liveness probe, except those whose charts have none", () => {
            const without = pods(stack)
                .filter(({ kind }) => kind !== "Job")
                .filter(({ pod }) =>
                    pod.containers
                        // A shell that ends if it fails.
                        .filter(({ name }) => name !== volumeGuard)
                        .some((container) => container["livenessProbe"] === undefined),
                );
            expect(without.map(shortName).sort()).toEqual(["auto-instrumentation", "pyroscope"]);
        });

        test("can write to each folder for temporary files that their programs use", () => {
            const mounts = (name: string) =>
                pods(stack)
                    .filter((workload) => shortName(workload) === name)
                    .flatMap(({ pod }) => pod.containers)
                    .flatMap(
                        (container) => (container["volumeMounts"] ?? []) as { mountPath: string; readOnly?: boolean }[],
                    )
                    .filter(({ readOnly }) => readOnly !== true)
                    .map(({ mountPath }) => mountPath);
            expect(mounts("lgtm-grafana")).toEqual(expect.arrayContaining(["/tmp", "/var/lib/grafana"]));
            expect(mounts("pyroscope")).toEqual(expect.arrayContaining(["/tmp", "/data", "/data-metastore"]));
        });

        test("have exactly the permissions that they use", () => {
            const rules = (stacks[stack] ?? [])
                .filter(({ kind }) => kind === "ClusterRole" || kind === "Role")
                .map(({ kind, metadata, rules: found }) => [`${kind} ${metadata.name}`, found]);
            const watched = (group: string, ...resources: string[]) => ({
                apiGroups: [group],
                resources,
                verbs: ["list", "watch"],
            });
            const pod = watched("", "pods");
            expect(Object.fromEntries(rules)).toEqual({
                "ClusterRole kube-state-metrics-monitoring": [
                    watched(
                        "",
                        "namespaces",
                        "nodes",
                        "persistentvolumeclaims",
                        "persistentvolumes",
                        "pods",
                        "resourcequotas",
                    ),
                    watched("apps", "daemonsets", "deployments", "statefulsets"),
                    watched("autoscaling", "horizontalpodautoscalers"),
                    watched("batch", "cronjobs", "jobs"),
                    watched("policy", "poddisruptionbudgets"),
                ],
                "ClusterRole lgtm-alloy-logs-monitoring": [pod],
                "ClusterRole lgtm-alloy-metrics-monitoring": [
                    pod,
                    { apiGroups: [""], resources: ["nodes/metrics"], verbs: ["get"] },
                ],
                "ClusterRole lgtm-alloy-profiles-monitoring": [pod],
                "ClusterRole lgtm-alloy-singleton-monitoring": [watched("", "events")],
                "ClusterRole otel-collector-opentelemetry-collector-monitoring": [pod],
                "ClusterRole prometheus-monitoring": [
                    watched("", "pods", "nodes"),
                    { apiGroups: [""], resources: ["nodes/metrics"], verbs: ["get"] },
                ],
            });
        });
    });

    test.each([
        ["loki", 11],
        ["mimir", 13],
    ])(
        "of distributed %s pass the level restricted, have no token, and are restarted if they do not answer",
        async (store, count) => {
            const { byRelease } = await renderStack("prod", { mode: { [store]: "distributed" } });
            const objects = byRelease.get(store) ?? [];
            const found = workloads(objects);
            expect(found).toHaveLength(count);
            for (const workload of found) {
                const { name, pod } = workload;
                expect([name, forbidden(pod), writable(pod), hasToken(workload, objects)]).toEqual([
                    name,
                    [],
                    [],
                    false,
                ]);
                expect([name, pod.containers.filter((container) => container["livenessProbe"] === undefined)]).toEqual([
                    name,
                    [],
                ]);
            }
        },
    );

    test("of Pyroscope find each other without the API of Kubernetes", () => {
        const [pyroscope] = pods("prod").filter(({ name }) => name === "pyroscope");
        const { args } = pyroscope?.pod.containers[0] as unknown as { args: string[] };
        expect(args.filter((arg) => arg.includes("kubernetes:"))).toEqual([]);
        expect(args).toContain("-metastore.address=dnssrvnoa+_grpc._tcp.pyroscope-headless.$(NAMESPACE_FQDN)");
        const service = stacks["prod"]?.find(
            ({ kind, metadata }) => kind === "Service" && metadata.name === "pyroscope-headless",
        ) as Record<string, any>;
        expect(service["spec"].ports).toContainEqual({ name: "grpc", port: 9095, targetPort: "grpc", protocol: "TCP" });
        expect(service["spec"].publishNotReadyAddresses).toBe(true);
    });

    test("no address has the domain cluster.local if the cluster has another one", async () => {
        const settings = {
            clusterDomain: "k8s.example.com",
            tracing: { samplingMode: "tail" },
            profiling: { scrape: true },
        };
        const { objects } = await renderStack("prod", settings);
        const found = objects.filter(hasDefaultDomain);
        expect(found.map(({ kind, metadata }) => `${kind} ${metadata.name}`)).toEqual([]);
        expect(JSON.stringify(objects).match(/\.svc\.k8s\.example\.com/g)?.length).toBeGreaterThan(20);
    });
});

/** The name of Pyroscope in its Raft log has this domain in each cluster, and is not an address. */
function hasDefaultDomain(value: unknown): boolean {
    return JSON.stringify(value).replaceAll(defaultServerId("monitoring"), "").includes("cluster.local");
}

test("no value has the domain cluster.local if the cluster has another one", async () => {
    const settings = {
        clusterDomain: "k8s.example.com",
        tracing: { samplingMode: "tail" },
        profiling: { scrape: true },
    };
    const { charts, resources, endpoints } = await evaluateStack("prod", settings);
    expect(charts.filter(({ values }) => hasDefaultDomain(values))).toEqual([]);
    expect(resources.filter(({ inputs }) => hasDefaultDomain(inputs))).toEqual([]);
    expect(endpoints["loki"]).toBe("http://loki.monitoring.svc.k8s.example.com:3100");
});

describe("the namespace", () => {
    const labelsOf = async (settings: object) => {
        const { resources } = await evaluateStack("prod", settings);
        const [namespace] = resources.filter(({ type }) => type === "kubernetes:core/v1:Namespace");
        return (namespace?.inputs["metadata"] as { labels: object }).labels;
    };
    const reported = {
        "pod-security.kubernetes.io/audit": "restricted",
        "pod-security.kubernetes.io/warn": "restricted",
    };

    test("allows privileged pods only if the stack reads files or processes of the nodes", async () => {
        expect(await labelsOf({})).toEqual({ ...reported, "pod-security.kubernetes.io/enforce": "privileged" });
        expect(await labelsOf({ components: { alloyLogs: false } })).toMatchObject({
            "pod-security.kubernetes.io/enforce": "privileged",
        });
        const components = { alloyLogs: false, alloyMetrics: false };
        expect(await labelsOf({ components })).toEqual({
            ...reported,
            "pod-security.kubernetes.io/enforce": "restricted",
        });
        for (const settings of [{ autoInstrumentation: { enabled: true } }, { profiling: { ebpf: true } }]) {
            expect(await labelsOf({ components, ...settings })).toMatchObject({
                "pod-security.kubernetes.io/enforce": "privileged",
            });
        }
    });
});

test("the pods of the commands pass the Pod Security level restricted, and have no token", async () => {
    const { settings } = await evaluateStack("prod");
    const access = minioAccess("monitoring", undefined, settings.objectStore);
    const { spec } = copyJob(settings, "observability-copy", "check", access, access);
    const pod = spec?.template.spec as unknown as PodSpec;
    expect(forbidden(pod)).toEqual([]);
    expect(writable(pod)).toEqual([]);
    expect(pod["automountServiceAccountToken"]).toBe(false);
});
