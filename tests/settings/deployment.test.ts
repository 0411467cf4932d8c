import * as pulumi from "@pulumi/pulumi";
import { testAccepted, testRejected } from "./tables";

testRejected([
    [
        "an address without a prefix length",
        { networkPolicies: { nodeCidrs: ["10.0.0.1"] } },
        'observability:networkPolicies.nodeCidrs[0] is "10.0.0.1"; it must be an address range such as "10.0.0.0/8".',
    ],
    [
        "a prefix length above that of the address family",
        { networkPolicies: { apiServerCidrs: ["10.0.0.1/64"] } },
        'observability:networkPolicies.apiServerCidrs[0] is "10.0.0.1/64"; it must be an address range such as "10.0.0.0/8".',
    ],
    [
        "a queue of zero MiB",
        { autoscaling: { collector: { minReplicas: 2, maxReplicas: 4, targetQueueMiB: 0 } } },
        "observability:autoscaling.collector.targetQueueMiB is 0; it must be a whole number above 0.",
    ],
    [
        "the queue of a receiver, which has none",
        { autoscaling: { receiver: { minReplicas: 2, maxReplicas: 4, targetQueueMiB: 100 } } },
        "observability:autoscaling.receiver.targetQueueMiB is unknown",
    ],
    [
        "a port above 65535",
        { networkPolicies: { apiServerPorts: [70000] } },
        "observability:networkPolicies.apiServerPorts[0] is 70000; it must be a whole number from 1 to 65535.",
    ],
    [
        "a connection of an absent component",
        {
            components: { loki: false, alloyLogs: false },
            networkPolicies: { ingress: [{ component: "loki", namespaces: ["reports"] }] },
        },
        "observability:networkPolicies.ingress[0].component has no effect, because the stack does not deploy this component; remove the entry.",
    ],
    [
        "a connection to nowhere",
        { networkPolicies: { egress: [{ component: "grafana", ports: [443] }] } },
        "observability:networkPolicies.egress[0].namespaces is missing; the destination needs namespaces or cidrs.",
    ],
    [
        "a domain with a dot at its end",
        { clusterDomain: "k8s.example.com." },
        'observability:clusterDomain is "k8s.example.com."; it must be a DNS domain such as "cluster.local", without a dot at its beginning and its end.',
    ],
    [
        "an unknown profile",
        { profile: "staging" },
        'observability:profile is "staging"; it must be one of "dev", "prod".',
    ],
    [
        "an invalid namespace",
        { namespace: "My_Space" },
        'observability:namespace is "My_Space"; it must be a Kubernetes name: at most 63',
    ],
    [
        "a registry with a scheme",
        { images: { registry: "https://registry.example.com" } },
        'observability:images.registry is "https://registry.example.com"; it must be a registry',
    ],
    [
        "a registry that ends in a slash",
        { images: { registry: "registry.example.com/mirror/" } },
        'observability:images.registry is "registry.example.com/mirror/"; it must be a registry',
    ],
    [
        "a mirror with an unknown scheme",
        { charts: { mirror: "ftp://charts.example.com" } },
        'observability:charts.mirror is "ftp://charts.example.com"; it must be a folder of .tgz files',
    ],
    [
        "an invalid node label",
        { nodeSelector: { "a b": "c" } },
        'observability:nodeSelector["a b"] is not allowed as a key',
    ],
    ["a node label with a boolean", { nodeSelector: { a: true } }, "observability:nodeSelector.a is true; it must be"],
    [
        "an unknown effect",
        { tolerations: [{ effect: "Never" }] },
        'observability:tolerations[0].effect is "Never"; it must be one of "NoSchedule"',
    ],
    [
        "a toleration without a key",
        { tolerations: [{ key: "a" }, { value: "b" }] },
        'observability:tolerations[1].key is missing; only operator "Exists" works without a key',
    ],
    [
        "a toleration with operator Exists and a value",
        { tolerations: [{ key: "a", operator: "Exists", value: "b" }] },
        'observability:tolerations[0].value has no effect with operator "Exists"',
    ],
    [
        "tolerationSeconds without the effect NoExecute",
        { tolerations: [{ key: "a", effect: "NoSchedule", tolerationSeconds: 60 }] },
        'observability:tolerations[0].tolerationSeconds has no effect without effect "NoExecute"',
    ],
    [
        "a toleration with an invalid value",
        { tolerations: [{ key: "a", value: "b c" }] },
        'observability:tolerations[0].value is "b c"; it must be empty, or 1 to 63 letters',
    ],
    [
        "an Output for a plain value",
        { namespace: pulumi.output("watch") },
        "observability:namespace is an Output; it must be a Kubernetes name",
    ],
]);

testAccepted([["any Helm value", { values: { loki: { loki: { limits_config: { max_line_size: null } } } } }]]);
