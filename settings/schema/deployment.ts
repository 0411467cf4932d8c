import { z } from "zod";
import { defaultNamespace } from "../../components/contract";
import * as names from "../../validation/names";
import { mirrorForm, mirrorKind } from "../../validation/urls";
import { dataOwners } from "./data-owners";
import { group, type PerProfile, setting } from "./setting";
import {
    anyMap,
    boolean,
    emptyOrLabelValue,
    labelKey,
    labelValue,
    listOf,
    oneOf,
    stackNamespace,
    strict,
    subdomain,
    tenantId,
    text,
    wholeNumber,
} from "./types";

/** Profile, cluster, namespace and tenant of the stack. */
export const place = (per: PerProfile) => ({
    profile: setting(oneOf("dev", "prod").default(per({ dev: "dev", prod: "prod" })), {
        description:
            '"dev" fits on one node. "prod" runs several replicas of every component except Tempo, Pyroscope and Grafana. The profile decides the defaults of many other settings.',
        computed: "dev",
        type: "Profile",
        example: "prod",
    }),
    kubeContext: setting(text("the name of a context of the kubeconfig").optional(), {
        description: "Context of the kubeconfig. Its cluster is the one to which the stack is deployed.",
        computed: "the current context",
        example: "prod-eu",
        stackFileOnly: true,
    }),
    namespace: setting(stackNamespace().default(defaultNamespace), {
        description:
            "Namespace of all objects except the ClusterRoles and the Dapr Configurations, which are in the application namespaces. The names of the ClusterRoles contain the namespace, so a cluster can have several stacks: collectFrom decides what each collects, and each must have other application namespaces in dapr.namespaces. The DNS names of the services contain the namespace. The namespaces default, kube-system, kube-public and kube-node-lease are not allowed.",
        example: "observability",
    }),
    createNamespace: setting(boolean().default(true), {
        description:
            'Whether the stack creates the namespace. `npm run down` then deletes it, with its volumes, unless their storage class has the reclaim policy Retain. With false, the namespace must exist. It needs the label pod-security.kubernetes.io/enforce=privileged, because the log collector and the metrics scraper mount folders of their node. In the profile "prod", a change from true to false keeps the namespace. In the profile "dev", it is refused, because it would delete the namespace.',
        example: false,
    }),
    clusterDomain: setting(text(names.domainForm, names.isSubdomain).optional(), {
        description:
            "DNS domain of the cluster. All addresses of Services end with it. Setting it restarts the pods that use such addresses.",
        computed: "cluster.local",
        example: "k8s.example.com",
    }),
    cluster: setting(labelValue().default(per({ dev: "dev", prod: "prod" })), {
        description:
            'Value of the label "cluster" in all four signals. It distinguishes this cluster from other clusters. An SDK that pushes profiles must set this label itself.',
        computed: "the profile",
        example: "shop-prod-eu",
    }),
    tenant: setting(tenantId().optional(), {
        description:
            "Tenant that all components and data sources use (header X-Scope-OrgID). With a tenant, the backends reject requests without this header. Pyroscope SDKs send profiles directly, so each service must set the tenant itself.",
        computed: "none: multi-tenancy is disabled in each backend",
        example: "acme",
    }),
});

const toleration = strict({
    key: setting(labelKey().optional(), {
        description: "Key of the taint.",
        computed: "every key, with operator Exists",
        example: "dedicated",
    }),
    operator: setting(oneOf("Exists", "Equal").optional(), {
        description:
            "How the value of the taint is compared: Equal compares it with value, Exists accepts every value.",
        computed: "Equal",
        example: "Equal",
    }),
    value: setting(emptyOrLabelValue().optional(), {
        description: "Value of the taint, with operator Equal.",
        computed: "empty",
        example: "observability",
    }),
    effect: setting(oneOf("NoSchedule", "PreferNoSchedule", "NoExecute").optional(), {
        description: "Effect of the taint.",
        computed: "every effect",
        example: "NoSchedule",
    }),
    tolerationSeconds: setting(wholeNumber("a whole number of seconds from 0", (value) => value >= 0).optional(), {
        description:
            "How many seconds a running pod stays on its node after the taint is added. Only with effect NoExecute.",
        computed: "it stays",
        example: 300,
        needs: { key: "dedicated", effect: "NoExecute" },
    }),
});

/** How the stack is deployed: charts, images, nodes. */
export const deployment = (per: PerProfile) => ({
    charts: group(
        {
            mirror: setting(text(mirrorForm, (value) => mirrorKind(value) !== undefined).optional(), {
                description:
                    "Source of all charts. It replaces their repositories. It is a folder of NAME-VERSION.tgz files, an oci:// registry, or the https:// or http:// URL of a Helm repository, without user and password.",
                computed: "the repository of each chart",
                example: "oci://registry.example.com/charts",
            }),
        },
        { description: "Source of the Helm charts.", interface: "ChartsArgs" },
    ),
    images: group(
        {
            registry: setting(text(names.registryForm, names.isRegistry).optional(), {
                description: "Registry of all images. It replaces their registries. It can have a path.",
                computed: "the registry of each image",
                example: "registry.example.com/mirror",
            }),
            pullSecrets: setting(listOf(subdomain(), "names of Secrets").default([]), {
                description: "Names of the Secrets with the credentials of the registry (imagePullSecrets).",
                example: ["registry-login"],
            }),
        },
        { description: "Source of the container images.", interface: "ImagesArgs" },
    ),
    nodeSelector: setting(z.record(labelKey(), emptyOrLabelValue(), { error: "a map of labels" }).default({}), {
        description:
            "Labels that a node must have for pods of the stack. The log collector and the metrics scraper ignore this setting: they run on every Linux node.",
        example: { "node-role.example.com/observability": "" },
    }),
    tolerations: setting(listOf(toleration, "tolerations").default([]), {
        description:
            "Taints of nodes that the pods of the stack tolerate. The log collector and the metrics scraper tolerate every taint.",
        type: "TolerationArgs[]",
        example: [{ key: "dedicated", value: "observability", effect: "NoSchedule" }],
    }),
    allowDataLoss: setting(listOf(oneOf(...dataOwners), "names of what may lose data").default([]), {
        description: `What may lose its data in the next deployment: ${dataOwners.join(", ")}. In the profile "prod", a change that would lose stored data is refused unless this setting names everything that it would lose. Remove it after the deployment.`,
        example: ["objectStore"],
    }),
    skipAwait: setting(boolean().default(false), {
        description: "Whether Pulumi finishes without waiting until the objects are ready.",
        example: true,
    }),
    protectData: setting(boolean().default(per({ dev: false, prod: true })), {
        description:
            "Whether Pulumi refuses to delete or to replace the objects that hold data: the StatefulSets, the claim of Grafana and the generated passwords. With true, Pulumi also never deletes the namespace.",
        example: true,
    }),
    values: group(
        {
            otelCollector: helmValues("the OpenTelemetry Collector"),
            alloyReceiver: helmValues("Alloy as the OTLP receiver"),
            alloyLogs: helmValues("Alloy as the log collector"),
            alloyMetrics: helmValues("Alloy as the metrics scraper"),
            alloySingleton: helmValues("lgtm-alloy-singleton, for events, probes, databases and monitors", undefined, {
                logs: { kubernetesEvents: true },
            }),
            alloyProfiles: helmValues("Alloy as the profiler with eBPF", undefined, { profiling: { ebpf: true } }),
            loki: helmValues("Loki", { loki: { limits_config: { ingestion_rate_mb: 20 } } }),
            tempo: helmValues("Tempo"),
            mimir: helmValues("Mimir"),
            pyroscope: helmValues("Pyroscope"),
            kubeStateMetrics: helmValues("kube-state-metrics", undefined, { components: { kubeStateMetrics: true } }),
            alloyKafka: helmValues("the Alloy that reads metrics of Kafka", undefined, {
                components: { redpanda: true },
            }),
            redpanda: helmValues("Redpanda", { memory: "1024M" }, { components: { redpanda: true } }),
            prometheus: helmValues("Prometheus", undefined, { components: { prometheus: true } }),
            autoInstrumentation: helmValues("Beyla or OpenTelemetry eBPF Instrumentation", undefined, {
                autoInstrumentation: { enabled: true },
            }),
            ingestionProxy: helmValues(
                "the ingestion proxy",
                { replicas: 3 },
                { ingestion: { external: { enabled: true, clients: ["edge"], otherClusters: true } } },
            ),
            grafana: helmValues("Grafana", { resources: { limits: { memory: "1Gi" } } }),
            minio: helmValues("MinIO"),
        },
        {
            description:
                "Helm values of each chart, merged on top of the values that the program sets. Maps are merged, lists are replaced, and null deletes a default of the chart.",
            interface: "StackValuesArgs",
        },
    ),
    valuesUnchecked: group(
        {
            otelCollector: unchecked("the OpenTelemetry Collector"),
            alloyReceiver: unchecked("Alloy as the OTLP receiver"),
            alloyLogs: unchecked("Alloy as the log collector"),
            alloyMetrics: unchecked("Alloy as the metrics scraper"),
            alloySingleton: unchecked("lgtm-alloy-singleton, for events, probes, databases and monitors"),
            alloyProfiles: unchecked("Alloy as the profiler with eBPF"),
            loki: unchecked("Loki"),
            tempo: unchecked("Tempo"),
            mimir: unchecked("Mimir"),
            pyroscope: unchecked("Pyroscope"),
            kubeStateMetrics: unchecked("kube-state-metrics"),
            alloyKafka: unchecked("the Alloy that reads metrics of Kafka"),
            redpanda: unchecked("Redpanda"),
            prometheus: unchecked("Prometheus"),
            autoInstrumentation: unchecked("Beyla or OpenTelemetry eBPF Instrumentation"),
            ingestionProxy: unchecked("the ingestion proxy"),
            grafana: unchecked("Grafana"),
            minio: unchecked("MinIO"),
        },
        {
            description:
                "Components whose Helm values can have any key. For all other components, the program refuses keys in the setting values that neither the chart nor the configuration of the application knows, because Helm would ignore them.",
            interface: "StackValuesUncheckedArgs",
        },
    ),
});

function unchecked(component: string) {
    return setting(boolean().default(false), {
        description: `Whether unknown keys in the Helm values of ${component} are accepted.`,
        example: true,
    });
}

function helmValues(component: string, example?: object, needs?: object) {
    return setting(anyMap("Helm values").default({}), {
        description: `Helm values of ${component}.`,
        ...(example && { example }),
        ...(needs && { needs }),
    });
}
