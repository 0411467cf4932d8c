/** Configuration of the k8s_attributes processor. */
export const kubernetesAttributes = {
    // Data that arrives before the pods are loaded would have no namespace, and would create new series at each start.
    wait_for_metadata: true,
    wait_for_metadata_timeout: "25s",
    extract: {
        metadata: [
            "k8s.namespace.name",
            "k8s.pod.name",
            "k8s.pod.uid",
            "k8s.node.name",
            "k8s.deployment.name",
            "k8s.statefulset.name",
            "k8s.daemonset.name",
        ],
        labels: [
            { tag_name: "app.label.name", key: "app.kubernetes.io/name", from: "pod" },
            { tag_name: "app.label.component", key: "app.kubernetes.io/component", from: "pod" },
        ],
    },
    // The IP address of the connection identifies the pod, unless the sender sets the UID or the IP address of a pod.
    pod_association: [
        { sources: [{ from: "resource_attribute", name: "k8s.pod.uid" }] },
        { sources: [{ from: "resource_attribute", name: "k8s.pod.ip" }] },
        { sources: [{ from: "connection" }] },
    ],
};
