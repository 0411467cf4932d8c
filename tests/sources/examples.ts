import { alloySingletonValues } from "../../components/alloy/values";
import { controlPlaneParts } from "../../validation/control-plane";

/** Example probes. */
export const probes = [
    { name: "shop", url: "https://shop.example.com/health" },
    { name: "db", url: "db.shop.svc:5432", module: "tcp_connect" as const },
];

/** Example databases. */
export const databases = [
    {
        name: "shop-db",
        kind: "postgresql" as const,
        address: "shop-db.shop.svc.cluster.local:5432",
        existingSecret: "shop-db-login",
    },
    { name: "cache", kind: "redis" as const, address: "cache.example.com:6379" },
];

/** Settings with most of the optional sources. */
export const everything = {
    components: { kubeStateMetrics: true, prometheus: true, redpanda: true },
    logs: { kubernetesEvents: true },
    metrics: { prometheusOperator: true, controlPlane: [...controlPlaneParts] },
    probes,
    databases,
};

/** Arguments of Alloy with the stores of logs and metrics. */
export const alloy = { namespace: "obs", cluster: "c", lokiUrl: "http://loki:3100", mimirUrl: "http://mimir:9009" };

/** Arguments without the roles of Alloy that a stack has by default. */
export const offRoles = { receiver: { enabled: false }, logs: { enabled: false }, metrics: { enabled: false } };

/** The configuration of Alloy in Helm values. */
export const configOf = (values: Record<string, any>) => values["alloy"].configMap.content as string;

/** The Helm values of lgtm-alloy-singleton. @param more further arguments of Alloy. */
export const singleton = (args: object, more: object = {}) =>
    alloySingletonValues({ ...alloy, ...more, singleton: args });
