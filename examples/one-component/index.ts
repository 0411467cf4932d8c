import * as k8s from "@pulumi/kubernetes";
import { Loki, ObjectStore } from "@mathtrail/observability";

const provider = new k8s.Provider("cluster", { enableConfigMapMutable: true, enableSecretMutable: true });
const namespace = new k8s.core.v1.Namespace("logs", { metadata: { name: "logs" } }, { provider });

const store = new ObjectStore("store", { namespace: "logs" }, { provider, dependsOn: namespace });
const loki = new Loki(
    "loki",
    { namespace: "logs", bucket: store.buckets.loki, retention: "14d" },
    { provider, dependsOn: store },
);

export const lokiUrl = loki.url;
