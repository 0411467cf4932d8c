import { type ControlPlanePart, controlPlaneParts } from "../../validation/control-plane";
import type { AlloyFile } from "./config";

const files: Record<ControlPlanePart, AlloyFile> = {
    apiServer: "api-server",
    coreDns: "coredns",
    controllers: "controllers",
    etcd: "etcd",
};

/** The configuration files of the parts, in a fixed order. */
export function controlPlaneFiles(parts: readonly string[]): AlloyFile[] {
    return controlPlaneParts.filter((part) => parts.includes(part)).map((part) => files[part]);
}

/** Whether each part is scraped, for the sections of the configuration files. */
export function controlPlaneSections(parts: readonly string[]): Record<string, boolean> {
    return Object.fromEntries(controlPlaneParts.map((part) => [part, parts.includes(part)]));
}

/** The permissions to find and to scrape the parts. */
export function controlPlanePermissions(parts: readonly string[]): object[] {
    const hasToken = parts.includes("apiServer") || parts.includes("controllers");
    return [
        ...(hasToken ? [{ nonResourceURLs: ["/metrics"], verbs: ["get"] }] : []),
        // The discovery of EndpointSlices also reads their Services and pods.
        {
            apiGroups: [""],
            resources: parts.includes("apiServer") ? ["services", "pods"] : ["pods"],
            verbs: ["list", "watch"],
        },
        ...(parts.includes("apiServer")
            ? [{ apiGroups: ["discovery.k8s.io"], resources: ["endpointslices"], verbs: ["list", "watch"] }]
            : []),
    ];
}
