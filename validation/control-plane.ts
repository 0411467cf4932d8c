/** The parts of the control plane of Kubernetes whose metrics Alloy can scrape. */
export const controlPlaneParts = ["apiServer", "coreDns", "controllers", "etcd"] as const;
export type ControlPlanePart = (typeof controlPlaneParts)[number];

export function isControlPlanePart(text: string): text is ControlPlanePart {
    return controlPlaneParts.some((part) => part === text);
}

/** Their names in sentences. */
export const controlPlaneTitles: Record<ControlPlanePart, string> = {
    apiServer: "the API server",
    coreDns: "CoreDNS",
    controllers: "kube-scheduler and kube-controller-manager",
    etcd: "etcd",
};

/** The scrape jobs of each part. */
export const controlPlaneJobs: Record<ControlPlanePart, readonly string[]> = {
    apiServer: ["apiserver"],
    coreDns: ["coredns"],
    controllers: ["kube-scheduler", "kube-controller-manager"],
    etcd: ["etcd"],
};
