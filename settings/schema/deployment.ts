import { z } from "zod";
import * as names from "../../validation/names";
import { mirrorForm, mirrorKind } from "../../validation/urls";
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
    text,
    wholeNumber,
} from "./types";

/** Profile, cluster, namespace and tenant of the stack. */
export const place = (per: PerProfile) => ({
    profile: setting(oneOf("dev", "prod").default(per({ dev: "dev", prod: "prod" })), {
        description:
            '"dev" fits on one node. "prod" runs several replicas of everything but Tempo, Pyroscope and Grafana. The profile decides the defaults of many other settings.',
        computed: "dev",
        type: "Profile",
        example: "prod",
    }),
    kubeContext: setting(text("the name of a context of the kubeconfig").optional(), {
        description: "Context of the kubeconfig that the stack is deployed to.",
        computed: "the current context",
        example: "prod-eu",
        stackFileOnly: true,
    }),
    namespace: setting(stackNamespace().default("monitoring"), {
        description:
            "Namespace of all objects except the ClusterRoles. ClusterRoles have fixed names, so a cluster has room for one stack. The DNS names of the services contain the namespace.",
        example: "observability",
    }),
    createNamespace: setting(boolean().default(true), {
        description:
            "Whether the stack creates and deletes the namespace. Deleting it also deletes its volumes, unless their storage class retains them. With false, the namespace must exist and must allow privileged pods: it needs the label pod-security.kubernetes.io/enforce=privileged, because the log collector and the metrics scraper mount folders of their node. Choose before the first deployment: changing true to false deletes the namespace.",
        example: false,
    }),
    cluster: setting(labelValue().default(per({ dev: "dev", prod: "prod" })), {
        description: 'Value of the label "cluster" in all four signals. It tells this cluster from others.',
        computed: "the profile",
        example: "shop-prod-eu",
    }),
    tenant: setting(
        text(
            "a tenant id: at most 150 letters, digits, '-', '_' and '.'",
            (value) => /^[-\w.]{1,150}$/.test(value) && !/^\.+$/.test(value),
        ).optional(),
        {
            description:
                "Tenant that all writers and data sources use (header X-Scope-OrgID). The stores then reject requests without a tenant. Pyroscope SDKs send profiles directly, so each service must set the tenant id itself.",
            computed: "none: each store has a single tenant",
            example: "acme",
        },
    ),
});

const toleration = strict({
    key: setting(labelKey().optional(), {
        description: "Key of the taint.",
        computed: "every key, with operator Exists",
        example: "dedicated",
    }),
    operator: setting(oneOf("Exists", "Equal").optional(), {
        description: "How the taint is compared.",
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
        description: "How many seconds a running pod stays after the taint is added, with effect NoExecute.",
        computed: "it stays",
        example: 300,
    }),
});

/** How the stack is deployed: charts, images, nodes. */
export const deployment = {
    charts: group(
        {
            mirror: setting(text(mirrorForm, (value) => mirrorKind(value) !== undefined).optional(), {
                description:
                    "Source of all charts instead of their own repositories: a folder of NAME-VERSION.tgz files, an oci:// registry, or the https:// address of a Helm repository.",
                computed: "the repository of each chart",
                example: "oci://registry.example.com/charts",
            }),
        },
        { description: "Where Helm charts come from.", interface: "ChartsArgs" },
    ),
    images: group(
        {
            registry: setting(text(names.registryForm, names.isRegistry).optional(), {
                description: "Registry of all images instead of their own registries. It may have a path.",
                computed: "the registry of each image",
                example: "registry.example.com/mirror",
            }),
            pullSecrets: setting(listOf(subdomain(), "names of Secrets").default([]), {
                description: "Names of the Secrets with which images are pulled.",
                example: ["registry-login"],
            }),
        },
        { description: "Where container images come from.", interface: "ImagesArgs" },
    ),
    nodeSelector: setting(z.record(labelKey(), emptyOrLabelValue(), { error: "a map of labels" }).default({}), {
        description:
            "Labels of the nodes that pods are scheduled on. The log collector and the metrics scraper run on every node regardless.",
        example: { "node-role.example.com/observability": "" },
    }),
    tolerations: setting(listOf(toleration, "tolerations").default([]), {
        description: "Taints that the pods tolerate.",
        type: "TolerationArgs[]",
        example: [{ key: "dedicated", value: "observability", effect: "NoSchedule" }],
    }),
    skipAwait: setting(boolean().default(false), {
        description: "Whether Pulumi finishes without waiting until the objects are ready.",
        example: true,
    }),
    values: group(
        {
            otelCollector: helmValues("the OpenTelemetry Collector"),
            alloyReceiver: helmValues("Alloy as the OTLP receiver"),
            alloyLogs: helmValues("Alloy as the log collector"),
            alloyMetrics: helmValues("Alloy as the metrics scraper"),
            loki: helmValues("Loki", { loki: { limits_config: { ingestion_rate_mb: 20 } } }),
            tempo: helmValues("Tempo"),
            mimir: helmValues("Mimir"),
            pyroscope: helmValues("Pyroscope"),
            grafana: helmValues("Grafana", { replicas: 2 }),
            minio: helmValues("MinIO"),
        },
        {
            description:
                "Helm values of each chart, merged on top of the values that the program sets. Maps are merged, lists are replaced, and null deletes the chart's default.",
            interface: "StackValuesArgs",
        },
    ),
    valuesUnchecked: group(
        {
            otelCollector: unchecked("the OpenTelemetry Collector"),
            alloyReceiver: unchecked("Alloy as the OTLP receiver"),
            alloyLogs: unchecked("Alloy as the log collector"),
            alloyMetrics: unchecked("Alloy as the metrics scraper"),
            loki: unchecked("Loki"),
            tempo: unchecked("Tempo"),
            mimir: unchecked("Mimir"),
            pyroscope: unchecked("Pyroscope"),
            grafana: unchecked("Grafana"),
            minio: unchecked("MinIO"),
        },
        {
            description:
                "The keys in the setting values are checked: a key that neither the chart nor its program knows is refused, because Helm would ignore it. A component that is true here accepts every key.",
            interface: "StackValuesUncheckedArgs",
        },
    ),
};

function unchecked(component: string) {
    return setting(boolean().default(false), {
        description: `Whether unknown keys in the Helm values of ${component} are accepted.`,
        example: true,
    });
}

function helmValues(component: string, example?: object) {
    return setting(anyMap("Helm values").default({}), {
        description: `Helm values of ${component}.`,
        ...(example && { example }),
    });
}
